"""Pointing into what was shown: 排第一的那个局 of a bracket, 第二点 of a numbered answer, 燃气那条, 那份."""

from __future__ import annotations

import re

from index.numerals import to_int
from rag.understand.bare import is_bare
from rag.understand.references import Reference
from rag.understand.speech import Speech
from rag.understand.talk.focus import pairs
from rag.understand.talk.heard import Context
from rag.understand.talk.pointing import Said, asked_of, asks_nothing

_N = r"[0-9一二三四五六七八九十两]{1,2}"
_LAST, _FIRST = r"最(?:后|末尾?)(?:一|面)?|末尾|垫底", r"头一|首位|最前面?|打头"
_UNIT = r"(?:位|名)?(?:个|家)?(?:点名)?的?(?:那|这)?(?:一)?(?:个|家)?"
_IN_BRACKET = re.compile(
    r"(?:就|是)?(?:(?:这|那|上面)?(?:几|些)[家个]?|责任)?(?:括号|名单|分工|单位|里面|里头|其中)?(?:里面?|中|上|里边)?的?"
    rf"(?:(?:排|列|写|站)在?(?:第(?P<n>{_N})|(?P<last>{_LAST})|(?P<first>{_FIRST}))|"
    rf"(?:第(?P<n2>{_N})|(?P<last2>{_LAST})|(?P<first2>{_FIRST}))(?={_UNIT}(?:局|单位|部门|委(?!会)|中心)|家))"
    rf"{_UNIT}(?P<unit>局|单位|部门|委(?!会)|中心|位)?(?:呢)?"
)
_OTHER_TASKS = re.compile(r"别|其[他它余]|还(?:有|要|在|出现)|另外")
_MARKED = re.compile(r"(?:^|(?<=[\s;；。:：,，]))(?:[(（]?[1-9][.、)）]|[①②③④⑤⑥⑦⑧⑨]|(?<=\s)[-•·](?=\s))\s*")
_RUN = re.compile(r"(?:[^，。；;：:、\s]{2,24}、)+[^，。；;：:、\s]{2,24}")
_QUOTED = re.compile(r"“[^”]{2,20}”")
_RUN_LEAD = re.compile(r"^.*(?:包括|分为|明确|完善|推动落实|抓好)")
_RUN_TAIL = re.compile(r"等?(?:机制|制度|措施|环节|方面|内容)*$")
_NTH = re.compile(
    rf"(?P<pointed>上面|上述|刚才|前面|其中|里面)?的?第(?P<n>{_N})(?P<unit>个|点|条|项)|"
    r"(?P<former>前者|前[面头]那个)|(?P<latter>后者|后[面头]那个)|(?P<last>最后)的?(?:那|这)?一?(?:个|点)"
)
_MEANS = re.compile(r"指|意思|含义|是什么$|叫什么|哪[一两二三四五六七八九十]")
_NOUN = re.compile(
    r"(?P<with>^(?:它|这项|这条)?[跟和与同])?(?P<noun>[\u4e00-\u9fff、，,]{2,14}?)的?[那这]一?(?P<unit>项|条)(?!任务清单)"
)
_SAID = 0.8
_SAME = re.compile(r"同一[家个]|一(?:码|回)事|一样|相同|区别|不同|比")
_DETERMINED = re.compile(r"^[这那]个(?P<noun>[^，。？?这那]{1,8}?)(?=是?指|是什么意思|具体|是什么|都?是哪|叫)")
_THAT_PAPER = re.compile(r"^(?P<whose>[\u4e00-\u9fff]{2,4})那[份部本个]")
_PAPER = re.compile(r"实施细则|实施办法|实施意见|管理办法|办法|细则|方案|要点|条例|预案|清单")


def in_bracket(said: Said, context: Context, speech: Speech) -> str | None:
    """排第一的那个局, 名单里最后一个单位: an organisation by its place in the bracket talked about."""
    match = _IN_BRACKET.search(said.text)
    item = next((r for r in (*said.references, context.focus) if r and r.kind == "item" and r.number.isdigit()), None)
    if not match or item is None or said.titled:
        return None
    if "＿" in said.blanked[: match.start()] + said.blanked[match.end() :]:
        return None
    unit = match["unit"] or ""
    names = [name for name in speech.bracket(item) if unit not in ("局", "委", "中心") or name.endswith(unit)]
    first, number = match["first"] or match["first2"], match["n"] or match["n2"]
    at = 1 if first else to_int(number) if number else len(names)
    if not 1 <= at <= len(names):
        return None
    after = (said.text[: match.start()] + said.text[match.end() :]).strip("，,。？? 那")
    if _OTHER_TASKS.search(after):
        return f"{names[at - 1]}被点名的有哪几项"
    if re.search(r"谁|哪[个家位]|什么单位", after) or (is_bare(after) and not re.search(r"几项|任务|负责|管", after)):
        return f"{speech.words(item)}由哪些单位分工负责"
    return names[at - 1] + after.lstrip("的")


