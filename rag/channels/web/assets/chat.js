/* The conversation: ask, stream, stop, retry; a draft and a question under way survive a lost connection. */

import { tools } from "./answers.js";
import { department, startPage } from "./department.js";
import { Failure, LOST, all, fill, hear, make, memory, one, request, tell, toast } from "./dom.js";
import { go } from "./places.js";
import { suspect } from "./status.js";

const REMEMBERED = 12;
let conversation = null;
let turns = [];
let running = null;
let waiting = null;

/* Where a finger types, a focused box would cover half of the answer with a keyboard. */
const touch = matchMedia("(pointer: coarse)").matches;
const box = () => one("#az-box");
const ready = () => { if (!touch) box().focus({ preventScroll: true }); };
const log = () => one("#az-log");

function grow() {
  const area = box();
  area.style.height = "auto";
  area.style.height = `${Math.min(area.scrollHeight, 168)}px`;
}

function busy(on) {
  one("#az-send").hidden = on;
  one("#az-stop").hidden = !on;
  one("#az-shell").classList.toggle("az-busy", on);
}

function question(text) {
  const bubble = make("div", { class: "az-question", "aria-label": "提问" }, text);
  log().append(make("div", { class: "az-row az-asked" }, bubble));
  return bubble;
}

function blank() {
  const bubble = make("div", { class: "az-bubble" });
  log().append(make("article", { class: "az-row az-reply", "aria-label": "回答" }, bubble));
  return bubble;
}

/* The question goes to the top of the view, its answer below it. */
function reveal(bubble) {
  const asked = bubble.parentElement.previousElementSibling || bubble;
  asked.scrollIntoView({ block: "start", behavior: "instant" });
}

function progress(bubble) {
  const words = make("span", {}, "正在查找条款……");
  bubble.replaceChildren(make("p", { class: "az-wait", role: "status" }, make("i", { "aria-hidden": "true" }), words));
  const began = Date.now();
  const timer = setInterval(() => {
    const seconds = Math.round((Date.now() - began) / 1000);
    if (seconds >= 2) words.textContent = `正在查找条款……已用${seconds}秒，可随时停止`;
  }, 1000);
  return () => clearInterval(timer);
}

/* One JSON object a line; empty lines keep the connection alive. */
async function* lines(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    let part;
    try { part = await reader.read(); } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Failure(LOST, "", true);
    }
    if (part.done) break;
    rest += part.value;
    const whole = rest.split("\n");
    rest = whole.pop();
    for (const line of whole) if (line.trim()) yield JSON.parse(line);
  }
}

function scroll(work) {
  const view = one("#az-scroll");
  const before = view.scrollTop;
  work();
  view.scrollTop = before;
}

async function receive(bubble, text, signal) {
  const body = { question: text, org: department(), conversation, history: turns.slice(-REMEMBERED) };
  const response = await request("api/chat", {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body), signal,
  });
  let last = null;
  for await (const line of lines(response)) {
    if (line.error) throw new Failure(line.error, line.remedy);
    if (line.html) scroll(() => fill(bubble, line.html));
    if (line.done) last = line;
  }
  if (!last) throw new Failure(LOST, "", true);
  return last;
}

function failed(bubble, text, error) {
  const shown = bubble.querySelector(".az-answer") ? [...bubble.childNodes] : [];
  bubble.replaceChildren(...shown);
  const again = make("button", { type: "button", class: "az-plain", onclick: () => retry(bubble, text) }, "重新提问");
  bubble.append(make("div", { class: "az-answer az-notice", role: "alert" }, make("p", {}, error), again));
}

async function run(bubble, text) {
  const control = new AbortController();
  running = control;
  busy(true);
  bubble.parentElement.setAttribute("aria-busy", "true");
  memory.set("pending", text);
  const done = progress(bubble);
  try {
    const last = await receive(bubble, text, control.signal);
    finish(bubble, text, last);
  } catch (error) {
    if (error.name === "AbortError") failed(bubble, text, "已停止。");
    else {
      failed(bubble, text, error.message);
      if (error.lost) { waiting = { bubble, text }; suspect(); }
    }
    if (!error.lost) memory.set("pending", "");
  } finally {
    done();
    bubble.parentElement.removeAttribute("aria-busy");
    running = null;
    busy(false);
    ready();
  }
}

function finish(bubble, text, last) {
  memory.set("pending", "");
  turns.push({ role: "user", content: text }, { role: "assistant", content: last.text });
  bubble.append(tools(last, () => retry(null, text)));
  if (last.note) bubble.append(make("p", { class: "az-warn" }, last.note));
  if (last.conversation) {
    conversation = last.conversation.id;
    tell("conversation", last.conversation);
  }
}

/* Ask again, in the place of an answer that failed, or anew below. */
function retry(bubble, text) {
  if (running) { toast("上一个问题还在回答，请稍候或先停止。"); return; }
  waiting = null;
  if (bubble) run(bubble, text); else ask(text);
}

export function ask(text) {
  const words = text.trim();
  if (running) { if (words) toast("上一个问题还在回答，请稍候或先停止。"); return; }
  if (!words) { toast("没有看到问题。请写出要问的内容，例如：市住建局今年要做什么？"); return; }
  go("chat");
  one("#az-start").hidden = true;
  if (touch) box().blur();
  question(words);
  const bubble = blank();
  reveal(bubble);
  run(bubble, words);
}

function submit(event) {
  if (event) event.preventDefault();
  const text = box().value;
  if (text.trim() && !running) { box().value = ""; memory.set("draft", ""); grow(); }
  ask(text);
}

/* The start page, with nothing asked yet. */
export function clear() {
  if (running) running.abort();
  conversation = null;
  turns = [];
  waiting = null;
  log().replaceChildren();
  one("#az-start").hidden = false;
  startPage();
}

/* A conversation of before: its questions and answers as they were given. */
export function restore(kept) {
  clear();
  conversation = kept.id;
  one("#az-start").hidden = true;
  for (const turn of kept.turns) {
    question(turn.question);
    const bubble = blank();
    fill(bubble, turn.html);
    bubble.append(tools(turn, () => retry(null, turn.question)));
    turns.push({ role: "user", content: turn.question }, { role: "assistant", content: turn.text });
  }
  const last = all(".az-asked", log()).pop();
  if (last) last.scrollIntoView({ block: "start", behavior: "instant" });
}

export const here = () => conversation;

function recover() {
  const draft = memory.get("draft") || memory.get("pending");
  memory.set("pending", "");
  if (draft) { box().value = draft; memory.set("draft", draft); grow(); }
}

export function start() {
  recover();
  if (touch) box().placeholder = "请输入问题";
  box().addEventListener("input", () => { memory.set("draft", box().value); grow(); });
  box().addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  one("#az-ask").addEventListener("submit", submit);
  one("#az-stop").addEventListener("click", () => running && running.abort());
  one("#az-start").addEventListener("click", (event) => {
    const pressed = event.target.closest(".az-ask-this");
    if (pressed) ask(pressed.textContent);
  });
  hear("department", () => { if (!one("#az-start").hidden) startPage(); });
  hear("ask", ask);
  hear("online", () => {
    if (!one("#az-start").hidden) startPage();
    if (waiting && !running) { const { bubble, text } = waiting; retry(bubble, text); }
  });
  ready();
}
