"""Who said what before, a person or a person in a group, and how fast one person may ask."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from rag.channels.wecom.store import BREAK, Store
from rag.model import Turn

EXCHANGES = 6
IDLE_S = 12 * 3600.0
"""A follow-up refers to what was said in the last twelve hours, not to last week."""
MOST_SPOKEN = 2000
"""Characters of an answer a session remembers; the assistant reads no more of a turn."""
_KEPT_PEOPLE = 4096


def history(store: Store, conversation: str, own: str) -> tuple[Turn, ...]:
    """The turns before the message whose reply has the id ``own``, oldest first, since the last new beginning."""
    turns: list[Turn] = []
    for kept in store.newest(conversation, EXCHANGES + 1, store.now() - IDLE_S):
        if kept.id == own:
            break
        if kept.kind == BREAK:
            turns.clear()
        else:
            turns += [Turn("user", kept.question), Turn("assistant", kept.spoken)]
    return tuple(turns[-2 * EXCHANGES :])


class Allowance:
    """At most ``most`` questions of one person in any ``window_s`` seconds; says no, never waits."""

    def __init__(self, clock: Callable[[], float], most: int = 20, window_s: float = 60.0) -> None:
        self._clock = clock
        self._most = most
        self._window = window_s
        self._asked: dict[str, deque[float]] = {}

    def take(self, userid: str) -> bool:
        """Count one question of ``userid``; false where it is one too many."""
        now = self._clock()
        times = self._asked.pop(userid, None) or deque(maxlen=self._most)
        self._asked[userid] = times  # the end of the dict is who asked last
        while len(self._asked) > _KEPT_PEOPLE:
            del self._asked[next(iter(self._asked))]
        if len(times) == self._most and times[0] > now - self._window:
            return False
        times.append(now)
        return True
