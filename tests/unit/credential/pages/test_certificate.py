"""Certificates as pictures: one design in three forms, for every name, and safe to draw."""

from __future__ import annotations

import asyncio
import pickle
import re
import struct
import time
import zlib
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing import get_context

import pytest
from lxml import etree

from academe.services.credential.images import check_image
from academe.services.credential.model import CredentialType
from academe.services.credential.pages import CertificateView, Signatory, render_pdf, render_png, render_svg
from academe.services.credential.pages.certificate import THUMBNAIL_WIDTH
from academe.services.credential.pages.drawing import drawing_of
from tests.support.certificates import ARABIC, CERTIFICATE, CHINESE, LOGO, LONG, NAMELESS, SIGNATURE

SVG = "{http://www.w3.org/2000/svg}"

PEOPLE = [
    "Ada Lovelace", "Þórður Ægisson", "Ελένη Παπαδοπούλου", "Анна Ахматова", "فاطمة الزهراء", "רחל בלובשטיין",
    "王小明", "山田 さくら", "김민준", "अनन्या कृष्णमूर्ति", "Nguyễn Thị Ánh", "ნინო",
    "Միքայել", "สมชาย", "রবীন্দ্রনাথ", "சுப்பிரமணியன்", "వేంకట", "ગાંધી",
    "ਗੁਰਪ੍ਰੀਤ", "ಕುವೆಂಪು", "ബഷീർ", "සිරිසේන", "សុខា", "ສົມພອນ",
    "အောင်", "ኃይለ", "ମଧୁ",
]  # fmt: skip
"""In scripts that the fonts have."""


def outlines(content: bytes) -> int:
    """Letters that an SVG draws."""
    return len(etree.fromstring(content).findall(f".//{SVG}use"))


def pdf_objects(content: bytes) -> bytes:
    """A PDF with its compressed parts unpacked."""
    packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
    unpacked = []
    for part in packed:
        try:
            unpacked.append(zlib.decompress(part))
        except zlib.error:
            unpacked.append(part)
    return content + b"\n".join(unpacked)


@pytest.mark.parametrize(
    "view",
    [CERTIFICATE, ARABIC, CHINESE, LONG, NAMELESS],
    ids=["usual", "arabic", "chinese", "long", "nameless"],
)
def test_a_certificate_has_three_forms(view: CertificateView) -> None:
    """An SVG that is well-formed, PNGs of exactly the width asked for, and a PDF for archives and for all."""
    svg, small, pdf = render_svg(view), render_png(view, THUMBNAIL_WIDTH), pdf_objects(render_pdf(view))

    assert etree.fromstring(svg).tag == SVG + "svg"
    assert struct.unpack(">II", small[16:24]) == (600, 424)
    assert b"/Type/Page/" in pdf.replace(b" ", b"")
    assert b"pdfaid:part>2<" in pdf
    assert b"pdfuaid:part>1<" in pdf


def test_the_large_picture_is_two_thousand_pixels_wide() -> None:
    """Enough for print at postcard size and for every screen."""
    assert struct.unpack(">II", render_png(CERTIFICATE)[16:24]) == (2000, 1414)


def test_it_is_the_same_picture_every_time() -> None:
    """Byte for byte, so that caches and signatures over it hold."""
    for render in (render_svg, render_png, render_pdf):
        assert render(CERTIFICATE) == render(CERTIFICATE)


def test_an_svg_says_what_it_shows() -> None:
    """To those who do not see it: a title and a description, in the certificate's language."""
    root = etree.fromstring(render_svg(CHINESE))

    assert root.get("role") == "img"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "zh"
    assert root.findtext(f"{SVG}title") == "学位证书: 计算机科学与技术学士"
    assert (
        root.findtext(f"{SVG}desc") == "北风大学于2026年5月12日向王小明颁发的学位证书“计算机科学与技术学士”。"
    )


def test_a_pdf_says_what_it_is() -> None:
    """Title, author, language and day; its letters can be selected, and its links followed."""
    pdf = pdf_objects(render_pdf(CERTIFICATE))

    assert b"Certificate: Foundations of Analytical Engines" in pdf
    assert b"Northwind University" in pdf
    assert b"/Lang(en)" in pdf.replace(b" ", b"")
    assert b"2026-05-12" in pdf
    assert b"/ToUnicode" in pdf
    assert b"/StructTreeRoot" in pdf
    assert CERTIFICATE.page_url.encode() in pdf


