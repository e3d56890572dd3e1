// What the editor says: attributes of its script, in the language of the page.

/** In English, where a template of the publisher does not say them. */
const english = {
  copy: "Copy link",
  copied: "Copied",
  long: "Too long for a link",
  bar: "See the address bar",
  keys: "Ctrl+Enter runs the query, Ctrl+Space completes, Escape and Tab leave the editor",
  stop: "Stop",
  running: "running …",
  stopped: "stopped",
  failed: "failed: {reason}",
  status: "the server answered {status}",
  show: "Show the results as",
  table: "Table",
  chart: "Chart",
  by: "{value} by {name}",
  members: "{number} of {examined}",
  absent: "may be absent",
  completions: "Completions",
};

export const words = { ...english, ...document.querySelector("script[data-copy]")?.dataset };

/** Return *text* with *values* in the places that it names in braces. */
export function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}
