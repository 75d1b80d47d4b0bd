"use strict";
// The page of `wative explore`. `index` has columns with a value for each function, `records` what is shown of each, one after another.
// All text of modules and sources is put into the page as text, never as HTML.

const SMALL = 1500; // Lines that are all in the document, so that the browser's own search finds them.
const HUES = 8;
const PANES = [
  { id: "source", title: "Source" },
  { id: "wasm", title: "WebAssembly" },
  { id: "translated", title: "IR" },
  { id: "optimised", title: "IR, optimised" },
  { id: "code", title: "Machine code" },
];

const $ = (id) => document.getElementById(id);

/** An element with a class, and texts or elements in it. */
function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

async function unpack(base64) {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(stream).json();
}

/** `1,234`. */
const count = (number) => number.toLocaleString("en");
const hex = (number) => "0x" + number.toString(16);
const clamp = (number, most) => Math.max(0, Math.min(number, most));

/** Lines of the same height, of which those are in the document that are seen. */
class Lines {
  constructor(scroll, height, draw, mark) {
    Object.assign(this, { scroll, height, draw, mark, length: 0, first: 0, last: 0 });
    this.box = make("div", "lines");
    scroll.append(this.box);
    scroll.addEventListener("scroll", () => this.fill());
    new ResizeObserver(() => this.fill()).observe(scroll);
  }

  /** Shows so many lines, from the top, `width` characters wide. */
  show(length, width) {
    this.length = length;
    this.box.style.height = `${length * this.height}px`;
    this.box.style.width = width ? `${width}ch` : "";
    this.scroll.scrollTo(0, 0);
    this.fill(true);
  }

  fill(anew) {
    let first = 0;
    let last = this.length;
    if (this.length > SMALL) {
      const { scrollTop, clientHeight } = this.scroll;
      const seen = [Math.floor(scrollTop / this.height), Math.ceil((scrollTop + clientHeight) / this.height)];
      if (!anew && seen[0] >= this.first && Math.min(seen[1], this.length) <= this.last) return;
      first = clamp(seen[0] - 60, this.length);
      last = clamp(seen[1] + 60, this.length);
    } else if (!anew) return;
    [this.first, this.last] = [first, last];
    const elements = [];
    for (let row = first; row < last; row++) {
      const element = this.draw(row);
      element.style.top = `${row * this.height}px`;
      element.dataset.row = row;
      this.mark(element, row);
      elements.push(element);
    }
    this.box.replaceChildren(...elements);
  }

  /** Marks all lines again. */
  refresh() {
    for (const element of this.box.children) this.mark(element, Number(element.dataset.row));
  }

  /** Scrolls to a line if it is not seen: into the middle, or just so far. */
  reveal(row, middle) {
    const { scrollTop, clientHeight } = this.scroll;
    const top = row * this.height;
    if (top >= scrollTop && top + this.height <= scrollTop + clientHeight) return;
    const end = clientHeight - this.height;
    this.scroll.scrollTop = middle ? top - end / 2 : top < scrollTop ? top : top - end;
  }

  /** The line that an event happened on; undefined: none. */
  rowOf(event) {
    const element = event.target.closest(".lines > *");
    return element ? Number(element.dataset.row) : undefined;
  }

  /** Lines in a screen. */
  get page() {
    return Math.max(1, Math.floor(this.scroll.clientHeight / this.height) - 1);
  }
}

/** One stage of a function. */
class Pane {
  constructor({ id, title }) {
    Object.assign(this, { id, cursor: 0, lit: new Set(), held: new Set(), texts: [], wanted: true });
    this.info = make("span");
    this.scroll = make("div", "scroll");
    this.scroll.tabIndex = 0;
    this.scroll.setAttribute("role", "region");
    this.scroll.setAttribute("aria-label", title);
    this.empty = make("p", "empty");
    this.element = make("section", "pane", make("h3", "", title, this.info), this.empty, this.scroll);
    this.element.id = id;
    this.lines = new Lines(this.scroll, 18, (row) => this.draw(row), (element, row) => this.mark(element, row));
    this.toggle = make("button", "", title);
    this.toggle.addEventListener("click", () => this.want(!this.wanted));
    this.scroll.addEventListener("pointerover", (event) => {
      const row = this.lines.rowOf(event);
      if (row !== undefined) light(this, row);
    });
    this.scroll.addEventListener("pointerleave", () => light());
    this.scroll.addEventListener("click", (event) => {
      const row = this.lines.rowOf(event);
      if (row !== undefined) hold(this, row);
    });
  }

