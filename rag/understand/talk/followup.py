"""Follow-ups: what 那住建局呢、它什么时候要完成、上面第三条的依据 mean after what was said before.

A follow-up is rewritten into a question that stands alone; the rest of the reading never looks at the history.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.understand.ask import Intent
from rag.understand.bare import NUMBER, PRONOUN, attached, is_bare
from rag.understand.intents import HELP
from rag.understand.references import Reference
from rag.understand.scope import is_greeting, scope
from rag.understand.speech import Speech
from rag.understand.talk.back import back, in_roll
from rag.understand.talk.claims import claimed
from rag.understand.talk.entries import by_entry, by_label, of_labels, points_saying
from rag.understand.talk.focus import breach, elsewhere, except_this, in_focus, names_another
from rag.understand.talk.heard import Context
from rag.understand.talk.here import role_here, roles_only
from rag.understand.talk.mistyped import renumbered
from rag.understand.talk.named import name_only
from rag.understand.talk.neighbours import applied, decided_by, duty_behind
from rag.understand.talk.opening import opening, softened
from rag.understand.talk.place import by_place
from rag.understand.talk.plural import as_many, filtered, left_out, of_both, of_several, parts_counted, this_part
from rag.understand.talk.pointing import Said, by_number, points_at_nothing, pool
from rag.understand.talk.shown import by_noun, in_bracket, in_enumeration, in_quotes, of_paper, paired
from rag.understand.talk.sides import to_law, to_other_law, to_plan
from rag.understand.talk.swap import (
    another_actor,
    another_article,
    another_period,
    another_person,
    another_year,
    of_document,
    of_law,
)
from rag.understand.talk.whence import another_number, of_whole, whence
from rag.understand.talk.whose import (
    also_with,
    confirms,
    counted_here,
    covered,
    either_of,
    group_here,
    leading,
    named_here,
    number_of,
    on_roll,
    other_self,
    overlap_with,
    own_named,
    places_here,
    said_here,
    speaking_as,
    the_rest,
    which_leads,
    who_here,
)

_LEAD = re.compile(
    r"^(?P<new>(?:不对|错了|不是(?:这个|那个|问这个|的)?)(?:[，,。.！!\s]+(?:是(?!不是|否))?|(?=我))|"
    r"(?:另外|此外|对了|顺便(?:问一?下)?|再问一?下|还有(?:一个|个)问题)[，,：:\s]*)?"
    r"(?P<swap>(?:我(?:刚才|其实|们)?(?:是)?(?:想|要)?(?:问|说|指|查)的?(?:其实)?是(?!不是|否)|我是(?:想|要)?(?:问|说|指)|"
    r"换[成作做]|换(?![成作做])|改(?:问|查)|再(?:看看|查查|问问)|如果是|要是|那(?:如果|要(?!点))是?|"
    r"那么?(?!个(?!人)|些|一?项|一?条|件|里|位|边|一?款|几|部|张|事))[，,：:\s]*)*"
)
_OWN_LIST = re.compile(
    r"^(?:请问|那么?)?(?:我们|咱们|咱|我|本)(?:局|单位|部门|委|办|县|区|市|支队)?(?:自己)?(?:今年|2023年|全年|本年度?|年内|都|一共|主要|具体|到底|本季度|本月)+"
    r"(?:要|该|得|应该?|需要?|负责|牵头|承担|有)?(?:做|干|负责|完成)?(?:些|的)?(?:什么|哪些|哪几|几|多少|任务|职责|工作)"
)
"""A whole question about one's own department: it does not mean the item talked about before."""
_IN_IT = re.compile(
    r"(?:(?:也|都)?在不在(?:里面|里头|其中|内)?|(?:也|都)?在(?:里面|里头|其中|其列|内|里边))(?:吗|么|没)?[?？]?$"
)
_ROLE_OF = re.compile(r"点名|角色|写|排第几|在内|包括|有没有|是不是|算不算|里面|里头|其中|在不在|有吗")
_ITEMS = re.compile(
    r"(?:几|多少|哪[几些一]?|[一两二三四五六]|别的|其他的?)个?[项条](?!里|中|任务里)|(?:几|多少|哪些)(?:任务|事项|工作)"
)
"""Asks of items, or for their number: it ranges over the plan, whatever item was talked about."""
_OF_CLAUSES = re.compile(
    r"谁|哪个?些?(?:部门|单位)|依据|根据|什么时候|何时|多久|期限|时限|内容|原文|原句|讲|怎么|后果|罚|一起|为什么|制定|公布"
)
_ITS_TASKS = re.compile(
    r"^(?:它|他们|该单位|该部门)?(?:还|都|也)?(?:要|得|该)?(?:牵头|督促|参与|组织|负责|设在|归|属于|做)"
)
_COUNTED = re.compile(r"(?:几|多少)(?:项|个|条|件)(?:任务|事项|工作)?")
_WHICH = re.compile(
    r"^(?:分别|都|具体|各)*(?:是|有)?(?:哪些|哪几[项个条]|哪[一两二三四五六七八九十][项个条])(?:呢|啊)?[?？。]?$"
)
_SAME_AGAIN = re.compile(r"(牵头|负责|督促|参与|落实)(?:了)?(?:别的|其他的?|其它的?)(?:任务|事项|项)?(?:吗|么)?")
_WHAT_OF = re.compile(r"^(.{2,9}?)(的)?(?:呢|又如何|怎么样)?[?？。]?$")
_ASKS = re.compile(r"什么|啥|哪|谁|几|多少|多久|吗|么[?？]?$|怎|如何|是否|有没有|为何")
_TITLE = re.compile(r"《[^》]+》|^[\u4e00-\u9fff]{1,9}?(?:法|责任制规定)(?=第|对|里|中|的|关于|上|怎|是|如何|什么)")
_OTHERS = re.compile(r"^(?:其他|其它|另一)(?!的)[\u4e00-\u9fff]{1,4}?(?=要|呢|的|是|该|得|几|有|怎|谁|[?？]|$)")
_HOW_MUCH = re.compile(r"几|多少|呢[?？]?$")
_ASKED = {
    Intent.WHO: "由谁牵头", Intent.DEADLINE: "什么时候要完成", Intent.FREQUENCY: "多久一次",
    Intent.BASIS: "的依据是什么", Intent.QUANTITY: "要多少", Intent.IS_NAMED: "由谁牵头",
    Intent.DEFINITION: "是什么意思",
}  # fmt: skip
_SIDES = ("个人", "单位", "企业", "公司", "主要负责人", "老板")
_MANY = 6


