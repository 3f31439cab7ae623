/* What stands below an answer: copy with sources, feedback with a reason, ask again. */

import { copy, make, send, toast } from "./dom.js";

const REASONS = ["漏了任务", "多了不相干的", "出处或引文不对", "日期或数字不对", "没有回答我的问题", "看不明白"];

function button(words, label, run) {
  return make("button", { type: "button", class: "az-tool", "aria-label": label, onclick: run }, words);
}

function flash(pressed, words) {
  const before = pressed.textContent;
  pressed.textContent = words;
  setTimeout(() => { pressed.textContent = before; }, 1600);
}

class Feedback {
  constructor(answer, useful, wrong) {
    Object.assign(this, { answer, useful, wrong });
    this.said = answer.feedback || "";
    this.paint();
  }

  paint() {
    this.useful.setAttribute("aria-pressed", String(this.said === "useful"));
    this.wrong.setAttribute("aria-pressed", String(this.said === "wrong"));
  }

  async give(verdict, reason = "") {
    const taken = verdict === this.said && !reason ? "" : verdict;
    try {
      await send("POST", "api/feedback", { answer: this.answer.id, conversation: this.answer.conversation.id, verdict: taken, reason });
      this.said = taken;
      this.paint();
      toast(taken ? "谢谢，已记录。" : "已撤回。");
      return true;
    } catch (error) {
      toast(error.message);
      return false;
    }
  }
}

function form(feedback) {
  const made = make("form", { class: "az-wrong", "aria-label": "哪里有误" });
  const choices = REASONS.map((words) => make("label", {}, make("input", { type: "checkbox", name: "reason", value: words }), make("span", {}, words)));
  const words = make("textarea", { name: "words", rows: "2", maxlength: "1000", "aria-label": "说明", placeholder: "可以写明哪里不对、应当是什么（选填）" });
  made.append(make("div", { class: "az-reasons" }, ...choices), words,
    make("div", { class: "az-form-end" },
      make("button", { type: "submit", class: "az-primary" }, "提交"),
      make("button", { type: "button", class: "az-plain", onclick: () => made.remove() }, "取消")));
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    const data = new FormData(made);
    const reason = [...data.getAll("reason"), data.get("words").trim()].filter(Boolean).join("；");
    if (!reason) { toast("请选一个原因，或写一句说明。"); return; }
    if (await feedback.give("wrong", reason)) made.remove();
  });
  return made;
}

/* ``answer``: {id, copy, feedback}; ``again`` asks the same question once more. */
export function tools(answer, again) {
  const bar = make("div", { class: "az-tools", role: "group", "aria-label": "对这个回答" });
  const copying = button("复制", "复制回答和出处", async () => {
    flash(copying, await copy(answer.copy) ? "已复制" : "复制失败");
  });
  bar.append(copying);
  if (answer.id) {
    const useful = button("有用", "这个回答有用", () => feedback.give("useful"));
    const wrong = button("有误", "这个回答有误", () => {
      if (feedback.said === "wrong") { feedback.give("wrong"); return; }
      const open = bar.nextElementSibling;
      if (open && open.matches(".az-wrong")) { open.remove(); return; }
      const made = form(feedback);
      bar.after(made);
      made.querySelector("input").focus();
      made.scrollIntoView({ block: "nearest" });
    });
    const feedback = new Feedback(answer, useful, wrong);
    bar.append(useful, wrong);
  }
  bar.append(button("重新回答", "再问一次这个问题", again));
  return bar;
}
