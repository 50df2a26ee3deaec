"""A Stripe of our own for tests: the official library talks to it; a test is its bank, its network, its time.

It keeps what matters of the original: the states of payments, books that add up, idempotency keys with their
limits, refunds that never exceed their charge, transfers that need a balance, disputes that take the money
first. What it does not do it refuses, loudly.
"""

from __future__ import annotations

from tests.support.fake_stripe.fake import FakeStripe
from tests.support.fake_stripe.faults import Fault, Request
from tests.support.fake_stripe.ledger import Terms
from tests.support.fake_stripe.webhooks import Delivery

__all__ = ["Delivery", "FakeStripe", "Fault", "Request", "Terms"]
