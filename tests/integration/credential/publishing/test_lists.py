"""Status lists that many ask for while bits are set in them."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from academe.db.pool import Pool
from academe.services.credential.keys import KeyUse
from academe.services.credential.model import Credential
from academe.services.credential.parts import CredentialParts
from academe.services.credential.statuses.repository import StatusList, StatusRepository
from tests.integration.credential.statuses.published import read_list
from tests.support.graduates import Faculty, certify


@pytest.fixture
async def issued(parts: CredentialParts, faculty: Faculty) -> Credential:
    return await certify(parts, faculty)


@pytest.fixture
async def list_id(pool: Pool, issued: Credential) -> UUID:
    found: UUID = await pool.fetchval(
        "select list_id from credential.status_entry where credential_id = $1", issued.credential_id
    )
    return found


async def revoke(parts: CredentialParts, faculty: Faculty, credential: Credential) -> None:
    await parts.statuses.revoke_credential(
        faculty.educator, credential.credential_id, "Copied", expected_version=None
    )


async def bits(parts: CredentialParts, list_id: UUID) -> int:
    content = await parts.lists.get(list_id, "revocation")
    assert content is not None
    return len(read_list(content).set)


async def test_its_rows_are_read_when_something_happened(
    parts: CredentialParts,
    faculty: Faculty,
    issued: Credential,
    list_id: UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And not for each of the thousands who ask; what happened elsewhere leaves it as it was signed."""
    reads = 0
    read = StatusRepository.get_list

    async def counted(self: StatusRepository, asked: UUID) -> StatusList | None:
        nonlocal reads
        reads += 1
        return await read(self, asked)

    monkeypatch.setattr(StatusRepository, "get_list", counted)
    first = [await parts.lists.get(list_id, "revocation") for _ in range(5)]
    await certify(parts, faculty)
    second = [await parts.lists.get(list_id, "revocation") for _ in range(5)]
    before = await bits(parts, list_id)
    await revoke(parts, faculty, issued)

    assert (reads, len({*first, *second})) == (2, 1)
    assert await bits(parts, list_id) == before + 1


async def test_a_key_that_was_replaced_signs_no_list(parts: CredentialParts, list_id: UUID) -> None:
    """Though nothing happened to anybody's credential."""
    before = await parts.lists.get(list_id, "suspension")
    number = (await parts.issuers.signing()).document_key.number
    issuer = await parts.issuers.school()
    await parts.administration.rotate_key(issuer.issuer_id, KeyUse.DOCUMENT, number)

    after = await parts.lists.get(list_id, "suspension")

    assert before is not None
    assert after is not None
    assert (f"#key-{number}".encode() in before, f"#key-{number}".encode() in after) == (True, False)


async def test_who_asked_first_and_is_slow(
    parts: CredentialParts,
    faculty: Faculty,
    issued: Credential,
    list_id: UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What they read is never signed after something newer: it would hide a revocation for a while."""
    before = await bits(parts, list_id)
    await certify(parts, faculty)  # so that rows are read again
    read, reading, on = StatusRepository.get_list, asyncio.Event(), asyncio.Event()

    async def slow(self: StatusRepository, asked: UUID) -> StatusList | None:
        found = await read(self, asked)
        if not reading.is_set():
            reading.set()
            await on.wait()
        return found

    monkeypatch.setattr(StatusRepository, "get_list", slow)
    answered: list[int] = []

    async def ask() -> None:
        answered.append(await bits(parts, list_id))

    first = asyncio.create_task(ask())
    await reading.wait()
    await revoke(parts, faculty, issued)
    second = asyncio.create_task(ask())
    await asyncio.sleep(0.05)
    on.set()
    await asyncio.gather(first, second)

    assert answered == [before, before + 1]
