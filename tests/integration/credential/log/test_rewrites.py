"""Whoever rewrites the log behind the rules of the database is found out."""

from __future__ import annotations

from hashlib import sha256

import asyncpg
import pytest

from academe.services.credential.log import verify_log
from academe.services.credential.log.verification import LogCheck
from tests.integration.credential.log.book import Book, new_book, superuser
from tests.support.merkle_oracle import tree_hash
from tests.support.postgres import TestPostgres
from tests.support.rfc9162 import extends
from tests.support.signed_note import open_checkpoint

SIZE = 21


async def written(book: Book) -> None:
    """Some entries, signed on the way and at the end."""
    for count in (1, 4, 8, 8):
        await book.append(count)
        await book.service.get_checkpoint()


def failed(checks: list[LogCheck]) -> dict[str, tuple[str, ...]]:
    return {check.name: check.faults for check in checks if not check.passed}


REWRITES = {
    "another event": (
        "update credential.log_leaf set event = 4 where leaf_index = 7",
        {"leaves": ("Leaf 7 is not what was written: its hash is another.",)},
    ),
    "another time": (
        "update credential.log_leaf set log_time = log_time - interval '1 day' where leaf_index = 0",
        {"leaves": ("Leaf 0 is not what was written: its hash is another.",)},
    ),
    "a leaf is gone": (
        "delete from credential.log_leaf where leaf_index = 7",
        {"leaves": ("Leaf 7 is gone.", "Leaf 8 comes after leaf 6.")},
    ),
    "a leaf is made up": (
        "insert into credential.log_leaf values (21, 1, sha256('x'), clock_timestamp())",
        {"leaves": ("Leaf 21 has no hash.",)},
    ),
    "a leaf and its hash": (
        """
        with changed as (
            update credential.log_leaf set event = 4 where leaf_index = 7
            returning credential.log_leaf_hash(4::smallint, credential_sha256, log_time) as hash
        )
        update credential.log_node set hash = changed.hash from changed where level = 0 and node_index = 7
        """,
        {"nodes": ("Hash 3 of level 1 does not follow from those below it.",)},
    ),
    "a hash": (
        "update credential.log_node set hash = sha256('x') where level = 4",
        {
            "nodes": ("Hash 0 of level 4 does not follow from those below it.",),
            "checkpoints": ("Checkpoint 21: the first 21 entries have another root by now.",),
        },
    ),
    "a hash is gone": (
        "delete from credential.log_node where level = 4",
        {
            "nodes": ("Hash 0 of level 4 is missing.",),
            "checkpoints": ("Checkpoint 21: the first 21 entries have another root by now.",),
        },
    ),
    "a hash is made up": (
        "insert into credential.log_node values (5, 0, sha256('x'))",
        {"nodes": ("Hash 0 of level 5 follows from nothing.",)},
    ),
    "a signed root": (
        "update credential.log_checkpoint set root_hash = sha256('x') where tree_size = 13",
        {"checkpoints": ("Checkpoint 13: Its note states something else than its row.",)},
    ),
    "a note": (
        "update credential.log_checkpoint set note = replace(note, '/log', '/lag') where tree_size = 13",
        {"checkpoints": ("Checkpoint 13: The log's key has not signed it.",)},
    ),
}


@pytest.mark.parametrize(("rewrite", "faults"), REWRITES.values(), ids=REWRITES)
async def test_a_planted_rewrite_is_found(
    postgres: TestPostgres, template_database: str, rewrite: str, faults: dict[str, tuple[str, ...]]
) -> None:
    """Each says which row is wrong, and nothing else is blamed."""
    async with new_book(postgres, template_database) as (book, dsn):
        await written(book)
        assert failed(await verify_log(dsn)) == {}
        async with superuser(postgres, dsn) as root:
            await root.execute(rewrite)

        assert failed(await verify_log(dsn)) == faults


