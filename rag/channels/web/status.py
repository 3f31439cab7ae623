"""What the status bar says: which index is in use and how open questions are searched."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from threading import Thread

from index.errors import AnzeError
from rag.assistant import Assistant

_log = logging.getLogger("anze.web")

READY, LOADING, FAILED = "ready", "loading", "failed"


@dataclass(frozen=True, slots=True)
class State:
    """``retrieval`` is one of ready, loading, failed; ``words`` is the sentence for people."""

    retrieval: str
    words: str


class Warmup:
    """Opens the retriever in the background, so that the first open question does not wait for the model."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._state = State(LOADING, "正在加载检索模型……")
        self._thread = Thread(target=self._open, name="anze-warmup", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wait(self, seconds: float | None = None) -> None:
        self._thread.join(seconds)

    def _open(self) -> None:
        try:
            reason = self._assistant.retriever.without_vectors
        except AnzeError as error:
            self._state = State(FAILED, f"检索不可用：{error}")
            return
        except Exception:  # without this the page would say for ever that it is loading
            _log.exception("the retriever could not be opened")
            self._state = State(FAILED, "检索不可用：程序出错，请查看服务日志")
            return
        self._state = State(READY, f"仅关键词检索（{reason.rstrip('。')}）" if reason else "关键词与向量检索")

    @property
    def state(self) -> State:
        return self._state

    def line(self) -> str:
        """The whole status bar."""
        library = self._assistant.library
        model = self._assistant.model_name
        wording = f"大模型 {model} 组织语言，逐句核对出处" if model else "抽取式回答，不使用大模型"
        return f"已索引{len(library.infos)}份文件 · {self._state.words} · {wording}"
