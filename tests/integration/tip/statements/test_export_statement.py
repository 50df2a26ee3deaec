"""Statements as files."""

from __future__ import annotations

import asyncio
import csv
import io
from uuid import UUID

import pytest

from academe.caller import Caller, Role
from academe.db.pool import Pool
from academe.errors import InvalidArgument, NotYourAccount
from academe.ids import new_id
from academe.services.tip.errors import StatementTooLong
from academe.services.tip.model import AccountKind
from academe.services.tip.statements import service as statement_service
from academe.services.tip.statements.convert import CHUNK_BYTES, chunk_messages
from academe.services.tip.statements.model import Document, DocumentFormat
from tests.integration.tip.statements.books import Books, content_of, day
from tests.support.ledger import caller

CSV, PDF, SVG = DocumentFormat


@pytest.fixture(scope="module")
async def busy(pool: Pool) -> tuple[Books, UUID]:
    """An educator with tips on thirty days."""
    books, lea = Books(pool), new_id()
    edda = books.people.add(Role.EDUCATOR, display_name="Zoë 李小龍")
    await books.top_up(lea, 1_000_000, day(1))
    for number in range(1, 31):
        await books.tip(lea, edda, number * 100, day(number))
    return books, edda


async def export(books: Books, who: Caller, form: DocumentFormat, language: str = "") -> Document:
    return await books.statements.export_statement(
        who, AccountKind.EDUCATOR, "EUR", day(2), day(31), user_id=None, form=form, language=language
    )


async def test_a_csv_adds_up_from_its_first_line_to_its_last(
    busy: tuple[Books, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read in pages, whole in the end; the same number in minor units and in decimals."""
    monkeypatch.setattr(statement_service, "READ_LINES", 7)
    books, edda = busy
    document = await export(books, caller(edda), CSV, "de")
    content = await content_of(document)
    rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))

    assert document.content_type == "text/csv; charset=utf-8"
    assert document.file_name == "statement-educator-EUR-20250102-20250131.csv"
    assert content.count(b"\n") == content.count(b"\r\n") == len(rows) + 1
    opening, *lines, closing = rows
    assert (opening["kind"], opening["balance_minor_units"], opening["balance"]) == (
        "OPENING_BALANCE",
        "100",
        "1.00",
    )
    assert [line["number"] for line in lines] == [str(number) for number in range(2, 31)]
    assert sum(int(line["amount_minor_units"]) for line in lines) + 100 == int(closing["balance_minor_units"])
    assert lines[0]["time"] == "2025-01-02T12:00:00.000000Z"
    assert {line["amount"].replace(".", "") for line in lines} == {
        line["amount_minor_units"] for line in lines
    }
    assert all(UUID(line["tip_id"]) for line in lines)


@pytest.mark.parametrize("language", ["en", "de", "es", "zh"])
async def test_a_pdf_is_made_in_each_language(busy: tuple[Books, UUID], language: str) -> None:
    """On A4, with fonts for the owner's name."""
    books, edda = busy
    document = await export(books, caller(edda), PDF, language)
    content = await content_of(document)

    assert (document.content_type, document.file_name[-4:]) == ("application/pdf", ".pdf")
    assert content.startswith(b"%PDF-")
    assert b"/MediaBox [ 0 0 595 842 ]" in content
    assert b"STSong-Light" in content


async def test_documents_asked_for_at_once_do_not_mix(busy: tuple[Books, UUID]) -> None:
    """Each is as long as it is alone, whatever else is being made."""
    books, edda = busy
    alone = [len(await content_of(await export(books, caller(edda), PDF, code))) for code in ("en", "zh")]
    made = await asyncio.gather(
        *[export(books, caller(edda), PDF, code) for code in ("en", "zh", "en", "zh")],
    )
    contents = await asyncio.gather(*map(content_of, made))

    for content, length in zip(contents, alone * 2, strict=True):
        assert abs(len(content) - length) < 40  # the time that it was made is a part of it


async def test_too_long_a_statement_is_refused(
    busy: tuple[Books, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is sent, with the count and the limit of its form."""
    books, edda = busy
    monkeypatch.setattr(statement_service, "CSV_LINES_MAX", 29)
    monkeypatch.setattr(statement_service, "PDF_LINES_MAX", 28)

    await export(books, caller(edda), CSV)
    with pytest.raises(StatementTooLong) as caught:
        await export(books, caller(edda), PDF)
    assert caught.value.metadata == {"line_count": "29", "most": "28"}


async def test_a_statement_is_no_picture_and_nobody_elses(busy: tuple[Books, UUID]) -> None:
    """The same rules as for reading it."""
    books, edda = busy

    with pytest.raises(InvalidArgument, match="format"):
        await export(books, caller(edda), SVG)
    with pytest.raises(NotYourAccount):
        await books.statements.export_statement(
            caller(new_id()), AccountKind.EDUCATOR, "EUR", day(1), None, user_id=edda, form=CSV, language=""
        )


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES + 5])
async def test_a_document_is_sent_in_small_chunks(size: int) -> None:
    """None above 64 KiB, nothing lost, and only the first one says what it is."""
    content = bytes(range(256)) * (size // 256 + 1)

    async def parts():  # type: ignore[no-untyped-def]
        for start in range(0, size, 10_000):
            yield content[start : min(start + 10_000, size)]

    chunks = [chunk async for chunk in chunk_messages(Document("text/csv", "a.csv", parts()))]

    assert b"".join(chunk.content for chunk in chunks) == content[:size]
    assert max(len(chunk.content) for chunk in chunks) <= CHUNK_BYTES
    assert [chunk.file_name for chunk in chunks] == ["a.csv"] + [""] * (len(chunks) - 1)
    assert chunks[0].content_type == "text/csv"
