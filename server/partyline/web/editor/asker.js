// Asking in place: the page that the server makes of a query and its answer, without leaving this one.

import { offerChart } from "./chart.js";
import { filled, words } from "./words.js";

/** Longest query that is put into an address; longer ones are posted and have no address. */
export const LONGEST = 6000;

export class Asker {
  /** *read* gives the query; *mark* is told the message of an error with its line and column. */
  constructor(form, read, mark) {
    this.form = form;
    this.read = read;
    this.mark = mark;
    this.button = form.querySelector("button[type=submit]");
    this.run = this.button.textContent;
    this.controller = null;
    /** The query part of the address whose answer is shown. */
    this.asked = location.search;
  }

  /** Add what the form has only with this script, and mark an error that it came with. */
  begin() {
    const share = document.createElement("button");
    share.type = "button";
    share.className = "plain";
    share.textContent = words.copy;
    share.addEventListener("click", () => this.share(share));
    const keys = document.createElement("span");
    keys.id = "keys";
    keys.className = "note";
    keys.textContent = words.keys;
    this.state = document.createElement("span");
    this.state.className = "note";
    this.state.setAttribute("role", "status");
    const row = document.createElement("div");
    row.className = "actions";
    this.button.before(row);
    row.append(this.button, share, this.state, keys);
    this.complain();
    offerChart(document.getElementById("outcome"));
    this.prepare();
  }

  /** Load what answers queries in the browser, where the page has it. */
  async prepare() {
    const { local } = this.form.dataset;
    if (!local) return;
    try {
      await (await import(local)).prepare(this.form, (text) => (this.state.textContent = text));
    } catch (error) {
      this.state.textContent = failure(error);
    }
  }

  /** Ask what the editor holds; *again* where its address is in the history already. */
  async ask({ again = false } = {}) {
    if (this.controller) {
      // The button says Stop: disconnecting ends the query.
      this.controller.abort();
      if (!again) return;
    }
    const controller = (this.controller = new AbortController());
    if (again) this.asked = location.search;
    const query = this.read();
    const began = performance.now();
    this.button.textContent = words.stop;
    this.state.textContent = words.running;
    this.mark("");
    try {
      const response = await this.send(query, controller.signal);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const outcome = page.getElementById("outcome");
      if (!outcome) throw new Error(filled(words.status, { status: response.status }));
      outcome.querySelector(".hints")?.remove(); // they are below the editor
      document.getElementById("outcome").replaceWith(outcome);
      offerChart(outcome);
      if (!again && query.length <= LONGEST) this.move(query);
      this.state.textContent = `${((performance.now() - began) / 1000).toFixed(2)} s`;
      this.complain();
    } catch (error) {
      if (this.controller !== controller) return;
      const stopped = error.name === "AbortError";
      this.state.textContent = stopped ? words.stopped : failure(error);
    } finally {
      if (this.controller === controller) {
        this.controller = null;
        this.button.textContent = this.run;
      }
    }
  }

  async send(query, signal) {
    const { local } = this.form.dataset;
    // A site of files has no endpoint: a module of its own evaluates queries in the browser.
    if (local) return (await import(local)).answer(query, this.form, signal);
    const headers = { Accept: "text/html" };
    if (query.length <= LONGEST) return fetch(this.address(query), { headers, signal });
    const body = new URLSearchParams({ query });
    return fetch(this.form.action, { method: "POST", headers, body, signal });
  }

  /** Mark the place that the message of the page names. */
  complain() {
    const notice = document.querySelector("#outcome [data-line]");
    if (!notice) return;
    const { line, column } = notice.dataset;
    this.mark(notice.querySelector("pre").textContent, Number(line), Number(column));
  }

  /** Return the address of the page that shows the results of *query*. */
  address(query) {
    return `${this.form.action}?${new URLSearchParams({ query })}`;
  }

  /** Make the address of the page that of *query*. */
  move(query) {
    history.pushState(null, "", this.address(query));
    this.asked = location.search;
  }

  async share(button) {
    const query = this.read();
    let said = words.copied;
    if (query.length > LONGEST) {
      said = words.long;
    } else {
      try {
        await navigator.clipboard.writeText(new URL(this.address(query)).href);
      } catch {
        // Not every page may write there: then the address bar has it.
        this.move(query);
        said = words.bar;
      }
    }
    button.textContent = said;
    setTimeout(() => (button.textContent = words.copy), 2000);
  }
}

function failure(error) {
  return filled(words.failed, { reason: error.message });
}
