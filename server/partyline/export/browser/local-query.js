// Answers the queries of the query page in the browser, over the dataset that is loaded into it.

/** Rows that the page shows; the downloads have all. */
const SHOWN = 1000;
const JSON_RESULTS = "application/sparql-results+json";
const CSV_RESULTS = "text/csv";
const GRAPH = "text/turtle";

/** The engine of this page, once it was asked for. */
let engine;

/** Load the engine and the dataset that the form names; *say* reports progress. */
export function prepare(form, say = () => {}) {
  engine ??= open(form, say);
  return engine;
}

/** Return the answer to *query* in *format*; of the JSON of SPARQL results, if none is named. */
export async function evaluate(query, form, format = JSON_RESULTS) {
  return (await prepare(form)).ask("query", { query, format, base: form.dataset.base });
}

/** Return a page with the answer to *query*, as a server would; stop when *signal* says so. */
export async function answer(query, form, signal) {
  const opened = await prepare(form);
  // Nothing but its end stops a query: the next one has a new worker.
  const stop = () => {
    opened.end();
    engine = opened.again();
  };
  signal.addEventListener("abort", stop);
  try {
    return page(await outcome(query, form));
  } catch (error) {
    if (signal.aborted) throw new DOMException("stopped", "AbortError");
    return page(failure(error.message));
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function page(html) {
  return new Response(`<div id="outcome">${html}</div>`, { headers: { "Content-Type": "text/html" } });
}

async function open(form, say) {
  const { engine: module, worker, dataset } = form.dataset;
  say("loading the query engine and the dataset …");
  const [compiled, bytes] = await Promise.all([compile(module), read(dataset)]);
  const connection = await connect(worker, compiled, bytes);
  say(`${connection.size.toLocaleString("en")} statements are loaded; queries are evaluated in this browser`);
  return connection;
}

async function read(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response.arrayBuffer();
}

/** Compile the engine; not from a stream, because hosts may name another media type. */
async function compile(address) {
  return WebAssembly.compile(await read(address));
}

/** Start a worker with the dataset. */
async function connect(address, compiled, bytes) {
  const worker = new Worker(address, { type: "module" });
  const waiting = new Map();
  let last = 0;
  worker.addEventListener("message", ({ data }) => {
    const { resolve, reject } = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.error === undefined) resolve(data.result);
    else reject(new Error(data.error));
  });
  const failAll = (message) => {
    for (const { reject } of waiting.values()) reject(new Error(message));
    waiting.clear();
  };
  worker.addEventListener("error", () => failAll("the query engine does not start"));
  const ask = (action, values) =>
    new Promise((resolve, reject) => {
      waiting.set(++last, { resolve, reject });
      worker.postMessage({ id: last, action, ...values });
    });
  const size = await ask("open", { engine: compiled, dataset: bytes });
  const end = () => {
    worker.terminate();
    failAll("stopped");
  };
  return { ask, size, end, again: () => connect(address, compiled, bytes) };
}

/** Return the kind of a query: select, ask, construct or describe. */
export function formOf(query) {
  const bare = query
    .replace(/<[^<>"{}|^`\\\s]*>/g, " ")
    .replace(/"""(?:[^"\\]|\\.|"(?!""))*"""|'''(?:[^'\\]|\\.|'(?!''))*'''/gs, " ")
    .replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, " ")
    .replace(/#.*/g, " ");
  return /\b(select|ask|construct|describe)\b/i.exec(bare)?.[1].toLowerCase() ?? "select";
}

async function outcome(query, form) {
  const kind = formOf(query);
  if (kind === "construct" || kind === "describe") {
    const text = await evaluate(query, form, GRAPH);
    return section("Graph", `<pre class="scroll"><code>${escape(text)}</code></pre>`) + downloads([["Turtle", GRAPH, text]]);
  }
  const json = await evaluate(query, form);
  const found = JSON.parse(json);
  if (kind === "ask") {
    return section(`${found.boolean ? "Yes" : "No"} <code class="lexical">${found.boolean}</code>`, "");
  }
  const csv = await evaluate(query, form, CSV_RESULTS);
  return table(found, form) + downloads([["CSV", CSV_RESULTS, csv], ["JSON", JSON_RESULTS, json]]);
}

function section(heading, content) {
  return `<section id="answer" aria-label="Results"><h2>${heading}</h2>${content}</section>`;
}

function table({ head, results }, form) {
  const rows = results.bindings;
  const first = rows.length > SHOWN ? "First " : "";
  const heading = `${first}${Math.min(rows.length, SHOWN).toLocaleString("en")} ${rows.length === 1 ? "row" : "rows"}`;
  if (!rows.length) return section(heading, "<p>No results: no statement of this release matches the query.</p>");
  const names = head.vars.map((name) => `<th scope="col">${escape(name)}</th>`).join("");
  const body = rows
    .slice(0, SHOWN)
    .map((row) => `<tr>${head.vars.map((name) => `<td>${cell(row[name], form)}</td>`).join("")}</tr>`)
    .join("");
  return section(heading, `<div class="scroll"><table><thead><tr>${names}</tr></thead><tbody>${body}</tbody></table></div>`);
}

function cell(term, form) {
  if (!term) return "";
  if (term.type === "uri") return `<a href="${escape(local(term.value, form))}">${escape(shorter(term.value, form))}</a>`;
  if (term.type === "literal") {
    const language = term["xml:lang"] ? ` lang="${escape(term["xml:lang"])}"` : "";
    return `<span${language} dir="auto">${escape(term.value)}</span>`;
  }
  return escape(term.type === "bnode" ? `_:${term.value}` : JSON.stringify(term.value));
}

/** Return the address of the page about *iri* on this site, or *iri*. */
function local(iri, form) {
  const { root, prefix } = form.dataset;
  if (!/^https?:/.test(iri)) return "#";
  return iri.startsWith(`${root}id/`) ? `${prefix}/doc/${iri.slice(root.length + 3)}.html` : iri;
}

function shorter(iri, form) {
  const prefixes = Object.entries(JSON.parse(form.dataset.prefixes));
  const fitting = prefixes.filter(([, namespace]) => iri.startsWith(namespace) && /^[\w.-]*$/.test(iri.slice(namespace.length)));
  const [best] = fitting.sort(([, one], [, other]) => other.length - one.length);
  return best ? `${best[0]}:${iri.slice(best[1].length)}` : iri;
}

function downloads(files) {
  const links = files.map(([name, type, text]) => {
    const address = URL.createObjectURL(new Blob([text], { type }));
    return `<a href="${address}" download="answer.${name.toLowerCase()}">${name}</a>`;
  });
  return `<p>Download: ${links.join(" · ")}</p>`;
}

function failure(message) {
  const place = /\bat (\d+):(\d+)/.exec(message);
  const data = place ? ` data-line="${place[1]}" data-column="${place[2]}"` : "";
  return `<div class="notice failure" role="alert"${data}><strong>The query failed.</strong><pre lang="en">${escape(message)}</pre></div>`;
}

function escape(text) {
  return text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);
}
