/* Small tools: elements, requests with readable errors, what the browser remembers, short messages. */

export const base = new URL("./", document.baseURI);
export const one = (selector, within = document) => within.querySelector(selector);
export const all = (selector, within = document) => [...within.querySelectorAll(selector)];

/* Text is only ever set as text; attributes by name; children may be strings. */
export function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") made.className = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/* HTML from our own service, where every word of a user or a document has been escaped. */
export function fill(element, html) {
  element.innerHTML = html;
  return element;
}

export class Failure extends Error {
  constructor(message, remedy = "", lost = false) {
    super(message + remedy);
    this.lost = lost;
  }
}

export const LOST = "与服务的连接中断，请稍候，恢复后会自动继续。";

export async function request(path, options = {}) {
  let response;
  try {
    response = await fetch(new URL(path, base), { ...options, credentials: "same-origin", headers: { "x-anze-page": "1", ...options.headers } });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Failure(LOST, "", true);
  }
  if (response.ok) return response;
  let told = {};
  try { told = await response.json(); } catch { /* a proxy's own page */ }
  throw new Failure(told.error || `服务没有应答（${response.status}）。`, told.remedy || (told.error ? "" : "请稍后再试。"), response.status >= 502);
}

export const get = async (path) => (await request(path)).json();

export async function send(method, path, body) {
  const response = await request(path, { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body ?? {}) });
  return response.json();
}

/* Download a file, or throw why there is none: a plain link would leave the page for the refusal. */
export async function save(path) {
  const response = await request(path);
  const named = /filename\*=UTF-8''([^;]+)/.exec(response.headers.get("content-disposition") || "");
  const address = URL.createObjectURL(await response.blob());
  make("a", { href: address, download: named ? decodeURIComponent(named[1]) : "" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}

export const query = (values) => new URLSearchParams(Object.entries(values).filter(([, value]) => value)).toString();

/* A browser that forbids storage still works; it only forgets. */
export const memory = {
  get(key) { try { return localStorage.getItem(`anze-${key}`) || ""; } catch { return ""; } },
  set(key, value) {
    try { if (value) localStorage.setItem(`anze-${key}`, value); else localStorage.removeItem(`anze-${key}`); } catch { /* forgets */ }
  },
};

export function toast(text) {
  const box = one(".az-toasts");
  const shown = make("div", { class: "az-toast" }, text);
  shown.append(make("button", { type: "button", class: "az-plain", "aria-label": "关闭提示", onclick: () => shown.remove() }, "×"));
  box.replaceChildren(shown);
  setTimeout(() => shown.remove(), 8000);
}

/* Intranets are served over plain HTTP, where the clipboard interface is missing. */
export async function copy(text) {
  if (navigator.clipboard && window.isSecureContext) {
    try { await navigator.clipboard.writeText(text); return true; } catch { /* the old way below */ }
  }
  const box = make("textarea", { class: "az-hidden", "aria-hidden": "true" });
  box.value = text;
  document.body.append(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  return done;
}

export const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`az:${name}`, { detail }));
export const hear = (name, run) => document.addEventListener(`az:${name}`, (event) => run(event.detail));
