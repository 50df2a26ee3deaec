"""Credentials baked into PNG pictures: a chunk of text beside the pixels.

Sources: https://www.imsglobal.org/spec/ob/v3p0#png and, for chunks, https://www.w3.org/TR/png-3/. The chunk
is an iTXt under one keyword and not compressed, so that reading it unpacks nothing.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Literal

from academe.services.credential.standards.errors import Malformed
from academe.services.credential.standards.jose import TOKEN_MAX

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"openbadgecredential"
IMAGE_MAX = 8_388_608
"""Bytes of a picture. An A4 certificate of 300 dots to the inch has a tenth of that."""

CHUNKS_MAX = 20_000
"""Encoders that write many small chunks write one for 8 KiB."""

_TEXTS = (b"iTXt", b"tEXt", b"zTXt")


def bake(image: bytes, credential: bytes, form: Literal["json", "jwt"]) -> bytes:
    """The picture with `credential` in it instead of one that was there. Raises Malformed if it is no PNG.

    A document and a token look the same to the chunk; `form` is there to be the same for every picture.
    """
    if form not in ("json", "jwt"):
        raise ValueError(f"{form} is no form of a credential")
    text = KEYWORD + b"\0\0\0\0\0" + credential  # not compressed, no language, no translated keyword
    chunk = _chunk(b"iTXt", text)
    kept: list[bytes] = []
    for kind, data, raw in _chunks(image):
        if kind in _TEXTS and _keyword(data) == KEYWORD:
            continue
        kept.append(raw)
        if kind == b"IHDR":
            kept.append(chunk)
    return SIGNATURE + b"".join(kept)


def unbake(image: bytes) -> bytes:
    """The credential in a picture, a document or a token. Raises Malformed, also if there are two of them."""
    found = [part for part in _chunks(image) if part[0] in _TEXTS and _keyword(part[1]) == KEYWORD]
    if len(found) != 1:
        raise Malformed("", f"The picture has {len(found)} credentials in it instead of one.", "baked")
    kind, data, raw = found[0]
    if raw != _chunk(kind, data):
        raise Malformed("", "The credential in the picture is damaged.", "baked")
    flag, rest = data[len(KEYWORD) + 1 : len(KEYWORD) + 3], data[len(KEYWORD) + 3 :]
    if kind != b"iTXt" or flag != b"\0\0":
        raise Malformed("", "The credential in the picture is compressed, or of an old kind.", "baked")
    fields = rest.split(b"\0", 2)  # language, translated keyword, text
    if len(fields) != 3 or len(fields[2]) > TOKEN_MAX:
        raise Malformed("", "The credential in the picture is too large, or cut off.", "baked")
    return fields[2]


def _chunks(image: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Each chunk's kind, data, and all of its bytes. Raises Malformed."""
    if not image.startswith(SIGNATURE) or len(image) > IMAGE_MAX:
        raise Malformed("", f"The picture is no PNG of at most {IMAGE_MAX} bytes.", "not_png")
    position, kind = len(SIGNATURE), b""
    for index in range(CHUNKS_MAX):
        header = image[position : position + 8]
        if len(header) < 8:
            raise _broken()
        length, kind = struct.unpack(">I4s", header)
        end = position + 12 + length
        if end > len(image) or (kind == b"IHDR") != (index == 0):
            raise _broken()
        yield kind, image[position + 8 : end - 4], image[position:end]
        position = end
        if kind == b"IEND":
            return
    raise _broken()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _keyword(data: bytes) -> bytes:
    return data[:80].partition(b"\0")[0]


def _broken() -> Malformed:
    return Malformed("", "The picture is not a whole PNG.", "not_png")
