// What the editor says: attributes of its script, in the language of the page.

export const words = document.querySelector("script[data-copy]").dataset;

/** Return *text* with *values* in the places that it names in braces. */
export function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}
