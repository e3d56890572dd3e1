// Bundle the editor into one file, with the licences of the packages in it.

import { build } from "esbuild";
import { readFile, rename, writeFile } from "node:fs/promises";

const target = process.argv[2];
const { outputFiles, metafile } = await build({
  entryPoints: ["editor.js"],
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  outfile: target,
  metafile: true,
  write: false,
});
const packages = new Set();
for (const path of Object.keys(metafile.inputs)) {
  const found = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path);
  if (found) packages.add(found[1]);
}
const notices = [];
for (const name of [...packages].sort()) {
  const licence = await readFile(`node_modules/${name}/LICENSE`, "utf8");
  notices.push(`${name}\n\n${licence.trim().replaceAll("*/", "* /")}`);
}
const text = `${outputFiles[0].text}\n/*! Packages in this file and their licences:\n\n${notices.join("\n\n")}\n*/\n`;
// A reader sees the whole of the old file or of the new one.
await writeFile(`${target}.new`, text);
await rename(`${target}.new`, target);
