-- The writer: many tips in one call, decided exactly as if they had come one after the other.

-- Decides tips one by one in the order given, for a batch in which not everything fits or something was sent
-- before. Everything that a decision needs is in arrays, by the rank of the wallet, the sender or the request
-- among those of the batch. `numbers` has what each tip is to be among its sender's, null if it is refused.
create function tip.decide_in_order(
    tip_ids uuid[], sender_ids uuid[], request_ids uuid[], currencies text[], amounts bigint[],
    fundings smallint[], create_times timestamptz[],
    wallets uuid[], wallet_currencies text[], wallet_balances bigint[],
    window_seconds bigint[], caps bigint[],
    out numbers bigint[], out outcomes smallint[], out found_tip_ids uuid[]
)
language plpgsql
set enable_nestloop = off
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
declare
    size constant integer not null := cardinality(tip_ids);
    asked record;
    left_in_wallet bigint[] := array_fill(null::bigint, array[size]); -- by wallet
    latest bigint[] := array_fill(null::bigint, array[size]); -- by sender
    made uuid[] := array_fill(null::uuid, array[size]); -- by request
    times timestamptz[] := array_fill(null::timestamptz, array[size]); -- of tips of this batch, by slot
    funds bigint;
    next_number bigint;
    past_number bigint;
    past_time timestamptz;
    limited boolean;
begin
    numbers := array_fill(null::bigint, array[size]);
    outcomes := array_fill(null::smallint, array[size]);
    found_tip_ids := array_fill(null::uuid, array[size]);
    for asked in
        with given as materialized (
            select place, tip_id, sender_id, request_id, currency, create_time,
                   case when funding in (1, 2) then amount else 0 end as cost,
                   dense_rank() over (order by sender_id, currency) as wallet,
                   dense_rank() over (order by sender_id, request_id) as request,
                   dense_rank() over (order by sender_id) as sender,
                   rank() over (order by sender_id) as first_slot
            from unnest(tip_ids, sender_ids, request_ids, currencies, amounts, fundings, create_times)
                with ordinality
                as given (tip_id, sender_id, request_id, currency, amount, funding, create_time, place)
        )
        select given.*, coalesce(held.balance, 0) as funds,
               coalesce((
                   select t.sender_number from tip.tip as t
                   where t.sender_id = given.sender_id
                   order by t.sender_number desc limit 1
               ), 0) as before,
               (
                   select t.tip_id from tip.tip as t
                   where t.sender_id = given.sender_id and t.request_id = given.request_id
               ) as sent_before
        from given
        left join unnest(wallets, wallet_currencies, wallet_balances) as held (owner_id, currency, balance)
            on held.owner_id = given.sender_id and held.currency = given.currency
        order by given.place
    loop
        funds := coalesce(left_in_wallet[asked.wallet], asked.funds);
        next_number := coalesce(latest[asked.sender], asked.before) + 1;
        limited := false;
        for i in 1 .. cardinality(caps) loop
            past_number := next_number - caps[i];
            if past_number > asked.before then
                past_time := times[asked.first_slot + past_number - asked.before - 1];
            else
                select t.create_time into past_time from tip.tip as t
                where t.sender_id = asked.sender_id and t.sender_number = past_number;
            end if;
            limited := limited or caps[i] <= 0 or coalesce(
                past_time > asked.create_time - window_seconds[i] * interval '1 second', false
            );
        end loop;

        found_tip_ids[asked.place] := coalesce(made[asked.request], asked.sent_before);
        if found_tip_ids[asked.place] is not null then
            outcomes[asked.place] := 1;
        elsif asked.cost > funds then
            outcomes[asked.place] := 2;
        elsif limited then
            outcomes[asked.place] := 3;
        else
            numbers[asked.place] := next_number;
            left_in_wallet[asked.wallet] := funds - asked.cost;
            latest[asked.sender] := next_number;
            made[asked.request] := asked.tip_id;
            times[asked.first_slot + next_number - asked.before - 1] := asked.create_time;
        end if;
    end loop;
