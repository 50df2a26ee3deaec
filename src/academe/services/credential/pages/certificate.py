"""The picture of a certificate: one design, as SVG, PNG and PDF.

All three come from one template (certificate.typ) by way of Typst, which shapes every script and embeds its
fonts. Texts reach it as data, never as markup; it sees no files but the pictures of this certificate, asks no
network, and uses only fonts that ship with Academe, so that every machine draws the same.

Drawing is work for a processor: some 10 ms for SVG and PDF, 150 ms for a large PNG. The functions are pure,
hold no lock while they draw and take picklable values: call them in an executor, never on the event loop.
"""

from __future__ import annotations

import html
import json
import re
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from academe.services.credential.pages.drawing import Drawing, drawing_of
from academe.services.credential.pages.model import CertificateView

if TYPE_CHECKING:
    import typst

WIDTH, THUMBNAIL_WIDTH = 2_000, 600
"""Pixels of the two PNGs."""
A4_WIDTH_INCHES = 297 / 25.4
ARCHIVAL = ("a-2a", "ua-1")
"""PDF/A for archives, PDF/UA for readers with assistive technology."""

_LONG_NUMBER = re.compile(rb"(\.\d{3})\d+")


def render_svg(view: CertificateView) -> bytes:
    """The certificate as SVG: letters are outlines, so it looks the same everywhere; with a title."""
    drawing = drawing_of(view)
    content = _LONG_NUMBER.sub(rb"\1", _typeset(drawing, format="svg"))
    language, title, summary = (
        drawing.data["language"],
        drawing.data["document_title"],
        drawing.data["summary"],
    )
    named = f' role="img" xml:lang="{html.escape(language)}" aria-labelledby="title summary">'
    named += f'<title id="title">{html.escape(title)}</title><desc id="summary">{html.escape(summary)}</desc>'
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


def _compile(drawing: Drawing, **options: Any) -> bytes:
    """Raises typst.TypstError."""
    import typst

    template = _template()
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
