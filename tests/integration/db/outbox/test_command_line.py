"""`academe outbox`, beside a server that uses the same database or without one."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from academe.db.pool import Pool
from tests.support.outbox import Recorder, consume_all, consumer_of, publish
from tests.support.process import ServerProcess


@pytest.fixture
def academe(database: str, tmp_path: Path) -> ServerProcess:
    return ServerProcess(
        tmp_path,
        ACADEME_DATABASE_URL=database,
        ACADEME_SECRET_KEY="MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    )


async def test_status_and_replay(academe: ServerProcess, pool: Pool) -> None:
    """What it prints is for people, and what it does is done."""
    recorder = Recorder()
    consumer = consumer_of(pool, recorder)
    await publish(pool, uuid4(), "a", "b")
    await consume_all(consumer)

    status = await academe.run("outbox", "status")
    replay = await academe.run("outbox", "replay", "gardener", "--from", "2")
    await consume_all(consumer)

    assert status.code == replay.code == 0
    assert status.out.splitlines()[1].split() == ["gardener", "2", "0", "0", "0", "none"]
    assert replay.out.startswith("The consumer gardener goes on from 2")
    assert recorder.payloads() == ["a", "b", "b"]


async def test_what_cannot_be_done(academe: ServerProcess) -> None:
    """One sentence and exit code 1."""
    ended = await academe.run("outbox", "skip", "nobody", "4")

    assert ended.code == 1
    assert ended.err == "academe: There is no consumer nobody on this database; there are: none.\n"
