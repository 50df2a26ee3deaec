"""The log's key is made once, kept encrypted, and bound to the log's name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from academe.secrets import Secrets
from academe.services.credential.log.keys import LogKeys, StoredLogKey, log_name
from academe.startup import StartupError

SECRETS = Secrets.from_bytes(b"s" * 32)
ISSUER = "https://school.example"


class Shelf:
    """Keeps the first key that it is given."""

    def __init__(self) -> None:
        self.kept: StoredLogKey | None = None

    async def find_key(self) -> StoredLogKey | None:
        return self.kept

    async def add_key(self, key: StoredLogKey) -> StoredLogKey:
        self.kept = self.kept or key
        return self.kept


class RacedShelf(Shelf):
    """Finds nothing, because another process adds its key a moment later."""

    async def find_key(self) -> StoredLogKey | None:
        return None


def keys(shelf: Shelf, issuer: str = ISSUER, secrets: Secrets = SECRETS) -> LogKeys:
    return LogKeys(shelf, secrets, issuer, clock=lambda: datetime(2027, 1, 1, tzinfo=UTC))


async def test_every_server_has_the_same_key() -> None:
    """The first one makes it, the others read it."""
    shelf = Shelf()

    first = await keys(shelf).signer()
    second = await keys(shelf).signer()

    assert first.key == second.key
    assert first.private_key.private_bytes_raw() == second.private_key.private_bytes_raw()
    assert first.key.name == "school.example/log"


async def test_of_two_first_servers_one_makes_it() -> None:
    """Whoever is slower takes the key of the other."""
    shelf = RacedShelf()

    first = await keys(shelf).signer()

    assert (await keys(shelf).signer()).key == first.key


async def test_a_moved_school_keeps_the_name_of_its_log() -> None:
    """Those who keep checkpoints know the log by its name."""
    shelf = Shelf()
    before = await keys(shelf).signer()

    after = await keys(shelf, "https://elsewhere.example/school").signer()

    assert after.key == before.key


async def test_the_private_half_is_encrypted() -> None:
    """The row does not have it, and another secret does not open it."""
    shelf = Shelf()
    signer = await keys(shelf).signer()
    assert shelf.kept is not None

    assert signer.private_key.private_bytes_raw() not in shelf.kept.private_key
    with pytest.raises(StartupError, match="ACADEME_SECRET_KEY"):
        await keys(shelf, secrets=Secrets.from_bytes(b"t" * 32)).signer()


@pytest.mark.parametrize("change", [{"public_key": bytes(32)}, {"name": "other.example/log"}])
async def test_a_row_that_was_changed_is_noticed(change: dict[str, object]) -> None:
    """Neither name nor public half can be replaced alone."""
    shelf = Shelf()
    await keys(shelf).signer()
    assert shelf.kept is not None
    shelf.kept = replace(shelf.kept, **change)  # type: ignore[arg-type]

    with pytest.raises(StartupError, match="transparency log"):
        await keys(shelf).signer()


def test_names_of_logs() -> None:
    """Where its files are, without the scheme; no name has what cannot be in a note."""
    assert log_name("http://localhost:50080") == "localhost:50080/log"
    assert log_name("https://uni.example/school") == "uni.example/school/log"
    assert log_name("https://a+b.example/c\u2003d") == "ab.example/cd/log"
