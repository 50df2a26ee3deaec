"""Images that people upload: a PNG that decodes, or an SVG that only draws.

They are shown on pages that anybody may open and drawn into every certificate, so an image may neither do
anything, nor load anything, nor be much larger than it looks.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator

from academe.errors import FieldViolation
from academe.services.credential.errors import ImageRefused
from academe.services.credential.images_svg import SvgRefused, check_svg
from academe.services.credential.standards.png import SIGNATURE as PNG_SIGNATURE

PNG = "image/png"
SVG = "image/svg+xml"

SIDE_MAX = 2_000
"""Pixels. A logo is printed at some 60 mm: enough for 800 dpi; unpacked it has at most 32 megabytes."""

_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""By colour type (PNG specification, table 11.1): bits of a sample, and samples of a pixel."""

_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""Of Adam7: the first column and row, and the steps between columns and rows."""

_UNPACKED_AT_ONCE = 65_536


class _Broken(Exception):
    """What is wrong with a PNG."""


def check_image(field: str, content: bytes) -> None:
    """Raises ImageRefused, naming the field, unless `content` is empty, a PNG, or a plain SVG.

    Unpacks the PNG piece by piece, which takes up to 50 ms for the largest.
    """
    if not content:
        return
    try:
        if content.startswith(PNG_SIGNATURE):
            _check_png(content)
        else:
            check_svg(content)
    except (_Broken, SvgRefused) as error:
        reason = f"must be a PNG of at most {SIDE_MAX} x {SIDE_MAX} pixels or a plain SVG: {error}"
        raise ImageRefused(f"{field}: {reason}", violations=(FieldViolation(field, reason),)) from None


def content_type(content: bytes) -> str:
    """The media type of an image that passed `check_image`."""
    return PNG if content.startswith(PNG_SIGNATURE) else SVG


def _check_png(content: bytes) -> None:
    width = height = depth = colour = interlaced = 0
    packed = bytearray()
    kinds: list[bytes] = []
    for kind, data in _chunks(content):
        if not kinds:
            if kind != b"IHDR" or len(data) != 13:
                raise _Broken("the PNG has no header.")
            width, height, depth, colour, method, filtering, interlaced = struct.unpack(">IIBBBBB", data)
            if not (0 < width <= SIDE_MAX and 0 < height <= SIDE_MAX):
                raise _Broken(f"the PNG has {width} x {height} pixels.")
            if depth not in _DEPTHS.get(colour, ()) or method or filtering or interlaced > 1:
                raise _Broken("the PNG is of a kind that does not exist.")
        if kind == b"IDAT":
            packed += data
        kinds.append(kind)
    if colour == 3 and b"PLTE" not in kinds:
        raise _Broken("the PNG has no palette.")
    bits = depth * _SAMPLES[colour]
    _check_pixels(bytes(packed), sum(_rows(width, height, bits, interlaced)))


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Types and data, up to the end of the image, which is the end of the file."""
    place = len(PNG_SIGNATURE)
    kind = b""
    while kind != b"IEND":
        head = content[place : place + 8]
        if len(head) < 8:
            raise _Broken("the PNG is cut off.")
        length, kind = struct.unpack(">I4s", head)
        data = content[place + 8 : place + 8 + length]
        check = content[place + 8 + length : place + 12 + length]
        if len(data) < length or len(check) < 4:
            raise _Broken("the PNG is cut off.")
        if zlib.crc32(kind + data) != int.from_bytes(check) or not re.fullmatch(rb"[A-Za-z]{4}", kind):
            raise _Broken("the PNG is damaged.")
        yield kind, data
        place += 12 + length
    if place != len(content):
        raise _Broken("something follows the end of the PNG.")


def _rows(width: int, height: int, bits: int, interlaced: int) -> Iterator[int]:
    """Bytes of each pass over the image; each row begins with a byte that says how it is filtered."""
    for left, top, across, down in _PASSES if interlaced else ((0, 0, 1, 1),):
        columns, rows = -((left - width) // across), -((top - height) // down)
        if columns > 0 and rows > 0:
            yield rows * (1 + (columns * bits + 7) // 8)


def _check_pixels(packed: bytes, size: int) -> None:
    unpacker = zlib.decompressobj()
    unpacked, left = 0, packed
    try:
        while not unpacker.eof:
            piece = unpacker.decompress(left, _UNPACKED_AT_ONCE)
            left = unpacker.unconsumed_tail
            unpacked += len(piece)
            if unpacked > size or (not piece and not left and not unpacker.eof):
                break
    except zlib.error:
        raise _Broken("the PNG does not unpack.") from None
    if unpacked != size or not unpacker.eof:
        raise _Broken("the PNG has more or fewer pixels than it says.")
