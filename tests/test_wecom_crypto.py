"""The vendor's message encryption: its vectors, another implementation of it, and damaged input."""

from __future__ import annotations

import base64
import dataclasses
import struct
import warnings

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import SettingsError
from rag.channels.wecom.crypto import Crypto, Refused, Sealed

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from wechatpy.enterprise.crypto import WeChatCrypto

TOKEN = "QDG6eK"
AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
CORP = "wx5823bf96d3bd56c7"
OTHER_TOKEN = "hJqcu3uJ9Tn2gXPmxx2w9kkCkCE2EPYo"
OTHER_KEY = "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt"
OTHER_CORP = "ww1436e0e65a779aee"
MESSAGE = (
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUk"
    "SUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekU"
    "NXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rU"
    "PA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+"
    "qN+E7Q=="
)
RANDOM = b"0123456789abcdef"


def made(token: str = TOKEN, key: str = AES_KEY, receive_id: str = CORP) -> Crypto:
    return Crypto.make(token, key, receive_id, setting="ANZE_WECOM_AES_KEY")


@pytest.mark.parametrize(
    ("crypto", "signature", "timestamp", "nonce", "encrypt", "plain"),
    [
        (
            made(),
            "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3",
            "1409659589",
            "263014780",
            "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==",
            b"1616140317555161061",
        ),
        (
            made(OTHER_TOKEN, OTHER_KEY, OTHER_CORP),
            "012bc692d0a58dd4b10f8dfe5c4ac00ae211ebeb",
            "1476416373",
            "47744683",
            "fsi1xnbH4yQh0+PJxcOdhhK6TDXkjMyhEPA7xB2TGz6b+g7xyAbEkRxN/3cNXW9qdqjnoVzEtpbhnFyq6SVHyA==",
            b"1288432023552776189",
        ),
    ],
)
def test_the_vendors_addresses_are_opened(
    crypto: Crypto, signature: str, timestamp: str, nonce: str, encrypt: str, plain: bytes
) -> None:
    """Vectors 1 and 3: the strings a callback address is verified with."""
    assert crypto.open(signature, timestamp, nonce, encrypt) == plain


def test_the_vendors_message_is_opened() -> None:
    """Vector 2: a text message to an app."""
    plain = made().open("477715d11cdb4164915debcba66cb864d751f3e6", "1409659813", "1372623149", MESSAGE)
    tree = fromstring(plain)
    assert {name: tree.findtext(name) for name in ("FromUserName", "Content", "MsgId", "AgentID")} == {
        "FromUserName": "mycreate",
        "Content": "hello",
        "MsgId": "4561255354251345929",
        "AgentID": "218",
    }


@pytest.mark.parametrize(
    ("receive_id", "encrypt", "signature"),
    [
        ("", "sKqRbbiSUnDhFHOvPjtUMZuVSJ98Er12+beXKHFGrxs=", "2f860c5527e39dc833e8e47923ea6677b5aae603"),
        (
            CORP,
            "sKqRbbiSUnDhFHOvPjtUMd2aKGsnO1wGUhhgmucZyOooAmp9WiC5uDkjoOv6eP1l5uh45DeEw9aco5AR3vyVtA==",
            "c4862e864cf63bb7a72f1306ad027e6c6dae467a",
        ),
    ],
)
def test_sealing_gives_the_expected_bytes(receive_id: str, encrypt: str, signature: str) -> None:
    """Vectors 4 and 5: with the random part given, ciphertext and signature are those, and open again."""
    crypto = made(receive_id=receive_id)
    sealed = crypto.seal(b"hello", "1700000000", "1234567890", RANDOM)
    assert sealed == Sealed(encrypt, signature, "1700000000", "1234567890")
    assert crypto.open(signature, "1700000000", "1234567890", encrypt) == b"hello"


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=200), receive_id=st.sampled_from([CORP, OTHER_CORP]))
def test_another_implementation_agrees_both_ways(text: str, receive_id: str) -> None:
    """What wechatpy seals is opened here, and what is sealed here wechatpy opens."""
    here, there = made(receive_id=receive_id), WeChatCrypto(TOKEN, AES_KEY, receive_id)
    sealed = here.seal(text.encode(), "1700000000", "n")
    envelope = f"<xml><Encrypt>{sealed.encrypt}</Encrypt></xml>"
    assert there.decrypt_message(envelope, sealed.signature, "1700000000", "n") == text.encode().decode()
    answer = fromstring(there.encrypt_message(text, "n", "1700000000"))
    encrypt, signature = answer.findtext("Encrypt") or "", answer.findtext("MsgSignature") or ""
    assert here.open(signature, "1700000000", "n", encrypt) == text.encode()


