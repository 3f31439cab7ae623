/* The side panel, the status bar and the keyboard. Text from the server is only ever set as textContent. */
(() => {
  "use strict";
  const base = new URL("./", document.baseURI);
  let panel, lastFocus;

  function element(tag, css, text) {
    const made = document.createElement(tag);
    if (css) made.className = css;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function build() {
    panel = element("aside", "az-panel");
    panel.setAttribute("role", "dialog");
    panel.setAttribute("aria-label", "条款原文");
    panel.tabIndex = -1;
    panel.hidden = true;
    const veil = element("div", "az-veil");
    veil.hidden = true;
    veil.addEventListener("click", close);
    panel.veil = veil;
    document.body.append(veil, panel);
  }

  function close() {
    if (!panel || panel.hidden) return;
    panel.hidden = panel.veil.hidden = true;
    document.documentElement.classList.remove("az-open");
    if (location.hash.startsWith("#c=")) history.replaceState(null, "", location.pathname + location.search);
    if (lastFocus && lastFocus.isConnected) lastFocus.focus({ preventScroll: true });
  }

  function open(content) {
    if (!panel) build();
    const button = element("button", "az-close", "关闭");
    button.type = "button";
    button.addEventListener("click", close);
    panel.replaceChildren(button, ...content);
    panel.hidden = panel.veil.hidden = false;
    document.documentElement.classList.add("az-open");
    panel.scrollTop = 0;
    panel.focus({ preventScroll: true });
    const mark = panel.querySelector("mark");
    if (mark) mark.scrollIntoView({ block: "nearest" });
  }

  function clause(view) {
    const head = element("header", "az-panel-head");
    head.append(element("h2", "", view.label), element("p", "az-doc", `《${view.title}》${view.number ? `（${view.number}）` : ""}`));
    if (view.path.length) head.append(element("p", "az-path", view.path.join(" › ")));
    head.append(element("span", view.status === "现行有效" ? "az-state" : view.status === "年度任务已届满" ? "az-state az-old" : "az-state az-check", view.status));
    const text = element("div", view.verified ? "az-text az-verbatim" : "az-text");
    const mark = element(view.before || view.after ? "mark" : "span", "az-quote", view.quote);
    text.append(view.before, mark, view.after);
    const parts = [head];
    if (view.note) parts.push(element("p", "az-warn", view.note));
    return [...parts, text];
  }

  async function show(place) {
    const [name, id, span] = place.split("/");
    if (!name || !id) return;
    const address = new URL(`api/clauses/${name}/${id}${span ? `?span=${encodeURIComponent(span)}` : ""}`, base);
    try {
      const answer = await fetch(address);
      const found = await answer.json();
      open(answer.ok ? clause(found) : [element("p", "az-warn", `${found.error}${found.remedy || ""}`)]);
    } catch {
      open([element("p", "az-warn", "没能取到原文，请检查网络后再点一次。")]);
    }
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest('a[href*="#c="]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    lastFocus = link;
    const place = link.getAttribute("href").split("#c=")[1];
    history.replaceState(null, "", `${location.pathname}${location.search}#c=${place}`);
    show(place);
  }, true);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  window.addEventListener("hashchange", fromAddress);

  function fromAddress() {
    if (location.hash.startsWith("#c=")) show(location.hash.slice(3));
  }

  async function status() {
    const bar = document.getElementById("az-status");
    let wait = 2000;
    if (bar) {
      try {
        const health = await (await fetch(new URL("api/health", base))).json();
        bar.textContent = health.line;
        bar.dataset.state = health.retrieval;
        if (health.retrieval !== "loading") wait = 60000;
      } catch {
        bar.textContent = "与服务的连接已断开，恢复后可继续提问。";
        bar.dataset.state = "failed";
        wait = 5000;
      }
    }
    setTimeout(status, wait);
  }

  /* gradio filters a drop-down on key presses, but a Chinese input method delivers its text after the key. */
  function refilter(event) {
    if (!event.target.matches || !event.target.matches("#az-department input")) return;
    event.target.dispatchEvent(new KeyboardEvent("keydown", { key: "Unidentified", bubbles: true }));
  }
  document.addEventListener("input", (event) => { if (!event.isComposing) refilter(event); });
  document.addEventListener("compositionend", refilter);
  document.addEventListener("keydown", (event) => {
    if (event.isComposing && event.key === "Enter") event.stopImmediatePropagation();
  }, true);

  /* A new question goes to the top of the view, its answer below it; gradio would show the answer's end. */
  let shown = 0;

  /* Words that gradio has in English whatever the language. */
  const CHINESE = {
    Warning: "提示", Info: "提示", Success: "完成", Error: "出错了", Close: "关闭", "Scroll to bottom": "回到底部", "Scroll down": "回到底部",
    "chatbot conversation": "对话",
  };

  function rename(part, name, word) {
    if (word && part.getAttribute(name) !== word) part.setAttribute(name, word);
  }

  function follow() {
    const rows = document.querySelectorAll("#az-chat .message-row");
    document.querySelectorAll("#az-chat [data-testid=user], #az-chat [data-testid=bot]").forEach((bubble) => {
      rename(bubble, "aria-label", bubble.dataset.testid === "user" ? "提问" : "回答");
    });
    document.querySelectorAll(".gradio-container :is([aria-label], [title])").forEach((part) => {
      for (const name of ["aria-label", "title"]) rename(part, name, CHINESE[part.getAttribute(name)]);
    });
    document.querySelectorAll(".toast-title").forEach((title) => {
      const word = title.firstChild && CHINESE[title.firstChild.nodeValue.trim()];
      if (word) title.firstChild.nodeValue = word;
    });
    const department = document.querySelector("#az-department input");
    if (department && !department.placeholder) department.placeholder = "请选择或输入";
    if (rows.length === shown) return;
    shown = rows.length;
    const asked = [...rows].filter((row) => row.classList.contains("user-row")).pop();
    if (asked) asked.scrollIntoView({ block: "start" });
  }

  function start() {
    let waiting = false;
    new MutationObserver(() => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => { waiting = false; follow(); });
    }).observe(document.body, { childList: true, subtree: true });
    fromAddress();
    status();
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start); else start();
})();
