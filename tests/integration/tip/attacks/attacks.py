"""What must not be written, and the rule that refuses it.

In the values "{payer}" and the like stand for ids of the scene.
"""

from __future__ import annotations

from typing import Any

from tests.integration.tip.attacks.fixed import FIXED
from tests.support.ledger_rows import (
    CAPTURE,
    CHARGE,
    DEBT_REPAID,
    DISPUTE,
    DISPUTE_WON,
    PAYOUT,
    PAYOUT_FAILED,
    PAYOUT_PAID,
    REFUND,
    REFUND_FAILED,
    TOP_UP,
    TOP_UP_TAKEN_BACK,
    VOID,
)

APPEND_ONLY = "ledger_append_only"
DERIVED = "ledger_derived"
FITS = "movement_fits_tip"

Columns = dict[str, Any]

TIPS: list[tuple[str, Columns]] = [
    ("tip_amount_positive", {"amount": 0}),
    ("tip_amount_positive", {"amount": -1}),
    ("tip_not_to_oneself", {"educator_id": "{payer}"}),
    ("tip_currency_code", {"currency": "eur"}),
    ("tip_currency_code", {"currency": "E"}),
    ("tip_visibility_known", {"visibility": 0}),
    ("tip_pkey", {"tip_id": "{given}"}),
    ("tip_number_once", {"sender_number": 1}),
    ("tip_funding_known", {"funding": 4}),
    ("tip_no_longer_outside", {"funding": 0}),
    ("tip_hold_only", {"review": True}),
    ("tip_hold_only", {"expire_time": "2030-01-01"}),
    ("tip_platform_fee_within", {"platform_fee": -1}),
    ("tip_platform_fee_within", {"platform_fee": 501}),
    ("account_covered", {"amount": 9_000}),
    ("account_covered", {"amount": 9_000, "funding": 2}),
    ("account_covered", {"amount": 1, "currency": "JPY"}),  # whatever there is in EUR
    ("batch_pkey", {"batch_id": "{batch}"}),
]

OF_EDUCATOR = {"from_owner": "{educator}", "to_owner": "{educator}"}
OF_STRANGER = {"from_owner": "{stranger}", "to_owner": "{stranger}"}
PAID = {"from_owner": "{educator}", "to_owner": "{school}"}
TO_PAYER = {"to_owner": "{payer}", "amount": 5}
OF_GIVEN = {"tip_id": "{given}", "from_owner": "{educator}", "to_owner": "{payer}"}
OF_HELD = {
    "tip_id": "{held}",
    "from_owner": "{payer}",
    "to_owner": "{educator}",
    "amount": 500,
    "platform_fee": 25,
}
VOID_HELD = OF_HELD | {"to_owner": "{payer}", "platform_fee": 0}
OF_CAPTURED = OF_HELD | {"tip_id": "{captured}", "amount": 200, "platform_fee": 10}
OF_VOIDED = OF_HELD | {"tip_id": "{voided}", "amount": 60, "platform_fee": 0}
OF_UNPAID = {"tip_id": "{unpaid}", "to_owner": "{educator}", "amount": 300}
OF_PAID = {"tip_id": "{paid}", "from_owner": "{educator}", "to_kind": 8, "amount": 10}
WON = {
    "tip_id": "{paid}",
    "source_id": "{dispute}",
    "to_owner": "{educator}",
    "amount": 50,
    "platform_fee": 2,
}

