/* The tab 查责任: search the items, browse them, see them as a matrix, print it. */

import { department } from "./department.js";
import { all, fill, get, hear, make, one, query } from "./dom.js";
import { current, go, stay } from "./places.js";

const panel = () => one("#az-who");
const items = () => one(".az-items", panel());
const matrix = () => one(".az-matrix-box", panel());
const input = () => one("input[type=search]", panel());
const found = () => one(".az-found", panel());

async function once(box, path) {
  if (box.dataset.filled) return true;
  try {
    fill(box, (await get(path)).html);
    box.dataset.filled = "1";
    own();
    return true;
  } catch (error) {
    box.replaceChildren(make("p", { class: "az-warn" }, error.message));
    return false;
  }
}

/* The asker's own department stands out. */
function own() {
  for (const part of all("[data-party]", panel())) part.classList.toggle("az-own", part.dataset.party === department());
}

/* A sentence with the words searched for marked. */
function marked(sentence) {
  const words = input().value.trim();
  return sentence.split(words).flatMap((part, at) => (at ? [make("mark", {}, words), part] : [part]));
}

/* Found items first and alone; all of them again when the search is empty. */
function order(ids, said = []) {
  const cards = all(".az-item", items());
  for (const old of all(".az-said", items())) old.remove();
  const list = one(".az-results", items()) || make("section", { class: "az-results" });
  items().prepend(list);
  for (const card of cards) if (card.parentElement === list) one(`[data-home="${card.dataset.item}"]`, items()).replaceWith(card);
  items().classList.toggle("az-found-some", ids.length > 0);
  for (const [at, id] of ids.entries()) {
    const card = cards.find((each) => each.dataset.item === id);
    if (!card) continue;
    card.replaceWith(make("span", { "data-home": id, hidden: true }));
    if (said[at]) one("h4", card).after(make("p", { class: "az-said" }, ...marked(said[at])));
    list.append(card);
  }
}

async function search() {
  const words = input().value.trim();
  mode("items");
  if (!await once(items(), "api/items")) return;
  let answer = { items: [], words: "" };
  if (words) {
    try { answer = await get(`api/search?${query({ q: words })}`); } catch (error) { answer.words = error.message; }
  }
  if (words !== input().value.trim()) return;
  order(answer.items, answer.said);
  found().textContent = answer.words;
  panel().scrollTop = 0;
  stay("who", words);
}

async function mode(name) {
  for (const pressed of all("[data-mode]", panel())) pressed.setAttribute("aria-pressed", String(pressed.dataset.mode === name));
  items().hidden = name !== "items";
  matrix().hidden = one("[data-print]", panel()).hidden = name !== "matrix";
  if (name !== "matrix") return;
  found().textContent = "";
  await once(matrix(), "api/matrix");
  one("thead .az-own", matrix())?.scrollIntoView({ block: "nearest", inline: "nearest" });
  stay("who", "matrix");
}

function look(text) {
  go("who");
  input().value = text;
  search();
}

export function start() {
  one("form", panel()).addEventListener("submit", (event) => { event.preventDefault(); search(); });
  let timer;
  input().addEventListener("input", (event) => { if (!event.isComposing) { clearTimeout(timer); timer = setTimeout(search, 250); } });
  panel().addEventListener("click", (event) => {
    const pressed = event.target.closest("button");
    if (!pressed) return;
    if (pressed.dataset.mode) { if (pressed.dataset.mode === "items") { search(); } else mode("matrix"); }
    else if (pressed.matches("[data-print]")) print();
    else if (pressed.matches(".az-party")) look(pressed.dataset.party);
  });
  hear("view-who", (value) => {
    if (value === "matrix") mode("matrix");
    else if (value !== undefined && value !== input().value) { input().value = value; search(); }
    else if (!items().dataset.filled && matrix().hidden) search();
  });
  hear("department", own);
  hear("online", () => { if (current() === "who" && !items().dataset.filled) search(); });
}