@settings(max_examples=100, deadline=None)
@given(signature=st.text(max_size=50), timestamp=st.text(max_size=20), nonce=st.text(max_size=20), encrypt=st.text())
def test_a_wrong_signature_is_refused(signature: str, timestamp: str, nonce: str, encrypt: str) -> None:
    """Whatever the four strings are, also unpaired surrogates: refused, and nothing else is raised."""
    with pytest.raises(Refused):
        made().open(signature, timestamp, nonce, encrypt)


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=200))
def test_rightly_signed_rubbish_is_refused(data: bytes) -> None:
    """Even under a right signature, bytes nobody sealed are refused: length, padding and receive id are all checked."""
    crypto = made()
    encrypt = base64.b64encode(data).decode()
    with pytest.raises(Refused):
        crypto.open(crypto.signature("1", "2", encrypt), "1", "2", encrypt)


@pytest.mark.parametrize(
    "plain",
    [
        RANDOM + struct.pack(">I", 5) + b"hello" + CORP.encode() + bytes(21),
        RANDOM + struct.pack(">I", 5) + b"hello" + CORP.encode() + b"\x00" * 20 + b"\x15",
        RANDOM + struct.pack(">I", 5) + b"hello" + CORP.encode() + b"\x2f" * 21,
        RANDOM + struct.pack(">I", 500) + b"hello" + CORP.encode() + b"\x15" * 21,
        RANDOM + struct.pack(">I", 0xFFFFFFFF) + b"hello" + CORP.encode() + b"\x15" * 21,
        RANDOM + struct.pack(">I", 4) + b"hello" + CORP.encode() + b"\x15" * 21,
        RANDOM + struct.pack(">I", 5) + b"hello" + b"wx5823bf96d3bd56c8" + b"\x15" * 21,
        b"\x20" * 32,
        b"\x10" * 32,
    ],
    ids="zero-padding one-byte-wrong too-long length-over huge-length short-length other-corp empty no-length".split(),
)
def test_each_damage_is_refused_under_a_right_signature(plain: bytes) -> None:
    """Padding, its every byte, the length field and the receive id: each alone is enough to refuse."""
    crypto = made()
    encryptor = crypto._cipher().encryptor()
    encrypt = base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()
    with pytest.raises(Refused) as refusal:
        crypto.open(crypto.signature("1", "2", encrypt), "1", "2", encrypt)
    assert str(refusal.value) == ""


@pytest.mark.parametrize("length", [6, 500, 0xFFFFFFFF])
def test_a_length_beyond_the_end_is_refused_without_a_receive_id_too(length: int) -> None:
    """A 智能机器人 has no receive id that would not fit, so the length alone must refuse."""
    crypto = made(receive_id="")
    encryptor = crypto._cipher().encryptor()
    plain = RANDOM + struct.pack(">I", length) + b"hello" + b"\x07" * 7
    encrypt = base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()
    with pytest.raises(Refused):
        crypto.open(crypto.signature("1", "2", encrypt), "1", "2", encrypt)


def test_the_signature_is_checked_before_anything_is_decrypted() -> None:
    """A wrong signature never reaches the cipher: with a key the cipher cannot take, it is still only refused."""
    crypto = dataclasses.replace(made(), key=b"too short")
    encrypt = base64.b64encode(bytes(32)).decode()
    right = crypto.signature("1", "2", encrypt)
    with pytest.raises(Refused):
        crypto.open("0" * 40, "1", "2", encrypt)
    with pytest.raises(ValueError, match="key size"):
        crypto.open(right, "1", "2", encrypt)


@settings(max_examples=100, deadline=None)
@given(message=st.binary(max_size=300), where=st.integers(min_value=0), flip=st.integers(min_value=1, max_value=255))
def test_a_changed_message_is_never_opened(message: bytes, where: int, flip: int) -> None:
    """One changed byte of the ciphertext: the signature no longer fits."""
    crypto = made()
    sealed = crypto.seal(message, "1", "2")
    data = bytearray(base64.b64decode(sealed.encrypt))
    data[where % len(data)] ^= flip
    with pytest.raises(Refused):
        crypto.open(sealed.signature, "1", "2", base64.b64encode(data).decode())


@settings(max_examples=100, deadline=None)
@given(message=st.binary(max_size=300), receive_id=st.text(max_size=20))
def test_what_is_sealed_is_opened(message: bytes, receive_id: str) -> None:
    """Any bytes and any receive id, in whole blocks of 32."""
    crypto = dataclasses.replace(made(), receive_id=receive_id)
    sealed = crypto.seal(message, "1", "2")
    assert len(base64.b64decode(sealed.encrypt)) % 32 == 0
    assert crypto.open(sealed.signature, "1", "2", sealed.encrypt) == message


@pytest.mark.parametrize("key", ["", "short", AES_KEY + "=", AES_KEY[:-1] + "!", AES_KEY[:-1] + "中"])
def test_a_malformed_key_is_named(key: str) -> None:
    """The error names the setting and never shows the key."""
    with pytest.raises(SettingsError, match="ANZE_WECOM_AES_KEY") as error:
        made(key=key)
    assert len(key) < 10 or key not in str(error.value)


def test_secrets_are_not_in_the_repr() -> None:
    """Neither the token nor the key shows when a callback's crypto is printed."""
    shown = repr(made())
    assert TOKEN not in shown
    assert str(made().key) not in shown