def test_a_pdf_of_any_moment() -> None:
    """A preview is of now, which is seldom a whole second."""
    now = datetime(2026, 5, 12, 9, 30, 0, 123_456, tzinfo=UTC)

    assert render_pdf(replace(CERTIFICATE, issue_time=now)) == render_pdf(
        replace(CERTIFICATE, issue_time=now.replace(microsecond=0))
    )


@pytest.mark.parametrize("name", PEOPLE)
def test_a_name_in_any_script_is_drawn(name: str) -> None:
    """The PDF for archives refuses letters that no font has; that it is made shows that none is."""
    view = replace(CERTIFICATE, learner_name=name)

    assert b"pdfaid:part>2<" in pdf_objects(render_pdf(view))


def test_a_letter_that_no_font_has_stops_nothing() -> None:
    """Then the PDF is an ordinary one."""
    pdf = pdf_objects(render_pdf(replace(CERTIFICATE, learner_name="𓀀 Ada")))

    assert pdf.startswith(b"%PDF-")
    assert b"pdfaid:part" not in pdf


def test_arabic_letters_join() -> None:
    """A word of joined letters has fewer or other outlines than its letters have alone."""
    joined = render_svg(replace(NAMELESS, learner_name="محمد"))
    apart = render_svg(replace(NAMELESS, learner_name="م\u200cح\u200cم\u200cد"))

    assert drawing_of(replace(NAMELESS, learner_name="محمد")).data["name"]["rtl"]
    assert joined != apart


def test_without_a_name_it_is_the_holder_s() -> None:
    """In the language of the certificate."""
    assert drawing_of(NAMELESS).data["name"]["text"] == "the holder"
    assert drawing_of(replace(NAMELESS, language="zh")).data["name"]["text"] == "证书持有人"
    assert "Ada" not in str(drawing_of(NAMELESS).data)


@pytest.mark.parametrize("kind", CredentialType)
def test_every_kind_says_what_it_is(kind: CredentialType) -> None:
    """A degree is no badge."""
    words = drawing_of(replace(CERTIFICATE, type=kind)).data["words"]

    assert words["kind"] in {"Certificate", "Badge", "Micro-degree", "Degree"}
    assert (
        len({drawing_of(replace(CERTIFICATE, type=each)).data["words"]["kind"] for each in CredentialType})
        == 4
    )


@pytest.mark.parametrize(
    "text",
    [
        '#read("/etc/passwd")',
        "$ x^2 $",
        "*bold* _it_ `raw`",
        '"} #panic()',
        "\\u{41} \\",
        "= Heading",
        "@x <y>",
    ],
)
def test_a_text_is_never_markup(text: str) -> None:
    """What would be a command in a template is letters in a name."""
    drawn = outlines(render_svg(replace(NAMELESS, learner_name=text)))
    plain = outlines(render_svg(replace(NAMELESS, learner_name="x")))

    assert drawn >= plain + len(text.replace(" ", "")) - 3  # letters that were typed; some join


def test_a_picture_that_cannot_be_drawn_is_left_out() -> None:
    """The certificate is drawn all the same, as one without it."""
    broken = b"\x89PNG\r\n\x1a\n" + LOGO
    view = replace(CERTIFICATE, logo=broken, signatories=(Signatory("A", "B", broken),))

    assert render_svg(view) == render_svg(replace(view, logo=b"", signatories=(Signatory("A", "B"),)))
    assert render_pdf(view).startswith(b"%PDF-")


def test_logo_and_signatures_are_on_it() -> None:
    """In each form; the samples here are ones that could have been uploaded."""
    check_image("logo", LOGO)
    check_image("image", SIGNATURE)
    bare = CERTIFICATE.bare()

    assert render_svg(CERTIFICATE).count(b"<image") == 3
    assert render_svg(bare).count(b"<image") == 0
    assert render_png(CERTIFICATE) != render_png(bare)


def test_it_is_drawn_in_another_process() -> None:
    """What goes in and out can be pickled."""
    assert pickle.loads(pickle.dumps(CERTIFICATE)) == CERTIFICATE  # noqa: S301

    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        assert executor.submit(render_svg, CERTIFICATE).result() == render_svg(CERTIFICATE)


async def test_drawing_in_a_thread_does_not_hold_up_the_loop() -> None:
    """The interpreter is free meanwhile: the loop goes on at its pace while a large picture is drawn."""
    render_png(CERTIFICATE)  # loads what is loaded once
    drawing = asyncio.create_task(asyncio.to_thread(render_png, LONG))
    beats, started = 0, time.perf_counter()
    while not drawing.done():
        await asyncio.sleep(0.001)
        beats += 1
    elapsed = time.perf_counter() - started

    assert (await drawing).startswith(b"\x89PNG")
    assert beats >= 10
    assert elapsed / beats < 0.02
