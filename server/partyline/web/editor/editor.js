// The form of the query page becomes an editor. Without this script, the form works as it is.

import { closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { forEachDiagnostic, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { sparql } from "codemirror-lang-sparql";

import { completion } from "./completion.js";
import { Asker } from "./asker.js";
import { Hinter } from "./hints.js";
import { words } from "./words.js";

// The colours are those of the stylesheet, light and dark.
const theme = EditorView.theme({
  "&": { background: "var(--panel)", color: "var(--ink)", border: "1px solid var(--line)", borderRadius: "6px" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "2px" },
  ".cm-scroller": { font: ".91rem/1.55 var(--mono)", minHeight: "12rem", maxHeight: "32rem" },
  ".cm-content": { padding: ".6rem 0", caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { background: "none", border: "0", color: "var(--faint)", paddingLeft: ".4rem" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "color-mix(in srgb, var(--link) 25%, transparent)",
  },
  ".cm-tooltip": { background: "var(--paper)", color: "var(--ink)", border: "1px solid var(--line)", borderRadius: "6px" },
  ".cm-tooltip-autocomplete > ul": { font: ".82rem/1.6 var(--mono)" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { background: "var(--link)", color: "var(--paper)" },
  ".cm-completionDetail": { font: "italic .95em var(--sans)", opacity: ".75" },
  ".cm-completionInfo": { font: ".85rem/1.5 var(--serif)", padding: ".4rem .7rem", maxWidth: "22rem" },
  // There is no room beside the list, and over it nobody could choose.
  "@media (max-width: 38rem)": { ".cm-completionInfo": { display: "none" } },
  ".cm-diagnostic-info": { borderLeftColor: "var(--link)" },
  ".cm-diagnostic": { font: ".85rem/1.5 var(--sans)", borderLeftColor: "var(--accent)" },
});

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--link)", fontWeight: "600" },
  { tag: tags.variableName, color: "var(--inferred)" },
  { tag: [tags.string, tags.annotation, tags.number, tags.bool], color: "var(--accent)" },
  { tag: [tags.url, tags.typeName], color: "var(--faint)" },
  { tag: tags.comment, color: "var(--faint)", fontStyle: "italic" },
]);

function enhance(form) {
  const area = form.elements.query;
  const label = form.querySelector("label");
  const place = document.createElement("div");
  place.className = "editor";
  // In a shadow tree, the styles of the editor are objects and no elements, which the content
  // security policy of the site does not let in.
  const root = place.attachShadow({ mode: "open" });
  const asker = new Asker(form, () => view.state.doc.toString(), mark);
  const hinter = new Hinter(form, () => view.state.doc.toString(), suggest);
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: area.value,
      extensions: [
        lineNumbers(),
        history(),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        sparql(),
        syntaxHighlighting(colours),
        completion(),
        theme,
        EditorView.lineWrapping,
        EditorState.phrases.of({ Completions: words.completions }),
        EditorView.contentAttributes.of({ "aria-label": label.textContent, "aria-describedby": "keys" }),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          area.value = update.state.doc.toString();
          hinter.later();
        }),
        keymap.of([
          { key: "Mod-Enter", run: () => asker.ask() || true },
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...historyKeymap,
          ...defaultKeymap,
        ]),
      ],
    }),
  });

  /** Show the message of the endpoint where it belongs, or take it away. */
  function mark(message, line, column) {
    const text = view.state.doc;
    const diagnostics = shown("info");
    if (message && line >= 1 && line <= text.lines) {
      const { from, to } = text.line(line);
      // The server counts characters, of which some have two units in a string here.
      const before = [...text.line(line).text].slice(0, column - 1).join("");
      const start = from + before.length;
      const word = view.state.wordAt(start);
      diagnostics.push({ from: start, to: word ? word.to : Math.min(start + 1, to), severity: "error", message });
    }
    view.dispatch(setDiagnostics(view.state, diagnostics));
  }

  /** Mark the places of hints, and leave that of an error. */
  function suggest(found) {
    const hints = found.map((row) => ({ ...row, severity: "info" }));
    view.dispatch(setDiagnostics(view.state, [...shown("error"), ...hints]));
  }

  /** Return what is marked with *severity*, where it is now. */
  function shown(severity) {
    const found = [];
    forEachDiagnostic(view.state, (row, from, to) => {
      if (row.severity === severity) found.push({ ...row, from, to });
    });
    return found;
  }

  /** Put *query* into the editor, as one step that can be undone. */
  function show(query) {
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: query } });
  }

  area.hidden = true;
  area.before(place);
  label.addEventListener("click", () => view.focus());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    asker.ask();
  });
  document.getElementById("examples").parentElement.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    // With the language of the page, or the release, before it.
    if (!link?.href.startsWith(`${form.action}?`) || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    show(new URL(link.href).searchParams.get("query"));
    form.scrollIntoView({ block: "start" });
    asker.ask();
  });
  window.addEventListener("popstate", () => {
    if (location.search === asker.asked) return; // another place on this page
    const query = new URLSearchParams(location.search).get("query");
    if (query === null) return location.reload();
    show(query);
    asker.ask({ again: true });
  });
  asker.begin();
  hinter.begin(place);
}

const form = document.querySelector("form.query");
if (form) enhance(form);
