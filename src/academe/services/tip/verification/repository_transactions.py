"""Checks of what happened to tips: once, in an order that is allowed, and within what they were."""

from __future__ import annotations

import asyncpg


async def lifecycle(connection: asyncpg.Connection) -> asyncpg.Record:
    """Where each tip stands is what its movements say; a tip from the wallet without any has no row."""
    return await connection.fetchrow(
        """
        with moved as (
            select tip_id,
                   max(kind) filter (where kind in (4, 5, 6)) as decision,
                   coalesce(sum(payment_fee) filter (where kind in (4, 5, 6)), 0) as payment_fee,
                   coalesce(sum(case when kind in (9, 16) then -amount else amount end)
                       filter (where kind in (7, 8, 9, 16)), 0) as refunded,
                   coalesce(sum(case when kind in (9, 16) then -platform_fee else platform_fee end)
                       filter (where kind in (7, 8, 9, 16)), 0) as refunded_platform_fee,
                   coalesce(sum(case when kind in (9, 16) then -payment_fee else payment_fee end)
                       filter (where kind in (7, 8, 9, 16)), 0) as refunded_payment_fee
            from tip.movement
            where tip_id is not null
            group by tip_id
        ),
        wrong as materialized (
            select case
                       when t.tip_id is null then
                           'There is no tip ' || tip_id || ', and something is said of it.'
                       when l.state is null then 'Tip ' || tip_id || ' should stand somewhere, and does not.'
                       when moved.tip_id is null and funding <= 1 then
                           'Tip ' || tip_id || ' stands somewhere without a movement.'
                       else 'Tip ' || tip_id || ' does not stand where its movements say.'
                   end as fault
            from tip.tip as t
            full join (moved full join tip.lifecycle as l using (tip_id)) using (tip_id)
            where t.tip_id is null
                or (l.state is null) <> (moved.tip_id is null and funding <= 1)
                or (
                    l.state is not null and (
                        case
                            when decision = 5 then l.state <> 5
                            when decision in (4, 6) or funding <= 1 then l.state <> 4
                            when funding = 2 then l.state not in (1, 2)
                            else l.state not in (3, 6)
                        end
                        or (l.currency, l.amount, l.platform_fee, l.expire_time)
                            is distinct from (t.currency, t.amount, t.platform_fee, t.expire_time)
                        or (l.payment_fee, l.refunded, l.refunded_platform_fee, l.refunded_payment_fee)
                            is distinct from (
                                coalesce(moved.payment_fee, 0), coalesce(moved.refunded, 0),
                                coalesce(moved.refunded_platform_fee, 0),
                                coalesce(moved.refunded_payment_fee, 0)
                            )
                    )
                )
        )
        select (select count(*) from tip.tip) as examined,
               count(*) as fault_count, array(select fault from wrong order by fault limit 20) as faults
        from wrong
        """
    )


async def decisions(connection: asyncpg.Connection) -> asyncpg.Record:
    """What is about a tip fits it: its people, currency and parts. A tip is decided once at most.

    What undoes a dispute or a refund undoes all of it, and a payout is paid or comes back as it was taken.
    """
    return await connection.fetchrow(
        """
        with wrong as materialized (
            select 'Movement ' || m.movement_id || ' does not fit its tip.' as fault
            from tip.movement as m
            left join tip.tip as t using (tip_id)
            where m.tip_id is not null and (
                t.sender_id is null or t.currency <> m.currency or (
                    case
                        when m.kind = 4 then
                            (t.funding, t.sender_id, t.educator_id, t.amount, t.platform_fee, 0)
                            = (2, m.from_owner, m.to_owner, m.amount, m.platform_fee, m.payment_fee)
                        when m.kind = 5 then (t.funding, t.sender_id, t.amount) = (2, m.from_owner, m.amount)
                        when m.kind = 6 then
                            (t.funding, t.educator_id, t.amount, t.platform_fee)
                            = (3, m.to_owner, m.amount, m.platform_fee)
                        when m.kind = 7 and m.to_kind = 1 then
                            t.funding in (1, 2) and (t.educator_id, t.sender_id) = (m.from_owner, m.to_owner)
                        when m.kind in (7, 8) then (t.funding, t.educator_id) = (3, m.from_owner)
                        when m.kind in (9, 16) then (t.funding, t.educator_id) = (3, m.to_owner)
                        else false
                    end
                ) is not true
            )
            union all
            select 'Movement ' || m.movement_id || ' does not undo or settle what there was.'
            from tip.movement as m
            left join tip.movement as first on first.source_id = m.source_id
                and first.kind = case m.kind when 9 then 8 when 16 then 7 else 10 end
            where (m.kind in (9, 16) and (m.tip_id, m.currency, m.amount, m.platform_fee, m.payment_fee)
                    is distinct from
                    (first.tip_id, first.currency, first.amount, first.platform_fee, first.payment_fee))
                or (m.kind in (11, 12) and (m.from_owner, m.currency, m.amount)
                    is distinct from (first.to_owner, first.currency, first.amount))
            union all
            select 'Tip ' || tip_id || ' is decided ' || count(*) || ' times.'
            from tip.movement where kind in (4, 5, 6) group by tip_id having count(*) > 1
            union all
            select 'Payout ' || source_id || ' is settled ' || count(*) || ' times.'
            from tip.movement where kind in (11, 12) group by source_id having count(*) > 1
        )
        select (select count(*) from tip.movement) as examined,
               count(*) as fault_count, array(select fault from wrong order by fault limit 20) as faults
        from wrong
        """
    )