async def rewrite_whole(root: asyncpg.Connection) -> None:
    """Makes the seventh entry another one, with all hashes over it: a tree that is right in itself."""
    await root.execute(
        "update credential.log_leaf set credential_sha256 = sha256('forged') where leaf_index = 7"
    )
    await root.execute(
        """
        update credential.log_node as node
        set hash = credential.log_leaf_hash(event, credential_sha256, log_time)
        from credential.log_leaf where level = 0 and node_index = leaf_index
        """
    )
    for level in range(1, 5):
        await root.execute(
            """
            update credential.log_node as node
            set hash = sha256('\\x01'::bytea || low.hash || high.hash)
            from credential.log_node as low, credential.log_node as high
            where node.level = $1 and low.level = $1 - 1 and high.level = $1 - 1
              and low.node_index = 2 * node.node_index and high.node_index = 2 * node.node_index + 1
            """,
            level,
        )


async def test_a_tree_that_is_right_in_itself(postgres: TestPostgres, template_database: str) -> None:
    """One that was made anew is found by what was signed before."""
    async with new_book(postgres, template_database) as (book, dsn):
        await written(book)
        async with superuser(postgres, dsn) as root:
            await rewrite_whole(root)

        assert failed(await verify_log(dsn)) == {
            "checkpoints": (
                "Checkpoint 13: the first 13 entries have another root by now.",
                "Checkpoint 21: the first 21 entries have another root by now.",
            )
        }


async def test_somebody_kept_a_checkpoint(postgres: TestPostgres, template_database: str) -> None:
    """With tree and checkpoints made anew, whoever kept an old one sees it: no proof leads on from it."""
    async with new_book(postgres, template_database) as (book, dsn):
        await written(book)
        key = str(await book.service.verifier_key())
        kept = (await book.service.get_checkpoint()).note
        size, root_hash = open_checkpoint(kept, key)
        honest = await book.service.get_consistency_proof(13)
        async with superuser(postgres, dsn) as root:
            await rewrite_whole(root)
            await root.execute("delete from credential.log_checkpoint")
        await book.append(3)

        proof = await book.service.get_consistency_proof(size)
        assert proof.checkpoint is not None
        new_size, new_root = open_checkpoint(proof.checkpoint.note, key)
        assert new_root == tree_hash(await book.data())
        assert not extends(size, root_hash, new_size, new_root, proof.hashes)
        assert not extends(13, root_hash, size, new_root, honest.hashes)
        assert failed(await verify_log(dsn)) == {}
        assert failed(await verify_log(dsn, expected_key=key, kept_notes=[kept])) == {
            "kept": ("Kept checkpoint 1: the first 21 entries have another root by now.",)
        }


async def test_a_log_cut_short_and_a_key_replaced(postgres: TestPostgres, template_database: str) -> None:
    """A kept checkpoint of more entries than there are, and a key that is not the published one, are told."""
    async with new_book(postgres, template_database) as (book, dsn):
        await written(book)
        key = str(await book.service.verifier_key())
        kept = (await book.service.get_checkpoint()).note
        async with superuser(postgres, dsn) as root:
            for table in ("log_leaf", "log_node", "log_checkpoint"):
                await root.execute(f"delete from credential.{table}")
        assert failed(await verify_log(dsn, kept_notes=[kept])) == {
            "kept": ("Kept checkpoint 1: it is of 21 entries, and the log has 0.",)
        }

        async with superuser(postgres, dsn) as root:
            await root.execute("delete from credential.log_key")
        other = str(await book.new_service().verifier_key())
        assert failed(await verify_log(dsn, expected_key=key, kept_notes=[kept])) == {
            "checkpoints": (f"The log's key is {other}, not the one expected.",),
            "kept": ("Kept checkpoint 1: The log's key has not signed it.",),
        }


async def test_a_sound_log(postgres: TestPostgres, template_database: str) -> None:
    """Empty or not, it passes, and every row was looked at."""
    async with new_book(postgres, template_database) as (book, dsn):
        empty = await verify_log(dsn)
        await written(book)
        checks = await verify_log(dsn, kept_notes=[(await book.service.get_checkpoint()).note])

        assert failed(empty) == failed(checks) == {}
        assert [(check.name, check.examined) for check in checks] == [
            ("leaves", SIZE),
            ("nodes", SIZE + 10 + 5 + 2 + 1),
            ("checkpoints", 4),
            ("kept", 1),
        ]
        assert (await book.service.get_checkpoint()).root_hash != sha256(b"").digest()
