"""Statements that give credentials their places in status lists."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from academe.db.pool import Queryable
from academe.ids import new_id
from academe.services.credential.issuance.draft import StatusPlace
from academe.services.credential.standards.status_list import LENGTH

POSITIONS = LENGTH
"""In a status list: the least that keeps one holder among many (Bitstring Status List 1.0, section 6.1)."""

FULL = POSITIONS // 2
"""Positions of a list that are given out: until then a free one is found at the second try on average."""

SAMPLE = 64
"""One part in this many of a list is counted to find out how full it is."""


async def reserve_places(
    connection: Queryable, issuer_id: UUID, owners: Sequence[tuple[UUID, UUID]], now: datetime
) -> list[StatusPlace]:
    """A place in a list of the issuer for each (learner_id, credential_id). One never used stays empty."""
    places: dict[UUID, StatusPlace] = {}
    while len(places) < len(owners):
        waiting = [owner for owner in owners if owner[1] not in places][: POSITIONS - FULL]
        # A sample tells how full a list is, since positions are drawn evenly: counting all costs more.
        rows = await connection.fetch(
            """
            with open as (
                select list_id
                from credential.status_list
                where issuer_id = $1 and not closed and $2 > (
                    select count(*)
                    from credential.status_entry
                    where status_entry.list_id = status_list.list_id and position < $3
                )
            )
            insert into credential.status_entry (list_id, position, learner_id, credential_id, state)
            select list_id, position, learner_id, credential_id, 1
            from open cross join unnest($4::integer[], $5::uuid[], $6::uuid[])
                as drawn (position, learner_id, credential_id)
            order by position
            on conflict on constraint status_entry_pkey do nothing
            returning list_id, position, credential_id
            """,
            issuer_id,
            FULL // SAMPLE,
            POSITIONS // SAMPLE,
            random.SystemRandom().sample(range(POSITIONS), len(waiting)),
            [learner_id for learner_id, _ in waiting],
            [credential_id for _, credential_id in waiting],
        )
        places |= {row["credential_id"]: StatusPlace(row["list_id"], row["position"]) for row in rows}
        if not rows:
            await _open_list(connection, issuer_id, now)
    return [places[credential_id] for _, credential_id in owners]


async def release_places(connection: Queryable, places: Sequence[StatusPlace]) -> None:
    """Takes back what was reserved for credentials of which nothing was stored or handed out."""
    await connection.execute(
        """
        delete from credential.status_entry as entry
        using unnest($1::uuid[], $2::integer[]) as place (list_id, position)
        where entry.list_id = place.list_id and entry.position = place.position
        """,
        [place.list_id for place in places],
        [place.position for place in places],
    )


async def _open_list(connection: Queryable, issuer_id: UUID, now: datetime) -> None:
    """Sees to a list of the issuer that takes more. There is never a second one: few in a list could be told
    apart by who asks for it."""
    await connection.execute(
        """
        update credential.status_list
        set closed = true
        where issuer_id = $1 and not closed and $2 <= (
            select count(*)
            from credential.status_entry
            where status_entry.list_id = status_list.list_id and position < $3
        )
        """,
        issuer_id,
        FULL // SAMPLE,
        POSITIONS // SAMPLE,
    )
    await connection.execute(
        """
        insert into credential.status_list (list_id, issuer_id, closed, create_time)
        values ($1, $2, false, $3)
        on conflict do nothing
        """,
        new_id(),
        issuer_id,
        now,
    )
