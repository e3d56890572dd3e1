// Suggestions in the search box: a combobox with a list (ARIA Authoring Practices Guide, combobox
// with list autocomplete). Without this script, the box is a form.

const script = document.querySelector("script[data-list]");
const words = script.dataset;
const DELAY = 150;

for (const form of document.querySelectorAll("form[data-suggest]")) {
  combobox(form.elements.q, form.dataset.suggest, (option) => location.assign(option.dataset.path));
}
// A field of a form of a question: what is chosen becomes its value.
for (const field of document.querySelectorAll("input[data-suggest]")) {
  combobox(field, field.dataset.suggest, (option) => {
    field.value = option.dataset.term;
    const hint = document.getElementById(field.getAttribute("aria-describedby"));
    if (hint) hint.textContent = option.firstChild.textContent;
  });
}

// Suggests for what is typed into *input*, from *source*; *choose* is called with an option.
function combobox(input, source, choose) {
  const list = document.createElement("ul");
  list.id = `${input.id}-suggestions`;
  list.role = "listbox";
  list.className = "suggestions";
  list.ariaLabel = words.list;
  list.hidden = true;
  const said = document.createElement("span");
  said.className = "unseen";
  said.role = "status";
  const box = document.createElement("span");
  box.className = "combobox";
  input.replaceWith(box);
  box.append(input, list, said);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) input.setAttribute(name, value);

  let timer = 0;
  let asked = null;
  let active = -1;

  const options = () => [...list.children];

  function close() {
    clearTimeout(timer);
    asked?.abort();
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    activate(-1);
  }

  function activate(place) {
    active = place;
    options().forEach((option, number) => {
      option.ariaSelected = String(number === place);
      if (number === place) option.scrollIntoView({ block: "nearest" });
    });
    if (place < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", options()[place].id);
  }

  function show([query, names, about, paths, terms = paths]) {
    if (query !== input.value.trim() || document.activeElement !== input) return;
    list.replaceChildren(...names.map((name, number) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${number}`;
      option.role = "option";
      option.dataset.path = paths[number];
      option.dataset.term = terms[number];
      const title = document.createElement("span");
      title.dir = "auto";
      title.textContent = name;
      const note = document.createElement("span");
      note.className = "note";
      note.textContent = about[number];
      option.append(title, " ", note);
      return option;
    }));
    list.hidden = names.length === 0;
    input.setAttribute("aria-expanded", String(names.length > 0));
    activate(-1);
    said.textContent = names.length ? `${names.length} ${words.some}` : words.none;
  }

  async function ask() {
    const query = input.value.trim();
    asked?.abort();
    if (!query) return close();
    asked = new AbortController();
    try {
      const address = `${source}${source.includes("?") ? "&" : "?"}q=${encodeURIComponent(query)}`;
      const response = await fetch(address, { signal: asked.signal });
      if (response.ok) show(await response.json());
    } catch (error) {
      // A newer request has taken its place, or the server is away: the form still works.
      if (error.name !== "AbortError") close();
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, DELAY);
  });
  input.addEventListener("keydown", (event) => {
    const count = options().length;
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) return void ask();
      const step = event.key === "ArrowDown" ? 1 : -1;
      // One step beyond either end is the box itself.
      activate(((active + 1 + step + count + 1) % (count + 1)) - 1);
    } else if (event.key === "Enter" && active >= 0 && !list.hidden) {
      event.preventDefault();
      choose(options()[active]);
      close();
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === "Tab") {
      close();
    }
  });
  // A press would take the focus from the box before the click.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) {
      choose(option);
      close();
    }
  });
  input.addEventListener("blur", close);
}
