"""Where educators are paid to at the provider: one account each, however often it is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from academe.caller import Caller
from academe.clock import utcnow
from academe.errors import InvalidArgument
from academe.services.tip.errors import FundingNotOffered, PayoutAccountMissing, ProviderUnavailable
from academe.services.tip.payouts.model import PayoutAccount
from academe.services.tip.payouts.repository_accounts import PayoutAccountRepository
from academe.services.tip.ports import PaymentProvider

CLAIM_SECONDS = 60
"""How long one caller alone asks for an account: longer than a call to the provider takes. After a crash the
next one asks again, for the same educator, and is given the same account."""

WAIT_SECONDS = 10
LOOK_AGAIN_SECONDS = 0.1
"""How long, and how often, somebody looks whether another caller has got the account meanwhile."""


class PayoutAccounts:
    """The accounts of educators at the provider; without a provider there are none."""

    def __init__(
        self,
        repository: PayoutAccountRepository,
        provider: PaymentProvider | None,
        *,
        clock: Callable[[], datetime] = utcnow,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        self._repository = repository
        self._provider = provider
        self._clock = clock
        self._wait_seconds = wait_seconds

    async def create_payout_account(self, caller: Caller, return_url: str) -> tuple[PayoutAccount, str]:
        """The caller's account, made when there is none, and the page on which to say where the money goes.

        Raises FundingNotOffered without a provider, InvalidArgument for a return_url that is not https,
        ProviderUnavailable and ProviderRefused.
        """
        if self._provider is None:
            raise FundingNotOffered("This school has no payment provider; payouts are made by hand.")
        if not return_url.lower().startswith("https://"):
            raise InvalidArgument.field("return_url", "must be an https address")
        known = await self._repository.get(caller.user_id, self._provider.name)
        if known is not None and known.reference is not None:
            account = await self._ask(self._provider, caller.user_id, known.reference)
        else:
            account = await self._make(self._provider, caller.user_id)
        assert account.reference is not None  # noqa: S101  # both ways it is known now
        return account, await self._provider.onboarding_url(account.reference, return_url)

    async def destination(self, educator_id: UUID) -> str:
        """The provider's id of the account to pay to. Raises PayoutAccountMissing, ProviderUnavailable.

        One that was not ready when it was last heard of is asked about: perhaps it is now.
        """
        assert self._provider is not None  # noqa: S101  # without one, nobody asks
        account = await self._repository.get(educator_id, self._provider.name)
        if account is not None and account.reference is not None and not account.payouts_enabled:
            account = await self._ask(self._provider, educator_id, account.reference)
        if account is None or account.reference is None or not account.payouts_enabled:
            raise PayoutAccountMissing
        return account.reference

    async def refresh(self, reference: str) -> None:
        """Asks how an account stands: what to do when the provider says that it has changed.

        What the news itself says is not taken over, because news come late and in any order.
        """
        if self._provider is None:
            return
        educator_id = await self._repository.find_educator(self._provider.name, reference)
        if educator_id is not None:
            await self._ask(self._provider, educator_id, reference)

    async def _ask(self, provider: PaymentProvider, educator_id: UUID, reference: str) -> PayoutAccount:
        asked = self._clock()
        told = await provider.get_account(reference)
        await self._repository.record(educator_id, provider.name, told, asked)
        return PayoutAccount(educator_id, provider.name, reference, told.payouts_enabled, told.requirements)

    async def _make(self, provider: PaymentProvider, educator_id: UUID) -> PayoutAccount:
        """Asks for an account if nobody else is doing so, or waits for what they get."""
        end = asyncio.get_running_loop().time() + self._wait_seconds
        while True:
            now = self._clock()
            until = now + timedelta(seconds=CLAIM_SECONDS)
            if await self._repository.claim(educator_id, provider.name, now, until):
                return await self._make_claimed(provider, educator_id, until)
            known = await self._repository.get(educator_id, provider.name)
            if known is not None and known.reference is not None:
                return known
            if asyncio.get_running_loop().time() > end:
                raise ProviderUnavailable(retry_after_seconds=1.0)
            await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def _make_claimed(
        self, provider: PaymentProvider, educator_id: UUID, until: datetime
    ) -> PayoutAccount:
        asked = self._clock()
        try:
            told = await provider.create_account(educator_id)
        except BaseException:  # the caller's leaving too: the next one need not wait for the end of the claim
            await self._repository.release(educator_id, provider.name, until)
            raise
        await self._repository.record(educator_id, provider.name, told, asked)
        return PayoutAccount(
            educator_id, provider.name, told.reference, told.payouts_enabled, told.requirements
        )
