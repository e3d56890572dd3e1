// Completion: the terms of the ontology with their prefixes, those first that members of the subject's class
// have; resources by their names; the variables of the query, keywords.

import { autocompletion } from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";
import { EditorView } from "@codemirror/view";

import { filled, words } from "./words.js";
import { classOf, isType, position } from "./statements.js";

const KEYWORDS =
  "SELECT CONSTRUCT DESCRIBE ASK WHERE DISTINCT FROM NAMED PREFIX OPTIONAL MINUS UNION FILTER BIND VALUES GRAPH " +
  "GROUP BY HAVING ORDER DESC ASC LIMIT OFFSET EXISTS NOT COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT CONTAINS " +
  "REGEX LANG LANGMATCHES STR STRSTARTS LCASE UCASE DATATYPE BOUND COALESCE IF YEAR isIRI isLITERAL isBLANK";

const keywords = KEYWORDS.split(" ").map((label) => ({ label, type: "keyword", boost: -1 }));
/** The declaration of a prefix: its name and namespace. */
const DECLARATION = /^[ \t]*PREFIX\s+([\w.-]*):\s*<([^>\s]*)>/gim;

const form = document.querySelector("form.query");
/** Names that are offered, and letters from which on they are looked for. */
const [MOST, LETTERS] = [10, 3];
/** What the server has answered, by address. */
const answers = new Map();

/** Return what the server says at *path*, asked for once; *otherwise* while it does not answer. */
function asked(path, otherwise) {
  if (!answers.has(path)) {
    const answer = fetch(new URL(path, form.action))
      .then((response) => (response.ok ? response.json() : Promise.reject(new Error(response.status))))
      .catch(() => {
        answers.delete(path); // another time, perhaps
        return otherwise;
      });
    answers.set(path, answer);
  }
  return answers.get(path);
}

/** Return the prefixes and terms that the server knows. */
function vocabulary() {
  return asked("sparql/terms", { prefixes: {}, terms: [] });
}

/** Return the properties of members of the class that *name* stands for in *text*. */
async function propertiesOf(text, name, prefixes) {
  const iri = name && iriOf(text, name, prefixes);
  // A site of files has no server to count them.
  if (!iri || form.dataset.local) return { properties: [] };
  return asked(`sparql/properties?${new URLSearchParams({ class: iri })}`, { properties: [] });
}

function iriOf(text, name, prefixes) {
  if (name[0] === "<") return name.slice(1, -1);
  const [prefix, local] = name.split(/:(.*)/s);
  const own = [...text.matchAll(DECLARATION)].find((row) => row[1] === prefix)?.[2];
  const namespace = own ?? prefixes[prefix];
  return namespace && namespace + local;
}

function option(term, name, prefixes) {
  return {
    label: name,
    type: term.kind,
    detail: term.label,
    info: term.definition || undefined,
    boost: term.boost,
    apply: (view, completion, from, to) => insert(view, from, to, name, name, prefixes),
  };
}

/** Put *text* between two places, and declare the prefix of *name*. */
function insert(view, from, to, text, name, prefixes) {
  const declared = declaration(view.state, name, prefixes);
  const shift = declared.reduce((sum, row) => sum + row.insert.length, 0);
  view.dispatch({
    changes: [...declared, { from, to, insert: text }],
    selection: { anchor: from + shift + text.length },
    userEvent: "input.complete",
  });
}

