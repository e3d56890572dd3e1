// A chart of an answer: a bar for each row, with its name and its number, beside the table.

import { filled, words } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const NUMBER = /^[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/;
/** Rows that a chart can show; letters of a name. */
const [FEWEST, MOST, LETTERS] = [2, 60, 34];
/** Lengths in units of the picture. */
const [WIDTH, LINE, NAMES, VALUES] = [720, 24, 260, 80];

/** Offer a chart beside the table of *outcome*, where a column has numbers and another one names. */
export function offerChart(outcome) {
  const table = outcome.querySelector("#answer table");
  const read = table && readTable(table);
  if (!read) return;
  const scroll = table.parentElement;
  const figure = draw(read);
  const choices = document.createElement("div");
  choices.className = "actions";
  choices.setAttribute("role", "group");
  choices.setAttribute("aria-label", words.show);
  const show = (chart) => {
    scroll.hidden = chart;
    figure.hidden = !chart;
    [...choices.children].forEach((row, place) => row.setAttribute("aria-pressed", String(place === Number(chart))));
  };
  for (const [chart, text] of [[false, words.table], [true, words.chart]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "plain";
    button.textContent = text;
    button.addEventListener("click", () => show(chart));
    choices.append(button);
  }
  scroll.before(choices);
  scroll.after(figure);
  show(false);
}

/** Return the names and the numbers of *table*, or null where it has none to draw. */
function readTable(table) {
  const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
  const rows = [...table.tBodies[0].rows].map((row) => [...row.cells].map(textOf));
  if (rows.length < FEWEST || rows.length > MOST) return null;
  const numeric = heads.map((_, place) => rows.every((row) => NUMBER.test(row[place])));
  const value = numeric.lastIndexOf(true);
  const name = numeric.includes(false) ? numeric.indexOf(false) : 0;
  if (value < 0 || value === name) return null;
  return {
    heads: { name: heads[name], value: heads[value] },
    rows: rows.map((row) => ({ name: row[name], text: row[value], value: Number(row[value]) })),
  };
}

/** Return what a cell says, without its datatype, its language and marks of links. */
function textOf(cell) {
  return (cell.querySelector("a, span") ?? cell).textContent.trim();
}

/** Return the picture. Its text is the names and the numbers: it needs no colour. */
function draw({ heads, rows }) {
  const low = Math.min(0, ...rows.map((row) => row.value));
  const high = Math.max(0, ...rows.map((row) => row.value));
  const scale = (WIDTH - NAMES - VALUES) / (high - low || 1);
  const zero = NAMES + -low * scale;
  const picture = element("svg", { viewBox: `0 0 ${WIDTH} ${rows.length * LINE + 4}`, role: "list", class: "bars" });
  picture.setAttribute("aria-label", filled(words.by, heads));
  rows.forEach((row, place) => {
    const line = element("g", { role: "listitem", "aria-label": `${row.name}: ${row.text}` });
    const [begin, end] = [Math.min(0, row.value), Math.max(0, row.value)];
    const [y, middle] = [place * LINE + 4, place * LINE + LINE / 2 + 6];
    line.append(
      element("text", { x: NAMES - 8, y: middle, "text-anchor": "end" }, shortened(row.name)),
      element("rect", { x: zero + begin * scale, y, width: Math.max(1, (end - begin) * scale), height: LINE - 6 }),
      element("text", { x: zero + end * scale + 6, y: middle }, row.text),
      element("title", {}, `${row.name}: ${row.text}`),
    );
    picture.append(line);
  });
  picture.append(element("line", { x1: zero, x2: zero, y1: 0, y2: rows.length * LINE + 4 }));
  const figure = document.createElement("figure");
  const caption = document.createElement("figcaption");
  caption.textContent = filled(words.by, heads);
  figure.className = "scroll";
  figure.tabIndex = 0;
  figure.setAttribute("aria-label", caption.textContent);
  figure.append(caption, picture);
  return figure;
}

function shortened(text) {
  const letters = [...text];
  return letters.length > LETTERS ? `${letters.slice(0, LETTERS - 1).join("")}…` : text;
}

function element(name, attributes, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}
