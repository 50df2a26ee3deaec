"""Places in status lists: unique, drawn by lot, and never so many that a free one is hard to find."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from uuid import UUID

import pytest

from academe.clock import utcnow
from academe.db.pool import Pool
from academe.ids import new_id
from academe.services.credential.issuance import repository_places
from academe.services.credential.issuance.repository_places import FULL, POSITIONS, reserve_places
from academe.services.credential.parts import CredentialParts
from tests.integration.credential.statuses.published import published
from tests.support.graduates import Faculty, certify


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists of 128 places, of which 64 are given out; every place is counted."""
    monkeypatch.setattr(repository_places, "POSITIONS", 128)
    monkeypatch.setattr(repository_places, "FULL", 64)
    monkeypatch.setattr(repository_places, "SAMPLE", 1)


def owners(count: int) -> list[tuple[UUID, UUID]]:
    return [(new_id(), new_id()) for _ in range(count)]


async def lists(pool: Pool, issuer_id: UUID) -> dict[UUID, bool]:
    """Each list of an issuer, oldest first, and whether it is closed."""
    rows = await pool.fetch(
        "select list_id, closed from credential.status_list where issuer_id = $1 order by list_id", issuer_id
    )
    return {row["list_id"]: row["closed"] for row in rows}


def test_a_list_is_as_long_as_the_standard_asks() -> None:
    """And is begun anew when it is half full."""
    assert POSITIONS >= 131_072
    assert FULL == POSITIONS // 2


@pytest.mark.usefixtures("small")
async def test_a_list_that_is_half_full_is_closed(pool: Pool) -> None:
    """The next is begun; what was reserved is unique over all lists, and nothing comes after the closing."""
    issuer_id = new_id()
    given = [place for _ in range(50) for place in await reserve_places(pool, issuer_id, owners(5), utcnow())]
    found = await lists(pool, issuer_id)
    filled = Counter(place.list_id for place in given)

    assert len({(place.list_id, place.position) for place in given}) == 250
    assert {0 <= place.position < 128 for place in given} == {True}
    assert list(found.values()) == [True] * (len(found) - 1) + [False]
    assert all(64 <= filled[list_id] < 64 + 5 for list_id, closed in found.items() if closed)


@pytest.mark.usefixtures("small")
async def test_many_who_fill_a_list_at_once(pool: Pool) -> None:
    """Whoever was let in while it was still open finds a place, here or in the next; one list is open, so
    that nobody is alone in theirs."""
    issuer_id = new_id()
    given = await asyncio.gather(*(reserve_places(pool, issuer_id, owners(8), utcnow()) for _ in range(40)))
    places = [(place.list_id, place.position) for one in given for place in one]

    assert len(places) == len(set(places)) == 320
    assert list((await lists(pool, issuer_id)).values()).count(False) == 1
    assert len(await lists(pool, issuer_id)) <= 320 // 64


@pytest.mark.usefixtures("small")
async def test_more_at_once_than_a_list_takes(pool: Pool) -> None:
    """They are spread over several."""
    issuer_id = new_id()
    given = await reserve_places(pool, issuer_id, wanted := owners(300), utcnow())
    rows = await pool.fetch(
        """
        select list_id, position, credential_id
        from credential.status_entry
        where list_id = any($1::uuid[])
        """,
        list(await lists(pool, issuer_id)),
    )

    assert {(row["list_id"], row["position"]): row["credential_id"] for row in rows} == {
        (place.list_id, place.position): credential_id
        for place, (_, credential_id) in zip(given, wanted, strict=True)
    }
    assert len(await lists(pool, issuer_id)) > 2


async def test_a_sample_tells_how_full_a_list_is(pool: Pool) -> None:
    """At the real size: a list is closed within a tenth of the half."""
    issuer_id = new_id()
    (place,) = await reserve_places(pool, issuer_id, owners(1), utcnow())
    await pool.execute(
        """
        insert into credential.status_entry (list_id, position, learner_id, credential_id, state)
        select $1, position, uuidv7(), uuidv7(), 1 from generate_series(0, 131071) position
        where position % 20 < 9
        on conflict do nothing
        """,
        place.list_id,
    )
    await reserve_places(pool, issuer_id, owners(1), utcnow())
    assert await lists(pool, issuer_id) == {place.list_id: False}
    await pool.execute(
        """
        insert into credential.status_entry (list_id, position, learner_id, credential_id, state)
        select $1, position, uuidv7(), uuidv7(), 1 from generate_series(0, 131071) position
        where position % 20 between 9 and 10
        on conflict do nothing
        """,
        place.list_id,
    )
    (next_place,) = await reserve_places(pool, issuer_id, owners(1), utcnow())

    assert next_place.list_id != place.list_id
    assert await lists(pool, issuer_id) == {place.list_id: True, next_place.list_id: False}


async def test_what_is_published_is_as_long(parts: CredentialParts, faculty: Faculty, pool: Pool) -> None:
    """However few places of it are taken; each list says what it is a list of."""
    made = await certify(parts, faculty)
    document = json.loads(
        await pool.fetchval(
            "select json from credential.document where credential_id = $1", made.credential_id
        )
    )
    for entry in document["credentialStatus"]:
        shown = await published(parts, entry["statusListCredential"])
        assert shown.length == 131_072
        assert shown.set == set()
        assert shown.purpose == entry["statusPurpose"]


async def test_issuers_have_lists_of_their_own(pool: Pool) -> None:
    """Whose list it is must be whose credentials are in it."""
    first, second = new_id(), new_id()
    for issuer_id in (first, second, first):
        await reserve_places(pool, issuer_id, owners(2), utcnow())

    assert len(await lists(pool, first)) == len(await lists(pool, second)) == 1
    assert not set(await lists(pool, first)) & set(await lists(pool, second))