def resolve(said: Said, context: Context, speech: Speech) -> str | None:
    """``said`` rewritten to stand alone; its own text where it does; ``None`` where it points to nothing."""
    lead, short = _led(said)
    if context.empty:
        return None if points_at_nothing(said, short) else said.text
    if not any(char.isalnum() for char in short.text):
        return None
    if _OWN_LIST.match(said.text) or HELP.search(said.text) or is_greeting(said.text):
        return said.text
    said = softened(said)
    lead, short = _led(said)
    if found := renumbered(said, context, speech) or another_actor(said, context, speech):
        return found
    opened = opening(said)
    if opened.moves:
        return opened.said.text
    if found := claimed(opened, context, speech):
        return found
    if opened.said is not said:
        said = opened.said
        lead, short = _led(said)
    for rule in _RULES:
        found = rule(short, context, speech)
        if found is not None:
            return found or None
    alone = short.full if lead and (lead["new"] or len(lead.group()) > 2) else said.text
    if any(r.kind != "paragraph" for r in said.references):
        return alone
    about = scope(said.text)
    apart = about.outside or about.fact or (about.suspect and not said.text.rstrip("？?。").endswith("呢"))
    if apart and not re.match(r"它|这|那", said.text):
        return alone
    if said.names:
        return _about_names(short, context, speech) or (short.full if lead and lead["swap"] else alone)
    for rule in (breach, another_article):
        found = rule(short, context, speech)
        if found:
            return found
    pointed = PRONOUN.search(short.blanked)
    if pointed and names_another(short, pointed, context, speech):
        return short.text[pointed.end() :]
    if pointed and not is_bare(short.blanked[: pointed.start()]):
        return _one_of_them(short.text, pointed, context, speech) or in_focus(short, context, speech) or alone
    if (pointed or is_bare(short.blanked)) and not said.titled and not _OTHERS.match(short.text):
        return _attach(short.text, context, speech)
    swaps = bool(lead and lead["swap"])
    leant = in_focus(short, context, speech)
    return (not swaps and leant) or _continue(short.text, swaps, context, speech) or leant or alone


