"""Logos and signatures: what is a picture that may be put on a certificate and a page.

They come from outside, and are decoded by a typesetter. So they are checked first: PNG and JPEG of modest
size, and SVG of plain shapes only, which can neither reach out nor multiply itself.
"""

from __future__ import annotations

import base64
import struct
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

BYTES_MAX = 256 * 1024
SIDE_MAX, AREA_MAX = 4_000, 6_000_000
"""Pixels: 6 megapixels are 24 MB once decoded."""
SHAPES_MAX = 2_000
"""Elements of an SVG; a coat of arms has some hundred."""

_SHAPES = frozenset(
    "svg g defs title desc metadata path rect circle ellipse line polyline polygon "
    "linearGradient radialGradient stop clipPath".split()
)
_SVG = "{http://www.w3.org/2000/svg}"


class UnfitPicture(ValueError):  # noqa: N818  (a condition, as elsewhere)
    """Says in a sentence why a picture cannot be used."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A checked picture."""

    kind: Literal["png", "jpeg", "svg"]
    content: bytes

    @property
    def data_url(self) -> str:
        media = "svg+xml" if self.kind == "svg" else self.kind
        return f"data:image/{media};base64,{base64.b64encode(self.content).decode()}"


def picture_or_none(content: bytes) -> Picture | None:
    """For drawing: a picture that is absent or cannot be used leaves its place empty."""
    try:
        return checked_picture(content) if content else None
    except UnfitPicture:
        return None


@lru_cache(maxsize=32)
def checked_picture(content: bytes) -> Picture:
    """For whoever takes pictures in; raises UnfitPicture."""
    if len(content) > BYTES_MAX:
        raise UnfitPicture(f"The picture has more than {BYTES_MAX // 1024} KB.")
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        _check_size(_png_size(content))
        return Picture("png", content)
    if content.startswith(b"\xff\xd8\xff"):
        _check_size(_jpeg_size(content))
        return Picture("jpeg", content)
    _check_svg(content)
    return Picture("svg", content)


def _png_size(content: bytes) -> tuple[int, int]:
    if content[12:16] != b"IHDR" or len(content) < 24:
        raise UnfitPicture("The PNG is damaged.")
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def _jpeg_size(content: bytes) -> tuple[int, int]:
    """From the frame header, which is found by hopping from segment to segment."""
    place = 2
    while place + 9 <= len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", content[place + 5 : place + 9])
            return width, height
        place += 2 + int.from_bytes(content[place + 2 : place + 4], "big")
    raise UnfitPicture("The JPEG is damaged.")


def _check_size(size: tuple[int, int]) -> None:
    width, height = size
    if not (0 < width <= SIDE_MAX and 0 < height <= SIDE_MAX and width * height <= AREA_MAX):
        raise UnfitPicture(f"The picture is {width} by {height} pixels, which is too large or nothing.")


def _check_svg(content: bytes) -> None:
    from lxml import etree

    if b"<!" in content.replace(b"<!--", b""):
        raise UnfitPicture("The SVG has a document type or CDATA, which are not taken.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise UnfitPicture("The picture is neither PNG, nor JPEG, nor SVG.") from error
    if root.tag != _SVG + "svg":
        raise UnfitPicture("The picture is neither PNG, nor JPEG, nor SVG.")
    shapes = list(root.iter("*"))
    if len(shapes) > SHAPES_MAX:
        raise UnfitPicture(f"The SVG has more than {SHAPES_MAX} shapes.")
    for shape in shapes:
        name = str(shape.tag)
        if name.startswith(_SVG) and name.removeprefix(_SVG) not in _SHAPES:
            raise UnfitPicture(f"The SVG has a <{name.removeprefix(_SVG)}>; only plain shapes are taken.")
        for attribute, value in shape.items():
            _check_attribute(str(attribute), str(value))


def _check_attribute(name: str, value: str) -> None:
    """No script, and no address but of a part of the same picture."""
    local = name.rpartition("}")[2].lower()
    reaches_out = local in {"href", "src"} and not value.startswith("#")
    if local.startswith("on") or reaches_out or "url(" in value.replace("url(#", "").lower():
        raise UnfitPicture(f"The SVG's attribute {local} is not taken.")
