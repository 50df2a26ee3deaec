"""Checks of the entries and balances: they are what the tips and movements say, and nothing else."""

from __future__ import annotations

import asyncpg


async def legs(connection: asyncpg.Connection) -> asyncpg.Record:
    """Every leg of a tip or movement is an entry with its account, amount, kind and batch, and the other way.

    No transaction has two legs of one kind of account: so they pair by it, and `transactions` sees a second.
    """
    return await connection.fetchrow(
        """
        with due as (
            select tip_id as transaction_id, batch_id, case funding when 2 then 2 else 1 end as kind,
                   case funding when 0 then 10 else 1 end as account_kind, sender_id as owner_id, currency,
                   -amount as amount
            from tip.tip where funding in (0, 1, 2)
            union all
            select tip_id, batch_id, case funding when 2 then 2 else 1 end,
                   case funding when 2 then 3 else 2 end,
                   case funding when 2 then sender_id else educator_id end, currency,
                   case funding when 1 then amount - platform_fee else amount end
            from tip.tip where funding in (0, 1, 2)
            union all
            select tip_id, batch_id, 1, 6, '00000000-0000-0000-0000-000000000000'::uuid, currency,
                   platform_fee
            from tip.tip where funding = 1
            union all
            select movement_id, batch_id, kind, from_kind, from_owner, currency,
                   case when kind in (7, 8) then platform_fee + payment_fee + debt - amount else -amount end
            from tip.movement
            union all
            select movement_id, batch_id, kind, to_kind, to_owner, currency,
                   case when kind in (7, 8) then amount else amount - platform_fee - payment_fee end
            from tip.movement
            union all
            select movement_id, batch_id, kind, 6, '00000000-0000-0000-0000-000000000000'::uuid, currency,
                   case when kind in (7, 8) then -platform_fee else platform_fee end
            from tip.movement where platform_fee <> 0
            union all
            select movement_id, batch_id, kind, 7, '00000000-0000-0000-0000-000000000000'::uuid, currency,
                   case when kind in (7, 8) then -payment_fee else payment_fee end
            from tip.movement where payment_fee <> 0
            union all
            select movement_id, batch_id, kind, 5, from_owner, currency, -debt
            from tip.movement where debt <> 0
        ),
        posted as (
            select entry.transaction_id, entry.batch_id, entry.kind, account.kind as account_kind,
                   account.owner_id, account.currency, entry.amount, entry.account_id, entry.number
            from tip.entry as entry left join tip.account as account using (account_id)
        ),
        wrong as materialized (
            select case
                       when posted.transaction_id is null then
                           'Transaction ' || due.transaction_id || ' has no entry of ' || due.amount
                           || ' for an account of kind ' || due.account_kind || '.'
                       when due.transaction_id is null then
                           'Entry ' || posted.number || ' of account ' || posted.account_id
                           || ' follows from no tip or movement.'
                       else
                           'Entry ' || posted.number || ' of account ' || posted.account_id
                           || ' is not what transaction ' || due.transaction_id || ' says.'
                   end as fault
            from (select * from due where amount <> 0) as due
            full join posted
                on posted.transaction_id = due.transaction_id and posted.account_kind = due.account_kind
            where due.owner_id is distinct from posted.owner_id or due.amount is distinct from posted.amount
                or due.currency is distinct from posted.currency or due.kind is distinct from posted.kind
                or due.batch_id is distinct from posted.batch_id
        )
        select (select count(*) from tip.entry) as examined,
               count(*) as fault_count, array(select fault from wrong order by fault limit 20) as faults
        from wrong
        """
    )


async def transactions(connection: asyncpg.Connection) -> asyncpg.Record:
    """The entries of each transaction add up to nothing in each currency, and no leg is there twice."""
    return await connection.fetchrow(
        """
        with wrong as materialized (
            select 'The entries of transaction ' || entry.transaction_id
                   || case
                          when sum(entry.amount) <> 0 then ' add up to ' || sum(entry.amount)
                          else ' are there twice'
                      end
                   || ' in ' || coalesce(account.currency, 'no account') || '.' as fault
            from tip.entry as entry left join tip.account as account using (account_id)
            group by entry.transaction_id, account.currency
            -- Every kind of account is a bit: their sum is what they are together, unless one is there twice.
            having sum(entry.amount) <> 0 or sum(1 << account.kind) <> bit_or(1 << account.kind)
        )
        select (select count(*) from tip.tip) + (select count(*) from tip.movement) as examined,
               count(*) as fault_count, array(select fault from wrong order by fault limit 20) as faults
        from wrong
        """
    )


