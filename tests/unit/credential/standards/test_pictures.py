"""Credentials are found in the pictures they were baked into, unchanged, and nothing dangerous is."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from lxml import etree
from PIL import Image

from academe.services.credential.standards import jose, png, strict_json, svg
from academe.services.credential.standards.errors import Malformed
from tests.support.cost import cpu_seconds
from tests.support.vc import TOKEN_KEY, changed, signed

DOCUMENT = strict_json.serialise(signed(changed("name", to="]]> & <b> é 🎓 \u2028 \u0085 \r\n\t ' \"")))
TOKEN = jose.sign(signed(), TOKEN_KEY, "did:web:a.example#key-2")
PLAIN_SVG = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<!-- drawn -->\n'
    b'<svg xmlns="http://www.w3.org/2000/svg"><title>A &amp; B</title><rect width="9"/></svg>'
)


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(buffer, "PNG")
    return buffer.getvalue()


def with_chunk(kind: bytes, data: bytes) -> bytes:
    """A picture with a chunk before its end."""
    plain = picture()
    chunk = struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return plain[:-12] + chunk + plain[-12:]


def baked(rest: bytes) -> bytes:
    """A picture with the element of a credential, from its first attribute on."""
    element = b'<c:credential xmlns:c="https://purl.imsglobal.org/ob/v3p0"' + rest
    return b'<svg xmlns="http://www.w3.org/2000/svg">' + element + b"</svg>"


@pytest.mark.parametrize("credential", [DOCUMENT, TOKEN])
def test_in_png_and_out(credential: bytes) -> None:
    """Byte for byte; the picture is the same, as a library of pictures sees it, which finds the text too."""
    baked = png.bake(picture(), credential, "json")
    opened = Image.open(io.BytesIO(baked))

    assert png.unbake(baked) == credential
    assert opened.tobytes() == Image.open(io.BytesIO(picture())).tobytes()
    assert opened.text["openbadgecredential"] == credential.decode()  # type: ignore[attr-defined]


@pytest.mark.parametrize(("credential", "form"), [(DOCUMENT, "json"), (TOKEN, "jwt")])
def test_in_svg_and_out(credential: bytes, form: str) -> None:
    """Byte for byte; what is drawn is the same."""
    baked = svg.bake(PLAIN_SVG, credential, form)  # type: ignore[arg-type]
    root = etree.fromstring(baked)

    assert svg.unbake(baked) == credential
    assert [child.tag.partition("}")[2] for child in root] == ["credential", "title", "rect"]
    assert root[0].prefix == "openbadges"


def test_baking_again() -> None:
    """The newer one takes the place of the older."""
    twice = png.bake(png.bake(picture(), DOCUMENT, "json"), TOKEN, "jwt")
    drawn = svg.bake(svg.bake(PLAIN_SVG, DOCUMENT, "json"), TOKEN, "jwt")

    assert png.unbake(twice) == TOKEN
    assert len(twice) == len(png.bake(picture(), TOKEN, "jwt"))
    assert svg.unbake(drawn) == TOKEN


def test_pictures_without_a_credential() -> None:
    """And with two of them, of which nobody could say which one is meant."""
    once = png.bake(picture(), DOCUMENT, "json")
    chunk = once[33 : 33 + 12 + struct.unpack(">I", once[33:37])[0]]
    for content in (picture(), once[:33] + chunk + once[33:]):
        with pytest.raises(Malformed, match="credentials in it instead of one"):
            png.unbake(content)
    for content in (
        PLAIN_SVG,
        baked(b' verify="a.b.c"/>' + svg.bake(PLAIN_SVG, TOKEN, "jwt").partition(b"?>")[2]),
    ):
        with pytest.raises(Malformed, match="credentials in it instead of one"):
            svg.unbake(content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        png.SIGNATURE,
        picture()[:-1],
        picture()[:40],
        png.SIGNATURE + picture()[33:],
        png.bake(picture(), DOCUMENT, "json")[:-12],
        png.bake(picture(), DOCUMENT, "json").replace(b"VerifiableCredential", b"VerifiableCredentiaI"),
        with_chunk(b"iTXt", b"openbadgecredential\0\1\0\0\0" + zlib.compress(DOCUMENT)),
        with_chunk(b"zTXt", b"openbadgecredential\0\0" + zlib.compress(DOCUMENT)),
        with_chunk(b"tEXt", b"openbadgecredential\0" + DOCUMENT),
        with_chunk(b"iTXt", b"openbadgecredential\0\0"),
        with_chunk(b"iTXt", b"openbadgecredential\0\0\0en\0" + b"x"),
        with_chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0" + b"x" * (jose.TOKEN_MAX + 1)),
        png.SIGNATURE + picture()[8:33] + b"\0\0\0\0tEXt\0\0\0\0" * 25_000,
        png.SIGNATURE + picture()[8:33] + b"\xff\xff\xff\xfftEXt",
    ],
)
def test_what_is_no_png_with_a_credential(content: bytes) -> None:
    """Cut, changed, compressed, of another kind, too large or without end; and it is found out at once."""

    def refuse() -> None:
        with pytest.raises(Malformed):
            png.unbake(content)

    assert cpu_seconds(refuse, 0.1) < 0.1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg/>",
        b"<html xmlns='http://www.w3.org/1999/xhtml'/>",
        PLAIN_SVG[:-3],
        b'<!DOCTYPE svg [<!ENTITY a "x">]>' + PLAIN_SVG.partition(b"?>")[2],
        b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + baked(b">&a;</c:credential>"),
        b'<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">'
        + b"".join(b'<!ENTITY a%d "%s">' % (n, (b"&a%d;" % (n - 1) if n else b"&a;") * 10) for n in range(9))
        + b']><svg xmlns="http://www.w3.org/2000/svg">&a8;</svg>',
        PLAIN_SVG.replace(b"<rect", b"<g>" * 5_000),
        baked(b"/>"),
        baked(b' verify="a.b.c">{}</c:credential>'),
        baked(b">{}<g/></c:credential>"),
        b" " * (svg.IMAGE_MAX + 1),
    ],
)  # fmt: skip
def test_what_is_no_svg_with_a_credential(content: bytes) -> None:
    """Entities are not replaced, files are not opened, and it is found out at once."""

    def refuse() -> None:
        with pytest.raises(Malformed):
            svg.unbake(content)

    assert cpu_seconds(refuse, 0.1) < 0.1


def test_what_xml_has_no_place_for() -> None:
    """Found when it is baked, not by whoever wants it back."""
    with pytest.raises((Malformed, ValueError)):
        svg.bake(PLAIN_SVG, b'{"a":"\x01"}', "json")
    with pytest.raises(ValueError, match="no form"):
        png.bake(picture(), DOCUMENT, "xml")  # type: ignore[arg-type]
