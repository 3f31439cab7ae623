"""A model's text in sentences, each with the markers that belong to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ENDS = "。！？!?\n"
_SQUARE = re.compile(r"\s*[\[［【]\s*\d{1,3}(?:\s*[,，、]\s*\d{1,3})*\s*[\]］】]")
_PARTIAL = re.compile(r"\s*(?:[\[［【][\s\d,，、]*)?$")
_LIST = re.compile(r"^\s*(?:[-*+•·]\s+|\d{1,2}\s*[.．、)）](?!\d)\s*|[（(]\d{1,2}[)）]\s*)")
_MARKUP = re.compile(r"[*_`~#|<>\\\ue000-\uf8ff]|https?://\S+|!?\[[^\]\d][^\]]*\]\([^)]*\)")
_THINKING = re.compile(r"<think>.*?(?:</think>|$)", re.DOTALL)
_OPEN, _CLOSE = "“「『《(（", "”」』》)）"
LONGEST = 400
"""Characters after which a sentence is cut off: nobody writes that, and the gate's time must stay bounded."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """``text`` without markers and markup; ``markers`` in order; ``bullet`` where it opened a line of a list."""

    text: str
    markers: tuple[int, ...] = ()
    bullet: bool = False


class Splitter:
    """Cuts a growing text into sentences; a sentence comes out once the markers after its stop are complete."""

    def __init__(self) -> None:
        self._text = ""
        self._new_line = True

    def feed(self, delta: str) -> Iterator[Sentence]:
        """The sentences that ``delta`` completes."""
        self._text += delta
        yield from self._take(last=False)

    def close(self) -> Iterator[Sentence]:
        """What is left, which a cut stream may have left half-said: only whole sentences are given."""
        yield from self._take(last=True)

    def _take(self, *, last: bool) -> Iterator[Sentence]:
        if "<think>" in self._text:
            if "</think>" not in self._text and not last:
                return
            self._text = _THINKING.sub("", self._text)
        while True:
            end = self._end(last)
            if end is None:
                return
            raw, self._text = self._text[:end], self._text[end:]
            sentence = read_sentence(raw, at_line_start=self._new_line)
            self._new_line = raw.endswith("\n")
            if sentence is not None:
                yield sentence

    def _end(self, last: bool) -> int | None:
        depth = 0
        for at, char in enumerate(self._text):
            if char in _OPEN:
                depth += 1
            elif char in _CLOSE:
                depth = max(0, depth - 1)
            if char == "\n" or (char in _ENDS and not depth) or at >= LONGEST:
                return self._with_markers(at + 1, last)
        return None

    def _with_markers(self, end: int, last: bool) -> int | None:
        """``end`` moved behind markers and line ends; ``None`` while more of them may come."""
        while match := _SQUARE.match(self._text, end):
            end = match.end()
        rest = self._text[end:]
        if not last and self._text[end - 1] != "\n" and (not rest or _PARTIAL.fullmatch(rest)):
            return None
        return end + 1 if rest.startswith("\n") else end


def read_sentence(raw: str, *, at_line_start: bool = True) -> Sentence | None:
    """``raw`` as a sentence; ``None`` where nothing is said."""
    numbers = tuple(dict.fromkeys(int(n) for group in _SQUARE.findall(raw) for n in re.findall(r"\d+", group)))
    text = _SQUARE.sub("", raw)
    bullet = _LIST.match(text) if at_line_start else None
    text = _MARKUP.sub("", text[bullet.end() :] if bullet else text)
    text = re.sub(r"\s+", " ", text).strip()
    if not any(char.isalnum() for char in text):
        return None
    return Sentence(text, numbers, bullet is not None)


def split_sentences(text: str) -> list[Sentence]:
    """Every sentence of a finished text; the last one may lack its stop."""
    splitter = Splitter()
    found = list(splitter.feed(text if text.endswith("\n") else text + "\n"))
    return [*found, *splitter.close()]
