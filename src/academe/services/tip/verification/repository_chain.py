"""Checks of the hashes: over what was written together, and from each to the next."""

from __future__ import annotations

import asyncpg


async def batches(connection: asyncpg.Connection) -> asyncpg.Record:
    """Each batch has as many transactions as it says and the digest of their rows; each is in one.

    The hashing is written out, since the database's own function for it could be another by now.
    """
    return await connection.fetchrow(
        """
        with hashed as (
            select batch_id, count(*) as transactions,
                   sha256(string_agg(bytes, ''::bytea order by bytes)) as digest
            from (
                select batch_id, record_send(row(
                    tip_id, sender_id, request_id, request_hash, educator_id, currency, amount, platform_fee,
                    funding, review, visibility, hide_amount, course_id, lesson_id, create_time,
                    sender_number, convert_to(message, 'UTF8')
                )) as bytes
                from tip.tip
                union all
                select batch_id, record_send(row(
                    movement_id, kind, source_id, tip_id, from_kind, from_owner, to_kind, to_owner, currency,
                    amount, platform_fee, payment_fee, debt, create_time
                ))
                from tip.movement
            ) as source
            group by batch_id
        ),
        wrong as materialized (
            select case
                       when batch.batch_id is null then 'Batch ' || hashed.batch_id || ' is not there.'
                       when hashed.batch_id is null then 'Batch ' || batch.batch_id || ' has nothing in it.'
                       else 'Batch ' || batch.batch_id || ' is not what was written: its digest is another.'
                   end as fault
            from tip.batch as batch full join hashed on hashed.batch_id = batch.batch_id
            where batch.transaction_count is distinct from transactions
                or batch.digest is distinct from hashed.digest
        )
        select (select count(*) from tip.batch) as examined,
               count(*) as fault_count, array(select fault from wrong order by fault limit 20) as faults
        from wrong
        """
    )


async def seals(connection: asyncpg.Connection) -> asyncpg.Record:
    """Each seal hashes the one before, its number, its batch and the digest; each batch has one.

    A link is right when it follows from the stored link before it; all of them right is the chain recomputed.
    """
    return await connection.fetchrow(
        """
        with wrong as materialized (
            select case
                       when link.batch_id is null then 'Batch ' || batch.batch_id || ' is not sealed.'
                       when batch.batch_id is null then 'Seal ' || number || ' is of no batch.'
                       when number <> number_before + 1 then 'Seal ' || number || ' comes after seal '
                           || number_before || '.'
                       else 'Seal ' || number || ' does not follow from the one before.'
                   end as fault
            from (
                select number, batch_id, hash,
                       lag(number, 1, 0::bigint) over by_number as number_before,
                       lag(hash, 1, ''::bytea) over by_number as hash_before
                from tip.seal
                window by_number as (order by number)
            ) as link
            full join tip.batch as batch on batch.batch_id = link.batch_id
            where link.batch_id is null or batch.batch_id is null or number <> number_before + 1
                or hash <> sha256(hash_before || int8send(number) || int8send(link.batch_id) || digest)
        )
        select (select count(*) from tip.seal) as examined,
               count(*) as fault_count, array(select fault from wrong order by fault limit 20) as faults,
               (select encode(hash, 'hex') from tip.seal order by number desc limit 1) as head_hash
        from wrong
        """
    )