def in_enumeration(said: Said, context: Context, speech: Speech) -> str | None:
    """第二点哪来的, 前面那个具体是哪十条: one of the things the last turn enumerated, where they are no clauses."""
    match = _NTH.search(said.text)
    if not match or said.titled or said.names or not is_bare(said.text[: match.start()]):
        return None
    numbered, shown = _entries(context.said)
    if match["n"]:
        at = to_int(match["n"])
        if match["unit"] in "条项" and not match["pointed"]:
            return None
    else:
        at = 1 if match["former"] else len(shown)
        if match["last"] and not numbered:
            return None
    if not 1 <= at <= len(shown) or len(shown) < 2 or len(context.listed) == len(shown):
        return None
    entry, after = shown[at - 1], said.text[match.end() :].strip("，,。？? ")
    if _MEANS.search(after) and not numbered:
        return entry + after
    if not is_bare(after) and not re.search(r"哪来|出处|哪里来", after):
        return None
    focus: Reference | None = context.focus
    if numbered and focus is not None and focus.kind == "item" and said_in(entry, speech.text(focus)):
        return f"{speech.words(focus)}的{entry}{after}"
    told = speech.quoted(entry) if numbered else None
    after = re.sub(r"(?:是|从)?哪里?来的?", "的依据是什么", after)
    return (speech.words(told) if told and told.kind == "item" else entry) + after if numbered else None


def shown_entries(turn: str) -> list[str]:
    """The things a turn enumerates, in order; empty where it runs through none."""
    return _entries(turn)[1]


def said_in(entry: str, text: str) -> bool:
    """Whether a clause has nearly all of what was enumerated, not just a word of it."""
    grams = pairs(entry)
    return len(grams) > 1 and sum(gram in text for gram in grams) >= _SAID * len(grams)


def _entries(turn: str) -> tuple[bool, list[str]]:
    """The things a turn enumerates in order, and whether it numbers them."""
    marked = [part.strip("；;。，, \n") for part in _MARKED.split(turn)[1:]]
    if len(marked) > 1:
        return True, [re.sub(r"[(（][^)）]*[)）]", "", part) for part in marked]
    runs = [run.group() for run in _RUN.finditer(turn)]
    quotes = _QUOTED.findall(turn)
    if runs:
        parts = max(runs, key=len).split("、")
        return False, [_RUN_LEAD.sub("", parts[0]), *parts[1:-1], _RUN_TAIL.sub("", parts[-1])]
    return False, quotes


def by_noun(said: Said, context: Context, speech: Speech) -> str | None:
    """燃气那条呢, 工地那项没有我们吗, 跟旅游那条比: the item of the plan that the noun names."""
    match = _NOUN.search(said.text)
    if not match or said.references or said.titled or re.search(r"什么|哪|谁|几", match["noun"]):
        return None
    nouns = [noun for noun in re.split(r"[、，,和]", re.sub(r"^.*(?:在|除了这个)", "", match["noun"])) if len(noun) > 1]
    found = next((item for noun in reversed(nouns) if (item := speech.item_of(noun))), None)
    if found is None:
        return None
    after = said.text[match.end() :]
    if match["with"] and context.focus is not None and _SAME.search(after):
        return f"{speech.words(context.focus)}和{speech.words(found)}对比，{after.lstrip('比讲的，,')}"
    who = "和".join(said.names) or ("我们" if said.own else "")
    if who and re.search(r"有份|有没有|没有|在(?:里面|内)|点名|算|[吗么]", after):
        return f"{speech.words(found)}点名{who}了吗"
    if asks_nothing(after):
        return asked_of(found, context, speech)
    return None if said.names else speech.words(found) + after


def in_quotes(said: Said, context: Context, speech: Speech) -> str | None:
    """那个X是指啥: the term in quotation marks that has the noun."""
    match = _DETERMINED.search(said.text)
    if not match or said.names or said.references:
        return None
    terms = [term for term in _QUOTED.findall(context.said) if match["noun"].lower() in term.lower()]
    return terms[0] + said.text[match.end() :] if terms else None


def of_paper(said: Said, context: Context, speech: Speech) -> str | None:
    """江西那份第三条: the kind of paper that the question before asked about."""
    match, before = _THAT_PAPER.search(said.text), context.reading
    paper = _PAPER.search(before.text) if before else None
    if not match or not paper or said.names or said.titled:
        return None
    return f"{match['whose']}的{paper.group()}{said.text[match.end() :]}"


def paired(said: Said, context: Context, speech: Speech) -> str | None:
    """它跟第19项讲的是一码事吗: the item talked about beside the one named."""
    match = re.match(r"(?:它|这项|这一项)?[跟和与同]第", said.text)
    items = [r for r in said.references if r.kind == "item"]
    focus: Reference | None = context.focus
    if not match or len(items) != 1 or focus is None or focus.kind != "item" or not _SAME.search(said.text):
        return None
    after = said.text[said.text.index(items[0].words) + len(items[0].words) :]
    return f"{speech.words(focus)}和{speech.words(items[0])}对比，{after}"
