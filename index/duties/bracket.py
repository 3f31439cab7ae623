"""The responsibility bracket that closes an item: who does what, each with its span.

A bracket is a list of phrases: ``parties + verb`` (市安委会组织), ``parties 会同 parties + verb``, ``label: parties``
(牵头单位：市应急局). Phrases are cut at commas and semicolons outside nested brackets. A phrase without a verb lends
its parties to the next one, or to the label before it, so a comma in the place of 、 does no harm (各县(市、区)政府,
“三区”管委会落实). Whatever fits no phrase is handed back as unreadable, never dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.model import Role, Span
from index.organisations import Register

_OPEN, _CLOSE = "(（", ")）"
_VERBS: dict[str, Role] = {
    **dict.fromkeys(("牵头组织开展", "牵头组织实施", "牵头组织"), Role.LEAD_AND_ORGANISE),
    **dict.fromkeys(("牵头负责", "牵头落实", "牵头抓总", "牵头办理", "牵头"), Role.LEAD),
    **dict.fromkeys(("组织实施", "组织开展", "组织"), Role.ORGANISE),
    **dict.fromkeys(("督促指导", "督促落实", "督促检查", "督促", "督办", "督导", "监督"), Role.SUPERVISE),
    **dict.fromkeys(("分工负责", "具体负责", "共同负责", "分别负责", "承办", "负责"), Role.SHARE),
    **dict.fromkeys(
        ("抓好落实", "贯彻落实", "组织落实", "负责落实", "具体落实", "落实", "实施", "执行"), Role.CARRY_OUT
    ),
    **dict.fromkeys(("协助配合", "配合落实", "配合", "协助", "协同", "协办", "参与", "参加", "支持"), Role.TAKE_PART),
}
_VERB = re.compile(rf"(?:按(?:照)?(?:各自)?职责(?:分工)?)?({'|'.join(sorted(_VERBS, key=len, reverse=True))})$")
_LABELS: dict[str, Role] = {
    **dict.fromkeys(("牵头", "主办"), Role.LEAD),
    **dict.fromkeys(("组织",), Role.ORGANISE),
    **dict.fromkeys(("责任", "负责", "承办"), Role.SHARE),
    **dict.fromkeys(("督促", "督办", "督导", "监督"), Role.SUPERVISE),
    **dict.fromkeys(("落实", "实施"), Role.CARRY_OUT),
    **dict.fromkeys(("配合", "协办", "协助", "参与", "参加"), Role.TAKE_PART),
}
_LABEL = re.compile(rf"(({'|'.join(_LABELS)})(?:单位|部门|科室|领导)?)\s*[:：]\s*")
_LATER_LABEL = re.compile(rf"\s(?={_LABEL.pattern})")
_TOGETHER = "会同"
_JOINT = re.compile(r"以及|和|及|与|等")
_LEADING_JOINT = re.compile(rf"(?:{_JOINT.pattern}|由)+")
_ANY_VERB = re.compile("|".join(map(re.escape, sorted([*_VERBS, _TOGETHER], key=len, reverse=True))) + "$")
_ILLEGIBLE = re.compile("[■□▇█▉\ufffd]")
_ORGANISATION_END = re.compile(
    r"(局|委|办|部|处|科|室|政府|党委|管委会|委员会|办公室|部门|单位|支队|大队|总队|中心|公司|集团|院|会|"
    r"所|站|段|社|团|行|校|厅|署|队|企业)$"
)


@dataclass(frozen=True, slots=True)
class Party:
    """One party of a bracket with its role; spans count from the start of the document."""

    words: str
    span: Span
    role: Role
    role_words: str
    role_span: Span


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A stretch of a bracket that fits no phrase."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Bracket:
    parties: tuple[Party, ...]
    unreadable: tuple[Unreadable, ...]


def parse_bracket(text: str, span: Span, register: Register) -> Bracket:
    """Read the bracket at ``span`` of ``text`` (outer brackets included). Every character of a party is in the result:
    in ``parties`` or in ``unreadable``.
    """
    reader = _Reader(text, register)
    reader.read(Span(span.start + 1, span.end - 1))
    return Bracket(tuple(reader.parties), tuple(reader.unreadable))


def illegible(text: str) -> bool:
    """Whether ``text`` holds the marks that scanning leaves in the place of characters it could not read."""
    return _ILLEGIBLE.search(text) is not None


def without_nested(words: str) -> str:
    """``市住建局（市人防办）`` → ``市住建局``; brackets inside a name (各县(市、区)政府) stay."""
    return re.sub(r"[(（][^()（）]*[)）]$", "", words)


class _Reader:
    """One pass over one bracket."""

    def __init__(self, text: str, register: Register) -> None:
        self.text = text
        self.register = register
        self.parties: list[Party] = []
        self.unreadable: list[Unreadable] = []

    def read(self, inner: Span) -> None:
        label: tuple[Role, Span] | None = None
        pending: list[Span] = []
        for phrase in self._phrases(inner):
            words = phrase.of(self.text)
            if label and pending and re.search("[;；。]", self.text[pending[-1].end : phrase.start]):
                self._bare(pending, label)
                pending = []
            if found := _LABEL.match(words):
                self._bare(pending, label)
                label = (_LABELS[found.group(2)], Span(phrase.start, phrase.start + len(found.group(1))))
                pending = []
                self._labelled(phrase, Span(phrase.start + found.end(), phrase.end), label)
            elif _VERB.search(words) or _TOGETHER in words:
                self._verbal(pending, phrase)
                label, pending = None, []
            else:
                pending.append(phrase)
        self._bare(pending, label)

    def _phrases(self, inner: Span) -> Iterator[Span]:
        for phrase in _split(self.text, inner, ",，;；。"):
            cuts = [phrase.start + found.end() for found in _LATER_LABEL.finditer(phrase.of(self.text))]
            for start, end in pairwise([phrase.start, *cuts, phrase.end]):
                yield from _trimmed(self.text, Span(start, end))

    def _bare(self, phrases: list[Span], label: tuple[Role, Span] | None) -> None:
        """Phrases without a verb: they continue the label's list, or nobody knows what they are for."""
        if label is None:
            self._refuse(phrases)
            return
        for phrase in phrases:
            self._labelled(phrase, phrase, label)

    def _labelled(self, phrase: Span, within: Span, label: tuple[Role, Span]) -> None:
        spans = self._names([within])
        if not spans:
            self._refuse([phrase])
        self._assign(spans, label[0], label[1])

    def _verbal(self, pending: list[Span], last: Span) -> None:
        """``[由] parties [会同 parties] [verb]``; the parties may begin in earlier phrases."""
        words = last.of(self.text)
        verb = _VERB.search(words)
        verb_start = last.start + verb.start() if verb else last.end
        joints = [last.start + m.start() for m in re.finditer(_TOGETHER, words) if _outside_brackets(words, m.start())]
        role = _VERBS[verb.group(1)] if verb else None
        role_span = Span(joints[0] if joints else verb_start, last.end)
        head = Span(last.start, role_span.start)
        # 市应急局牵头会同市公安局落实: the parties before 会同 may have a verb of their own.
        own = _VERB.search(head.of(self.text).rstrip()) if joints else None
        before = self._names([*pending, Span(head.start, head.start + own.start()) if own else head])
        tails = [Span(a + len(_TOGETHER), b) for a, b in pairwise([*joints, max(verb_start, head.end)])]
        after = self._names(tails)
        if not before and not after:
            self._refuse([*pending, last])
        elif own:
            self._assign(before, _VERBS[own.group(1)], Span(head.start + own.start(), head.start + own.end()))
        else:
            self._assign(before, role or Role.TOGETHER, role_span)
        self._assign(after, role or Role.TAKE_PART, role_span)

    def _assign(self, spans: list[Span], role: Role, role_span: Span) -> None:
        """``A等有关部门参与``: the words 等有关部门 belong to the role of everyone in the list."""
        others = next((span for span in spans if self.text[span.start - 1] == "等"), None)
        if others is not None and role_span.start >= others.end:
            role_span = Span(others.start - 1, role_span.end)
        words = role_span.of(self.text)
        self.parties += [Party(span.of(self.text), span, role, words, role_span) for span in spans]

    def _names(self, stretches: list[Span]) -> list[Span]:
        """The parties listed in ``stretches``; what is none goes to ``unreadable``."""
        found: list[Span] = []
        for within in stretches:
            for chunk in _split(self.text, within, "、", self._known(within)):
                for span in self._members(chunk):
                    if self._is_party(span.of(self.text)):
                        found.append(span)
                    elif not _JOINT.fullmatch(span.of(self.text)):
                        self._refuse([span])
        return found

    def _known(self, within: Span) -> list[Span]:
        mentions = self.register.find(within.of(self.text), spoken=False)
        return [Span(within.start + m.span.start, within.start + m.span.end) for m in mentions]

    def _members(self, chunk: Span) -> list[Span]:
        """Cut ``A和B`` and ``A等有关部门`` apart, unless the whole is a name the register knows (住房和城乡建设局)."""
        words = chunk.of(self.text)
        if self.register.canonical(words):
            return [chunk]
        lead = _LEADING_JOINT.match(words)
        if lead and lead.end() < len(words):
            rest = Span(chunk.start + lead.end(), chunk.end)
            if lead.group().startswith("由") or self.register.canonical(rest.of(self.text)):
                return self._members(rest)
        known = self._known(chunk)
        for joint in _JOINT.finditer(words):
            at = Span(chunk.start + joint.start(), chunk.start + joint.end())
            if any(name.start < at.start < name.end for name in known):
                continue
            left = Span(chunk.start, at.start)
            right = Span(at.end, chunk.end)
            if not (_outside_brackets(words, joint.start()) and self._is_party(left.of(self.text))):
                continue
            rest_of = self._members(right) if right.start < right.end else []
            if all(self._is_party(span.of(self.text)) for span in rest_of):
                return [*self._members(left), *rest_of]
        # 市教体局市交通运输局: a missing 、 between names that are both known
        side_by_side = len(known) > 1 and "".join(span.of(self.text) for span in known) == words
        return known if side_by_side else [chunk]

    def _is_party(self, words: str) -> bool:
        plain = without_nested(words)
        if self.register.canonical(words) or self.register.canonical(plain):
            return True
        fits = len(plain) <= 30 and _ORGANISATION_END.search(plain) and not re.search(r"[,，。;；:：]", words)
        return bool(fits) and not illegible(words) and not self._is_run_together(words)

    def _is_run_together(self, words: str) -> bool:
        """Several known names, or a verb before one, in a stretch that merely ends like a name."""
        mentions = [m for m in self.register.find(words, spoken=False) if m.span.start < len(without_nested(words))]
        return len(mentions) > 1 or any(_ANY_VERB.search(words[: m.span.start]) for m in mentions)

    def _refuse(self, spans: list[Span]) -> None:
        self.unreadable += [Unreadable(span.of(self.text), span) for span in spans]


def _split(text: str, within: Span, separators: str, whole: Sequence[Span] = ()) -> Iterator[Span]:
    """Non-blank stretches between separators that stand outside nested brackets and outside ``whole``, trimmed."""
    depth, start = 0, within.start
    for at in range(within.start, within.end):
        char = text[at]
        depth += (char in _OPEN) - (char in _CLOSE)
        if depth <= 0 and char in separators and not any(span.start < at < span.end for span in whole):
            yield from _trimmed(text, Span(start, at))
            start = at + 1
    yield from _trimmed(text, Span(start, within.end))


def _trimmed(text: str, span: Span) -> Iterator[Span]:
    kept = span.of(text).strip()
    if kept:
        start = span.start + span.of(text).index(kept)
        yield Span(start, start + len(kept))


def _outside_brackets(words: str, at: int) -> bool:
    before = words[:at]
    return sum(before.count(c) for c in _OPEN) == sum(before.count(c) for c in _CLOSE)
