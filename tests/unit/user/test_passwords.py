"""Hashing and checking passwords."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import bcrypt
import pytest
import structlog
from structlog.testing import LogCapture

from academe.errors import Overloaded
from academe.secrets import Secrets
from academe.services.user.passwords import Passwords

ROOT = bytes(range(32))


class Work:
    """Counts the rounds of bcrypt, in units of those of cost 4."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.checks = 0
        self.rounds = 0
        check, hash_ = bcrypt.checkpw, bcrypt.hashpw

        def counted_check(password: bytes, hashed: bytes) -> bool:
            self.checks += 1
            self.rounds += 1 << int(hashed.split(b"$")[2]) - 4
            return check(password, hashed)

        def counted_hash(password: bytes, salt: bytes) -> bytes:
            self.rounds += 1 << int(salt.split(b"$")[2]) - 4
            return hash_(password, salt)

        monkeypatch.setattr(bcrypt, "checkpw", counted_check)
        monkeypatch.setattr(bcrypt, "hashpw", counted_hash)

    def reset(self) -> None:
        self.checks = self.rounds = 0


@pytest.fixture
def log() -> LogCapture:
    return LogCapture()


def make(log: Any, cost: int = 4, root: bytes = ROOT) -> Passwords:
    logger = structlog.wrap_logger(None, processors=[log])
    return Passwords(Secrets.from_bytes(root), cost=cost, threads=1, log=logger)


@pytest.fixture
async def passwords(log: LogCapture) -> AsyncIterator[Passwords]:
    made = make(log)
    yield made
    await made.close()


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    return Work(monkeypatch)


@pytest.mark.parametrize(
    "password",
    ["x" * 73, "\U0001f511" * 64, "\U0001f511" * 256, "nul\x00inside", "é" * 64, " spaces around "],
    ids=["73 bytes", "64 emoji", "256 emoji", "nul", "64 accents", "spaces"],
)
async def test_no_password_is_cut_or_refused_by_bcrypt(passwords: Passwords, password: str) -> None:
    """Beyond 72 bytes and with a NUL inside, every character still counts."""
    stored = await passwords.hash(password)

    assert await passwords.check(password, stored)
    assert not await passwords.check(password[:-1], stored)
    assert not await passwords.check(password[:-1] + "?", stored)


async def test_one_password_typed_on_two_systems_is_the_same(passwords: Passwords) -> None:
    """Composed and decomposed accents are one password; compatible forms and cases are not."""
    stored = await passwords.hash("cafe\u0301 ﬁsh")

    assert await passwords.check("café ﬁsh", stored)
    assert not await passwords.check("café fish", stored)
    assert not await passwords.check("CAFÉ ﬁsh", stored)


async def test_a_stored_hash_says_how_it_was_made(passwords: Passwords) -> None:
    """Scheme, key id, cost; and two of the same password differ."""
    first, second = await passwords.hash("correct horse"), await passwords.hash("correct horse")
    scheme, key_id, kind, cost = first.split("$")[0:1] + first.split("$")[1:4]

    assert (scheme, kind, cost) == ("v1", "2b", "04")
    assert len(key_id) == 8
    assert first != second


async def test_the_same_password_under_another_secret_is_wrong_and_reported(log: LogCapture) -> None:
    """A stolen table is worth nothing without the secret; a lost secret is told to the operator."""
    ours, theirs = make(log), make(log, root=bytes(32))
    stored = await ours.hash("correct horse")

    assert not await theirs.check("correct horse", stored)
    assert [entry["log_level"] for entry in log.entries] == ["error"]
    await ours.close()
    await theirs.close()


@pytest.mark.parametrize(
    "damaged",
    ["", "v1$", "nonsense", "v1$00000000$2b$04$short", "$2b$04$" + "a" * 53, "v2$x", "{}$2b$31$" + "a" * 53],
)
async def test_a_damaged_hash_is_a_wrong_password_and_an_alarm(
    passwords: Passwords, log: LogCapture, work: Work, damaged: str
) -> None:
    """It neither fails the call nor skips the work, whatever cost it claims."""
    key = (await passwords.hash("whatever")).split("$")[1]
    work.reset()

    assert not await passwords.check("whatever", damaged.format(f"v1${key}"))
    assert work.checks == 1
    assert [entry["log_level"] for entry in log.entries] == ["error"]


async def test_every_check_is_the_same_work(log: LogCapture, work: Work) -> None:
    """Nobody there, a wrong password, an older and cheaper hash: bcrypt is made to run as many rounds."""
    older, newer = make(log, cost=5), make(log, cost=8)
    old, new = await older.hash("correct horse"), await newer.hash("correct horse")
    await newer.prepare()
    rounds = []
    for stored in (None, new, old):
        work.reset()
        assert not await newer.check("wrong horse", stored)
        rounds.append(work.rounds)
        assert work.checks == 1

    assert rounds == [16, 16, 16]
    assert not log.entries
    await older.close()
    await newer.close()


async def test_every_check_is_the_same_work_after_the_cost_was_lowered(log: LogCapture, work: Work) -> None:
    """Once a dearer hash was met, a refusal costs as much for everybody, whoever has an old one."""
    dear, cheap = make(log, cost=8), make(log, cost=5)
    old, new = await dear.hash("correct horse"), await cheap.hash("correct horse")
    assert await cheap.check("correct horse", old)
    rounds = []
    for stored in (None, new, old):
        work.reset()
        assert not await cheap.check("wrong horse", stored)
        rounds.append(work.rounds)
        assert work.checks == 1

    assert rounds == [16, 16, 16]
    await dear.close()
    await cheap.close()


async def test_a_hash_is_outdated_when_hashes_cost_more_now(log: LogCapture) -> None:
    """Only then: a higher cost than the present one is kept."""
    older, newer = make(log, cost=4), make(log, cost=5)
    old, new = await older.hash("correct horse"), await newer.hash("correct horse")

    assert newer.is_outdated(old)
    assert not newer.is_outdated(new)
    assert not older.is_outdated(new)
    assert await older.check("correct horse", new)
    await older.close()
    await newer.close()


async def test_the_event_loop_runs_on_while_hashes_are_made(log: LogCapture) -> None:
    """The loop turns many times during one hash of cost 10."""
    passwords = make(log, cost=10)
    await passwords.prepare()
    hashing = asyncio.create_task(passwords.hash("correct horse"))
    turns = 0
    while not hashing.done():
        await asyncio.sleep(0)
        turns += 1

    assert turns > 100
    await passwords.close()


async def test_the_queue_is_as_long_as_the_machine_is_fast(log: LogCapture) -> None:
    """At cost 12, of which no machine does many in four seconds, a crowd is refused early with a hint."""
    passwords = make(log, cost=12)
    await passwords.prepare()
    crowd = [asyncio.create_task(passwords.check("guess", None)) for _ in range(400)]
    done, pending = await asyncio.wait(crowd, return_when=asyncio.FIRST_COMPLETED)
    refused = [task.exception() for task in done if task.exception() is not None]
    for task in pending:
        task.cancel()
    await asyncio.gather(*crowd, return_exceptions=True)

    assert len(refused) > 200
    assert all(isinstance(error, Overloaded) and error.retry_after_seconds for error in refused)
    await passwords.close()
