// Bundle each script of a site of files, and put the query engine beside them.

import { build } from "esbuild";
import { copyFile, mkdir, readFile, rename, writeFile } from "node:fs/promises";

const folder = process.argv[2];
const { name, version, license } = JSON.parse(await readFile("node_modules/oxigraph/package.json", "utf8"));
await mkdir(folder, { recursive: true });
const { outputFiles } = await build({
  entryPoints: ["local-query.js", "query-worker.js", "search.js"],
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  outdir: folder,
  write: false,
});
for (const file of outputFiles) await put(file.path, file.text);
await copyFile("node_modules/oxigraph/web_bg.wasm", `${folder}/oxigraph.wasm.new`);
await rename(`${folder}/oxigraph.wasm.new`, `${folder}/oxigraph.wasm`);

// A reader sees the whole of the old file or of the new one.
async function put(path, text) {
  const notice = path.endsWith("query-worker.js") ? `/*! Contains ${name} ${version} (${license}). */\n` : "";
  await writeFile(`${path}.new`, notice + text);
  await rename(`${path}.new`, path);
}
