// Print how many tokens the standard input has, by the vocabularies of two generations of models.

import { readFileSync } from "node:fs";
import { getEncoding } from "js-tiktoken";

const text = readFileSync(0, "utf8");
const names = ["cl100k_base", "o200k_base"];
console.log(JSON.stringify(Object.fromEntries(names.map((name) => [name, getEncoding(name).encode(text).length]))));