def _led(said: Said) -> tuple[re.Match[str] | None, Said]:
    """How a question starts (那, 我问的是), and the question without it."""
    lead = _LEAD.match(said.blanked)
    return lead, said.after(lead.end()) if lead else said


def _about_names(said: Said, context: Context, speech: Speech) -> str | None:
    """住建局在里面吗, 消防支队在这一项里被点名了吗: an organisation's part in what was talked about."""
    pointed, inside = PRONOUN.search(said.blanked), _IN_IT.search(said.text)
    of_name = pointed and said.blanked[pointed.end() :].startswith("＿")
    if _ITEMS.search(said.text) and (not pointed or of_name):
        return None
    if not (pointed or inside or (is_bare(said.blanked) and _ROLE_OF.search(said.blanked))):
        return None
    kind, anchor = _anchor(said.text, context, speech)
    if kind == "party" and len(context.current) == 1:
        kind, anchor = "clause", speech.words(context.current[0])
    if not anchor or kind == "party":
        return None
    if inside:
        return f"{anchor}点名{'和'.join(said.names)}了吗"
    return attached(anchor, said.full, kind=kind)


def _one_of_them(text: str, pointed: re.Match[str], context: Context, speech: Speech) -> str | None:
    """燃气那个详细说说: the one listed whose heading says so."""
    noun = text[: pointed.start()].removesuffix("的")
    found = [r for r in context.listed if r.kind == "item" and noun in speech.heading(r)]
    return attached(speech.words(found[0]), text[pointed.end() :], kind="clause") if found else None


def _attach(text: str, context: Context, speech: Speech) -> str | None:
    """依据呢, 它什么时候要完成, 是哪些: what is missing comes from before."""
    before, asked = context.reading, text.strip("？?。 ")
    if before and _WHICH.match(asked):
        if _COUNTED.search(before.text):
            return _COUNTED.sub("哪些任务" if context.parties else "哪些", before.text, count=1)
        if term := _term(asked, context, speech):
            return term + PRONOUN.sub("", asked)
    if (
        before
        and before.concepts
        and not before.references
        and not re.search("原[文句话]|依据|单位|部门|落实|牵头", asked)
        and re.search(r"哪|什么|啥|具体|指|含义|意思|内容|提到", asked)
    ):
        return before.concepts[0].name + PRONOUN.sub("", asked)
    if _ITS_TASKS.match(asked) and not re.search(r"谁|依据|什么时候|何时|怎么", asked):
        who = "和".join(p.words for p in context.parties) or (context.leader if _is_it(asked) else "")
        if who:
            return attached(who, _SAME_AGAIN.sub(r"\1哪些", re.sub("^(?:它|他们)(?:还|也)?", "", asked)), kind="party")
    if context.subject and not context.parties and re.search(r"第几[项条]|哪一?[项条]", asked):
        return attached(context.subject, asked, kind="topic")
    kind, anchor = _anchor(asked, context, speech)
    return attached(anchor, asked, kind=kind) if anchor else None


def _is_it(text: str) -> bool:
    return bool(re.match(r"它|他们|该单位|该部门", text))


def _term(asked: str, context: Context, speech: Speech) -> str | None:
    """具体是哪十个: the term mentioned last whose name has that number."""
    number = re.search(r"哪([一两二三四五六七八九十])", asked)
    named = speech.concepts(context.said) if number else ()
    return next((name for name in named if number and number.group(1) in name), None)


def _anchor(text: str, context: Context, speech: Speech) -> tuple[str, str]:
    """(kind, words) of what a question without a subject is about; words are empty where nothing was said."""
    listed: tuple[Reference, ...] = context.listed
    if re.search(r"这些|那些|它们|分别|都", text) and len(listed) > 1:
        return "clause", _joined(listed[: context.sure] or listed, speech)
    if context.meant:
        return "clause", _joined(context.meant, speech)
    if context.parties:
        who = "和".join(p.words for p in context.parties)
        topics = context.topics
        who += f"{max(topics, key=len)}方面" if topics else ""
        found = listed[: context.sure] if listed else pool(context, speech)
        if _OF_CLAUSES.search(text) and 0 < len(found) <= _MANY:
            return "clause", _joined(found, speech)
        return "party", who
    if context.focus is not None:
        return "clause", speech.words(context.focus)
    return "topic", context.subject


