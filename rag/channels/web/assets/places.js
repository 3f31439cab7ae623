/* Which view is shown, and what the address says: #tasks=市住建局, #who=20, #c=document/clause/start-end, #d=…

The browser's back button goes from view to view, and closes the drawer. */

import { all, hear, one, tell } from "./dom.js";

const VIEWS = ["chat", "tasks", "who"];
const state = { chat: "", tasks: "", who: "" };
let view = "chat";
/* While the browser is on its way back: what to do there. */
let leaving = null;

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

/* The address of the view at hand; as a new step where somebody went there. */
function address(step = false) {
  if (leaving) { leaving = () => address(step); return; }
  write(view === "chat" ? "" : `#${view}${state[view] ? `=${encodeURIComponent(state[view])}` : ""}`, step);
}

function write(hash, step, kept = null) {
  const place = `${location.pathname}${location.search}${hash}`;
  if (step && hash !== location.hash) history.pushState(kept, "", place); else history.replaceState(kept, "", place);
}

/* The drawer opens, or shows another place: one step in all. */
export function mark(place) {
  const open = /^#[cd]=/.test(location.hash);
  write(`#${place}`, !open, open ? history.state : { drawer: true });
}

/* The drawer was closed: back to where it was opened, or, where a link opened it, to the view behind it. */
export function unmark() {
  if (!/^#[cd]=/.test(location.hash)) return;
  if (!history.state?.drawer) { address(); return; }
  leaving = address;
  history.back();
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

export function go(name, value, step = name !== view) {
  show(name);
  tell(`view-${name}`, value);
  address(step);
}

/* Opens what the address names. */
export function follow() {
  const { name, value } = parse(location.hash);
  if ((name === "c" || name === "d") && value) { tell("place", { place: location.hash.slice(3), whole: name === "d" }); return; }
  tell("place", null);
  if (VIEWS.includes(name) || !name) go(name || "chat", value || undefined, false);
}

function moved() {
  const then = leaving;
  leaving = null;
  if (then) then(); else follow();
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
  window.addEventListener("hashchange", moved);
  hear("go", ({ name, value }) => go(name, value));
}
