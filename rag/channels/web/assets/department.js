/* “我的部门”: chosen once, remembered by this browser, changed in one click. Typing finds by name, alias or pinyin. */

import { all, fill, get, hear, make, memory, one, query, tell, toast } from "./dom.js";

const SHOWN = 80;
let offers = [];
let mine = "";
let picker;

export const department = () => mine;

function settle(name) {
  mine = name;
  memory.set("department", name);
  for (const label of all("[data-department]")) label.textContent = name || "未选择";
  one("#az-shell").classList.toggle("az-nobody", !name);
  tell("department", name);
}

/* Lower is better; undefined where nothing fits. */
function rank(offer, words) {
  const letters = words.toLowerCase().replace(/[^a-z]/g, "");
  if (letters && letters.length === words.replace(/['\s]/g, "").length) {
    if (offer.sounds.includes(letters)) return 1;
    if (offer.sounds.some((sound) => sound.startsWith(letters))) return 3;
    return offer.sounds.some((sound) => sound.includes(letters)) ? 5 : undefined;
  }
  if (offer.name === words || offer.forms.includes(words)) return 0;
  if (offer.name.includes(words)) return 2;
  return offer.forms.some((form) => form.includes(words)) ? 4 : undefined;
}

function matches(words) {
  if (!words) return offers.slice(0, SHOWN);
  const ranked = offers.map((offer, at) => ({ offer, at, rank: rank(offer, words) })).filter((line) => line.rank !== undefined);
  return ranked.sort((a, b) => a.rank - b.rank || a.at - b.at).slice(0, SHOWN).map((line) => line.offer);
}

/* The other name that was typed, to show why an offer is there. */
function also(offer, words) {
  if (!words || offer.name.includes(words)) return "";
  return offer.forms.find((form) => form !== offer.name && form.includes(words)) || "";
}

class Picker {
  constructor() {
    this.input = make("input", {
      type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "az-offers", "aria-autocomplete": "list",
      "aria-label": "查找部门", placeholder: "名称、简称或拼音首字母，如 zjj", autocomplete: "off", maxlength: "60",
    });
    this.list = make("ul", { role: "listbox", id: "az-offers", "aria-label": "部门" });
    this.box = make("div", { class: "az-picker", role: "dialog", "aria-label": "选择部门", hidden: true }, this.input, this.list);
    this.veil = make("div", { class: "az-clear", hidden: true });
    one("#az-shell").append(this.veil, this.box);
    this.veil.addEventListener("click", () => this.close());
    this.input.addEventListener("input", () => this.show());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("click", (event) => {
      const line = event.target.closest("[role=option]");
      if (line) this.take(line.dataset.name);
    });
  }

  open(from, taken, chosen) {
    Object.assign(this, { from, taken, chosen });
    this.box.hidden = this.veil.hidden = false;
    this.input.value = "";
    this.place();
    this.show();
    this.input.focus();
  }

  /* Below the button, or above it where the button stands low. */
  place() {
    const around = this.from.getBoundingClientRect();
    const width = Math.min(380, innerWidth - 16);
    const below = innerHeight - around.bottom;
    const high = Math.min(440, Math.max(below, around.top) - 16);
    this.box.style.width = `${width}px`;
    this.box.style.left = `${Math.max(8, Math.min(around.left, innerWidth - width - 8))}px`;
    this.box.style.maxHeight = `${high}px`;
    this.box.style.top = below >= around.top ? `${around.bottom + 6}px` : "auto";
    this.box.style.bottom = below >= around.top ? "auto" : `${innerHeight - around.top + 6}px`;
  }

  close() {
    if (this.box.hidden) return false;
    this.box.hidden = this.veil.hidden = true;
    if (this.from.isConnected) this.from.focus();
    return true;
  }

  show() {
    const words = this.input.value.trim();
    let group = "";
    this.list.replaceChildren();
    const found = matches(words);
    found.forEach((offer, at) => {
      if (!words && offer.group !== group) this.list.append(make("li", { role: "presentation", class: "az-group" }, offer.group));
      group = offer.group;
      const other = also(offer, words);
      this.list.append(make("li", {
        role: "option", id: `az-offer-${at}`, "data-name": offer.name, "aria-selected": String(at === 0 && Boolean(words)),
        class: offer.name === this.chosen ? "az-chosen" : "",
      }, offer.name, other ? make("small", {}, other) : null));
    });
    if (!found.length) this.list.append(make("li", { class: "az-soft", role: "presentation" }, "名录里没有，回车按原样查找"));
    this.point(words && found.length ? 0 : -1);
    this.list.scrollTop = 0;
  }

  point(at) {
    const lines = all("[role=option]", this.list);
    this.at = at;
    lines.forEach((line, index) => line.setAttribute("aria-selected", String(index === at)));
    if (lines[at]) { lines[at].scrollIntoView({ block: "nearest" }); this.input.setAttribute("aria-activedescendant", lines[at].id); }
    else this.input.removeAttribute("aria-activedescendant");
  }

  key(event) {
    if (event.isComposing) return;
    const lines = all("[role=option]", this.list);
    if (event.key === "ArrowDown") this.point(Math.min(this.at + 1, lines.length - 1));
    else if (event.key === "ArrowUp") this.point(Math.max(this.at - 1, 0));
    else if (event.key === "Enter") {
      if (lines[this.at]) this.take(lines[this.at].dataset.name);
      else this.guess(this.input.value.trim());
    } else return;
    event.preventDefault();
  }

  take(name) {
    this.close();
    this.taken(name);
  }

  async guess(words) {
    if (!words) { this.close(); return; }
    if (!offers.length) {
      await load();
      const [first] = matches(words);
      if (first) { this.take(first.name); return; }
    }
    try {
      const found = await get(`api/department?${query({ q: words })}`);
      if (found.notice) toast(found.notice);
      if (found.name) this.take(found.name);
    } catch (error) { toast(error.message); }
  }
}

/* Ask for a department at ``button``; ``taken`` is called with its name. */
export function pick(button, taken, chosen = mine) {
  picker ||= new Picker();
  picker.open(button, taken, chosen);
}

export const unpick = () => Boolean(picker) && picker.close();

export async function start() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest("[data-pick]");
    if (button) pick(button, settle);
  });
  const kept = memory.get("department");
  settle(kept);
  hear("online", load);
  await load();
  if (kept && !offers.some((offer) => offer.name === kept)) await check(kept);
}

async function load() {
  if (offers.length) return;
  try {
    const found = await get("api/departments");
    offers = found.departments;
    if (!mine && found.default && !memory.get("visited")) settle(found.default);
    memory.set("visited", "1");
    if (picker && !picker.box.hidden) picker.show();
  } catch { /* comes back with the connection */ }
}

/* A remembered name the register does not list: a county's bureau, or one that is gone. */
async function check(name) {
  try {
    const found = await get(`api/department?${query({ q: name })}`);
    if (found.name !== name) settle(found.name);
  } catch { /* stays as it is */ }
}

export async function startPage() {
  const page = one("#az-start");
  try {
    const found = await get(`api/start?${query({ org: mine })}`);
    fill(page, found.html);
  } catch (error) { page.replaceChildren(make("p", { class: "az-warn" }, error.message)); }
}
