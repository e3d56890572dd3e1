// Finds resources by name in the list of all names: the search of a site that has no server.

const SHOWN = 30;
/** Similarity of a name that has the words of the query, or their beginnings; and the least one. */
const GOOD = 0.82;
const LEAST = 0.45;

/** Letters that have no decomposition. */
const LETTERS = { ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", æ: "ae", œ: "oe", ı: "i" };
const ACCENTED = /([\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])\p{Mn}+/gu;
const UNDIVIDED = /(?<=[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\u3040-\u30ff\u3400-\u9fff])\s+(?=[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\u3040-\u30ff\u3400-\u9fff])/gu;

/** Return *name* in the form in which names are compared: without case, accents, what divides words. */
export function folded(name) {
  const plain = name
    .toLowerCase()
    .normalize("NFKD")
    .replace(ACCENTED, "$1")
    .replace(UNDIVIDED, "")
    .replace(/[øłđðþæœı]/g, (sign) => LETTERS[sign])
    .replace(/\p{Cf}/gu, "")
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, " ")
    .trim();
  const words = plain.split(" ");
  return words.length > 1 && words.every((word) => [...word].length === 1) ? words.join("") : plain;
}

function parts(form) {
  const found = new Set();
  for (let place = 0; place + 3 <= form.length; place++) found.add(form.slice(place, place + 3));
  return found;
}

/** Return how well the folded *name* fits the folded *query*, from 0 to 1. */
export function similarity(query, name) {
  if (name === query) return 1;
  const longer = query.length / Math.max(name.length, 1);
  if (name.replaceAll(" ", "").startsWith(query.replaceAll(" ", ""))) return 0.9 + 0.09 * Math.min(longer, 1);
  const words = name.split(" ");
  if (query.split(" ").every((word) => words.some((other) => other.startsWith(word)))) return GOOD + 0.07 * Math.min(longer, 1);
  if (query.length >= 3 && name.includes(query)) return 0.75;
  const [ours, theirs] = [parts(` ${query} `), parts(` ${name} `)];
  let common = 0;
  for (const part of ours) if (theirs.has(part)) common++;
  return (2 * common) / (ours.size + theirs.size || 1);
}

/** Return the resources whose names fit *query*, best first, each with the name that fits best. */
export function search(resources, query) {
  const wanted = folded(query);
  if (!wanted) return [];
  const found = [];
  for (const resource of resources) {
    let best = null;
    for (const [text, form, discount] of resource.names) {
      const score = similarity(wanted, form) - discount;
      if (!best || score > best.score) best = { resource, text, score };
    }
    if (best && best.score >= LEAST) found.push(best);
  }
  return found.sort((one, other) => other.score - one.score || one.text.length - other.text.length);
}

function item({ resource, text }) {
  const row = document.createElement("li");
  const link = document.createElement("a");
  link.href = resource.path;
  link.textContent = resource.label;
  if (resource.language) link.lang = resource.language;
  row.append(link);
  const notes = [...resource.kinds, ...(resource.note ? [resource.note] : [])];
  if (folded(text) !== folded(resource.label)) notes.push(`“${text}”`);
  const note = document.createElement("span");
  note.className = "note";
  note.textContent = ` ${notes.join(" · ")}`;
  row.append(note);
  return row;
}

async function enhance(form) {
  const field = form.elements.q;
  const [status, list] = [document.querySelector("[data-status]"), document.querySelector("[data-results]")];
  const response = fetch(form.dataset.names).then((answer) => answer.json());
  const show = async () => {
    const query = field.value.trim();
    const found = search(await response, query);
    status.textContent = query ? `${found.length.toLocaleString("en")} results` : "";
    list.replaceChildren(...found.slice(0, SHOWN).map(item));
  };
  field.value = new URLSearchParams(location.search).get("q") ?? "";
  field.addEventListener("input", show);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    history.replaceState(null, "", `?${new URLSearchParams({ q: field.value })}`);
    show();
  });
  await show();
}

const form = globalThis.document?.querySelector("form.search[data-names]");
if (form) enhance(form);