  want(wanted) {
    this.wanted = wanted;
    this.toggle.setAttribute("aria-pressed", wanted);
    this.element.hidden = !wanted || (this.id === "source" && this.texts.length === 0);
    this.lines.fill(true);
  }

  /** Shows lines; `numbers` are what is at their left. */
  show(texts, numbers, hues) {
    Object.assign(this, { texts, numbers, hues, cursor: 0 });
    const isEmpty = texts.length === 0;
    this.empty.hidden = !isEmpty;
    this.scroll.hidden = isEmpty;
    this.empty.textContent = this.id === "wasm" ? "The compiler has made this function, or the module cannot be printed." : "Nothing.";
    this.info.textContent = isEmpty ? "" : count(texts.length);
    this.lines.show(texts.length, 10 + texts.reduce((most, text) => Math.max(most, text.length), 0));
    this.want(this.wanted);
  }

  draw(row) {
    const hue = this.hues[row];
    const element = make("div", "line", make("span", "number", this.numbers[row]), make("span", "text", this.texts[row]));
    if (this.numbers[row] === null) {
      element.className = "line head";
    } else if (hue !== undefined) {
      element.className = `line tinted hue${hue % HUES}`;
    } else if (this.id !== "source") {
      element.className = "line plain";
    }
    return element;
  }

  mark(element, row) {
    element.classList.toggle("lit", this.lit.has(row));
    element.classList.toggle("held", this.held.has(row));
    element.classList.toggle("cursor", row === this.cursor && document.activeElement === this.scroll);
  }

  get length() {
    return this.texts.length;
  }

  move(row) {
    this.cursor = row;
    this.lines.reveal(row);
    light(this, row);
  }

  enter() {
    hold(this, this.cursor);
  }
}

/** The list of functions. */
class List {
  constructor() {
    Object.assign(this, { cursor: 0, order: [], words: [], sort: 0, isReversed: false, sorted: new Map() });
    this.scroll = $("list");
    this.lines = new Lines(this.scroll, 24, (row) => this.draw(row), (element, row) => this.mark(element, row));
    this.columns = [
      { title: "Name", values: index.names },
      { title: "Wasm", values: index.wasm },
      { title: "Native", values: index.native },
    ];
    if (index.samples) this.columns.push({ title: "Samples", values: index.samples });
    this.columns.forEach((column, number) => {
      column.button = make("button", "", column.title);
      column.button.addEventListener("click", () => this.sortBy(number));
      $("sorts").append(column.button);
    });
    this.found = index.names.map((name, i) => `${name} ${index.symbols[i]}`.toLowerCase());
    this.scroll.addEventListener("click", (event) => {
      const row = this.lines.rowOf(event);
      if (row !== undefined) this.move(row), this.enter();
    });
    $("search").addEventListener("input", () => this.filter());
    this.sortBy(this.columns.length - 1);
  }

  /** Sorts by a column, largest first; by the same again the other way round. */
  sortBy(number) {
    this.isReversed = number === this.sort && !this.isReversed && this.order.length > 0;
    this.sort = number;
    const { values } = this.columns[number];
    const compare = number === 0 ? (a, b) => (values[a] < values[b] ? -1 : values[a] > values[b] ? 1 : a - b) : (a, b) => values[b] - values[a] || a - b;
    this.sorted = values.map((_, i) => i).sort(compare);
    if (this.isReversed) this.sorted.reverse();
    this.columns.forEach(({ button, title }, i) => {
      button.setAttribute("aria-pressed", i === number);
      const isUp = (i === 0) !== this.isReversed;
      button.textContent = i === number ? `${title} ${isUp ? "↑" : "↓"}` : title;
    });
    this.filter();
  }

