/* The tab 任务清单: which list, filters, sorting, downloads. The service filters and sorts; a file holds the same rows. */

import { department, pick } from "./department.js";
import { fill, get, hear, make, one, query, save, toast } from "./dom.js";
import { current, stay } from "./places.js";

const DEPARTMENTS = "部门";
let of = "";
let kind = DEPARTMENTS;
/* Strongest tier first: what binds for certain stands above what is to be confirmed. */
const FIRST = "tier";
let sort = FIRST;
let descending = false;
let lists = {};
let asked = 0;

const panel = () => one("#az-tasks");
const form = () => one(".az-filters", panel());

function wanted() {
  const data = new FormData(form());
  return {
    org: of, q: data.get("q").trim(), tier: data.getAll("tier").join(","), role: data.get("role"), dated: data.get("dated") || "",
    sort, desc: descending ? "1" : "",
  };
}

function choice(words, chosen, run) {
  return make("button", { type: "button", class: "az-choice", "aria-pressed": String(chosen), onclick: run }, words);
}

function bars() {
  const kinds = [DEPARTMENTS, ...Object.keys(lists)];
  one(".az-kinds", panel()).replaceChildren(...kinds.map((name) => choice(name, name === kind, () => switchTo(name))));
  const names = one(".az-names", panel());
  if (kind === DEPARTMENTS) {
    const pressed = make("button", { type: "button", class: "az-choice az-change", "aria-haspopup": "dialog", onclick: () => pick(pressed, open, of) }, of || "选择部门", " ▾");
    const mine = department() && of !== department() ? choice(`回到${department()}`, false, () => open(department())) : null;
    names.replaceChildren(...[pressed, mine].filter(Boolean));
  } else names.replaceChildren(...lists[kind].map((name) => choice(name, name === of, () => open(name))));
}

function switchTo(name) {
  kind = name;
  open(name === DEPARTMENTS ? department() : lists[name][0]);
}

function kindOf(name) {
  return Object.keys(lists).find((known) => lists[known].includes(name)) || DEPARTMENTS;
}

function open(name) {
  of = name;
  form().reset();
  sort = FIRST;
  descending = false;
  bars();
  load();
}

async function download(pressed) {
  pressed.disabled = true;
  try { await save(`api/tasks/file/${pressed.dataset.kind}?${query(wanted())}`); } catch (error) { toast(error.message); }
  pressed.disabled = false;
}

function roles(offered) {
  const select = one("select", form());
  const held = select.value;
  select.replaceChildren(make("option", { value: "" }, "全部角色"), ...offered.map((role) => make("option", { value: role }, role)));
  select.value = offered.includes(held) ? held : "";
}

async function load() {
  const turn = ++asked;
  const list = one(".az-sheet", panel());
  try {
    const found = await get(`api/tasks?${query(wanted())}`);
    if (turn !== asked) return;
    lists = found.lists;
    kind = of ? kindOf(of) : kind;
    roles(found.roles);
    form().hidden = !of;
    panel().classList.toggle("az-of-leader", found.kind === "leader");
    if (of) fill(list, found.html);
    else {
      const pressed = make("button", { type: "button", class: "az-primary", onclick: () => pick(pressed, open) }, "选择部门");
      list.replaceChildren(make("div", { class: "az-hero" }, make("h2", {}, "看哪个部门的任务清单？"), pressed));
    }
  } catch (error) { if (turn === asked) list.replaceChildren(make("p", { class: "az-warn" }, error.message)); }
  bars();
  stay("tasks", of === department() ? "" : of);
}

export function start() {
  let timer;
  form().addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(load, 150); });
  form().addEventListener("reset", () => setTimeout(load, 0));
  form().addEventListener("submit", (event) => { event.preventDefault(); load(); });
  panel().addEventListener("click", (event) => {
    const head = event.target.closest("[data-sort]");
    if (head) {
      descending = sort === head.dataset.sort && !descending;
      sort = head.dataset.sort;
      load().then(() => one(`[data-sort=${sort}]`, panel())?.focus());
    }
    const file = event.target.closest(".az-file");
    if (file) download(file);
    const clamped = event.target.closest(".az-clamp");
    if (clamped && !String(getSelection())) clamped.classList.toggle("az-whole-text");
  });
  hear("view-tasks", (name) => { if (name && name !== of) { of = name; sort = FIRST; load(); } else if (!of) { of = department(); load(); } });
  hear("department", (name) => {
    if (kind === DEPARTMENTS && name) { of = name; if (current() === "tasks") load(); else of = ""; }
  });
  hear("online", () => { if (current() === "tasks") load(); });
}
