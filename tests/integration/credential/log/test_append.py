"""Appending: one after the other, without gaps, whoever appends and whatever dies."""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from academe.db.pool import create_pool
from academe.services.credential.log import LogEntry, LogEvent, append
from tests.integration.credential.log.book import Book, entries
from tests.support.merkle_oracle import tree_hash

CONNECTIONS = 20


async def test_entries_come_in_the_order_given(book: Book) -> None:
    """Indices count on from what was there, and each leaf says what was appended."""
    before = await book.repository.size()
    appended = [*entries(3), *entries(2, LogEvent.REVOKE), *entries(1, LogEvent.SUSPEND)]

    indices = await book.append(appended)

    leaves = await book.repository.leaves(before, 10)
    assert indices == [leaf.leaf_index for leaf in leaves] == list(range(before, before + 6))
    assert [LogEntry(leaf.event, leaf.credential_sha256) for leaf in leaves] == appended


async def test_the_time_is_the_logs_own(book: Book) -> None:
    """It is that of the append, the same for what is appended at once, and later for what comes later."""
    earliest = datetime.now(UTC) - timedelta(seconds=1)
    async with book.pool.transaction() as connection:
        first = await append(connection, entries(2))
        second = await append(connection, entries(2))

    times = [leaf.log_time for leaf in await book.repository.leaves(first[0], 4)]
    assert [first[0] + 2, first[0] + 3] == second
    assert earliest < times[0] == times[1] < times[2] == times[3] <= datetime.now(UTC) + timedelta(seconds=1)


async def test_nothing_is_no_entry(book: Book) -> None:
    """Who appends nothing waits for nobody, even while somebody else holds the end of the log."""
    async with book.pool.transaction() as held:
        await append(held, entries(1))
        async with asyncio.timeout(2), book.pool.transaction() as connection:
            assert await append(connection, []) == []


async def test_a_transaction_that_is_rolled_back_leaves_nothing(book: Book) -> None:
    """Its indices are given to the next one, so there is no gap."""
    size = await book.repository.size()

    async def in_vain() -> None:
        async with book.pool.transaction() as connection:
            given.extend(await append(connection, entries(5)))
            raise ZeroDivisionError

    given: list[int] = []
    with pytest.raises(ZeroDivisionError):
        await in_vain()

    assert given == list(range(size, size + 5))
    assert await book.repository.size() == size
    assert await book.append(2) == [size, size + 1]


async def test_twenty_at_a_time(book: Book, database: str) -> None:
    """Twenty connections append, some in vain: no gap, no index twice, and the tree is that of the leaves."""
    before = await book.repository.size()
    crowd = await create_pool(database, size=CONNECTIONS)
    given: list[int] = []

    async def one(number: int) -> None:
        for turn in range(10):
            count = (number + turn) % 5 + 1
            try:
                async with crowd.transaction() as connection:
                    indices = await append(connection, entries(count))
                    if (number + turn) % 7 == 0:
                        raise ZeroDivisionError
                given.extend(indices)
            except ZeroDivisionError:
                pass

    await asyncio.gather(*(one(number) for number in range(CONNECTIONS)))
    await crowd.close(1)

    assert sorted(given) == list(range(before, await book.repository.size()))
    checkpoint = await book.service.get_checkpoint()
    assert checkpoint.root_hash == tree_hash(await book.data())
    times = [leaf.log_time for leaf in await book.leaves()]
    assert times == sorted(times)


PROCESS = """
import asyncio, sys
from academe.db.connect import connect
from academe.services.credential.log import append
from tests.integration.credential.log.book import entries

async def main():
    connection = await connect(
        sys.argv[1], application_name="dies", statement_timeout_ms=0, command_timeout=None
    )
    await connection.transaction().start()
    print(await append(connection, entries(100)), flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_a_process_killed_between_append_and_commit(book: Book, database: str) -> None:
    """It leaves nothing, not even the lock: the next one gets the same index."""
    size = await book.repository.size()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROCESS, database, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    appended = await process.stdout.readline()

    process.send_signal(signal.SIGKILL)
    await process.wait()

    assert appended.startswith(f"[{size}, ".encode())
    async with asyncio.timeout(5):
        assert await book.append(1) == [size]


async def test_the_same_leaf_is_refused_a_second_time(book: Book) -> None:
    """An event that is appended twice at once is a mistake, and the transaction fails."""
    (entry,) = entries(1)

    with pytest.raises(asyncpg.UniqueViolationError, match="log_node_leaf_once"):
        await book.append([entry, entry])


async def test_a_digest_has_its_length(book: Book) -> None:
    """What is no SHA-256 is not logged."""
    with pytest.raises(asyncpg.CheckViolationError, match="log_leaf_sha256_length"):
        await book.append([LogEntry(LogEvent.ISSUE, b"short")])
