"""Checkpoints: made when asked for, once for each size, and never of a tree that was rewritten."""

from __future__ import annotations

import asyncio
from hashlib import sha256

import pytest

from academe.db.pool import Pool
from academe.secrets import Secrets
from academe.services.credential.log import LogKeys
from academe.services.credential.log.service import LogRewrittenError
from academe.startup import StartupError
from tests.integration.credential.log.book import ISSUER, Book, new_book, superuser
from tests.support.merkle_oracle import tree_hash
from tests.support.postgres import TestPostgres
from tests.support.signed_note import open_checkpoint


async def signed(pool: Pool) -> list[int]:
    rows = await pool.fetch("select tree_size from credential.log_checkpoint order by tree_size")
    return [row["tree_size"] for row in rows]


async def test_the_empty_log_is_signed_too(postgres: TestPostgres, template_database: str) -> None:
    """Whoever keeps it knows that nothing was there before."""
    async with new_book(postgres, template_database) as (book, _):
        checkpoint = await book.service.get_checkpoint()

        key = str(await book.service.verifier_key())
        assert open_checkpoint(checkpoint.note, key) == (0, sha256(b"").digest())
        await book.append(1)
        assert (await book.service.get_checkpoint()).tree_size == 1


async def test_the_same_until_the_log_grows(book: Book) -> None:
    """Asked again it is the same, to the letter; one more entry, and there is another."""
    await book.append(3)
    first = await book.service.get_checkpoint()
    again = await book.new_service().get_checkpoint()
    await book.append(1)
    later = await book.service.get_checkpoint()

    assert again == first
    assert (first.tree_size, later.tree_size) == (3, 4)
    assert later.root_hash == tree_hash(await book.data())


async def test_many_ask_at_once(book: Book) -> None:
    """Servers that sign at the same moment answer with the same note, and one is kept."""
    await book.append(10)
    before = await signed(book.pool)
    services = [book.new_service() for _ in range(6)]

    checkpoints = await asyncio.gather(*(service.get_checkpoint() for service in services))

    assert len({checkpoint.note for checkpoint in checkpoints}) == 1
    assert await signed(book.pool) == [*before, checkpoints[0].tree_size]


async def test_what_is_not_committed_is_not_signed(book: Book) -> None:
    """An entry counts from its commit on."""
    size = await book.repository.size()
    async with book.pool.transaction() as connection:
        await connection.fetchval(
            "select credential.append_to_log('{1}', array[sha256('waits'::bytea)])",
        )
        assert (await book.service.get_checkpoint()).tree_size == size

    assert (await book.service.get_checkpoint()).tree_size == size + 1


async def test_another_secret_signs_nothing(book: Book) -> None:
    """A server with another secret cannot open the key, and says which setting to look at."""
    await book.service.get_checkpoint()
    keys = LogKeys(book.checkpoints, Secrets.from_bytes(b"x" * 32), ISSUER)

    with pytest.raises(StartupError, match="ACADEME_SECRET_KEY"):
        await keys.signer()


REWRITES = {
    "a hash": "update credential.log_node set hash = sha256('x') where level = 2 and node_index = 0",
    "a hash is gone": "delete from credential.log_node where level = 2 and node_index = 0",
    "entries are gone": "delete from credential.log_leaf where leaf_index >= 3",
    "all is gone": "delete from credential.log_leaf",
}


@pytest.mark.parametrize("rewrite", REWRITES.values(), ids=REWRITES)
async def test_a_rewritten_tree_is_not_signed(
    postgres: TestPostgres, template_database: str, rewrite: str
) -> None:
    """What does not begin with the tree that was signed last is refused, whoever made it."""
    async with new_book(postgres, template_database) as (book, dsn):
        await book.append(6)
        before = await book.service.get_checkpoint()
        async with superuser(postgres, dsn) as root:
            await root.execute(rewrite)
        if "log_node" in rewrite:
            await book.append(1)

        with pytest.raises(LogRewrittenError):
            await book.service.get_checkpoint()
        assert await signed(book.pool) == [before.tree_size]
