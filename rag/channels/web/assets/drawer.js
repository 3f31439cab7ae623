/* The text behind a citation: a panel at the side (from below on a phone) with the clause, or the whole document. */

import { copy, fill, get, hear, make, one, query } from "./dom.js";
import { mark, unmark } from "./places.js";

let panel;
let veil;
let back;

function build() {
  panel = make("aside", { class: "az-panel", role: "dialog", "aria-modal": "true", "aria-label": "条款原文", tabindex: "-1", hidden: true });
  veil = make("div", { class: "az-veil", hidden: true, onclick: close });
  one("#az-shell").append(veil, panel);
  panel.addEventListener("keydown", trap);
}

/* Tab stays inside while the panel is open. */
function trap(event) {
  if (event.key !== "Tab") return;
  const stops = [...panel.querySelectorAll("button, a[href]")].filter((stop) => stop.offsetParent);
  const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
  if (document.activeElement !== edge && document.activeElement !== panel) return;
  event.preventDefault();
  (event.shiftKey ? stops[stops.length - 1] : stops[0]).focus();
}

function hide() {
  if (!panel || panel.hidden) return false;
  panel.hidden = veil.hidden = true;
  if (back && back.isConnected) back.focus({ preventScroll: true });
  return true;
}

export function close() {
  const open = hide();
  if (open) unmark();
  return open;
}

function open(head, body, { wide = false, foot = [] } = {}) {
  if (!panel) build();
  if (panel.hidden) back = document.activeElement;
  panel.classList.toggle("az-wide", wide);
  const closing = make("button", { type: "button", class: "az-plain az-close", onclick: close }, "关闭");
  panel.replaceChildren(make("div", { class: "az-panel-top" }, ...head, closing), make("div", { class: "az-panel-body" }, ...body), make("div", { class: "az-panel-foot" }, ...foot));
  panel.hidden = veil.hidden = false;
  panel.focus({ preventScroll: true });
  const marked = panel.querySelector("mark") || panel.querySelector(".az-target");
  if (marked) marked.scrollIntoView({ block: wide ? "center" : "nearest" });
}

const title = (view) => `《${view.title}》${view.number ? `（${view.number}）` : ""}`;

function state(view) {
  const css = { 现行有效: "", 年度任务已届满: " az-old" }[view.status] ?? " az-check";
  return make("span", { class: `az-state${css}` }, view.status);
}

function link(place) {
  const pressed = make("button", { type: "button", class: "az-plain", onclick: async () => {
    const done = await copy(new URL(`${location.pathname}${location.search}#${place}`, location.origin).href);
    pressed.textContent = done ? "链接已复制" : "复制失败";
  } }, "复制链接");
  return pressed;
}

function step(view, other, words) {
  if (!other) return make("button", { type: "button", class: "az-plain", disabled: true }, words);
  const run = () => visit(`c=${encodeURIComponent(view.document)}/${encodeURIComponent(other.clause)}`);
  return make("button", { type: "button", class: "az-plain", onclick: run, "aria-label": `${words}：${other.label}` }, words === "上一条" ? `‹ ${other.label}` : `${other.label} ›`);
}

function clause(view, place) {
  const head = [make("h2", {}, view.label, view.heading ? make("small", {}, view.heading) : null), make("p", { class: "az-doc" }, title(view), " ", state(view))];
  if (view.path.length) head.push(make("p", { class: "az-path" }, [...view.path, `${view.label}${view.heading ? ` ${view.heading}` : ""}`].join(" › ")));
  const text = make("div", { class: view.verified ? "az-text az-verbatim" : "az-text" });
  text.append(view.before, make(view.before || view.after ? "mark" : "span", { class: "az-quote" }, view.quote), view.after);
  const body = [text];
  if (view.note) body.unshift(make("p", { class: "az-warn" }, view.note));
  if (view.status_note) body.push(make("p", { class: "az-warn" }, view.status_note));
  const whole = make("button", { type: "button", class: "az-plain", onclick: () => visit(`d=${place.slice(2)}`) }, "查看全文");
  open(head, body, { foot: [step(view, view.previous, "上一条"), step(view, view.next, "下一条"), whole, link(place)] });
}

function document_(view, place, id) {
  const text = fill(make("div", { class: "az-text az-whole" }), view.html);
  const target = [...text.querySelectorAll("section")].find((section) => section.dataset.clause === id);
  if (target) target.classList.add("az-target");
  const head = [make("h2", {}, title(view)), make("p", { class: "az-doc" }, state(view))];
  const note = view.status_note ? [make("p", { class: "az-warn" }, view.status_note)] : [];
  const single = make("button", { type: "button", class: "az-plain", onclick: () => visit(`c=${place.slice(2)}`) }, "只看这一条");
  open(head, [...note, text], { wide: true, foot: [single, link(place)] });
}

async function visit(place) {
  const [name, id, span] = place.slice(2).split("/");
  if (!name || !id) return;
  mark(place);
  const stretch = span ? `?${query({ span })}` : "";
  try {
    if (place.startsWith("d=")) document_(await get(`api/documents/${name}${stretch}`), place, decodeURIComponent(id));
    else clause(await get(`api/clauses/${name}/${id}${stretch}`), place);
  } catch (error) { open([make("h2", {}, "没能取到原文")], [make("p", { class: "az-warn" }, error.message)]); }
}

export function start() {
  hear("place", (asked) => { if (asked) visit(`${asked.whole ? "d" : "c"}=${asked.place}`); else hide(); });
  document.addEventListener("click", (event) => {
    const pressed = event.target.closest && event.target.closest('a[href*="#c="]');
    if (!pressed || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    visit(pressed.getAttribute("href").split("#")[1]);
  }, true);
}

