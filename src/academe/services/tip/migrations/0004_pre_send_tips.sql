-- The writer: many tips in one call, decided exactly as if they had come one after the other.

-- Writes tips in the order given and answers only for those that were not simply written:
--   1  its request was sent before: found_tip_id is the tip that it made
--   2  the wallet does not hold the amount
--   3  too many tips of this sender: in some window of seconds the cap is reached
-- Windows are sliding: a sender has at most caps[i] tips in any window_seconds[i] seconds.
create function tip.send_tips(
    tip_ids uuid[], sender_ids uuid[], request_ids uuid[], request_hashes bytea[], educator_ids uuid[],
    currencies text[], amounts bigint[], platform_fees bigint[], fundings smallint[], messages text[],
    visibilities smallint[], hide_amounts boolean[], course_ids uuid[], lesson_ids uuid[],
    create_times timestamptz[], expire_times timestamptz[], reviews boolean[],
    window_seconds bigint[], caps bigint[]
) returns table (place bigint, outcome smallint, found_tip_id uuid)
language plpgsql
set enable_nestloop = off -- the plan is made once, perhaps for one tip, and kept for hundreds
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
    batch bigint := nextval('tip.batch_number');
    wallets uuid[];
    wallet_currencies text[];
    wallet_balances bigint[];
    numbers bigint[]; -- of each tip among its sender's; null for one that is not written
    fits boolean;
begin
    -- Whoever spends from the same wallet waits here, in one order for everybody. What they committed meanwhile
    -- is seen below, because each statement takes a new look.
    select array_agg(owner_id), array_agg(currency), array_agg(balance)
    into wallets, wallet_currencies, wallet_balances
    from (
        select owner_id, currency, balance from tip.account
        where kind = 1 and owner_id = any (sender_ids)
        order by owner_id, currency
        for no key update
    ) as held;

    -- All at once, if everybody's tips fit together, since then they fit in any order.
    with asked as materialized (
        select place, sender_id, currency, case when funding in (1, 2) then amount else 0 end as amount,
               row_number() over (partition by sender_id order by place) as nth
        from unnest(sender_ids, currencies, amounts, fundings)
            with ordinality as asked (sender_id, currency, amount, funding, place)
    ),
    sender as materialized (
        select sender_id, max(nth) as tips, coalesce((
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
               where s.tips > limited.cap or (s.latest + s.tips > limited.cap and (
                   select t.create_time from tip.tip as t
                   where t.sender_id = s.sender_id and t.sender_number = s.latest + s.tips - limited.cap
               ) > clock_timestamp() - limited.seconds * interval '1 second')
           )
    into numbers, fits
    from asked
    join sender using (sender_id);

    insert into tip.tip (
        tip_id, sender_id, request_id, request_hash, educator_id, currency, amount, message, visibility,
        hide_amount, course_id, lesson_id, create_time, batch_id, funding, expire_time, review, platform_fee,
        sender_number
    )
    select tip_id, sender_id, request_id, request_hash, educator_id, currency, amount, message, visibility,
           hide_amount, course_id, lesson_id, create_time, batch, funding, expire_time, review, platform_fee,
           sender_number
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
end;
$$;
