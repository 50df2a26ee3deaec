-- The whole ledger: wallets, holds, fees, payments from outside, refunds, payouts and debts.
--
-- Two tables are written, tip.tip and tip.movement; a row of either is one transaction of the ledger, and all
-- of its legs follow from that row. The database itself derives them (tip.entry), carries the balances
-- (tip.account), hashes what was written together (tip.batch) and links the hashes (tip.seal). None of these
-- can be written in any other way, and nothing is changed or deleted: a correction is a movement.
--
-- What a positive balance says is that the platform owes it. The accounts of a currency add up to nothing.
--
--   kind  account        of whom     balance
--   1     WALLET         a person    what they put in and did not spend; never below zero
--   2     EDUCATOR       an educator what they received and were not paid; never below zero
--   3     HELD           a person    set aside for tips that are not decided yet; never below zero
--   4     PAYOUT         an educator on its way to their bank; never below zero
--   5     DEBT           a person    what they owe after a dispute; never above zero
--   6     PLATFORM_FEE   the school  its share of tips
--   7     PAYMENT_FEE    the school  fees of payments: what educators bore, less what the provider took
--   8     PROVIDER       the school  money at the payment provider, as a negative number
--   9     CASH           the school  money that came and went by hand, as a negative number
--   10    OUTSIDE        a person    tips from before there were wallets: what is to be settled outside

drop trigger post_tips on tip.tip;
drop trigger derived on tip.entry;
drop trigger derived on tip.account;
drop trigger append_only on tip.tip;
drop trigger append_only on tip.entry;
drop trigger append_only on tip.account;
drop trigger account_fixed on tip.account;
drop trigger check_legs on tip.entry;
drop function tip.post_tips();

-- The school's own accounts belong to the nil UUID, so that a key has no null.
alter table tip.account drop constraint account_once;
alter table tip.account drop constraint account_kind_known;
alter table tip.account drop constraint account_payable_covered;
update tip.account set kind = 10 where kind = 1;
alter table tip.account
    alter column owner_id set not null,
    -- Of the latest entry; those of one account never run backwards.
    add column update_time timestamptz not null default '-infinity',
    add constraint account_once unique (kind, owner_id, currency),
    add constraint account_kind_known check (kind between 1 and 10),
    add constraint account_of_the_school check
        ((kind between 6 and 9) = (owner_id = '00000000-0000-0000-0000-000000000000'));
update tip.entry as entry
set create_time = ascending.create_time
from (
    select account_id, number, max(create_time) over (partition by account_id order by number) as create_time
    from tip.entry
) as ascending
where ascending.account_id = entry.account_id and ascending.number = entry.number;
update tip.account as account
set update_time = (select max(create_time) from tip.entry where entry.account_id = account.account_id);
alter table tip.account alter column update_time drop default;
-- An owner's accounts of every kind.
create index account_of_owner on tip.account (owner_id);
-- Who may owe something: few, and asked for with every batch. No index of accounts may have the balance, not
-- even in its condition: changing it would then change every index.
create index account_of_debt on tip.account (owner_id, currency) where kind = 5;

create sequence tip.batch_number;

alter table tip.tip
    -- What was written together, and is hashed together.
    add column batch_id bigint not null default nextval('tip.batch_number'),
    -- 0: settled outside. 1: from the wallet, at once. 2: from the wallet, held until it is decided.
    -- 3: from the payment provider.
    add column funding smallint not null default 0,
    -- When a hold that nobody decided is given back.
    add column expire_time timestamptz,
    -- Held for an administrator to look at.
    add column review boolean not null default false,
    -- Of the amount, minor units.
    add column platform_fee bigint not null default 0,
    -- 1, 2, 3 … among the tips of this sender, without gaps: how many there were is known without counting.
    add column sender_number bigint;
update tip.tip set sender_number = numbered.number
from (select tip_id, row_number() over (partition by sender_id order by tip_id) as number from tip.tip) numbered
where numbered.tip_id = tip.tip.tip_id;
alter table tip.tip
    alter column funding drop default,
    alter column review drop default,
    alter column platform_fee drop default,
    alter column sender_number set not null,
    add constraint tip_funding_known check (funding between 0 and 3),
    -- Such tips are from before, and are not looked at: a new one would move no money.
    add constraint tip_no_longer_outside check (funding <> 0) not valid,
    add constraint tip_hold_only check (funding in (2, 3) or (expire_time is null and not review)),
    add constraint tip_platform_fee_within check (platform_fee between 0 and amount),
    add constraint tip_number_once unique (sender_id, sender_number);
drop index tip.tip_sent; -- tip_number_once does its work

alter table tip.entry rename column tip_id to transaction_id;
alter table tip.entry
    -- 1 and 2: a tip and a hold, whose transaction_id is the tip's. From 3 on: a movement of this kind.
    add column kind smallint not null default 1,
    add column batch_id bigint;
update tip.entry set batch_id = tip.batch_id from tip.tip where tip.tip_id = entry.transaction_id;
alter table tip.entry
    alter column kind drop default,
    alter column batch_id set not null;

