/* Starts the parts once gradio has put the shell on the page. */

import { all, one } from "./dom.js";
import * as chat from "./chat.js";
import * as department from "./department.js";
import * as drawer from "./drawer.js";
import * as history from "./history.js";
import * as places from "./places.js";
import * as status from "./status.js";
import * as tasks from "./tasks.js";
import * as who from "./who.js";

function escape(event) {
  if (event.key !== "Escape" || event.isComposing) return;
  if (department.unpick() || drawer.close() || history.hide()) event.preventDefault();
}

/* Out of gradio's container, whose styles would reach every element in it. */
function begin() {
  document.body.append(one("#az-shell"));
  document.addEventListener("keydown", escape);
  for (const part of [places, drawer, chat, history, tasks, who, status]) part.start();
  department.start();
  places.follow();
  one("#az-shell").dataset.ready = "1";
}

function wait() {
  if (one("#az-shell")) { begin(); return; }
  const watch = new MutationObserver(() => {
    if (!one("#az-shell")) return;
    watch.disconnect();
    begin();
  });
  watch.observe(document.body, { childList: true, subtree: true });
}

if (all("body").length) wait(); else document.addEventListener("DOMContentLoaded", wait);
