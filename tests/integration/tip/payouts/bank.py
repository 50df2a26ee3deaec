"""The half of a payment provider that pays out: the port's promises kept, its replies lost on request."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

from academe.money import Money
from academe.services.tip.errors import ProviderRefused, ProviderUnavailable
from academe.services.tip.ports import ProviderAccount, ProviderTransfer


class Bank:
    """Keeps what it did by our ids, so that the same request happens once; `asked` counts the requests.

    `forget` is what a day does to it: the same request would happen again.
    """

    def __init__(self, name: str = "bank") -> None:
        self.name = name
        self.transfers: dict[UUID, tuple[str, str, Money]] = {}
        self.keys: set[UUID] = set()
        self.made = 0
        self.accounts: dict[UUID, str] = {}
        self.enabled: set[str] = set()
        self.asked = 0
        self.made_accounts = 0
        self.lost_replies = 0
        """So many times something is done and the answer lost."""
        self.lost_requests = 0
        """So many times nothing arrives at all."""
        self.refusal = ""
        self.undecided = False
        self.step = 1
        """Minor units of which it pays multiples only."""
        self.slow = 0.0

    def payable(self, amount: Money) -> Money:
        return Money(amount.currency_code, amount.minor_units - amount.minor_units % self.step)

    async def create_transfer(
        self, payout_id: UUID, account_reference: str, amount: Money
    ) -> ProviderTransfer:
        await self._arrive()
        if payout_id not in self.keys:
            if self.refusal:
                raise ProviderRefused(provider_message=self.refusal)
            if account_reference not in self.enabled:
                raise ProviderRefused(provider_message="No such account.")
            self.transfers[payout_id] = (f"tr_{payout_id.hex}", account_reference, amount)
            self.keys.add(payout_id)
            self.made += 1
        known = self.transfers[payout_id]
        assert known[1:] == (account_reference, amount), "the same key with other parameters"
        self._answer()
        return ProviderTransfer(known[0], payout_id, None if self.undecided else True)

    async def find_transfer(self, payout_id: UUID, account_reference: str) -> ProviderTransfer | None:
        await self._arrive()
        known = self.transfers.get(payout_id)
        self._answer()
        if known is None or known[1] != account_reference:
            return None
        return ProviderTransfer(known[0], payout_id, None if self.undecided else True)

    def forget(self) -> None:
        self.keys.clear()

    async def create_account(self, educator_id: UUID) -> ProviderAccount:
        await self._arrive()
        if educator_id not in self.accounts:
            self.accounts[educator_id] = f"acct_{educator_id.hex}"
            self.made_accounts += 1
        self._answer()
        return self._account(self.accounts[educator_id])

    async def get_account(self, reference: str) -> ProviderAccount:
        await self._arrive()
        self._answer()
        return self._account(reference)

    async def onboarding_url(self, reference: str, return_url: str) -> str:
        return f"https://bank.example/{reference}/{uuid4().hex}"

    def _account(self, reference: str) -> ProviderAccount:
        enabled = reference in self.enabled
        return ProviderAccount(reference, enabled, () if enabled else ("iban",))

    async def _arrive(self) -> None:
        self.asked += 1
        await asyncio.sleep(self.slow)
        if self.lost_requests:
            self.lost_requests -= 1
            raise ProviderUnavailable

    def _answer(self) -> None:
        if self.lost_replies:
            self.lost_replies -= 1
            raise ProviderUnavailable