MOVEMENTS: list[tuple[str, int, Columns]] = [
    # What no movement may be.
    ("movement_amount_positive", TOP_UP, {"to_owner": "{payer}", "amount": 0}),
    ("movement_amount_positive", TOP_UP, {"to_owner": "{payer}", "amount": -5}),
    ("movement_currency_code", TOP_UP, TO_PAYER | {"currency": "eur"}),
    ("movement_accounts", TOP_UP, TO_PAYER | {"to_kind": 2}),
    ("movement_accounts", 18, TO_PAYER),
    ("movement_accounts", 1, TO_PAYER),
    ("movement_accounts", TOP_UP, OF_STRANGER | {"from_kind": 1, "amount": 5}),
    ("movement_owners", TOP_UP, {"from_owner": "{stranger}", "to_owner": "{payer}", "amount": 5}),
    ("movement_owners", TOP_UP, {"amount": 5}),
    ("movement_owners", PAYOUT, {"from_owner": "{educator}", "to_owner": "{stranger}", "amount": 5}),
    ("movement_owners", VOID, VOID_HELD | {"to_owner": "{stranger}"}),
    ("movement_owners", DEBT_REPAID, {"from_owner": "{stranger}", "to_owner": "{educator}", "amount": 5}),
    ("movement_parts_within", CAPTURE, OF_HELD | {"platform_fee": -25}),
    ("movement_parts_within", REFUND, OF_PAID | {"amount": 5, "platform_fee": 3, "payment_fee": 3}),
    ("movement_parts_belong", TOP_UP, TO_PAYER | {"platform_fee": 1}),
    ("movement_parts_belong", CAPTURE, OF_HELD | {"debt": 1}),
    ("movement_of_a_tip", TOP_UP, TO_PAYER | {"tip_id": "{given}"}),
    ("movement_of_a_tip", CAPTURE, OF_HELD | {"tip_id": None}),
    ("batch_pkey", TOP_UP, TO_PAYER | {"batch_id": "{batch}"}),
    # Twice for one cause.
    ("movement_once", DISPUTE, OF_PAID | {"source_id": "{dispute}"}),
    ("movement_once", PAYOUT, OF_EDUCATOR | {"source_id": "{payout}", "amount": 1}),
    # A hold is decided once, by its own tip, while it is open, as it was asked for.
    ("movement_decides_once", CAPTURE, OF_CAPTURED),
    ("movement_decides_once", VOID, OF_CAPTURED | {"to_owner": "{payer}", "platform_fee": 0}),
    ("movement_decides_once", CAPTURE, OF_VOIDED),
    ("movement_decides_once", VOID, OF_VOIDED | {"to_owner": "{payer}"}),
    ("movement_decides_once", CHARGE, WON | {"amount": 400, "platform_fee": 20}),
    (FITS, CAPTURE, OF_HELD | {"tip_id": "{nobody}"}),
    (FITS, CAPTURE, OF_HELD | {"amount": 499}),
    (FITS, CAPTURE, OF_HELD | {"platform_fee": 24}),
    (FITS, CAPTURE, OF_HELD | {"payment_fee": 1}),
    (FITS, CAPTURE, OF_HELD | {"to_owner": "{stranger}"}),
    (FITS, CAPTURE, OF_HELD | {"from_owner": "{stranger}"}),
    (FITS, CAPTURE, OF_HELD | {"currency": "JPY"}),
    (FITS, CAPTURE, OF_HELD | {"tip_id": "{given}"}),
    (FITS, VOID, VOID_HELD | {"amount": 501}),
    (FITS, VOID, VOID_HELD | {"from_owner": "{stranger}", "to_owner": "{stranger}"}),
    (FITS, VOID, VOID_HELD | {"tip_id": "{given}", "amount": 700}),
    (FITS, VOID, VOID_HELD | {"tip_id": "{unpaid}", "amount": 300}),
    # A payment is of its tip.
    (FITS, CHARGE, OF_UNPAID | {"amount": 299}),
    (FITS, CHARGE, OF_UNPAID | {"to_owner": "{stranger}"}),
    (FITS, CHARGE, OF_UNPAID | {"tip_id": "{held}", "amount": 500, "platform_fee": 25}),
    (FITS, CHARGE, OF_UNPAID | {"platform_fee": 1}),
    # Not more comes back than there was, in all and of each part, and to where it came from.
    ("refund_within_share", REFUND, OF_GIVEN | {"amount": 701, "platform_fee": 35}),
    ("refund_within_platform_fee", REFUND, OF_GIVEN | {"amount": 100, "platform_fee": 36}),
    ("refund_within_payment_fee", REFUND, OF_GIVEN | {"amount": 100, "payment_fee": 1}),
    ("refund_within_share", REFUND, OF_GIVEN | {"amount": 700, "platform_fee": 34}),
    ("refund_within_share", REFUND, OF_PAID | {"amount": 251, "platform_fee": 13, "payment_fee": 9}),
    ("refund_within_platform_fee", REFUND, OF_PAID | {"amount": 50, "platform_fee": 14}),
    ("refund_within_payment_fee", REFUND, OF_PAID | {"amount": 50, "payment_fee": 10}),
    ("refund_within_share", DISPUTE, OF_PAID | {"amount": 240, "platform_fee": 1, "debt": 200}),
    ("refund_of_given", REFUND, OF_GIVEN | {"tip_id": "{held}", "amount": 5}),
    ("refund_of_given", REFUND, OF_GIVEN | {"tip_id": "{voided}", "amount": 5}),
    ("refund_of_given", REFUND, OF_PAID | {"tip_id": "{unpaid}", "amount": 5}),
    (FITS, REFUND, OF_GIVEN | {"to_owner": "{stranger}", "amount": 5}),
    (FITS, REFUND, OF_GIVEN | {"from_owner": "{stranger}", "amount": 5}),
    (FITS, REFUND, OF_GIVEN | {"to_kind": 8, "to_owner": "{school}", "amount": 5}),
    (FITS, REFUND, OF_GIVEN | {"tip_id": "{paid}", "amount": 5}),
    (FITS, REFUND, OF_GIVEN | {"currency": "JPY", "amount": 5}),
    (FITS, DISPUTE, OF_GIVEN | {"to_owner": "{school}", "amount": 5}),
    (FITS, DISPUTE_WON, WON | {"amount": 51}),
    (FITS, DISPUTE_WON, WON | {"platform_fee": 1}),
    (FITS, DISPUTE_WON, WON | {"source_id": "{nobody}"}),
    (FITS, DISPUTE_WON, WON | {"to_owner": "{stranger}"}),
    (FITS, REFUND_FAILED, WON),
    # Nobody spends what they have not, and no debt is repaid that is not there.
    ("account_covered", REFUND, OF_PAID | {"amount": 240, "platform_fee": 13, "tip_id": "{broke}"}),
    ("account_covered", PAYOUT, OF_EDUCATOR | {"amount": 5_000}),
    ("account_covered", PAYOUT, OF_STRANGER | {"amount": 1}),
    ("account_covered", TOP_UP_TAKEN_BACK, {"from_owner": "{payer}", "amount": 10_000}),
    ("account_covered", DEBT_REPAID, OF_EDUCATOR | {"amount": 11}),
    ("account_covered", DEBT_REPAID, OF_STRANGER | {"from_kind": 1, "amount": 1}),
    # A payout is settled once, as it was taken.
    ("movement_fits_payout", PAYOUT_PAID, PAID | {"source_id": "{payout}", "amount": 99}),
    ("movement_fits_payout", PAYOUT_PAID, PAID | {"amount": 100}),
    ("movement_fits_payout", PAYOUT_FAILED, OF_EDUCATOR | {"source_id": "{payout}", "amount": 99}),
]  # fmt: skip