  filter() {
    this.words = $("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    this.order = this.sorted.filter((i) => this.words.every((word) => this.found[i].includes(word)));
    this.cursor = Math.max(0, this.order.indexOf(chosen));
    $("count").textContent = this.words.length ? `${count(this.order.length)} of ${count(index.names.length)}` : count(index.names.length);
    this.lines.show(this.order.length);
    this.lines.reveal(this.cursor, true);
  }

  draw(row) {
    const i = this.order[row];
    const element = make("div", "function", this.name(index.names[i]), ...this.columns.slice(1).map(({ values }) => make("span", "", count(values[i]))));
    element.setAttribute("role", "option");
    element.title = [index.names[i], index.symbols[i], index.modules.length > 1 ? `in ${index.modules[index.module[i]]}` : ""].filter(Boolean).join("\n");
    return element;
  }

  /** A name with the words marked that were searched for. */
  name(name) {
    const parts = [];
    let rest = name;
    for (const word of this.words) {
      const at = rest.toLowerCase().indexOf(word);
      // What is longer in lower case is not marked.
      if (at < 0 || rest.toLowerCase().length !== rest.length) continue;
      parts.push(rest.slice(0, at), make("mark", "", rest.slice(at, at + word.length)));
      rest = rest.slice(at + word.length);
    }
    return make("span", "", ...parts, rest);
  }

  mark(element, row) {
    element.setAttribute("aria-selected", this.order[row] === chosen);
    element.classList.toggle("cursor", row === this.cursor);
  }

  get length() {
    return this.order.length;
  }

  move(row) {
    this.cursor = row;
    this.lines.reveal(row);
    this.lines.refresh();
  }

  enter() {
    if (this.cursor < this.order.length) choose(this.order[this.cursor]);
  }
}

let index; // The columns.
let starts; // Where each function's record begins.
let records;
let list;
let panes;
let chosen = -1; // The function that is shown.
let record; // What is shown of it.
let links; // What its lines belong to.

/** Opens a function, as if its address were followed. */
function choose(i) {
  const hash = `#${i}`;
  if (location.hash === hash) open(i);
  else location.hash = hash;
}

async function open(i) {
  chosen = i;
  const at = list.order.indexOf(i);
  if (at >= 0) list.move(at);
  else list.lines.refresh();
  const found = await unpack(records.slice(starts[i], starts[i] + index.packed[i]));
  if (chosen !== i) return;
  record = found;
  document.title = `${index.names[i]} · ${index.title}`;
  $("name").querySelector("h2").textContent = index.names[i];
  $("name").querySelector("h2").title = index.symbols[i] || index.names[i];
  const facts = [`${count(index.wasm[i])} B of Wasm`, `${count(index.native[i])} B native`];
  if (index.samples) facts.push(`${count(index.samples[i])} samples`);
  if (index.modules.length > 1) facts.push(index.modules[index.module[i]]);
  $("name").querySelector("p").textContent = facts.join(" · ");
  showRecord();
}

const texts = (pane) => (pane.at.length ? pane.text.split("\n") : []);

function showRecord() {
  const { source, places } = record;
  const rows = { source: source.lines.length ? source.text.split("\n") : [] };
  for (const { id } of PANES.slice(1)) rows[id] = texts(record[id]);
  links = new Links(record);
  for (const pane of panes) {
    pane.lit = new Set();
    pane.held = new Set();
    let numbers;
    if (pane.id === "source") {
      numbers = source.lines.map(([, line]) => line || null);
    } else {
      // An offset is written where it changes.
      let last = "";
      numbers = record[pane.id].at.map((place) => {
        const offset = place < 0 ? "" : places[place].offset.toString(16);
        const shown = offset === last ? "" : offset;
        last = offset;
        return shown;
      });
    }
    pane.show(rows[pane.id], numbers, rows[pane.id].map((_, row) => links.hue(pane.id, row)));
  }
  light();
}

/** Which lines of a function belong together. */
class Links {
  constructor({ source, places, ...stages }) {
    this.places = places;
    this.stages = PANES.slice(1).map(({ id }) => ({ id, at: stages[id].at }));
    const row = new Map(source.lines.map(([file, line], row) => [`${file}:${line}`, row]));
    /** For each place its lines of the source, innermost first. */
    this.sources = places.map((place) => place.source.map(([file, line]) => row.get(`${file}:${line}`)).filter((row) => row !== undefined));
    const used = new Set(this.stages.slice(1).flatMap(({ at }) => at));
    /** What decides the colour of a place: a line of the source, or without sources the instruction of WebAssembly. */
    this.keys = places.map((place, i) => (source.lines.length ? this.sources[i][0] : used.has(i) && place.row >= 0 ? place.row : undefined));
    if (!source.lines.length) {
      const rows = new Set(this.keys);
      places.forEach((place, i) => rows.has(place.row) && (this.keys[i] = place.row));
    }
    const sorted = [...new Set(this.keys)].filter((key) => key !== undefined).sort((a, b) => a - b);
    this.hues = new Map(sorted.map((key, i) => [key, i]));
  }

