"""The sample pages on a loopback port, as the server would answer: status, headers, language and files."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from academe.services.credential.pages import (
    CertificateView,
    negotiate_language,
    page_headers,
    page_status,
    render_page,
    render_png,
    render_svg,
)
from academe.services.credential.pages.certificate import THUMBNAIL_WIDTH
from tests.support.certificates import PAGES


@contextmanager
def site() -> Iterator[str]:
    """Its address, without a slash at the end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    """/credentials/<page> and its pictures <page>.png, <page>.thumbnail.png, <page>.svg."""

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        name, _, form = address.path.removeprefix("/credentials/").partition(".")
        if name not in PAGES:
            self._answer(404, {"Content-Type": "text/plain"}, b"There is nothing here.")
            return
        view = PAGES[name]
        if form:
            assert view.certificate is not None
            kind = "image/svg+xml" if form == "svg" else "image/png"
            self._answer(200, {"Content-Type": kind}, _drawn(view.certificate, form))
            return
        if view.picture_href:
            view = replace(view, picture_href=f"{name}.png", thumbnail_href=f"{name}.thumbnail.png")
        query = parse_qs(address.query).get("lang", [None])[0]
        language = negotiate_language(query, self.headers.get("Accept-Language"))
        body = render_page(view, language).encode()
        self._answer(page_status(view), page_headers(view, language), body)

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Says nothing."""


@cache
def _drawn(view: CertificateView, form: str) -> bytes:
    if form == "svg":
        return render_svg(view)
    return render_png(view, THUMBNAIL_WIDTH) if form.startswith("thumbnail") else render_png(view)
