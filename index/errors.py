"""Every error this software raises on purpose.

AnzeError                      message in Chinese: what happened, and how to mend it
├── CorpusError                a document, manifest or data file is missing or malformed
│   └── ParseError             a text does not have the structure its family promises
├── RegisterError              the organisation register contradicts itself
├── IndexMissing               no usable index in the artefact folder
│   └── IndexCorrupt           artefacts exist but cannot be read
├── IndexBusy                  another build holds the lock
├── StoreUnwritable            the artefact folder cannot be written
├── MissingPackage             an optional package is needed; names the install command
├── BackendError               an embedding model, reranker or endpoint failed
├── CitationError              a quotation is not verbatim; never shown to a user as an answer
├── SettingsError              a setting has a value it cannot have
└── QuestionError              the question itself cannot be taken (empty, too long, malformed line)
"""

from __future__ import annotations

import errno


class AnzeError(Exception):
    """Root of the tree. ``str(error)`` is a Chinese sentence that can be shown to a user.

    ``remedy`` is a second sentence that says what to do; it may be empty.
    """

    def __init__(self, message: str, remedy: str = "", *, document: str = "", clause: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.document = document
        self.clause = clause

    def __str__(self) -> str:
        where = "".join(f"〔{part}〕" for part in (self.document, self.clause) if part)
        return f"{where}{self.message}{self.remedy}"


class CorpusError(AnzeError):
    """A document, manifest or data file is missing or malformed."""


class ParseError(CorpusError):
    """A text does not have the structure its document family promises."""


class RegisterError(AnzeError):
    """The organisation register contradicts itself."""


class IndexMissing(AnzeError):
    """There is no usable index in the artefact folder."""


class IndexCorrupt(IndexMissing):
    """Artefacts exist but cannot be read."""


class IndexBusy(AnzeError):
    """Another build holds the lock of the artefact folder."""


class StoreUnwritable(AnzeError):
    """The artefact folder cannot be written."""


class MissingPackage(AnzeError):
    """An optional package is needed; the message names the install command."""


class BackendError(AnzeError):
    """An embedding model, reranker or remote endpoint failed."""


class CitationError(AnzeError):
    """A quotation is not the stored text at its offsets."""


class SettingsError(AnzeError):
    """A setting has a value it cannot have."""


class QuestionError(AnzeError):
    """The question cannot be taken: empty, too long, or a malformed input line."""


_CAUSES = {
    errno.ENOENT: "没有这个文件或目录",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EISDIR: "这是一个目录",
    errno.ENOTDIR: "路径中有一段不是目录",
    errno.EEXIST: "已有同名的文件",
    errno.ENOSPC: "磁盘空间不足",
    errno.EROFS: "磁盘是只读的",
    errno.ENAMETOOLONG: "名称太长",
    errno.EADDRINUSE: "端口已被占用",
}


def why(error: OSError) -> str:
    """The cause in Chinese, as far as it is a common one; the system's own words otherwise."""
    return _CAUSES.get(error.errno or 0) or error.strerror or type(error).__name__