/** Return the properties of a class as options: one that members may lack is offered in OPTIONAL, too. */
function* ofClass({ properties, examined }, terms, place, named, prefixes) {
  const subject = place.subject[0];
  for (const [rank, row] of properties.slice(0, 60).entries()) {
    const term = terms.get(row.name);
    const lacking = row.members < examined;
    const members = filled(words.members, { number: row.members, examined });
    const counted = lacking ? `${members}, ${words.absent}` : members;
    const name = row.name[0] === "<" ? row.name : named(row.name);
    const about = { kind: "property", label: `${row.label} · ${counted}`, definition: term?.definition, boost: 99 - rank };
    yield option(about, name, prefixes);
    if (!lacking || subject === name) continue;
    const local = /[\w-]*(?=>?$)/.exec(name)[0].replaceAll("-", "_");
    const pattern = `OPTIONAL { ${subject} ${name} ?${local || "value"} }`;
    yield {
      label: `${name} OPTIONAL`,
      type: "property",
      detail: row.label,
      boost: 98.5 - rank,
      apply(view, completion, from, to) {
        // Behind a semicolon, the triples end first.
        const begin = place.separator?.index ?? place.subject.index;
        const before = place.separator ? ` .\n  ` : "";
        insert(view, trimmed(view.state, begin, place.separator), to, before + pattern, name, prefixes);
      },
    };
  }
}

/** Return the place behind what precedes *place*, without the space between, before a semicolon. */
function trimmed(state, place, separator) {
  if (!separator) return place;
  return state.sliceDoc(0, place).trimEnd().length;
}

/** Return the change that declares the prefix of *name*, unless the query does so already. */
function declaration(state, name, prefixes) {
  const prefix = name.slice(0, name.indexOf(":"));
  const text = state.doc.toString();
  const declared = new RegExp(`^\\s*PREFIX\\s+${prefix}:`, "im");
  if (!(prefix in prefixes) || declared.test(text)) return [];
  // What follows a declaration on its line is not part of it.
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

/** Tell whether *place* is inside text that is not code. */
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
  const text = context.state.doc.toString();
  const { prefixes, terms } = await vocabulary();
  const named = names(text, prefixes);
  const place = position(text, context.pos);
  const fitting = [];
  if (place.part === "predicate") {
    const found = await propertiesOf(text, classOf(text, place.subject[0]), prefixes);
    const known = new Map(terms.map((term) => [term.name, term]));
    fitting.push(...ofClass(found, known, place, named, prefixes));
  }
  const first = new Set(fitting.map((row) => row.label));
  const others = terms.map((term) => option(term, named(term.name), prefixes)).filter((row) => !first.has(row.label));
  return { from, options: [...fitting, ...others, ...keywords], validFor: /^[A-Za-z][\w-]*(:[\w-]*)?$/ };
}

/** Complete resources by any of their names, where a triple has its subject or its object. */
async function resources(context) {
  const text = context.state.doc.toString();
  const { part, predicate, words: typed } = position(text, context.pos);
  const wanted = part === "subject" || (part === "object" && !isType(predicate));
  if (!wanted || !typed || typed.text.length < LETTERS || form.dataset.local) return null;
  if (isText(context.state, context.pos)) return null;
  const { prefixes } = await vocabulary();
  if (context.aborted) return null;
  const { results } = await asked(`search.json?${new URLSearchParams({ q: typed.text })}`, { results: [] });
  const named = names(text, prefixes);
  const options = results.slice(0, MOST).map((row) => resource(row, prefixes, named));
  // The search has chosen and sorted them, also those that are spelt in another way.
  return { from: typed.from, options, filter: false };
}

function resource(row, prefixes, named) {
  const name = shortened(row.iri, prefixes, named);
  const kinds = row.kinds.map((iri) => /[^#/]*$/.exec(iri)[0]);
  return {
    label: row.name,
    detail: [kinds.join(", "), row.dates].filter(Boolean).join(" · "),
    info: name,
    apply: (view, completion, from, to) => insert(view, from, to, name, name, prefixes),
  };
}

function shortened(iri, prefixes, named) {
  const fitting = Object.entries(prefixes).filter(([, namespace]) => namespace && iri.startsWith(namespace));
  const [prefix, namespace] = fitting.sort((one, other) => other[1].length - one[1].length)[0] ?? [];
  const local = iri.slice(namespace?.length);
  return namespace && /^\w[\w-]*$/.test(local) ? named(`${prefix}:${local}`) : `<${iri}>`;
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
  return [autocompletion({ override: [complete, resources], icons: false }), declaring];
}
