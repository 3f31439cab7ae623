"""The vendor's message encryption (callbacks only; the long connection is not encrypted).

signature = sha1 of the sorted join of token, timestamp, nonce and ciphertext
cipher    = AES-256-CBC, key = b64decode(EncodingAESKey + "="), iv = key[:16]
plaintext = 16 random bytes + uint32 big-endian length + message + receive id, PKCS#7 padded to 32 bytes
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
import struct
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from index.errors import SettingsError

_BLOCK = 32
_HEAD = 20
_AES_KEY = re.compile(r"[0-9A-Za-z+/]{43}")


class Refused(Exception):
    """The request is not the vendor's, or is damaged. Says no more, so that nobody learns which check failed."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """An encrypted message and its signature."""

    encrypt: str
    signature: str
    timestamp: str
    nonce: str


@dataclass(frozen=True, slots=True)
class Crypto:
    """One callback's token, key and receive id (the CorpID of an app, empty for a 智能机器人)."""

    token: str = field(repr=False)
    key: bytes = field(repr=False)
    receive_id: str = ""

    @classmethod
    def make(cls, token: str, aes_key: str, receive_id: str, *, setting: str) -> Crypto:
        """Raises ``SettingsError`` naming ``setting`` where ``aes_key`` is not an EncodingAESKey (43 characters)."""
        if not _AES_KEY.fullmatch(aes_key):
            raise SettingsError(f"{setting} 不是合法的 EncodingAESKey。", "请从管理后台原样复制，共43个字母和数字。")
        return cls(token, base64.b64decode(aes_key + "="), receive_id)

    def signature(self, timestamp: str, nonce: str, encrypt: str) -> str:
        """40 hex digits."""
        joined = "".join(sorted((self.token, timestamp, nonce, encrypt)))
        return hashlib.sha1(joined.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()

    def check(self, signature: str, timestamp: str, nonce: str, encrypt: str) -> None:
        """Raises ``Refused`` unless the signature is right; takes the same time whatever differs."""
        expected = self.signature(timestamp, nonce, encrypt).encode()
        if not hmac.compare_digest(expected, signature.encode("utf-8", "surrogatepass")):
            raise Refused

    def open(self, signature: str, timestamp: str, nonce: str, encrypt: str) -> bytes:
        """The message. The signature is checked before anything is decrypted. Raises ``Refused``."""
        self.check(signature, timestamp, nonce, encrypt)
        plain = _unpad(self._decrypt(encrypt))
        if len(plain) < _HEAD:
            raise Refused
        (length,) = struct.unpack(">I", plain[16:_HEAD])
        message, receive_id = plain[_HEAD : _HEAD + length], plain[_HEAD + length :]
        if len(message) != length or not hmac.compare_digest(receive_id, self.receive_id.encode()):
            raise Refused
        return message

    def seal(self, message: bytes, timestamp: str, nonce: str, random: bytes | None = None) -> Sealed:
        """Encrypt and sign. ``random`` (16 bytes) is given by tests only."""
        plain = (random or os.urandom(16)) + struct.pack(">I", len(message)) + message + self.receive_id.encode()
        fill = _BLOCK - len(plain) % _BLOCK
        encryptor = self._cipher().encryptor()
        encrypt = base64.b64encode(encryptor.update(plain + bytes([fill]) * fill) + encryptor.finalize()).decode()
        return Sealed(encrypt, self.signature(timestamp, nonce, encrypt), timestamp, nonce)

    def _decrypt(self, encrypt: str) -> bytes:
        try:
            data = base64.b64decode(encrypt.encode("ascii"), validate=True)
        except (UnicodeEncodeError, binascii.Error):
            raise Refused from None
        if not data or len(data) % _BLOCK:
            raise Refused
        decryptor = self._cipher().decryptor()
        return decryptor.update(data) + decryptor.finalize()

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self.key), modes.CBC(self.key[:16]))


def _unpad(plain: bytes) -> bytes:
    fill = plain[-1]
    if not 1 <= fill <= _BLOCK or plain[-fill:] != bytes([fill]) * fill:
        raise Refused
    return plain[:-fill]