end;
$$;

-- Repays what educators owe from what they were just given. Their accounts are locked by that posting, and
-- debts are last in the order of locks (see tip.post), so this is taken in the order of everybody.
create function tip.repay_debts(educator_ids uuid[], currencies text[], fundings smallint[], numbers bigint[])
returns void
language plpgsql
set enable_nestloop = off
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
begin
    with owed as materialized (
        select owner_id, currency, balance from tip.account
        where kind = 5 and owner_id = any (educator_ids)
            and (owner_id, currency) in (
                select educator_id, currency
                from unnest(educator_ids, currencies, fundings, numbers)
                    as given (educator_id, currency, funding, number)
                where funding = 1 and number is not null
            )
            and balance < 0
        order by owner_id, currency
        for no key update
    )
    insert into tip.movement (
        movement_id, kind, source_id, from_kind, from_owner, to_kind, to_owner, currency, amount, platform_fee,
        payment_fee, debt, create_time
    )
    select gen_random_uuid(), 14, gen_random_uuid(), 2, owed.owner_id, 5, owed.owner_id, owed.currency,
           least(-owed.balance, earned.balance), 0, 0, 0, earned.update_time
    from owed
    join tip.account as earned
        on earned.kind = 2 and earned.owner_id = owed.owner_id and earned.currency = owed.currency
    where earned.kind = 2 and earned.owner_id = any (educator_ids) and earned.balance > 0;
end;
$$;

-- Writes tips in the order given and answers only for those that were not simply written:
--   1  its request was sent before: found_tip_id is the tip that it made
--   2  the wallet does not hold the amount
--   3  too many tips of this sender: in some window of seconds the cap is reached
-- A refused tip takes no number. Windows are sliding and go by the times of the tips: a sender's tip is not
-- written while the one caps[i] before it is less than window_seconds[i] older.
create function tip.send_tips(
    tip_ids uuid[], sender_ids uuid[], request_ids uuid[], request_hashes bytea[], educator_ids uuid[],
    currencies text[], amounts bigint[], platform_fees bigint[], fundings smallint[], messages text[],
    visibilities smallint[], hide_amounts boolean[], course_ids uuid[], lesson_ids uuid[],
    create_times timestamptz[], expire_times timestamptz[], reviews boolean[],
    window_seconds bigint[], caps bigint[]
) returns table (place bigint, outcome smallint, found_tip_id uuid)
language plpgsql
-- A plan is made once, perhaps for one tip and tables with little in them, and kept for what comes.
set enable_nestloop = off
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
    batch bigint := nextval('tip.batch_number');
    wallets uuid[];
    wallet_currencies text[];
    wallet_balances bigint[];
    numbers bigint[]; -- of each tip among its sender's; null for one that is not written
    outcomes smallint[];
    found_tip_ids uuid[];
    fits boolean;
    broken text;
