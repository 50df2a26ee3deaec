"""Images that people upload: what is taken, and what is refused before anybody sees it."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from academe.services.credential.errors import ImageRefused
from academe.services.credential.images import PNG_SIGNATURE, check_image, content_type
from tests.support.cost import cpu_seconds

NS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(
    width: int = 4,
    height: int = 3,
    *,
    depth: int = 8,
    colour: int = 6,
    interlaced: int = 0,
    pixels: bytes | None = None,
    more: bytes = b"",
) -> bytes:
    """An image whose pixels are as many bytes as `pixels`, by default those of a plain RGBA image."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)
    raw = bytes(height * (1 + width * 4)) if pixels is None else pixels
    return (
        PNG_SIGNATURE
        + chunk(b"IHDR", header)
        + more
        + chunk(b"IDAT", zlib.compress(raw))
        + chunk(b"IEND", b"")
    )


def svg(inside: str, attributes: str = 'viewBox="0 0 10 10"', before: str = "") -> bytes:
    return f"{before}<svg {NS} {attributes}>{inside}</svg>".encode()


def refusal(content: bytes) -> str:
    with pytest.raises(ImageRefused) as refused:
        check_image("brand.logo", content)
    (violation,) = refused.value.violations
    assert violation.field == "brand.logo"
    return violation.description


@pytest.mark.parametrize(
    "content",
    [
        b"",
        png(),
        png(2000, 2000),
        png(5, 3, colour=0, depth=1, pixels=bytes(3 * 2)),
        png(5, 3, colour=2, depth=16, pixels=bytes(3 * 31)),
        png(5, 3, colour=3, depth=4, pixels=bytes(3 * 4), more=chunk(b"PLTE", bytes(9))),
        png(1, 1, interlaced=1, pixels=bytes(5)),
        png(8, 8, colour=0, interlaced=1, pixels=bytes(2 + 2 + 3 + 2 * 3 + 2 * 5 + 4 * 5 + 4 * 9)),
        png(more=chunk(b"tEXt", b"Author\0Ada") + chunk(b"pHYs", bytes(9))),
    ],
)
def test_png_of_every_kind(content: bytes) -> None:
    """Colour types, depths, interlacing and notes are as in the specification."""
    check_image("brand.logo", content)


def test_png_that_other_programs_write() -> None:
    """Pillow's, in every mode that it has."""
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"):
        written = io.BytesIO()
        Image.new(mode, (37, 23)).save(written, "PNG")
        check_image("brand.logo", written.getvalue())
        assert content_type(written.getvalue()) == "image/png"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (png()[:-1], "cut off"),
        (png()[:30], "cut off"),
        (png() + b"\0", "follows the end"),
        (png().replace(b"IDAT", b"IDAU"), "damaged"),
        (png(2001, 1), "2001 x 1"),
        (png(1, 2001), "1 x 2001"),
        (png(0, 1), "0 x 1"),
        (png(depth=3), "does not exist"),
        (png(colour=5), "does not exist"),
        (png(colour=3, pixels=bytes(15)), "no palette"),
        (png(pixels=bytes(50)), "more or fewer"),
        (png(pixels=bytes(52)), "more or fewer"),
        (png(pixels=b""), "more or fewer"),
        (PNG_SIGNATURE + chunk(b"IDAT", b"") + chunk(b"IEND", b""), "no header"),
        (PNG_SIGNATURE, "cut off"),
        (PNG_SIGNATURE + struct.pack(">I4s", 2**31, b"IHDR"), "cut off"),
        (png().replace(zlib.compress(bytes(51)), b"x" * len(zlib.compress(bytes(51)))), "damaged"),
        (b"GIF89a" + bytes(40), "neither"),
        (b"\xff\xd8\xff\xe0" + bytes(40), "neither"),
        (b"<html></html>", "neither"),
        (b"words", "neither"),
    ],
)
def test_what_is_no_such_image(content: bytes, reason: str) -> None:
    """Each refusal says what is wrong."""
    assert reason in refusal(content)


def test_a_png_that_unpacks_to_a_gigabyte() -> None:
    """It is given up once it has more pixels than it says, in a few milliseconds."""
    bomb = png(pixels=bytes(60_000_000))
    assert len(bomb) < 100_000

    assert "more or fewer" in refusal(bomb)
    assert cpu_seconds(lambda: refusal(bomb), 0.05) < 0.05


INKSCAPE = 'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"'
SODIPODI = 'xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd"'
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
GRADIENT = '<linearGradient id="a"><stop offset="0" stop-color="red"/></linearGradient>'
CLIP = '<rect id="r" width="1" height="1"/><clipPath id="c"><use href="#r"/></clipPath>'
DRAWINGS = [
    '<path d="M0 0h10v10z" fill="#fff" stroke="none"/>',
    '<g transform="rotate(45)" opacity=".5"><text font-family="Arial, \'DejaVu Sans\'">é 漢</text></g>',
    f'{GRADIENT}<radialGradient id="b" xlink:href="#a"/><rect fill="url(#b)" width="1" height="1"/>',
    f'<style>.st0{{fill:url(#a);font:12px/1 serif}}</style>{GRADIENT}<path class="st0" d="M0 0"/>',
    f'{CLIP}<g clip-path="url(#c)"><use xlink:href="#r" style="fill: url( \'#x\' )"/></g>',
    f"<title>Logo</title><desc>Of us @ the school</desc><metadata><rdf:RDF {RDF}/></metadata>",
    f'<sodipodi:namedview {SODIPODI} pagecolor="#fff"/>',
    f'<g {INKSCAPE} inkscape:label="Layer 1" xml:space="preserve" id="logo@2x"/>',
    "<!-- made by hand -->",
]


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_svg_that_draws(drawing: str) -> None:
    """What drawing programs write: shapes, text, gradients, clips, their own notes."""
    check_image("brand.logo", svg(drawing))


