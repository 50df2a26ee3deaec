"""Certificates drawn as pictures and paper, with the signed document baked in, and kept for a while."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Iterable, Iterator
from typing import Any

from academe.services.credential.model import Credential, Document
from academe.services.credential.pages import (
    CertificateView,
    render_pdf,
    render_png,
    render_svg,
    render_svg_of_pixels,
)
from academe.services.credential.pages.certificate import THUMBNAIL_WIDTH
from academe.services.credential.publishing.formats import FileFormat
from academe.services.credential.publishing.views import certificate_view
from academe.services.credential.standards import png, svg
from academe.services.credential.validation.forms import BYTES_MAX

KEPT_BYTES = 16_000_000
"""Of drawings: some forty certificates with all of their forms."""

WIDTHS = (1_600, 1_200, 800, 600, 400, 300)
"""Of the picture in pixels; below 800 only beside documents of 100,000 bytes. For paper there is the PDF."""

PICTURE_PPI = (300, 150)
"""Pixels to the inch of logo and signatures, in an SVG that is too large with what was uploaded."""

AT_ONCE = 1
"""Drawn at the same time: that much of a processor, and no more, is taken from calls."""

_RENDER: dict[FileFormat, Callable[[CertificateView], bytes]] = {
    FileFormat.PNG: render_png,
    FileFormat.SVG: render_svg,
    FileFormat.PDF: render_pdf,
}


class Pictures:
    """Draws each certificate once, as long as it is asked for."""

    def __init__(self, base_uri: str) -> None:
        self._base_uri = base_uri
        self._places = asyncio.Semaphore(AT_ONCE)
        self._kept: OrderedDict[tuple[object, ...], bytes] = OrderedDict()
        self._size = 0

    async def baked(self, credential: Credential, document: Document, form: FileFormat) -> bytes:
        """PNG and SVG carry the signed document, PDF is for people alone."""
        key = (credential.document_sha256, credential.learner_name, form)
        view = certificate_view(credential, document.design, self._base_uri)
        return await self._once(key, lambda: _baked(view, document.json, form))

    async def thumbnail(self, credential: Credential, document: Document) -> bytes:
        """A small PNG with nothing in it, for pages that show a link."""
        key = (credential.document_sha256, credential.learner_name, "thumbnail")
        view = certificate_view(credential, document.design, self._base_uri)
        return await self._once(key, lambda: render_png(view, THUMBNAIL_WIDTH))

    async def draw(self, view: CertificateView, form: FileFormat) -> bytes:
        """A certificate that is no credential, as a preview."""
        return await self._in_place(lambda: asyncio.to_thread(_RENDER[form], view))

    async def _once(self, key: tuple[object, ...], make: Callable[[], bytes]) -> bytes:
        if (kept := self._find(key)) is not None:
            return kept
        return await self._in_place(lambda: self._drawn(key, make))

    async def _in_place(self, work: Callable[[], Coroutine[Any, Any, bytes]]) -> bytes:
        """Does `work` when there is a place. A thread cannot be called back: what is being drawn has its
        place until it is done, also when who asked has left. Who leaves before it began leaves nothing."""
        await self._places.acquire()
        job = asyncio.create_task(work())
        job.add_done_callback(self._done)
        return await asyncio.shield(job)

    def _done(self, job: asyncio.Task[bytes]) -> None:
        self._places.release()
        if not job.cancelled():
            job.exception()  # heard, also when who asked has left and nobody else hears of it

    async def _drawn(self, key: tuple[object, ...], make: Callable[[], bytes]) -> bytes:
        if (kept := self._find(key)) is not None:  # who waited for the same drawing
            return kept
        made = await asyncio.to_thread(make)
        self._kept[key] = made
        self._size += len(made)
        while self._size > KEPT_BYTES:
            _, dropped = self._kept.popitem(last=False)
            self._size -= len(dropped)
        return made

    def _find(self, key: tuple[object, ...]) -> bytes | None:
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)


def _baked(view: CertificateView, document: bytes, form: FileFormat) -> bytes:
    match form:
        case FileFormat.PNG:
            return _fitting(png.bake(drawn, document, "json") for drawn in _pngs(view))
        case FileFormat.SVG:
            return _fitting(svg.bake(drawn, document, "json") for drawn in _svgs(view))
        case _:
            return render_pdf(view)


def _fitting(baked: Iterable[bytes]) -> bytes:
    """The first that can be sent to VerifyCredential in one message, or else the last."""
    one = b""
    for one in baked:  # what is left when none fits
        if len(one) <= BYTES_MAX:
            break
    return one


def _pngs(view: CertificateView) -> Iterator[bytes]:
    """Drawn one after the other, the best first."""
    for width in WIDTHS:
        yield render_png(view, width)
    yield render_png(view.bare(), WIDTHS[-1])


def _svgs(view: CertificateView) -> Iterator[bytes]:
    """The same. Each letter is outlined once for each of its sizes and weights, so a long text can take a
    megabyte; and the document itself can take 180,000 bytes of what there is."""
    yield render_svg(view)
    if view != view.bare():
        for ppi in PICTURE_PPI:
            yield render_svg(view, ppi)
    for width in WIDTHS:
        yield render_svg_of_pixels(view, width)
    yield render_svg_of_pixels(view.bare(), WIDTHS[-1])