begin
    -- Whoever spends from the same wallet waits here, in one order for everybody. What they committed meanwhile
    -- is seen below, because each statement takes a new look.
    select coalesce(array_agg(owner_id), '{}'), array_agg(currency), array_agg(balance)
    into wallets, wallet_currencies, wallet_balances
    from (
        select owner_id, currency, balance from tip.account
        where kind = 1 and owner_id = any (sender_ids)
        order by owner_id, currency
        for no key update
    ) as held;
    -- And here, whoever sends for somebody without a wallet.
    perform pg_advisory_xact_lock(1, key)
    from (
        select distinct hashtext(sender_id::text) as key from unnest(sender_ids) as sender_id
        where sender_id not in (select unnest(wallets))
        order by key
    ) as without_wallet;

    -- All at once, if everybody's tips fit together, since then they fit in any order.
    with asked as materialized (
        select place, sender_id, currency, case when funding in (1, 2) then amount else 0 end as amount,
               create_time, row_number() over (partition by sender_id order by place) as nth
        from unnest(sender_ids, currencies, amounts, fundings, create_times)
            with ordinality as asked (sender_id, currency, amount, funding, create_time, place)
    ),
    sender as materialized (
        select sender_id, max(nth) as tips, min(create_time) as create_time, coalesce((
            select t.sender_number from tip.tip as t
            where t.sender_id = asked.sender_id
            order by t.sender_number desc limit 1
        ), 0) as latest
        from asked group by sender_id
    ),
    wallet as (
        select owner_id, currency, balance
        from unnest(wallets, wallet_currencies, wallet_balances) as w (owner_id, currency, balance)
    )
    select array_agg(sender.latest + asked.nth order by asked.place),
           not exists (
               select from asked left join wallet
                   on wallet.owner_id = asked.sender_id and wallet.currency = asked.currency
               group by asked.sender_id, asked.currency
               having sum(amount) > coalesce(max(balance), 0)
           ) and not exists (
               select from sender as s
               cross join lateral unnest(window_seconds, caps) as limited (seconds, cap)
               where s.tips > limited.cap or (s.latest + s.tips > limited.cap and exists (
                   select from tip.tip as t
                   where t.sender_id = s.sender_id
                       and t.sender_number between s.latest + 1 - limited.cap and s.latest + s.tips - limited.cap
                       and t.create_time > s.create_time - limited.seconds * interval '1 second'
               ))
           )
    into numbers, fits
    from asked
    join sender using (sender_id);

    loop
        if not fits then
            select decided.numbers, decided.outcomes, decided.found_tip_ids
            into numbers, outcomes, found_tip_ids
            from tip.decide_in_order(
                tip_ids, sender_ids, request_ids, currencies, amounts, fundings, create_times,
                wallets, wallet_currencies, wallet_balances, window_seconds, caps
            ) as decided;
        end if;
        begin
            insert into tip.tip (
                tip_id, sender_id, request_id, request_hash, educator_id, currency, amount, message, visibility,
                hide_amount, course_id, lesson_id, create_time, batch_id, funding, expire_time, review,
                platform_fee, sender_number
            )
            select tip_id, sender_id, request_id, request_hash, educator_id, currency, amount, message,
                   visibility, hide_amount, course_id, lesson_id, create_time, batch, funding, expire_time, review,
                   platform_fee, sender_number
            from unnest(
                tip_ids, sender_ids, request_ids, request_hashes, educator_ids, currencies, amounts, messages,
                visibilities, hide_amounts, course_ids, lesson_ids, create_times, fundings, expire_times, reviews,
                platform_fees, numbers
            ) with ordinality as given (
                tip_id, sender_id, request_id, request_hash, educator_id, currency, amount, message, visibility,
                hide_amount, course_id, lesson_id, create_time, funding, expire_time, review, platform_fee,
                sender_number, place
            )
            where sender_number is not null
            order by place;
            exit;
        exception when unique_violation then
            -- Most of all a request that was sent before. After a decision in order it can only be that a
            -- sender's first wallet was made just now, so that not everybody waited at the same lock.
            get stacked diagnostics broken = constraint_name;
            if broken not in ('tip_pkey', 'tip_request_once', 'tip_number_once')
                or (broken = 'tip_pkey' and not fits)
            then
                raise;
            end if;
            fits := false;
        end;
    end loop;

    -- Even an insert of no movement costs half of what a single tip does.
    if exists (select from tip.account where kind = 5 and owner_id = any (educator_ids) and balance < 0) then
        perform tip.repay_debts(educator_ids, currencies, fundings, numbers);
    end if;

    return query
    select place, outcome, found_tip_id
    from unnest(outcomes, found_tip_ids) with ordinality as decided (outcome, found_tip_id, place)
    where outcome is not null;
end;
$$;
