"""What the ledger should be, in plain Python: dictionaries, and every rule as an `if`."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from tests.integration.tip.writer.sending import INSUFFICIENT_FUNDS, PAYMENT, REPLAYED, WALLET, Item, Outcome
from tests.support import ledger_oracle as kinds
from tests.support.ledger_oracle import SCHOOL

HELD, WAITING, GIVEN, VOIDED = 1, 3, 4, 5


class RefusedError(Exception):
    """The ledger does not allow it, and nothing changed."""


@dataclass
class Parts:
    """Of a sum in minor units: the educator's share, the platform's fee and the payment's."""

    share: int = 0
    platform: int = 0
    payment: int = 0

    @property
    def total(self) -> int:
        return self.share + self.platform + self.payment

    def within(self, other: Parts) -> bool:
        return (
            0 <= self.share <= other.share
            and 0 <= self.platform <= other.platform
            and 0 <= self.payment <= other.payment
        )

    def __add__(self, other: Parts) -> Parts:
        return Parts(self.share + other.share, self.platform + other.platform, self.payment + other.payment)

    def __sub__(self, other: Parts) -> Parts:
        return Parts(self.share - other.share, self.platform - other.platform, self.payment - other.payment)


@dataclass
class Tip:
    item: Item
    state: int
    parts: Parts
    back: Parts = field(default_factory=Parts)
    disputes: dict[UUID, tuple[Parts, int]] = field(default_factory=dict)
    """What each took back, and how much of the share became a debt; those that were won are gone."""

    @property
    def left(self) -> Parts:
        return self.parts - self.back


