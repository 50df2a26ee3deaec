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
                   coalesce(sum(case kind when 9 then -amount else amount end) filter (where kind >= 7), 0)
                       as refunded,
                   coalesce(sum(case kind when 9 then -platform_fee else platform_fee end)
                       filter (where kind >= 7), 0) as refunded_platform_fee,
                   coalesce(sum(case kind when 9 then -payment_fee else payment_fee end)
                       filter (where kind >= 7), 0) as refunded_payment_fee
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
    """What is about a tip fits it: its people, currency and parts; and a tip is decided once at most."""
    return await connection.fetchrow(
        """
        with wrong as materialized (
            select 'Movement ' || m.movement_id || ' does not fit its tip.' as fault
            from tip.movement as m
            left join tip.tip as t using (tip_id)
            where m.tip_id is not null and (
                t.sender_id is null or t.currency <> m.currency or (
                    case m.kind
                        when 4 then t.funding = 2 and m.from_owner = t.sender_id
                            and m.to_owner = t.educator_id and m.amount = t.amount
                            and m.platform_fee = t.platform_fee and m.payment_fee = 0
                        when 5 then t.funding = 2 and m.from_owner = t.sender_id and m.amount = t.amount
                        when 6 then t.funding = 3 and m.to_owner = t.educator_id and m.amount = t.amount
                            and m.platform_fee = t.platform_fee
                        when 7 then m.from_owner = t.educator_id and (
                            (t.funding = 3 and m.to_kind = 8)
                            or (t.funding < 3 and m.to_kind = 1 and m.to_owner = t.sender_id)
                        )
                        when 8 then t.funding = 3 and m.from_owner = t.educator_id
                        when 9 then t.funding = 3 and m.to_owner = t.educator_id
                        else false
                    end
                ) is not true
            )
            union all
            select 'Tip ' || tip_id || ' is decided ' || count(*) || ' times.'
            from tip.movement where kind in (4, 5, 6) group by tip_id having count(*) > 1
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
                   sum(case kind when 9 then -amount else amount end) as amount,
                   sum(case kind when 9 then -platform_fee else platform_fee end) as platform_fee,
                   sum(case kind when 9 then -payment_fee else payment_fee end) as payment_fee
            from tip.movement
            where kind in (7, 8, 9)
            group by tip_id
        ),
        given as (
            select tip_id, amount, platform_fee, 0::bigint as payment_fee from tip.tip where funding <= 1
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
        select (select count(*) from tip.movement where kind in (7, 8, 9)) as examined,
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
            select 'Tip ' || sender_number || ' of ' || sender_id || ' comes after ' || number_before || '.'
                       as fault
            from (
                select sender_id, sender_number, lag(sender_number, 1, 0::bigint)
                           over (partition by sender_id order by sender_number) as number_before
                from tip.tip
            ) as step
            where sender_number <> number_before + 1
        )
        select (select count(*) from tip.tip) as examined,
               count(*) as fault_count, array(select fault from wrong order by fault limit 20) as faults
        from wrong
        """
    )
