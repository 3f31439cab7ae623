/* The status line; notices a lost connection within seconds and tells when it is back. */

import { get, one, tell } from "./dom.js";

let lost = false;
let timer;

async function look() {
  const bar = one("#az-status");
  let wait = 60000;
  try {
    const health = await get("api/health");
    bar.textContent = health.line;
    bar.dataset.state = health.retrieval;
    if (health.retrieval === "loading") wait = 1500;
    if (lost) { lost = false; tell("online"); }
  } catch {
    bar.textContent = "与服务的连接已断开，正在重新连接；已输入的内容不会丢失。";
    bar.dataset.state = "failed";
    lost = true;
    wait = 2000;
  }
  timer = setTimeout(look, wait);
}

/* Something failed: look at once. */
export function suspect() {
  clearTimeout(timer);
  lost = true;
  look();
}

export function start() {
  look();
  window.addEventListener("online", suspect);
}
