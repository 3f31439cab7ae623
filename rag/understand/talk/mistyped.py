"""A number put right or given alone: 打错了，是19; 不是18是19; 手误，第7条; 那19呢."""

from __future__ import annotations

import re

from index.numerals import to_int
from rag.understand.references import Reference
from rag.understand.speech import Speech
from rag.understand.talk.heard import Context
from rag.understand.talk.pointing import Said, asked_of

_N = r"[0-9]{1,3}|[一二三四五六七八九十百]{2,5}"
_SLIP = (
    r"(?:我|刚才|刚刚|上面|前面|数字|号|不好意思|抱歉|对不起)*"
    r"(?:[打写输敲按看说讲问记弄搞选点](?:错|岔|反|成)(?:了|咯|啦|啰)?(?:字|数字?|号|一个数|[0-9]{1,3})?|[手笔口]误|手滑|更正(?:一下)?|"
    r"错了|不对|不好意思|抱歉|对不起|不是(?:第)?(?:[0-9]{1,3}|[一二三四五六七八九十]{2,4})(?:项|条|号)?)(?:了|啊|哈|哦|咯)*[，,。！!；;：:\s]*"
)
_RIGHT = re.compile(
    rf"^[嗯哦噢啊呃唉哎，,\s]*(?P<slip>(?:{_SLIP})+)?(?P<then>那|再看)?(?P<said>(?=我是?[说问指]|改))?"
    rf"(?:(?:应该|应当|本来|其实|实际|我(?:要|想|是)?(?:问|看|查|说|指|要)?的|正确的)*(?:是|为)|我?(?:是)?(?:想|要|说|问|指|看)(?:的|看)?(?:是|的是)?|改成|改为|改问|换成|换|看)?(?:第)?"
    rf"(?P<n>{_N})(?P<unit>项|条|号)?(?:那[项条个])?(?:的)?(?:才对|吧|啦|了|咯|哈|啊)*(?P<ne>呢)?[?？。.！!\s]*$"
)


def renumbered(said: Said, context: Context, speech: Speech) -> str | None:
    """The question before, asked of the clause whose number is given instead."""
    match, focus = _RIGHT.match(said.text), context.focus
    if not match or focus is None or not (focus.number.partition("-")[0].isdigit()):
        return None
    alone = match["ne"] or match["then"] or match["said"] is not None or match["n"] == said.text.strip("?？。 ")
    if not match["slip"] and (match["unit"] or not alone):
        return None
    kind = {"项": "item", "条": "article"}.get(match["unit"] or "", focus.kind)
    of_plan = focus.kind == "item" and match["unit"] == "条"  # people call an item of the plan an article of it
    if kind != focus.kind and not of_plan:
        return None
    meant = Reference(focus.kind, str(to_int(match["n"])), focus.document, said.text)
    return asked_of(meant, context, speech) if speech.text(meant) else None
