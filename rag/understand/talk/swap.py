"""Replacing one part of the last question: another half of the year, another person, what another article says."""

from __future__ import annotations

import re

from rag.understand.ask import Intent
from rag.understand.bare import NUMBER
from rag.understand.speech import Speech
from rag.understand.talk.focus import pairs
from rag.understand.talk.heard import Context
from rag.understand.talk.pointing import Said

_PERIODS = r"上半年|下半年|半年度?|全年|年度|年终|年底|[一二三四上下]个?季度|季度|月度"
_PERIOD = re.compile(rf"^(?P<new>{_PERIODS})(?:报告?|的报告?|总结)?的?(?:呢|怎么样|又是?什么时候)?[?？。]?$")
_OF_DOCUMENT = re.compile(
    r"^(?:它|这份|这个|该)(?:文件|要点|通知)?的?是?(?=.{0,4}(?:印|发布|发的|下发|生效|有效|作废|过期))"
)
_YEAR = re.compile(
    r"^((?:19|20)\d{2}年?度?|[12]\d年|去年|前年|明年|上一?年度?|今年)(?:的)?(?:工作要点|要点|文件|任务)?(?:的)?(?:呢?[?？。]?$|呢[，,])"
)
_THIS_LAW = re.compile(r"(?:这|那|该|本)(?:部|个)?(?:法律?|规定)(?!依据|责任)")
_THEN = re.compile(r"^(?P<new>[^，。？?]{2,12}?)(?P<of>的)?呢[?？。]?$")
_ASKS = re.compile(r"什么|啥|哪|谁|几|多少|多久|吗|怎|如何")
_WHAT = r"[^，。？?]"
_ACTOR = re.compile(
    rf"^(?:我)?(?:刚才)?(?:说|问|指|讲|查|要)?的?(?:不是|没[问说])(?P<old>{_WHAT}{{1,8}}?)[，,]?(?:我?(?:说|问|指|讲|查|要)?的?(?:是|而是))"
    rf"(?P<new>{_WHAT}{{2,14}}?)(?:[，,](?P<then>[^。？?]{{2,16}}))?[?？。]?$|"
    rf"^我?(?:说|问|指|讲|查)的?是(?P<new2>{_WHAT}{{2,14}}?)[，,](?:不是|没[问说])(?P<old2>{_WHAT}{{1,8}}?)[?？。]?$"
)
_WORDY = {"全年": "年度", "年终": "年度", "年底": "年度"}
"""What the plan calls such a period."""


def another_period(said: Said, context: Context, speech: Speech) -> str | None:
    """那下半年的呢, 全年的呢: the question before, for another period."""
    match, before = _PERIOD.match(said.text), context.reading
    old = re.search(_PERIODS, before.text) if before else None
    if not match or before is None or old is None or said.names:
        return None
    new = _WORDY.get(match["new"], match["new"])
    return before.text[: old.start()] + new + before.text[old.end() :]


def another_person(said: Said, context: Context, speech: Speech) -> str | None:
    """政府那边一把手呢, 那市长呢: the question before about another person, of the whole regulation."""
    before = context.reading
    old, new = (speech.persons(text) for text in (before.text if before else "", said.text))
    if before is None or not old or not new or new[0] == old[0] or said.references or said.titled:
        return None
    text = re.sub(r"[，,](?:他|她)", "", re.sub(r"呢[?？。]?", "", said.text)).strip("，, ")
    if _ASKS.search(text):
        document = context.law.document if context.law else next(iter(before.documents), None)
        return (speech.title(document) if document else "") + text
    return re.sub(NUMBER, "", before.text).replace(old[0], text.replace("那边", ""), 1)


def of_document(said: Said, context: Context, speech: Speech) -> str | None:
    """它是哪天印的, after a question about the plan itself."""
    before, match = context.reading, _OF_DOCUMENT.match(said.text)
    if not match or before is None or before.references or said.names or said.titled:
        return None
    if before.intent is not Intent.DOCUMENTS and not any(speech.is_plan(id) for id in before.documents):
        return None
    return f"{speech.plan_title}是" + re.sub(r"印(?=的|$)", "印发", said.text[match.end() :])


def another_article(said: Said, context: Context, speech: Speech) -> str | None:
    """从重的呢, 过河的那段呢: what the article talked about does not have is looked for in the whole law."""
    match, law, before = _THEN.match(said.text), context.law, context.reading
    if not match or law is None or law.document is None or before is None or said.names:
        return None
    new = match["new"]
    if (
        _ASKS.search(new)
        or re.search(r"(?:法|规定|条例|个人|单位|企业|公司|负责人|老板)$", new)
        or any(p in speech.text(law) for p in pairs(new))
    ):
        return None
    told = speech.saying(law.document, new)
    if 0 < len(told) <= 2:
        return "、".join(map(speech.words, told)) + f"{new}怎么规定"
    return None


def another_year(said: Said, context: Context, speech: Speech) -> str | None:
    """那2022年的呢: the question before, for another year."""
    year = _YEAR.match(said.text)
    if not year or context.reading is None:
        return None
    text = re.sub(r"(?:(?:19|20)\d{2}年?度?|今年|本年度?|去年|明年)(?:的)?", "", context.reading.text)
    named = re.sub(r"^(?=[12]\d年)(?!19|20\d)", "20", year.group(1))
    return f"{named}{text}"


def of_law(said: Said, context: Context, speech: Speech) -> str | None:
    """这部法什么时候施行: the law talked about, by its title."""
    match = _THIS_LAW.search(said.text)
    law = context.law.document if context.law else None
    if not match or law is None or said.references or said.titled:
        return None
    return said.text[: match.start()] + speech.title(law) + said.text[match.end() :]


def another_actor(said: Said, context: Context, speech: Speech) -> str | None:
    """我说的不是老总，是安全员: the question before, of the same law, about somebody else."""
    match, law, before = _ACTOR.match(said.text), context.law, context.reading
    if not match or law is None or law.document is None or before is None or said.references or said.titled:
        return None
    old, new = (match["old"] or match["old2"]).strip('“”"'), (match["new"] or match["new2"]).strip('“”"')
    if match["then"]:
        return f"{speech.title(law.document)}{new}{match['then']}"
    text = re.sub(rf"《[^》]*》|{NUMBER}", "", before.text)
    return speech.title(law.document) + (text.replace(old, new) if old in text else new + text)
