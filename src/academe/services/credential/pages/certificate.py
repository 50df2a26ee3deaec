"""The picture of a certificate: one design, as SVG, PNG and PDF.

All three come from one template (certificate.typ) by way of Typst, which shapes every script and embeds its
fonts. Texts reach it as data, never as markup; it sees no files but the pictures of this certificate, asks no
network, and uses only fonts that ship with Academe, so that every machine draws the same.

Drawing is work for a processor: some 50 ms for a PDF, 100 to 200 ms for an SVG or a large PNG. The functions
are pure, hold no lock while they draw and take picklable values: call them in an executor, never on the event
loop.
"""

from __future__ import annotations

import base64
import html
import json
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from academe.services.credential.pages.drawing import Drawing, drawing_of
from academe.services.credential.pages.model import CertificateView
from academe.services.credential.pages.slim import slim

if TYPE_CHECKING:
    import typst

WIDTH, THUMBNAIL_WIDTH = 2_000, 600
"""Pixels of the two PNGs."""
A4_WIDTH_INCHES = 297 / 25.4
A4 = 841.89, 595.276
"""Width and height in points."""
ARCHIVAL = ("a-2a", "ua-1")
"""PDF/A for archives, PDF/UA for readers with assistive technology."""

PICTURE = b"""
#set page(width: auto, height: auto, margin: 0pt, fill: none)
#let picture = json(bytes(sys.inputs.data)).picture
#context {
  let tall = image(picture, height: 15mm)
  if measure(tall).width > 90mm { image(picture, width: 90mm) } else { tall }
}
"""
"""One picture alone, as large as a certificate has room for."""


def render_svg(view: CertificateView, picture_ppi: int | None = None) -> bytes:
    """The certificate as SVG: letters are outlines, so it looks the same everywhere; with a title.

    Logo and signatures are in it as they were given, or as PNGs with so many pixels to the inch where that is
    less.
    """
    drawing = drawing_of(view)
    if picture_ppi is not None:
        drawing = _in_pixels(drawing, picture_ppi)
    return _entitled(slim(_typeset(drawing, format="svg")), drawing)


def render_svg_of_pixels(view: CertificateView, width: int) -> bytes:
    """An SVG of the same size with only the PNG of that width in it, for when outlines take too much."""
    picture = base64.b64encode(render_png(view, width)).decode()
    x, y = A4
    content = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 {x} {y}" width="{x}pt" height="{y}pt">'
        f'<image width="{x}" height="{y}" xlink:href="data:image/png;base64,{picture}"/></svg>'
    )
    return _entitled(content.encode(), drawing_of(view))


def _entitled(content: bytes, drawing: Drawing) -> bytes:
    """With language, title and a sentence for those who do not see it."""
    language, title, summary = (
        html.escape(drawing.data[name]) for name in ("language", "document_title", "summary")
    )
    named = f' role="img" xml:lang="{language}" aria-labelledby="title summary">'
    named += f'<title id="title">{title}</title><desc id="summary">{summary}</desc>'
    return content.replace(b">", named.encode(), 1)


def render_png(view: CertificateView, width: int = WIDTH) -> bytes:
    """The certificate as PNG, as many pixels wide."""
    return _typeset(drawing_of(view), format="png", ppi=width / A4_WIDTH_INCHES)


def render_pdf(view: CertificateView) -> bytes:
    """The certificate as tagged PDF with its language, title and description; its text can be selected.

    It is PDF/A-2a and PDF/UA-1, unless a letter is in none of the fonts, which these do not permit.
    """
    import typst

    drawing = drawing_of(view)
    timestamp = view.issue_time.replace(microsecond=0)  # of a preview it has some, and Typst takes none
    try:
        return _compile(drawing, format="pdf", pdf_standards=list(ARCHIVAL), timestamp=timestamp)
    except typst.TypstError:
        return _typeset(drawing, format="pdf", timestamp=timestamp)


def _typeset(drawing: Drawing, **options: Any) -> bytes:
    """Without its logo and signatures if one of them cannot be drawn."""
    import typst

    try:
        return _compile(drawing, **options)
    except typst.TypstError:
        if not drawing.pictures:
            raise
        return _compile(drawing.without_pictures(), **options)


def _in_pixels(drawing: Drawing, ppi: int) -> Drawing:
    """As it is if one of its pictures cannot be drawn, which is for `_typeset` to deal with."""
    import typst

    def draw(name: str) -> bytes:
        one = Drawing({"picture": "/" + name}, {name: drawing.pictures[name]})
        return _compile(one, PICTURE, format="png", ppi=ppi)

    try:
        return drawing.with_pixels(draw)
    except typst.TypstError:
        return drawing


def _compile(drawing: Drawing, template: bytes | None = None, **options: Any) -> bytes:
    """Raises typst.TypstError."""
    import typst

    template = template or _template()
    with TemporaryDirectory(prefix="academe-certificate-") as folder:
        for name, content in drawing.pictures.items():
            Path(folder, name).write_bytes(content)
        compiler = typst.Compiler(
            font_paths=_fonts(), ignore_system_fonts=True, package_path=folder, package_cache_path=folder
        )
        data = json.dumps(drawing.data, ensure_ascii=False)
        made = compiler.compile(template, root=folder, sys_inputs={"data": data}, **options)
    if not isinstance(made, bytes):
        raise TypeError("A certificate is one page.")
    return made


@cache
def _template() -> bytes:
    return files(__package__).joinpath("certificate.typ").read_bytes()


@cache
def _fonts() -> typst.Fonts:
    """Typst's own (Libertinus for Latin, Greek, Cyrillic and Hebrew), and those in third_party."""
    import typst

    with as_file(files("academe.third_party")) as folder:
        return typst.Fonts(include_system_fonts=False, font_paths=[str(folder)])
