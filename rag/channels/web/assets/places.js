/* Which view is shown, and what the address says: #tasks=市住建局, #who=20, #c=document/clause/start-end, #d=… */

import { all, hear, one, tell } from "./dom.js";

const VIEWS = ["chat", "tasks", "who"];
const state = { chat: "", tasks: "", who: "" };
let view = "chat";

function parse(hash) {
  const [name, ...rest] = decode(hash.replace(/^#/, "")).split("=");
  return { name, value: rest.join("=") };
}

function decode(text) {
  try { return decodeURIComponent(text); } catch { return text; }
}

export const current = () => view;

/* What a view shows now, so that its address can be sent to a colleague. */
export function stay(name, value) {
  state[name] = value;
  if (view === name) address();
}

/* The address of the view at hand, e.g. after a drawer was closed. */
export function address() {
  const hash = view === "chat" ? "" : `#${view}${state[view] ? `=${encodeURIComponent(state[view])}` : ""}`;
  history.replaceState(null, "", `${location.pathname}${location.search}${hash}`);
}

export function mark(place) {
  history.replaceState(null, "", `${location.pathname}${location.search}#${place}`);
}

function show(name) {
  view = name;
  one("#az-shell").dataset.view = name;
  for (const tab of all(".az-tabs [role=tab]")) {
    const here = tab.dataset.view === name;
    tab.setAttribute("aria-selected", String(here));
    tab.tabIndex = here ? 0 : -1;
  }
  for (const panel of all("#az-shell > .az-view")) panel.hidden = panel.id !== `az-${name}`;
}

export function go(name, value) {
  show(name);
  tell(`view-${name}`, value);
  address();
}

/* Opens what the address names; true where it named something. */
export function follow() {
  const { name, value } = parse(location.hash);
  if (VIEWS.includes(name)) go(name, value);
  else if ((name === "c" || name === "d") && value) tell("place", { place: location.hash.slice(3), whole: name === "d" });
}

function arrows(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const next = VIEWS[(VIEWS.indexOf(view) + step + VIEWS.length) % VIEWS.length];
  go(next);
  one(`#az-tab-${next}`).focus();
}

export function start() {
  const tabs = one(".az-tabs");
  tabs.addEventListener("click", (event) => { if (event.target.dataset.view) go(event.target.dataset.view); });
  tabs.addEventListener("keydown", arrows);
  window.addEventListener("hashchange", follow);
  hear("go", ({ name, value }) => go(name, value));
}
