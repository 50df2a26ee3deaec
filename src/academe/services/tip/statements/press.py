"""Where documents on paper are made: in a thread, one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from academe.services.tip.statements.paper import Sheet, pdf_bytes
from academe.services.tip.statements.words import Words


class Press:
    """Makes PDFs without holding up the event loop.

    One at a time: a second thread would not be faster, because both hold the interpreter, and reportlab keeps
    the letters that a document uses in its fonts. One for the whole process.
    """

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def parts(self, sheet: Sheet, words: Words) -> AsyncIterator[bytes]:
        """The document, made when its turn has come."""
        async with self._turn:
            content = await asyncio.to_thread(pdf_bytes, sheet, words)
        yield content
