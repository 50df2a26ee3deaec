"""Certificates as pictures, drawn one after the other."""

from __future__ import annotations

import asyncio

from academe.services.credential.parts import CredentialParts
from academe.services.credential.publishing.formats import FileFormat
from tests.support.graduates import Faculty, certify


async def test_one_that_was_drawn_waits_for_no_other(parts: CredentialParts, faculty: Faculty) -> None:
    """However long the drawings take that others have asked for."""
    issued = await certify(parts, faculty)
    drawn = await parts.files.file_of(issued, FileFormat.SVG)
    async with parts.files._pictures._places:  # somebody's is being drawn
        again = await asyncio.wait_for(parts.files.file_of(issued, FileFormat.SVG), 5)

    assert again == drawn