async def refunds(connection: asyncpg.Connection) -> asyncpg.Record:
    """What was given back of a tip is within it, and so is each of its parts; only what was given is."""
    return await connection.fetchrow(
        """
        with back as (
            select tip_id,
                   sum(case when kind in (9, 16) then -amount else amount end) as amount,
                   sum(case when kind in (9, 16) then -platform_fee else platform_fee end) as platform_fee,
                   sum(case when kind in (9, 16) then -payment_fee else payment_fee end) as payment_fee
            from tip.movement
            where kind in (7, 8, 9, 16)
            group by tip_id
        ),
        given as (
            select tip_id, amount, platform_fee, 0::bigint as payment_fee from tip.tip where funding = 1
            union all
            select tip_id, amount, platform_fee, payment_fee from tip.movement where kind in (4, 6)
        ),
        wrong as materialized (
            select 'Of tip ' || tip_id || ' too much was given back: ' || back.amount || '.' as fault
            from back left join given using (tip_id)
            where (
                back.amount between 0 and given.amount
                and back.platform_fee between 0 and given.platform_fee
                and back.payment_fee between 0 and given.payment_fee
                and back.amount - back.platform_fee - back.payment_fee
                    between 0 and given.amount - given.platform_fee - given.payment_fee
            ) is not true
        )
        select (select count(*) from tip.movement where kind in (7, 8, 9, 16)) as examined,
               count(*) as fault_count, array(select fault from wrong order by fault limit 20) as faults
        from wrong
        """
    )


async def once(connection: asyncpg.Connection) -> asyncpg.Record:
    """Each request made one tip, and each cause one movement of a kind."""
    return await connection.fetchrow(
        """
        with wrong as materialized (
            select 'Request ' || request_id || ' of ' || sender_id || ' made ' || count(*) || ' tips.'
                       as fault
            from tip.tip group by sender_id, request_id having count(*) > 1
            union all
            select 'Movements of kind ' || kind || ' because of ' || source_id || ': ' || count(*) || '.'
            from tip.movement group by kind, source_id having count(*) > 1
            union all
            select 'Transaction ' || transaction_id || ' is there ' || count(*) || ' times.'
            from (
                select tip_id as transaction_id from tip.tip
                union all
                select movement_id from tip.movement
            ) as ids
            group by transaction_id having count(*) > 1
        )
        select (select count(*) from tip.tip) + (select count(*) from tip.movement) as examined,
               count(*) as fault_count, array(select fault from wrong order by fault limit 20) as faults
        from wrong
        """
    )


async def sender_numbers(connection: asyncpg.Connection) -> asyncpg.Record:
    """Everybody's tips are numbered 1, 2, 3 … without gaps, so that none is missing."""
    return await connection.fetchrow(
        """
        with wrong as materialized (
            select 'Tip ' || sender_number || ' of ' || sender_id || ' is in place ' || place || '.' as fault
            from (
                select sender_id, sender_number,
                       row_number() over (partition by sender_id order by sender_number) as place
                from tip.tip
            ) as numbered
            where sender_number <> place
        )
        select (select count(*) from tip.tip) as examined,
               count(*) as fault_count, array(select fault from wrong order by fault limit 20) as faults
        from wrong
        """
    )
