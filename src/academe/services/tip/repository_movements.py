"""Writing movements: every way in which money moves but by a tip."""

from __future__ import annotations

from collections.abc import Sequence

from academe.db.pool import Queryable
from academe.ids import new_id
from academe.services.tip.model import Movement


async def add_movements(connection: Queryable, movements: Sequence[Movement]) -> int:
    """Writes movements as one batch of the ledger; returns how many are new. Those made before are left out.

    In the connection's transaction, or in one of its own on a pool. The database refuses what does not fit,
    by the name of the rule: account_covered, movement_fits_tip, movement_of_open_tip, refund_within_…
    """
    status = await connection.execute(
        """
        insert into tip.movement (
            movement_id, kind, source_id, tip_id, from_kind, from_owner, to_kind, to_owner, currency, amount,
            platform_fee, payment_fee, debt, create_time, batch_id
        )
        select movement_id, kind, source_id, tip_id, from_kind, from_owner, to_kind, to_owner, currency,
               amount, platform_fee, payment_fee, debt, create_time, batch.id
        from unnest(
            $1::uuid[], $2::smallint[], $3::uuid[], $4::uuid[], $5::smallint[], $6::uuid[], $7::smallint[],
            $8::uuid[], $9::text[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[],
            $14::timestamptz[]
        ) as given (
            movement_id, kind, source_id, tip_id, from_kind, from_owner, to_kind, to_owner, currency, amount,
            platform_fee, payment_fee, debt, create_time
        )
        cross join (select nextval('tip.batch_number') as id) as batch
        order by kind, source_id
        on conflict on constraint movement_once do nothing
        """,
        [new_id() for _ in movements],
        [movement.kind for movement in movements],
        [movement.source_id for movement in movements],
        [movement.tip_id for movement in movements],
        [movement.from_kind for movement in movements],
        [movement.from_owner for movement in movements],
        [movement.to_kind for movement in movements],
        [movement.to_owner for movement in movements],
        [movement.amount.currency_code for movement in movements],
        [movement.amount.minor_units for movement in movements],
        [movement.platform_fee for movement in movements],
        [movement.payment_fee for movement in movements],
        [movement.debt for movement in movements],
        [movement.create_time for movement in movements],
    )
    return int(status.rpartition(" ")[2])