ENTRY = """
    insert into tip.entry (account_id, number, transaction_id, kind, amount, balance, create_time, batch_id)
    select account_id, entry_count + 1, gen_random_uuid(), 3, 5, balance + 5, now(), 1 from tip.account
"""
ACCOUNT = """
    insert into tip.account (owner_id, kind, currency, balance, entry_count, create_time, update_time)
    values (gen_random_uuid(), 2, 'EUR', 100, 0, now(), now())
"""
TABLES = [
    "tip",
    "movement",
    "entry",
    "batch",
    "seal",
    "account",
    "lifecycle",
    "payment",
    "top_up",
    "refund",
    "dispute",
    "payout",
]
STATEMENTS = [
    # What was written stays as it is.
    *((APPEND_ONLY, f"delete from tip.{table}") for table in TABLES),
    *((APPEND_ONLY, f"truncate tip.{table} cascade") for table in TABLES),
    (APPEND_ONLY, "update tip.tip set amount = amount + 1"),
    (APPEND_ONLY, "update tip.tip set message = '' where false"),
    (APPEND_ONLY, "update tip.movement set amount = amount + 1"),
    (APPEND_ONLY, "update tip.movement set from_owner = gen_random_uuid()"),
    (APPEND_ONLY, "update tip.entry set amount = -amount"),
    (APPEND_ONLY, "update tip.entry set balance = balance + 1"),
    (APPEND_ONLY, "update tip.batch set digest = ''"),
    (APPEND_ONLY, "update tip.seal set number = number + 1000"),
    (APPEND_ONLY, "update tip.seal set hash = ''"),
    (APPEND_ONLY, "update tip.top_up set amount = 1"),
    (APPEND_ONLY, "insert into tip.tip select * from tip.tip on conflict (tip_id) do update set amount = 1"),
    # What was agreed with the provider, too; where it stands is another matter.
    *(
        (APPEND_ONLY, f"update tip.{table} set {column} = {column}")
        for table, columns in FIXED.items()
        for column in columns.split()
    ),
    # An account belongs to one owner, in one currency.
    (APPEND_ONLY, "update tip.account set currency = 'USD'"),
    (APPEND_ONLY, "update tip.account set owner_id = gen_random_uuid()"),
    (APPEND_ONLY, "update tip.account set kind = 3 - kind"),
    # Entries, balances, hashes and where a tip stands come from tips and movements only.
    (DERIVED, "update tip.account set balance = balance + 1"),
    (DERIVED, "update tip.account set entry_count = 0 where false"),
    (DERIVED, "do $$ begin update tip.account set balance = 0; end $$"),
    (DERIVED, ACCOUNT),
    (DERIVED, ENTRY),
    (DERIVED, "insert into tip.batch (batch_id, transaction_count, digest) values (-1, 1, '')"),
    (DERIVED, "insert into tip.seal (number, batch_id, hash, seal_time) values (9999, 1, '', now())"),
    (DERIVED, "insert into tip.lifecycle select * from tip.lifecycle"),
    (DERIVED, "update tip.lifecycle set state = 4 where tip_id = '{unpaid}'"),
    (DERIVED, "update tip.lifecycle set state = 1 where tip_id = '{captured}'"),
    (DERIVED, "update tip.lifecycle set state = 6 where tip_id = '{paid}'"),
    (DERIVED, "update tip.lifecycle set refunded = 0, state = 4 where tip_id = '{paid}'"),
    (DERIVED, "update tip.lifecycle set amount = 1, state = 2 where tip_id = '{held}'"),
    # By the posting alone, though anybody may call it: it stands behind the same guards.
    (DERIVED, """select tip.post(array[row(1, gen_random_uuid(), 3, 1, '{payer}', 'EUR', 5, now())::tip.leg],
                                 array[''::bytea], array[1::bigint])"""),
]  # fmt: skip
