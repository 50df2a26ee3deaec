"""A payment provider of a few lines: the port's promises kept, its replies lost on request."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from academe.money import Money
from academe.services.tip.errors import ProviderRefused, ProviderUnavailable
from academe.services.tip.ports import BookLine, ProviderAccount, ProviderPayment, ProviderTransfer


class Bank:
    """Keeps what it did by our ids, so that the same request happens once; `asked` counts the requests."""

    def __init__(self, name: str = "bank") -> None:
        self.name = name
        self.transfers: dict[UUID, tuple[str, str, Money]] = {}
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
        self.slow = 0.0

    async def create_transfer(
        self, payout_id: UUID, account_reference: str, amount: Money
    ) -> ProviderTransfer:
        await self._arrive()
        known = self.transfers.get(payout_id)
        if known is None:
            if self.refusal:
                raise ProviderRefused(provider_message=self.refusal)
            if account_reference not in self.enabled:
                raise ProviderRefused(provider_message="No such account.")
            known = self.transfers[payout_id] = (f"tr_{payout_id.hex}", account_reference, amount)
        assert known[1:] == (account_reference, amount), "the same key with other parameters"
        self._answer()
        return ProviderTransfer(known[0], payout_id, None if self.undecided else True)

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

    async def create_payment(self, payment_id: UUID, amount: Money, *, payer_id: UUID) -> ProviderPayment:
        raise NotImplementedError

    async def get_payment(self, reference: str) -> ProviderPayment:
        raise NotImplementedError

    async def create_refund(self, refund_id: UUID, reference: str, amount: Money) -> ProviderTransfer:
        raise NotImplementedError

    async def get_refund(self, reference: str) -> ProviderTransfer:
        raise NotImplementedError

    async def list_book(self, currency_code: str, start: datetime, end: datetime) -> Sequence[BookLine]:
        raise NotImplementedError
