"""The books of the fake: balance transactions, fees, and what is available.

Every movement of money on an account, platform or connected, is one balance transaction; a balance is their
sum and nothing else. All amounts are whole minor units.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from tests.support.fake_stripe.clock import Clock
from tests.support.fake_stripe.store import Object, Store, new_id


@dataclass(frozen=True, slots=True)
class Terms:
    """What the fake takes for its services, and when it pays. Amounts are minor units of any currency."""

    fee_basis_points: int = 290
    fee_fixed: int = 30
    dispute_fee: int = 1_500
    dispute_fee_returned: bool = False
    """Whether a dispute that was won gives its fee back; Stripe's contracts differ."""
    settlement_seconds: int = 0
    """How long the money of a charge is pending; 0 makes it available at once."""
    books_later: bool = False
    """Whether charges captured by `automatic_async` have no balance transaction until `book_charges`, as
    Stripe has it by default."""

    def charge_fee(self, amount: int) -> int:
        """The fee of a charge of `amount`, rounded half up."""
        return (amount * self.fee_basis_points + 5_000) // 10_000 + self.fee_fixed


class Ledger:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._available: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._pending: list[tuple[str, Object]] = []
        clock.on_move(self._settle)

    def post(
        self,
        account: str,
        type_: str,
        amount: int,
        currency: str,
        source: str | None,
        *,
        fee: int = 0,
        fee_description: str = "Stripe processing fees",
        description: str | None = None,
        category: str | None = None,
        available_on: int | None = None,
    ) -> Object:
        """Records one movement and returns it. `amount` is signed; the account gets `amount - fee`."""
        transaction = {
            "id": new_id("txn"),
            "object": "balance_transaction",
            "amount": amount,
            "available_on": self._clock.now if available_on is None else available_on,
            "balance_type": "payments",
            "created": self._clock.now,
            "currency": currency,
            "description": description,
            "exchange_rate": None,
            "fee": fee,
            "fee_details": [_fee_detail(fee, currency, fee_description)] if fee else [],
            "net": amount - fee,
            "reporting_category": category or type_,
            "source": source,
            "status": "pending",
            "type": type_,
        }
        self._store.add(account, transaction)
        self._pending.append((account, transaction))
        self._settle()
        return transaction

    def available(self, account: str, currency: str) -> int:
        return self._available[account, currency]

    def pending(self, account: str, currency: str) -> int:
        return sum(
            transaction["net"]
            for owner, transaction in self._pending
            if owner == account and transaction["currency"] == currency
        )

    def total(self, account: str, currency: str) -> int:
        """Available and pending together: the sum of `net` over all balance transactions."""
        return self.available(account, currency) + self.pending(account, currency)

    def currencies(self, account: str) -> list[str]:
        held = {currency for owner, currency in self._available if owner == account}
        held |= {transaction["currency"] for owner, transaction in self._pending if owner == account}
        return sorted(held) or ["usd"]

    def _settle(self) -> None:
        """What has come due becomes available."""
        still_pending = []
        for account, transaction in self._pending:
            if transaction["available_on"] <= self._clock.now:
                transaction["status"] = "available"
                self._available[account, transaction["currency"]] += transaction["net"]
            else:
                still_pending.append((account, transaction))
        self._pending = still_pending


def _fee_detail(fee: int, currency: str, description: str) -> Object:
    return {
        "amount": fee,
        "application": None,
        "currency": currency,
        "description": description,
        "type": "stripe_fee",
    }
