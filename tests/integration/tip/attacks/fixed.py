"""What was agreed with the provider and does not change, whatever becomes of it."""

from __future__ import annotations

FIXED = {
    "payment": "payment_id purpose payer_id provider currency amount create_time",
    "refund": "refund_id requester_id request_hash tip_id payment_id currency amount reason create_time",
    "dispute": "dispute_id provider provider_reference payment_id currency amount create_time",
    "payout": "payout_id educator_id request_id request_hash currency amount provider destination line_number"
    " previous_number create_time",
    "payout_account": "educator_id provider create_time",
}
"""Columns by table."""

REFERENCES = [
    (
        "payment_goes_forward",
        "payment",
        """insert into tip.payment (
               payment_id, purpose, payer_id, provider, client_secret, state, currency, amount, failure,
               fingerprint, create_time, update_time
           ) values (gen_random_uuid(), 1, '{payer}', 'stripe', '', 1, 'EUR', 300, '', '', now(), now())""",
    ),
    (
        "reference_known_once",
        "refund",
        """insert into tip.refund (
               refund_id, requester_id, request_hash, tip_id, payment_id, currency, amount, reason, state,
               create_time, update_time
           ) values (gen_random_uuid(), '{educator}', '', '{paid}', '{paid}', 'EUR', 5, '', 1, now(),
               now())""",
    ),
    (
        "reference_known_once",
        "payout_account",
        """insert into tip.payout_account (
               educator_id, provider, payouts_enabled, requirements, claim_time, create_time, update_time
           ) values ('{educator}', 'stripe', false, '{{}}', now(), now(), now())""",
    ),
]
"""Rows with an id of the provider's that is not known yet, and the rule that it stays when it is."""