  /** Number of the colour of a line. */
  hue(id, row) {
    if (id === "source") return this.hues.get(row);
    const place = record[id].at[row];
    return place < 0 ? undefined : this.hues.get(this.keys[place]);
  }

  /** The places that a line stands for. */
  of(id, row) {
    const all = [...this.places.keys()];
    if (id === "source") return all.filter((place) => this.sources[place].includes(row));
    const place = record[id].at[row];
    if (place < 0) return [];
    if (id !== "wasm") return [place];
    return all.filter((other) => this.places[other].row === row);
  }

  /** For each stage the lines that belong to a line. */
  linked(id, row) {
    const places = new Set(this.of(id, row));
    const rows = { source: new Set(), wasm: new Set() };
    for (const place of places) {
      this.sources[place].forEach((row) => rows.source.add(row));
      if (this.places[place].row >= 0) rows.wasm.add(this.places[place].row);
    }
    for (const { id, at } of this.stages.slice(1)) rows[id] = new Set(at.flatMap((place, row) => (places.has(place) ? [row] : [])));
    // Of the line's own stage only lines of the same place.
    if (id === "source" || id === "wasm") rows[id] = new Set([row]);
    return rows;
  }
}

let held; // The line that is held on to: pane and row.

/** Lights up what belongs to a line; without one nothing. */
function light(pane, row) {
  const rows = pane && links.linked(pane.id, row);
  for (const other of panes) {
    other.lit = rows ? rows[other.id] : new Set();
    other.lines.refresh();
  }
  const [shown, at] = pane ? [pane, row] : held ?? [];
  tell(shown, at);
}

/** Holds on to a line: what belongs to it stays lit and is scrolled to. */
function hold(pane, row) {
  held = pane && [pane, row];
  const rows = pane && links.linked(pane.id, row);
  for (const other of panes) {
    other.held = rows ? rows[other.id] : new Set();
    const first = Math.min(...other.held);
    if (other !== pane && Number.isFinite(first)) other.lines.reveal(first, true);
    other.lines.refresh();
  }
  if (pane) pane.cursor = row;
  light(pane, row);
}

/** Says below what a line is. */
function tell(pane, row) {
  const status = $("status");
  status.replaceChildren();
  const places = pane ? links.of(pane.id, row).map((place) => record.places[place]) : [];
  if (!places.length) {
    const version = `wative ${index.version}`;
    status.append(make("span", "", !pane ? "" : pane.id === "source" ? "no instruction comes from this line" : "of no instruction of WebAssembly"), make("span", "end", version));
    return;
  }
  const offsets = [...new Set(places.map((place) => place.offset))].sort((a, b) => a - b);
  const range = offsets.length > 1 ? `${hex(offsets[0])} … ${hex(offsets.at(-1))}` : hex(offsets[0]);
  status.append(make("span", "", `Wasm ${range}`));
  const [inner] = places[0].source;
  if (inner) status.append(make("span", "", `${record.files[inner[0]]}:${inner[1]}`));
  if (places.length === 1 && places[0].inlined.length) {
    const chain = make("span", "", "inlined: ");
    places[0].inlined.forEach(([callee, offset], i) => {
      const [name, place] = record.callees[callee];
      let shown = name;
      if (place !== null) {
        shown = make("button", "", name);
        shown.addEventListener("click", () => choose(place));
      }
      chain.append(i ? " › " : "", shown, ` ${hex(offset)}`);
    });
    status.append(chain);
  }
  const rows = links.linked(pane.id, row);
  const sizes = PANES.slice(1).map(({ id, title }) => `${count(rows[id].size)} ${title}`);
  status.append(make("span", "end", sizes.join(" · ")));
}

/** The panes and the list, as far as they are shown, from left to right. */
const regions = () => [list, ...panes.filter((pane) => !pane.element.hidden && pane.length)];
const focused = () => regions().find((region) => region.scroll === document.activeElement) ?? list;

const KEYS = {
  "/": () => ($("search").focus(), $("search").select()),
  j: () => step(1),
  k: () => step(-1),
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  PageDown: () => step(focused().lines.page),
  PageUp: () => step(-focused().lines.page),
  Home: () => step(-Infinity),
  End: () => step(Infinity),
  ArrowRight: () => turn(1),
  ArrowLeft: () => turn(-1),
  Enter: () => focused().enter(),
  n: () => next(1),
  p: () => next(-1),
  s: () => list.sortBy((list.sort + 1) % list.columns.length),
  t: () => switchTheme(),
  "?": () => $("help").showModal(),
  Escape: () => {
    if (held) hold();
    else if (focused() !== list) list.scroll.focus();
    else if ($("search").value) search("");
  },
};
PANES.forEach((_, i) => (KEYS[i + 1] = () => panes[i].want(!panes[i].wanted)));

function step(by) {
  const region = focused();
  region.scroll.focus();
  if (region.length) region.move(clamp(region.cursor + by, region.length - 1));
}

function turn(by) {
  const all = regions();
  const region = all[clamp(all.indexOf(focused()) + by, all.length - 1)];
  region.scroll.focus();
  region.lines.reveal(region.cursor);
  if (region === list) light();
  else region.move(clamp(region.cursor, region.length - 1));
}

function next(by) {
  if (!list.length) return;
  list.move(clamp(list.cursor + by, list.length - 1));
  list.enter();
}

function search(text) {
  $("search").value = text;
  list.filter();
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || $("help").open) return;
  if (event.target === $("search")) {
    if (event.key === "Escape") search("");
    if (event.key === "Enter") list.enter();
    if (["Escape", "Enter", "ArrowDown"].includes(event.key)) {
      event.preventDefault();
      list.scroll.focus();
    }
    return;
  }
  // Buttons have their own.
  if (event.key === "Enter" && event.target.tagName === "BUTTON") return;
  const action = KEYS[event.key];
  if (!action) return;
  event.preventDefault();
  action();
}

