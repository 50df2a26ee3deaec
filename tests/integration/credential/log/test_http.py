"""The log over HTTP, as somebody reads it who verifies a credential."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import structlog

from academe.db.pool import create_pool
from academe.http import HttpListener
from academe.services.credential.log import LogEvent, routes
from academe.services.credential.log.checkpoint import tlog_proof
from tests.integration.credential.log.book import Book, entries, new_book, superuser
from tests.support.postgres import TestPostgres, quiet_log
from tests.support.rfc9162 import extends, includes
from tests.support.signed_note import open_checkpoint

SIZE = 300


@pytest.fixture(scope="module", autouse=True)
async def written(book: Book) -> None:
    await book.append(150)
    await book.service.get_checkpoint()
    await book.append(150)


@pytest.fixture(scope="module")
async def client(book: Book) -> AsyncIterator[httpx.AsyncClient]:
    listener = HttpListener("127.0.0.1:0", routes(book.service, quiet_log()), log=quiet_log())
    await listener.start()
    async with httpx.AsyncClient(base_url=f"http://{listener.address}") as opened:
        yield opened
    await listener.stop()


async def the_key(client: httpx.AsyncClient) -> str:
    return (await client.get("/log/key")).text.removesuffix("\n")


async def test_a_verifier_checks_a_credential(client: httpx.AsyncClient, book: Book) -> None:
    """With the digest of a document alone: key, proof, checkpoint, and all of it holds."""
    digest = (await book.leaves())[42].credential_sha256.hex()

    reply = await client.get("/log/proof", params={"credential": digest})

    told = reply.json()
    size, root = open_checkpoint(told["checkpoint"], await the_key(client))
    assert reply.headers["content-type"] == "application/json"
    assert told["leaf"].split("\n")[1:3] == ["issue", digest]
    assert (told["leaf_index"], told["tree_size"], size) == (42, SIZE, SIZE)
    assert told["root_hash"] == root.hex()
    hashes = [bytes.fromhex(text) for text in told["hashes"]]
    assert includes(told["leaf"].encode(), 42, size, hashes, root)


async def test_a_proof_is_kept_as_a_file(client: httpx.AsyncClient, book: Book) -> None:
    """Named after the credential's document; who has it and the log's key needs nobody else."""
    leaf = (await book.leaves())[42]

    reply = await client.get(f"/log/proof/{leaf.credential_sha256.hex()}.tlog-proof")

    proof = await book.service.get_inclusion_proof(42)
    assert reply.text == tlog_proof(proof)
    assert open_checkpoint(reply.text.split("\n\n", 1)[1], await the_key(client))[0] == SIZE


async def test_a_monitor_follows_the_log(client: httpx.AsyncClient) -> None:
    """From the checkpoint it kept to the newest, and through all entries."""
    key = await the_key(client)
    kept = (await client.get("/log/proof", params={"leaf_index": 0, "tree_size": 150})).json()["checkpoint"]
    size, root = open_checkpoint(kept, key)

    told = (await client.get("/log/consistency", params={"from": size})).json()
    new_size, new_root = open_checkpoint(told["checkpoint"], key)
    first = (await client.get("/log/entries")).json()
    rest = (await client.get("/log/entries", params={"start": 256})).json()

    assert extends(size, root, new_size, new_root, [bytes.fromhex(text) for text in told["hashes"]])
    assert (told["from"], told["to"]) == (150, SIZE)
    assert (len(first["entries"]), rest["start"], len(rest["entries"])) == (256, 256, SIZE - 256)
    assert set(rest["entries"][0]) == {"leaf_index", "event", "credential_sha256", "leaf"}


async def test_one_leaf_in_three_ways(client: httpx.AsyncClient) -> None:
    """By index, by the hash of the leaf, by the credential: the same answer."""
    by_index = (await client.get("/log/proof", params={"leaf_index": 7})).json()
    by_hash = (await client.get("/log/proof", params={"leaf_hash": by_index["leaf_hash"]})).json()
    digest = by_index["leaf"].split("\n")[2]
    by_credential = (await client.get(f"/log/proof?credential={digest}&event=issue")).json()

    assert by_index == by_hash == by_credential


async def test_the_checkpoint_is_plain_text(client: httpx.AsyncClient, book: Book) -> None:
    """As the specification wants it, kept by caches for seconds."""
    reply = await client.get("/log/checkpoint")

    assert reply.text == (await book.service.get_checkpoint()).note
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"
    assert reply.headers["cache-control"] == "public, max-age=5"
    assert reply.headers["x-content-type-options"] == "nosniff"


FOREVER = "public, max-age=31536000, immutable"
SHORTLY = "public, max-age=5"


@pytest.mark.parametrize(
    ("path", "cache"),
    [
        ("/log/proof?leaf_index=1", SHORTLY),
        ("/log/proof?leaf_index=1&tree_size=150", FOREVER),
        ("/log/proof?leaf_index=1&tree_size=151", SHORTLY),  # nobody signed it yet
        ("/log/consistency?from=9", SHORTLY),
        ("/log/consistency?from=9&to=150", FOREVER),
        ("/log/entries?limit=100", FOREVER),
        ("/log/entries?start=250&limit=100", SHORTLY),
        ("/log/tile/0/000", FOREVER),
        ("/log/key", "public, max-age=86400"),
    ],
)
async def test_how_long_an_answer_may_be_kept(client: httpx.AsyncClient, path: str, cache: str) -> None:
    """For ever where it can never be another, and with a tag that saves sending it again."""
    reply = await client.get(path)
    tag = reply.headers["etag"]

    assert (reply.status_code, reply.headers["cache-control"]) == (200, cache)
    for known in (tag, f'"x", W/{tag}', "*"):
        again = await client.get(path, headers={"if-none-match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert (await client.get(path, headers={"if-none-match": '"x"'})).status_code == 200
    assert (await client.head(path)).headers["etag"] == tag


@pytest.mark.parametrize(
    ("path", "status", "reason", "told"),
    [
        ("/log/proof", 400, "FIELD_INVALID", "leaf_index"),
        ("/log/proof?leaf_index=1&leaf_hash=00", 400, "FIELD_INVALID", "one of"),
        ("/log/proof?leaf_index=-1", 400, "FIELD_INVALID", "leaf_index: must be a whole number"),
        ("/log/proof?leaf_index=٣", 400, "FIELD_INVALID", "whole number"),
        ("/log/proof?leaf_index=9999999999999999999", 400, "FIELD_INVALID", "whole number"),
        ("/log/proof?leaf_index=999999999999999999", 404, "LOG_ENTRY_NOT_FOUND", "no such entry"),
        ("/log/proof?leaf_index=1&leaf_index=2", 400, "FIELD_INVALID", "twice"),
        ("/log/proof?leaf_index=1&size=2", 400, "FIELD_INVALID", "size: is not one of"),
        ("/log/proof?leaf_index=1&event=issue", 400, "FIELD_INVALID", "goes with credential"),
        ("/log/proof?leaf_index=1&tree_size=301", 404, "LOG_ENTRY_NOT_FOUND", "has 300 entries"),
        ("/log/proof?leaf_hash=00", 400, "FIELD_INVALID", "64 hexadecimal digits"),
        (f"/log/proof?leaf_hash={'00 ' * 21}0", 400, "FIELD_INVALID", "64 hexadecimal digits"),
        (f"/log/proof?leaf_hash={'0' * 64}", 404, "LOG_ENTRY_NOT_FOUND", "no such entry"),
        (f"/log/proof?credential={'0' * 64}", 404, "LOG_ENTRY_NOT_FOUND", "no such entry"),
        (f"/log/proof?credential={'0' * 64}&event=ISSUE", 400, "FIELD_INVALID", "issue, revoke"),
        ("/log/proof/x.tlog-proof", 400, "FIELD_INVALID", "64 hexadecimal digits"),
        (f"/log/proof/{'0' * 64}.tlog-proof", 404, "LOG_ENTRY_NOT_FOUND", "no such entry"),
        ("/log/consistency", 400, "FIELD_INVALID", "from"),
        ("/log/consistency?from=5&to=4", 400, "FIELD_INVALID", "to: must not"),
        ("/log/consistency?from=301", 404, "LOG_ENTRY_NOT_FOUND", "300"),
        ("/log/entries?limit=0", 400, "FIELD_INVALID", "1 to 256"),
        ("/log/entries?limit=257", 400, "FIELD_INVALID", "1 to 256"),
        ("/log/tile/0/1", 404, "LOG_ENTRY_NOT_FOUND", ""),
        ("/log/tile/0/002", 404, "LOG_ENTRY_NOT_FOUND", ""),
        ("/log/tile/0/001.p/45", 404, "LOG_ENTRY_NOT_FOUND", ""),
        ("/log/tile/entries/x999/x999/x999/x999/999", 404, "LOG_ENTRY_NOT_FOUND", ""),
    ],
)
async def test_why_not_is_said_in_json(
    client: httpx.AsyncClient, path: str, status: int, reason: str, told: str
) -> None:
    """With a reason for programs and a sentence for people, and kept by no cache."""
    reply = await client.get(path)

    assert (reply.status_code, reply.json()["reason"]) == (status, reason)
    assert told in reply.json()["message"]
    assert (reply.headers["cache-control"], reply.headers["content-type"]) == ("no-store", "application/json")


async def test_entries_beyond_the_end(client: httpx.AsyncClient) -> None:
    """None, and no fault: whoever follows the log asks there."""
    reply = await client.get("/log/entries", params={"start": SIZE})

    assert reply.json() == {"start": SIZE, "entries": []}


async def test_every_event_has_its_word(client: httpx.AsyncClient, book: Book) -> None:
    """Each is found by the word that its leaf has."""
    for event in LogEvent:
        (entry,) = entries(1, event)
        await book.append([entry])
        path = f"/log/proof?credential={entry.credential_sha256.hex()}&event={event.word}"
        assert (await client.get(path)).json()["leaf"].split("\n")[1] == event.word


async def asked(book: Book, events: list[dict[str, Any]]) -> httpx.Response:
    """/log/checkpoint, with what is logged meanwhile."""

    def record(logger: Any, level: str, event: Any) -> Any:
        events.append({"level": level, **event})
        raise structlog.DropEvent

    log = structlog.wrap_logger(None, processors=[record])
    listener = HttpListener("127.0.0.1:0", routes(book.service, log), log=quiet_log())
    await listener.start()
    try:
        async with httpx.AsyncClient(base_url=f"http://{listener.address}") as client:
            return await client.get("/log/checkpoint")
    finally:
        await listener.stop()


async def test_a_rewritten_log_is_told_to_the_operator(
    postgres: TestPostgres, template_database: str
) -> None:
    """Who asks learns nothing but that it is our fault; the server's log has it."""
    events: list[dict[str, Any]] = []
    async with new_book(postgres, template_database) as (book, dsn):
        await book.append(6)
        await book.service.get_checkpoint()
        async with superuser(postgres, dsn) as root:
            await root.execute("delete from credential.log_leaf where leaf_index > 2")

        reply = await asked(book, events)

        assert (reply.status_code, reply.json()["reason"]) == (500, "INTERNAL")
        (event,) = events
        assert (event["level"], event["path"]) == ("error", "/log/checkpoint")
        assert "LogRewrittenError" in repr(event["exc_info"])


async def test_without_a_database(postgres: TestPostgres, template_database: str) -> None:
    """Come back later, and when."""
    dsn = await postgres.create_database(template=template_database)
    pool = await create_pool(dsn, size=1)
    book = Book(pool)
    await pool.close(1)

    reply = await asked(book, [])

    assert (reply.status_code, reply.headers["cache-control"]) == (503, "no-store")
    assert reply.json()["reason"] in ("DATABASE_UNAVAILABLE", "SHUTTING_DOWN")
