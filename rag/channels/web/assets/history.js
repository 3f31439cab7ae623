/* The list of conversations: open, new, rename, delete, save as Word. */

import { clear, here, restore } from "./chat.js";
import { all, get, hear, make, one, save, send, toast } from "./dom.js";
import { current, go } from "./places.js";

let kept = [];

const wide = () => matchMedia("(min-width: 1000px)").matches;

function shown(on) {
  one("#az-shell").classList.toggle("az-side-open", on);
  one("#az-menu").setAttribute("aria-expanded", String(on));
}

/* On a narrow screen the list lies over the page; true where it was there to hide. */
export function hide() {
  if (wide() || !one("#az-shell").classList.contains("az-side-open")) return false;
  shown(false);
  one("#az-menu").focus();
  return true;
}

async function attempt(work) {
  try { return await work(); } catch (error) { toast(error.message); return null; }
}

function tool(words, label, run) {
  return make("button", { type: "button", class: "az-plain", "aria-label": label, title: label, onclick: run }, words);
}

function line(conversation) {
  const item = make("li", { class: conversation.id === here() ? "az-here" : "", "data-id": conversation.id });
  const open = make("button", { type: "button", class: "az-open", title: conversation.title, onclick: () => load(conversation.id) }, conversation.title);
  if (conversation.id === here()) open.setAttribute("aria-current", "true");
  const word = tool("导出", "导出Word", () => attempt(() => save(`api/conversations/${conversation.id}/docx`)));
  item.append(open, make("span", { class: "az-line-tools" },
    tool("改名", "重命名", () => rename(item, conversation)), word, tool("删除", "删除对话", () => remove(item, conversation))));
  return item;
}

function draw() {
  const list = one("#az-conversations");
  list.replaceChildren(...kept.map(line));
  if (!kept.length) list.append(make("li", { class: "az-soft" }, "还没有对话。"));
}

async function load(id) {
  const found = await attempt(() => get(`api/conversations/${id}`));
  if (!found) return;
  go("chat");
  restore(found);
  draw();
  hide();
}

function rename(item, conversation) {
  const input = make("input", { value: conversation.title, maxlength: "60", "aria-label": "对话名称" });
  const form = make("form", { class: "az-rename" }, input, make("button", { type: "submit", class: "az-plain" }, "保存"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const title = input.value.trim();
    if (title && title !== conversation.title) {
      const done = await attempt(() => send("POST", `api/conversations/${conversation.id}/title`, { title }));
      if (done) conversation.title = done.title;
    }
    draw();
  });
  form.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.stopPropagation(); draw(); } });
  item.replaceChildren(form);
  input.select();
}

function remove(item, conversation) {
  const sure = make("div", { class: "az-sure", role: "group", "aria-label": "确认删除" }, make("span", {}, "删除这个对话？"),
    tool("删除", "确认删除", async () => {
      if (!await attempt(() => send("DELETE", `api/conversations/${conversation.id}`))) return;
      kept = kept.filter((one_) => one_.id !== conversation.id);
      if (conversation.id === here()) clear();
      draw();
    }), tool("取消", "不删除", draw));
  item.replaceChildren(sure);
  all("button", sure)[1].focus();
}

async function refresh() {
  try { kept = (await get("api/conversations")).conversations; } catch { /* comes back with the connection */ }
  draw();
}

/* The conversation at hand got its first answer, or another one: it moves to the top. */
function touched(conversation) {
  kept = [conversation, ...kept.filter((other) => other.id !== conversation.id)];
  draw();
}

export function start() {
  shown(wide());
  one("#az-menu").addEventListener("click", () => {
    const seen = current() === "chat" && one("#az-shell").classList.contains("az-side-open");
    go("chat");
    shown(!seen);
  });
  one("#az-new").addEventListener("click", () => { clear(); draw(); hide(); one("#az-box").focus(); });
  one(".az-main").addEventListener("click", hide);
  hear("conversation", touched);
  hear("online", refresh);
  refresh();
}