async def running_balances(connection: asyncpg.Connection) -> asyncpg.Record:
    """Each entry has the next number, a time that is not before, and carries the balance on."""
    return await connection.fetchrow(
        """
        with wrong as materialized (
            select 'Entry ' || number || ' of account ' || account_id
                   || case
                          when number <> place then ' is in place ' || place || '.'
                          when balance - amount <> balance_before then ' does not carry on the balance.'
                          else ' is earlier than the one before.'
                      end as fault
            from (
                select account_id, number, amount, balance, create_time,
                       row_number() over by_number as place,
                       lag(balance, 1, 0::bigint) over by_number as balance_before,
                       lag(create_time, 1, '-infinity'::timestamptz) over by_number as time_before
                from tip.entry
                window by_number as (partition by account_id order by number)
            ) as step
            where number <> place or balance - amount <> balance_before
                or create_time < time_before
        )
        select (select count(*) from tip.entry) as examined,
               count(*) as fault_count, array(select fault from wrong order by fault limit 20) as faults
        from wrong
        """
    )


async def balances(connection: asyncpg.Connection) -> asyncpg.Record:
    """Each account's balance is the sum of its entries, and what the latest of them says."""
    return await connection.fetchrow(
        """
        with summed as (
            select entry.account_id, sum(entry.amount) as total, count(*) as entries,
                   max(entry.number) as latest, max(entry.create_time) as latest_time,
                   sum(entry.balance) filter (where entry.number = account.entry_count) as running
            from tip.entry as entry left join tip.account as account using (account_id)
            group by entry.account_id
        ),
        wrong as materialized (
            select case
                       when account.account_id is null then
                           'Account ' || summed.account_id || ' has entries and is not there.'
                       when account.balance is distinct from total
                           or account.balance is distinct from running then
                           'The balance of account ' || account.account_id || ' is ' || account.balance
                           || ', its entries add up to ' || coalesce(total, 0) || '.'
                       else
                           'Account ' || account.account_id || ' does not end with its latest entry.'
                   end as fault
            from tip.account as account full join summed using (account_id)
            where account.balance is distinct from total or account.balance is distinct from running
                or account.entry_count is distinct from entries or account.entry_count is distinct from latest
                or account.update_time is distinct from latest_time
        )
        select (select count(*) from tip.account) as examined,
               count(*) as fault_count, array(select fault from wrong order by fault limit 20) as faults
        from wrong
        """
    )


async def covered(connection: asyncpg.Connection) -> asyncpg.Record:
    """No account has less than nothing that may not, and no debt is more than paid."""
    return await connection.fetchrow(
        """
        with wrong as materialized (
            select 'Account ' || account_id || ' of kind ' || kind || ' has a balance of ' || balance || '.'
                       as fault
            from tip.account
            where (kind <= 4 and balance < 0) or (kind = 5 and balance > 0)
        )
        select (select count(*) from tip.account where kind <= 5) as examined,
               count(*) as fault_count, array(select fault from wrong order by fault limit 20) as faults
        from wrong
        """
    )


async def totals(connection: asyncpg.Connection) -> asyncpg.Record:
    """The accounts of each currency add up to nothing; nobody has two of one kind in it."""
    return await connection.fetchrow(
        """
        with wrong as materialized (
            select 'The accounts in ' || currency || ' add up to ' || sum(balance) || '.' as fault
            from tip.account group by currency having sum(balance) <> 0
            union all
            select 'Owner ' || owner_id || ' has ' || count(*) || ' accounts of kind ' || kind || ' in '
                   || currency || '.'
            from tip.account group by kind, owner_id, currency having count(*) > 1
        )
        select (select count(*) from tip.account) as examined,
               count(*) as fault_count, array(select fault from wrong order by fault limit 20) as faults
        from wrong
        """
    )
