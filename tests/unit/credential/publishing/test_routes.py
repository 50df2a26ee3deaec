"""Pages over HTTP, and what they have the event loop do."""

from __future__ import annotations

import threading
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from academe.services.credential.pages import page as pages
from academe.services.credential.pages.model import PageView
from academe.services.credential.publishing import routes
from tests.support.certificates import UNKNOWN


class Nothing:
    """Knows no credential, and hears of no fault."""

    async def page(self, code: str) -> PageView:
        return UNKNOWN


async def test_the_first_page_is_written_in_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """It reads the libraries that write pages; the next ones are done before a thread would have begun."""
    writers: list[int] = []

    def noted(view: PageView, language: str) -> str:
        writers.append(threading.get_ident())
        return pages.render_page(view, language)

    monkeypatch.setattr(routes, "render_page", noted)
    pages._template.cache_clear()
    nothing: Any = Nothing()
    served = Starlette(routes=routes.routes(nothing, nothing, nothing, nothing, nothing))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(served), base_url="http://school") as web:
        answers = [await web.get("/credentials/UNKNOWN") for _ in range(2)]

    here = threading.get_ident()
    assert [(answer.status_code, "<html" in answer.text) for answer in answers] == [(404, True)] * 2
    assert [writer == here for writer in writers] == [False, True]
