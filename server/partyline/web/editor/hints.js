// Hints on the query that is being written: the server knows the traps.

import { LONGEST } from "./asker.js";

/** Milliseconds after the last key. */
const PAUSE = 600;

export class Hinter {
  /** *read* gives the query; *mark* is told each hint with its place. */
  constructor(form, read, mark) {
    this.form = form;
    this.read = read;
    this.mark = mark;
    this.timer = 0;
    this.list = document.createElement("ul");
    this.list.className = "notice hints";
    this.list.hidden = true;
  }

  /** Show hints below *place*; they are read out when they change. */
  begin(place) {
    const box = document.createElement("div");
    box.setAttribute("role", "status");
    box.append(this.list);
    place.after(box);
    document.querySelector("#outcome .hints")?.remove();
    this.look();
  }

  /** Look when the reader pauses. */
  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), PAUSE);
  }

  async look() {
    const query = this.read();
    // A site of files has no server that knows them.
    if (this.form.dataset.local) return;
    const found = query.length > LONGEST ? [] : await this.ask(query);
    if (query === this.read()) this.show(query, found);
  }

  async ask(query) {
    try {
      const response = await fetch(`${this.form.action}/hints?${new URLSearchParams({ query })}`);
      return response.ok ? (await response.json()).hints : [];
    } catch {
      return []; // the server is away, which running the query says
    }
  }

  show(query, found) {
    // The server counts characters, of which some have two units in a string here.
    const characters = [...query];
    const place = (number) => characters.slice(0, number).join("").length;
    this.mark(found.map(({ start, end, message }) => ({ from: place(start), to: place(end), message })));
    const text = found.map((row) => row.sentence);
    if (text.join() === [...this.list.children].map((row) => row.textContent).join()) return;
    this.list.replaceChildren(
      ...found.map((row) =>
        Object.assign(document.createElement("li"), { textContent: row.sentence, lang: row.language }),
      ),
    );
    this.list.hidden = !text.length;
  }
}