class Plain:
    """Balances by (kind, owner, currency), positive when it is owed to somebody."""

    def __init__(self) -> None:
        self.balance: defaultdict[tuple[int, UUID, str], int] = defaultdict(int)
        self.tips: dict[UUID, Tip] = {}
        self.requests: dict[tuple[UUID, UUID], UUID] = {}
        self.payouts: dict[UUID, tuple[UUID, str, int]] = {}

    def move(self, currency: str, *legs: tuple[int, UUID, int]) -> None:
        """All of the legs, or none. Raises RefusedError."""
        assert sum(amount for _, _, amount in legs) == 0
        after = {(kind, owner, currency): self.balance[kind, owner, currency] for kind, owner, _ in legs}
        for kind, owner, amount in legs:
            after[kind, owner, currency] += amount
        for (kind, _, _), balance in after.items():
            if (kind <= kinds.PAYOUT and balance < 0) or (kind == kinds.DEBT and balance > 0):
                raise RefusedError
        self.balance.update(after)

    def top_up(self, person: UUID, currency: str, amount: int) -> None:
        self.move(currency, (kinds.CASH, SCHOOL, -amount), (kinds.WALLET, person, amount))

    def take_top_up_back(self, person: UUID, currency: str, amount: int) -> None:
        self.move(currency, (kinds.WALLET, person, -amount), (kinds.CASH, SCHOOL, amount))

    def send(self, items: list[Item]) -> list[Outcome]:
        """One batch: its tips one after the other, and then what is owed from what was given."""
        outcomes = [self._send_one(item) for item in items]
        paid = [item for item, o in zip(items, outcomes, strict=True) if o is None and item.funding == WALLET]
        for educator, currency in {(item.educator_id, item.currency) for item in paid}:
            owed = -self.balance[kinds.DEBT, educator, currency]
            amount = min(owed, self.balance[kinds.EDUCATOR, educator, currency])
            if amount > 0:
                self.repay(educator, currency, amount)
        return outcomes

    def _send_one(self, item: Item) -> Outcome:
        request = item.sender_id, item.request_id
        if request in self.requests:
            return REPLAYED, self.requests[request]
        try:
            if item.funding == WALLET:
                self._give(kinds.WALLET, item.sender_id, item)
            elif item.funding != PAYMENT:
                legs = (kinds.WALLET, item.sender_id, -item.amount), (kinds.HELD, item.sender_id, item.amount)
                self.move(item.currency, *legs)
        except RefusedError:
            return INSUFFICIENT_FUNDS, None
        state = {WALLET: GIVEN, PAYMENT: WAITING}.get(item.funding, HELD)
        self.tips[item.tip_id] = Tip(item, state, Parts(item.amount - item.fee, item.fee))
        self.requests[request] = item.tip_id
        return None

    def _give(self, kind: int, owner: UUID, item: Item, payment_fee: int = 0) -> None:
        self.move(
            item.currency,
            (kind, owner, -item.amount),
            (kinds.EDUCATOR, item.educator_id, item.amount - item.fee - payment_fee),
            (kinds.PLATFORM_FEE, SCHOOL, item.fee),
            (kinds.PAYMENT_FEE, SCHOOL, payment_fee),
        )

    def capture(self, tip: Tip) -> None:
        if tip.state != HELD:
            raise RefusedError
        self._give(kinds.HELD, tip.item.sender_id, tip.item)
        tip.state = GIVEN

    def void(self, tip: Tip) -> None:
        if tip.state != HELD:
            raise RefusedError
        sender, amount = tip.item.sender_id, tip.item.amount
        self.move(tip.item.currency, (kinds.HELD, sender, -amount), (kinds.WALLET, sender, amount))
        tip.state = VOIDED

    def charge(self, tip: Tip, payment_fee: int) -> None:
        if tip.state != WAITING or payment_fee > tip.item.amount - tip.item.fee:
            raise RefusedError
        self._give(kinds.PROVIDER, SCHOOL, tip.item, payment_fee)
        tip.state, tip.parts = GIVEN, Parts(tip.parts.share - payment_fee, tip.parts.platform, payment_fee)

    def give_back(self, tip: Tip, back: Parts, debt: int = 0) -> None:
        """A refund, or with a debt a dispute."""
        if tip.state != GIVEN or not back.total or not back.within(tip.left) or not 0 <= debt <= back.share:
            raise RefusedError
        to = (kinds.PROVIDER, SCHOOL) if tip.item.funding == PAYMENT else (kinds.WALLET, tip.item.sender_id)
        self._take(tip.item, *to, back, debt)
        tip.back = tip.back + back

    def _take(self, item: Item, kind: int, owner: UUID, back: Parts, debt: int) -> None:
        self.move(
            item.currency,
            (kinds.EDUCATOR, item.educator_id, debt - back.share),
            (kinds.DEBT, item.educator_id, -debt),
            (kinds.PLATFORM_FEE, SCHOOL, -back.platform),
            (kinds.PAYMENT_FEE, SCHOOL, -back.payment),
            (kind, owner, back.total),
        )

    def dispute(self, tip: Tip, dispute_id: UUID, back: Parts, debt: int) -> None:
        if tip.item.funding != PAYMENT:
            raise RefusedError
        self.give_back(tip, back, debt)
        tip.disputes[dispute_id] = back, debt

    def win(self, tip: Tip, dispute_id: UUID) -> None:
        """All of it comes to the educator's balance; a debt stays until it is repaid."""
        back, _ = tip.disputes.pop(dispute_id)
        self._take(tip.item, kinds.PROVIDER, SCHOOL, Parts() - back, 0)
        tip.back = tip.back - back

    def pay_out(self, payout_id: UUID, person: UUID, currency: str, amount: int) -> None:
        self.move(currency, (kinds.EDUCATOR, person, -amount), (kinds.PAYOUT, person, amount))
        self.payouts[payout_id] = person, currency, amount

    def settle(self, payout_id: UUID, paid: bool) -> None:
        if payout_id not in self.payouts:
            raise RefusedError
        person, currency, amount = self.payouts.pop(payout_id)
        to = (kinds.CASH, SCHOOL) if paid else (kinds.EDUCATOR, person)
        self.move(currency, (kinds.PAYOUT, person, -amount), (*to, amount))

    def repay(self, person: UUID, currency: str, amount: int) -> None:
        self.move(currency, (kinds.EDUCATOR, person, -amount), (kinds.DEBT, person, amount))