def test_svg_as_illustrator_begins_it() -> None:
    """With a declaration and a document type that declares nothing."""
    doctype = (
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    )
    content = svg(
        "<path d=''/>", 'width="10px" height="10px"', f'<?xml version="1.0" encoding="utf-8"?>{doctype}'
    )

    check_image("brand.logo", content)
    check_image("brand.logo", b"\xef\xbb\xbf" + content)
    assert content_type(content) == "image/svg+xml"


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script>',
        '<x:script xmlns:x="http://www.w3.org/1999/xhtml" src="//evil.example"/>',
        "<metadata><script/></metadata>",
        "<foreignObject><p/></foreignObject>",
        '<a href="https://evil.example"><path d=""/></a>',
        '<image href="https://evil.example/x.png"/>',
        '<image href="data:image/png;base64,AAAA"/>',
        '<use href="https://evil.example/x.svg#a"/>',
        '<use xlink:href="other.svg#a"/>',
        '<use href="data:image/svg+xml,x#a"/>',
        '<path d="" onclick="alert(1)"/>',
        '<path d="" ONLOAD="alert(1)"/>',
        '<g xml:base="https://evil.example/"/>',
        '<set attributeName="href" to="javascript:alert(1)"/>',
        '<animate attributeName="x"/>',
        '<filter id="f"><feImage href="#a"/></filter>',
        '<path fill="url(https://evil.example/x)"/>',
        '<path fill="url( https://evil.example/x#a)"/>',
        '<path style="fill:url(//evil.example/x)"/>',
        '<path fill="u\\72l(https://evil.example)"/>',
        "<path style=\"background:image-set('https://evil.example' 1x)\"/>",
        '<path cursor="JAVASCRIPT:alert(1)"/>',
        "<style>@import 'https://evil.example/x.css';</style>",
        "<style>@font-face{font-family:x;src:url(https://evil.example)}</style>",
        "<style>.a{fill:u/**/rl(https://evil.example)}</style>",
        '<style>.a{mask:url(#m)}</style><mask id="m"/>',
        '<path ev:event="click" xmlns:ev="http://www.w3.org/2001/xml-events"/>',
        '<?xml-stylesheet href="https://evil.example/x.css"?>',
        "<style><![CDATA[.a{}]]></style>",
        "<style>.a{}<desc/>@import 'https://evil.example/x.css';</style>",
        '<metadata onload="alert(1)"/>',
        "<unknown/>",
    ],
)
def test_svg_that_does_more_than_draw(inside: str) -> None:
    """Scripts, events, links, animations, files and styles from elsewhere, however they are spelt."""
    assert "the SVG" in refusal(svg(inside))


@pytest.mark.parametrize(
    "content",
    [
        svg("", before='<?xml-stylesheet href="https://evil.example/x.css"?>'),
        svg("&x;", before='<!DOCTYPE svg [<!ENTITY x "y">]>'),
        svg("", before='<!DOCTYPE svg SYSTEM "file:///etc/passwd">'),
        svg("&xxe;", before='<!DOCTYPE svg [<!ENTITY xxe SYSTEM "file:///etc/passwd">]>'),
        svg("", before="<!DOCTYPE svg><!DOCTYPE svg>"),
        svg("<g>"),
        svg("", attributes=""),
        b"<svg viewBox='0 0 1 1'><path d=''/></svg>",
        svg("").decode().encode("utf-16"),
        svg("<g>" * 100 + "</g>" * 100),
        svg("<g/>" * 5_001),
    ],
)
def test_svg_that_is_not_plain(content: bytes) -> None:
    """Entities, style sheets, no size, no namespace, another encoding, too deep, too much."""
    refusal(content)


def test_svg_that_repeats_itself() -> None:
    """References are counted as what they draw, through uses, masks and patterns; circles are refused."""
    doubled = "".join(f'<g id="g{n + 1}"><use href="#g{n}"/><use href="#g{n}"/></g>' for n in range(20))
    masks = "".join(
        f'<mask id="g{n + 1}"><path mask="url(#g{n})"/><path mask="url(#g{n})"/></mask>' for n in range(20)
    )

    for bomb in (doubled, masks):
        assert "too often" in refusal(svg(f'<path id="g0" d=""/>{bomb}'))
    assert "refers to itself" in refusal(svg('<g id="a"><use href="#a"/></g>'))
    assert "refers to itself" in refusal(svg('<pattern id="p"><path fill="url(#p)"/></pattern>'))
    two_named_alike = '<g id="a">' + "<path/>" * 200 + '</g><g id="a"/>' + '<use href="#a"/>' * 200
    assert "too often" in refusal(svg(two_named_alike))
