// Where in a query the reader writes: in which triple, of which subject, and of which class that is.

const TOKEN =
  /"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|#[^\n]*|<[^<>"{}|^`\\\s]*>|\d+\.\d+|[?$]\w+|[\w-]*:(?:[\w:%-]|\.(?=[\w:%-]))*|[\p{L}\p{N}_][\p{L}\p{M}\p{N}_'’-]*|[^\s]/gu;
const WORDS =
  "SELECT CONSTRUCT DESCRIBE ASK WHERE DISTINCT FROM NAMED PREFIX BASE OPTIONAL MINUS UNION FILTER BIND VALUES GRAPH";
const keywords = new Set(WORDS.split(" "));
const TYPE = /^(?:a|rdf:type|<http:\/\/www\.w3\.org\/1999\/02\/22-rdf-syntax-ns#type>)$/;
const PLAIN = /^[\p{L}\p{N}_]/u;

function tokens(text) {
  return [...text.matchAll(TOKEN)].filter(([token]) => token[0] !== "#");
}

function isName(token) {
  return PLAIN.test(token) && !token.includes(":") && token !== "a" && !keywords.has(token.toUpperCase());
}

/** A walk over tokens that knows the subject of each, and what has been said of it. */
function* walk(row) {
  let subject = null;
  let said = [];
  let separator = null;
  let depth = 0;
  for (const match of row) {
    const [token] = match;
    yield { match, subject, said, separator, depth };
    if (token === "{") depth += 1;
    else if (token === "}") depth -= 1;
    if (/^[{}.()[\]]$/.test(token) || keywords.has(token.toUpperCase())) {
      subject = separator = null;
      said = [];
    } else if (token === ";") {
      separator = match;
      said = [];
    } else if (token === ",") said = said.slice(0, 1);
    else if (subject === null) subject = match;
    else said = [...said, token];
  }
  yield { match: null, subject, said, separator, depth };
}

/**
 * Return where *place* in *text* is: the part of a triple, its subject, the predicate before an object,
 * and the words without a sign that end there, with their beginning.
 */
export function position(text, place) {
  const row = tokens(text.slice(0, place));
  let end = row.length;
  const touches = end && row[end - 1].index + row[end - 1][0].length === place;
  if (touches) while (end && isName(row[end - 1][0])) end -= 1;
  const words = row[end];
  if (touches && end === row.length && row[end - 1][0].includes(":")) end -= 1;
  const { subject, said, separator, depth } = [...walk(row.slice(0, end))].pop();
  const part = depth < 1 ? null : subject === null ? "subject" : said.length ? "object" : "predicate";
  return { part, subject, separator, predicate: said[0], words: words && { from: words.index, text: text.slice(words.index, place) } };
}

/** Return the class of *subject* that the query names, as it names it. */
export function classOf(text, subject) {
  for (const step of walk(tokens(text))) {
    const { match, said } = step;
    if (match && step.subject?.[0] === subject && said.length === 1 && TYPE.test(said[0]) && /[:<]/.test(match[0])) {
      return match[0];
    }
  }
  return null;
}

/** Tell whether *predicate* says of which class something is. */
export function isType(predicate) {
  return TYPE.test(predicate ?? "");
}