create table tip.movement (
    movement_id uuid not null,
    batch_id bigint not null default nextval('tip.batch_number'),
    kind smallint not null,
    -- What made it happen: the hold's tip, the refund, the payout, the dispute … It happens once for each.
    source_id uuid not null,
    -- The tip that it is about, if it is about one.
    tip_id uuid,
    from_kind smallint not null,
    from_owner uuid not null,
    to_kind smallint not null,
    to_owner uuid not null,
    currency character(3) collate "C" not null,
    -- Minor units; all that moves, of which the three below are parts.
    amount bigint not null,
    platform_fee bigint not null,
    payment_fee bigint not null,
    -- What an educator's balance could not give back.
    debt bigint not null,
    create_time timestamptz not null,
    constraint movement_pkey primary key (movement_id),
    constraint movement_once unique (kind, source_id),
    constraint movement_currency_code check (currency ~ '^[A-Z]{3}$'),
    constraint movement_amount_positive check (amount > 0),
    constraint movement_parts_within check (
        platform_fee >= 0 and payment_fee >= 0 and debt >= 0 and platform_fee + payment_fee + debt <= amount
    ),
    constraint movement_parts_belong check (
        (kind in (4, 6, 7, 8, 9, 16) or platform_fee + payment_fee = 0) and (kind in (7, 8) or debt = 0)
    ),
    constraint movement_of_a_tip check ((kind in (4, 5, 6, 7, 8, 9, 16)) = (tip_id is not null)),
    constraint movement_accounts check (
        case kind
            when 3 then from_kind in (8, 9) and to_kind = 1 -- top-up
            when 4 then from_kind = 3 and to_kind = 2 -- capture
            when 5 then from_kind = 3 and to_kind = 1 -- void
            when 6 then from_kind = 8 and to_kind = 2 -- charge
            when 7 then from_kind = 2 and to_kind in (1, 8) -- refund
            when 8 then from_kind = 2 and to_kind = 8 -- dispute
            when 9 then from_kind = 8 and to_kind = 2 -- dispute won
            when 10 then from_kind = 2 and to_kind = 4 -- payout
            when 11 then from_kind = 4 and to_kind in (8, 9) -- payout paid
            when 12 then from_kind = 4 and to_kind = 2 -- payout failed
            when 13 then from_kind = 7 and to_kind = 8 -- the provider's fee
            when 14 then from_kind in (1, 2) and to_kind = 5 -- debt repaid
            when 15 then from_kind in (1, 5) and to_kind in (8, 9) -- top-up taken back
            when 16 then from_kind = 8 and to_kind = 2 -- refund failed
            when 17 then from_kind = 8 and to_kind = 7 -- the provider's fee returned
            else false
        end
    ),
    constraint movement_owners check (
        (from_kind between 6 and 9) = (from_owner = '00000000-0000-0000-0000-000000000000')
        and (to_kind between 6 and 9) = (to_owner = '00000000-0000-0000-0000-000000000000')
        and (kind not in (5, 10, 12, 14) or from_owner = to_owner)
    )
);

-- A hold is decided once, and a payment from outside arrives once.
create unique index movement_decides_once on tip.movement (tip_id) where kind in (4, 5, 6);
create index movement_of_tip on tip.movement (tip_id) where tip_id is not null;

-- Where a tip stands that is not simply given: held, to be paid from outside, or refunded. A tip without a row
-- is given. Derived like the balances, apart from what has no effect on money (see the trigger below).
create table tip.lifecycle (
    tip_id uuid not null,
    -- 1: held. 2: held for review. 3: waits for the payment. 4: given. 5: voided. 6: failed.
    state smallint not null,
    currency character(3) collate "C" not null,
    amount bigint not null,
    platform_fee bigint not null,
    payment_fee bigint not null,
    -- Of the three above, what was given back, by refunds and disputes.
    refunded bigint not null,
    refunded_platform_fee bigint not null,
    refunded_payment_fee bigint not null,
    expire_time timestamptz,
    update_time timestamptz not null,
    constraint lifecycle_pkey primary key (tip_id),
    constraint lifecycle_state_known check (state between 1 and 6),
    constraint refund_within_tip check (refunded between 0 and amount),
    constraint refund_within_platform_fee check (refunded_platform_fee between 0 and platform_fee),
    constraint refund_within_payment_fee check (refunded_payment_fee between 0 and payment_fee),
    constraint refund_within_share check (
        refunded - refunded_platform_fee - refunded_payment_fee between 0 and amount - platform_fee - payment_fee
    ),
    constraint refund_of_given check (state = 4 or refunded = 0)
);

create index lifecycle_open on tip.lifecycle (state, expire_time) where state <= 3;
create index lifecycle_in_review on tip.lifecycle (tip_id) where state = 2;

create table tip.batch (
    batch_id bigint not null,
    transaction_count integer not null,
    -- SHA-256 of their rows (tip.bytes_of_tip, tip.bytes_of_movement) in the order of their bytes. Entries need
    -- no hash: they follow from these.
    digest bytea not null,
    constraint batch_pkey primary key (batch_id),
    constraint batch_not_empty check (transaction_count > 0)
);

create table tip.seal (
    -- 1, 2, 3 … in the order of the commits.
    number bigint not null,
    batch_id bigint not null,
    -- SHA-256 of the previous hash, the number, the batch and its digest.
    hash bytea not null,
    seal_time timestamptz not null,
    constraint seal_pkey primary key (number),
    constraint seal_once unique (batch_id)
);
