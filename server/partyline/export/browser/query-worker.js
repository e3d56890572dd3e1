// Evaluates queries over the dataset in a thread of its own: the page stays responsive.

import init, { Store } from "oxigraph";

let store;

const actions = {
  /** Load the dataset, N-Quads as bytes, into the engine, a compiled module. */
  async open({ engine, dataset }) {
    await init({ module_or_path: engine });
    store = new Store();
    store.load(new Uint8Array(dataset), { format: "application/n-quads", no_transaction: true, unchecked: true });
    return store.size;
  },
  /** Return the answer as text in *format*. */
  async query({ query, format, base }) {
    return store.query(query, { results_format: format, base_iri: base });
  },
};

addEventListener("message", async ({ data }) => {
  try {
    postMessage({ id: data.id, result: await actions[data.action](data) });
  } catch (error) {
    postMessage({ id: data.id, error: error.message ?? String(error) });
  }
});
