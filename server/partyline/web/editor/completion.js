// Completion: the terms of the ontology with their prefixes, the variables of the query, keywords.

import { autocompletion } from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";
import { EditorView } from "@codemirror/view";

const KEYWORDS =
  "SELECT CONSTRUCT DESCRIBE ASK WHERE DISTINCT FROM NAMED PREFIX OPTIONAL MINUS UNION FILTER BIND VALUES GRAPH " +
  "GROUP BY HAVING ORDER DESC ASC LIMIT OFFSET EXISTS NOT COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT CONTAINS " +
  "REGEX LANG LANGMATCHES STR STRSTARTS LCASE UCASE DATATYPE BOUND COALESCE IF YEAR isIRI isLITERAL isBLANK";

const keywords = KEYWORDS.split(" ").map((label) => ({ label, type: "keyword", boost: -1 }));
/** The declaration of a prefix: its name and namespace. */
const DECLARATION = /^[ \t]*PREFIX\s+([\w.-]*):\s*<([^>\s]*)>/gim;

let known;

/** Return the prefixes and terms that the server knows, asked for once. */
function vocabulary() {
  known ??= fetch(`${document.querySelector("form.query").action}/terms`)
    .then((response) => (response.ok ? response.json() : Promise.reject(new Error(response.status))))
    .catch(() => {
      known = undefined; // another time, perhaps
      return { prefixes: {}, terms: [] };
    });
  return known;
}

function option(term, name, prefixes) {
  return {
    label: name,
    type: term.kind,
    detail: term.label,
    info: term.definition || undefined,
    apply(view, completion, from, to) {
      const declared = declaration(view.state, name, prefixes);
      const shift = declared.reduce((sum, row) => sum + row.insert.length, 0);
      view.dispatch({
        changes: [...declared, { from, to, insert: name }],
        selection: { anchor: from + shift + name.length },
        userEvent: "input.complete",
      });
    },
  };
}

/** Return the change that declares the prefix of *name*, unless the query does so already. */
function declaration(state, name, prefixes) {
  const prefix = name.slice(0, name.indexOf(":"));
  const text = state.doc.toString();
  const declared = new RegExp(`^\\s*PREFIX\\s+${prefix}:`, "im");
  if (!(prefix in prefixes) || declared.test(text)) return [];
  // What follows a declaration on its line is no part of it.
  const last = [...text.matchAll(DECLARATION)].pop();
  const line = `PREFIX ${prefix}: <${prefixes[prefix]}>`;
  return last
    ? [{ from: last.index + last[0].length, insert: `\n${line}` }]
    : [{ from: 0, insert: `${line}\n` }];
}

/** Return what puts the prefix into a name that the query has for its namespace. */
function names(text, prefixes) {
  const declared = [...text.matchAll(DECLARATION)];
  const own = new Map(declared.map(([, prefix, iri]) => [iri, prefix]));
  return (name) => {
    const [prefix, local] = name.split(/:(.*)/s);
    return `${own.get(prefixes[prefix]) ?? prefix}:${local}`;
  };
}

/** Tell whether *place* is inside text that is no code. */
function isText(state, place) {
  const name = syntaxTree(state).resolveInner(place, -1).name;
  return name === "Comment" || name === "String" || name === "Iri";
}

async function complete(context) {
  const word = context.matchBefore(/[?$]\w*|[A-Za-z][\w-]*(:[\w-]*)?/);
  if ((!word && !context.explicit) || isText(context.state, context.pos)) return null;
  const from = word ? word.from : context.pos;
  if (word && /^[?$]/.test(word.text)) {
    return { from, options: variables(context.state, word.text[0], from), validFor: /^[?$]\w*$/ };
  }
  const { prefixes, terms } = await vocabulary();
  const named = names(context.state.doc.toString(), prefixes);
  const options = terms.map((term) => option(term, named(term.name), prefixes));
  return { from, options: [...options, ...keywords], validFor: /^[A-Za-z][\w-]*(:[\w-]*)?$/ };
}

/** Return the variables of the query, but for the one that is being written at *place*. */
function variables(state, mark, place) {
  const found = new Set();
  for (const match of state.doc.toString().matchAll(/[?$](\w+)/g)) {
    if (match.index !== place) found.add(mark + match[1]);
  }
  return [...found].map((label) => ({ label, type: "variable" }));
}

/** Declare a known prefix as soon as its colon is written. */
const declaring = EditorView.updateListener.of((update) => {
  const typed = update.transactions.some((row) => row.isUserEvent("input.type"));
  const place = update.state.selection.main.head;
  const line = update.state.doc.lineAt(place);
  const before = line.text.slice(0, place - line.from);
  const name = /(?:^|[^\w?$<:@-])([A-Za-z][\w-]*:)$/.exec(before)?.[1];
  if (!typed || !name || /^\s*PREFIX\s/i.test(before) || isText(update.state, place)) return;
  vocabulary().then(({ prefixes }) => {
    const changes = declaration(update.view.state, name, prefixes);
    if (changes.length) update.view.dispatch({ changes });
  });
});

export function completion() {
  return [autocompletion({ override: [complete], icons: false }), declaring];
}