def _joined(references: Sequence[Reference], speech: Speech) -> str:
    return "、".join(speech.words(r) for r in references[:_MANY])


def _continue(text: str, swaps: bool, context: Context, speech: Speech) -> str | None:
    """A question with words of its own that still leans on the one before; ``None`` where it stands alone."""
    before = context.reading
    if before is None:
        return None
    earlier = before.text.rstrip("？?。")
    if (others := _OTHERS.match(text)) and len(text) <= 14:
        kind, anchor = _anchor(text, context, speech)
        if anchor and kind == "clause" and not _HOW_MUCH.search(text):
            return attached(anchor, text, kind=kind)
        return (
            _instead(others.group(), False, context, speech)
            if others.group()[-2:] in earlier
            else others.group() + earlier
        )
    what = _WHAT_OF.match(text)
    focus = context.focus
    assigned = before.intent is Intent.WHO and focus is not None and focus.kind == "item" and len(context.current) < 2
    if (
        what
        and assigned
        and focus
        and "呢" in text
        and not _ASKS.search(text)
        and speech.item_of(what.group(1)) is None
    ):
        return f"{speech.words(focus)}由哪些单位分工负责"
    if what and not _ASKS.search(what.group(1)) and (swaps or re.search(r"呢[?？。]?$|怎么样[?？。]?$", text)):
        return _instead(what.group(1), bool(what.group(2)), context, speech)
    leans = any(text.startswith(t[-size:]) for t in context.topics for size in range(2, len(t)))
    kind, anchor = _anchor(text, context, speech) if leans else ("", "")
    return attached(anchor, text, kind=kind) if anchor and kind == "clause" and len(text) <= 14 else None


def _instead(new: str, adjective: bool, context: Context, speech: Speech) -> str:
    """那煤矿呢, 非煤的呢, 政府主要负责人呢: the question before with its like replaced."""
    before = context.reading
    text = before.text.rstrip("？?。") if before else ""
    if re.search(r"(?:法|规定|条例)$", new):
        text = re.sub(NUMBER, "", text)
        return _TITLE.sub(new, text, count=1) if _TITLE.search(text) else f"{new}怎么规定"
    side = next((s for s in _SIDES if s in text), None) if new in _SIDES else None
    if side:
        return text.replace(side, new, 1)
    for size in range(len(new), 0 if adjective else 1, -1):
        at = text.find(new[-size:])
        if at >= 0:
            start = max(text.rfind(mark, 0, at) + 1 for mark in "的，、：？对和里》项条款")
            swapped = text[:start] + new + text[at + size :]
            law = context.law if "罚" in text and not context.about else None
            return (speech.words(law) if law else "") + swapped
    if context.law is not None:
        return speech.words(context.law) + new + re.sub(rf"《[^》]*》|{NUMBER}", "", text if context.about else "")
    who = "和".join(p.words for p in context.parties)
    if who and re.search("[市省县区州]$", new):
        return text.replace(who, new + who.removeprefix("市"), 1)
    if context.topics:
        return text.replace(max(context.topics, key=len), new, 1)
    if re.search(NUMBER, text):
        return re.sub(rf"{NUMBER}(?:、{NUMBER})*", new, text, count=1)
    if who:
        return f"{who}{new}方面要做什么"
    return new + (_ASKED.get(before.intent, "怎么规定") if before else "怎么规定")


_RULES = (
    other_self, which_leads, on_roll, overlap_with, places_here,
    of_paper, left_out, by_entry, of_labels, points_saying, by_label, role_here, back, in_roll,
    duty_behind, decided_by, applied,
    to_law, to_plan, of_whole, another_number, whence,
    to_other_law, parts_counted, as_many, group_here, number_of, either_of,
    filtered, this_part, of_several, of_both, in_bracket,
    the_rest, elsewhere, except_this, by_noun, paired, in_enumeration, by_place, by_number, in_quotes, of_document,
    another_period, another_person, also_with, speaking_as, covered, confirms, leading, named_here, said_here,
    counted_here, who_here, roles_only, own_named, name_only, another_year, of_law,
)  # fmt: skip
"""In order: what points by place or name first, then what replaces a part of the last question."""