function setTheme(theme) {
  document.documentElement.className = theme ?? "";
}

function switchTheme() {
  const isDark = document.documentElement.className ? document.documentElement.className === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const theme = isDark ? "light" : "dark";
  setTheme(theme);
  try {
    localStorage.setItem("wative-theme", theme);
  } catch {
    // Pages of files may have no storage.
  }
}

async function start() {
  try {
    setTheme(localStorage.getItem("wative-theme"));
  } catch {
    // As above.
  }
  index = await unpack($("index").textContent);
  records = $("records").textContent;
  let end = 0;
  starts = index.packed.map((length) => (end += length) - length);
  $("title").textContent = document.title = index.title;
  const sum = (values) => count(values.reduce((a, b) => a + b, 0));
  $("about").textContent = [...index.about, `${count(index.names.length)} functions`, `${sum(index.wasm)} B of Wasm → ${sum(index.native)} B native`].join(" · ");
  list = new List();
  panes = PANES.map((pane) => new Pane(pane));
  panes[2].wanted = innerWidth >= 1800;
  for (const pane of panes) {
    $("panes").append(pane.element);
    $("toggles").append(pane.toggle);
    for (const event of ["focus", "blur"]) pane.scroll.addEventListener(event, () => pane.lines.refresh());
  }
  $("theme").addEventListener("click", switchTheme);
  $("help-button").addEventListener("click", () => $("help").showModal());
  document.addEventListener("keydown", onKey);
  const follow = () => {
    held = undefined;
    const wanted = Number.parseInt(location.hash.slice(1), 10);
    const i = index.names[wanted] === undefined ? list.order[0] : wanted;
    if (i !== undefined) open(i);
  };
  addEventListener("hashchange", follow);
  follow();
  list.scroll.focus({ preventScroll: true });
}

start();
