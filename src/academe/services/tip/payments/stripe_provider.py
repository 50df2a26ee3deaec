"""Stripe as the payment provider: payments on the platform's account, transfers to connected accounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from academe.money import Money
from academe.services.tip.errors import ProviderRefused, ProviderUnavailable
from academe.services.tip.payments import stripe_objects as read
from academe.services.tip.payments.stripe_units import to_stripe, whole_steps
from academe.services.tip.ports import (
    BookLine,
    GoneBack,
    ProviderAccount,
    ProviderDispute,
    ProviderPayment,
    ProviderRefund,
    ProviderTransfer,
)

if TYPE_CHECKING:
    import stripe

TIMEOUT_SECONDS = 10
"""Stripe answers within two seconds, but for banks that think about it."""

PAGE_SIZE = 100
"""Rows per request of a list, the most that Stripe gives."""


class StripeProvider:
    """A PaymentProvider. `api_url` is another address than Stripe's own to test against.

    Every key is made of the id of a row of ours, so that a request that is made again changes nothing. Stripe
    forgets keys after a day: what is asked again later is looked for first (`list_refunds`, `find_transfer`).
    `retries` is how often the library itself repeats what got no answer, with the same key, within a second.
    """

    name = "stripe"

    def __init__(
        self,
        secret_key: str,
        *,
        api_url: str | None = None,
        retries: int = 1,
        timeout_seconds: int = TIMEOUT_SECONDS,
    ) -> None:
        self._secret_key = secret_key
        self._api_url = api_url
        self._retries = retries
        self._timeout_seconds = timeout_seconds

    @property
    def livemode(self) -> bool:
        """Whether this is about real money."""
        return "_live_" in self._secret_key

    @cached_property
    def _http(self) -> stripe.HTTPXClient:
        import stripe

        return stripe.HTTPXClient(timeout=self._timeout_seconds)

    @cached_property
    def _client(self) -> stripe.StripeClient:
        # Imported when it is first needed: it is 25 MB, which a school without payments does without.
        import stripe

        addresses: Any = {} if self._api_url is None else {"base_addresses": {"api": self._api_url}}
        return stripe.StripeClient(
            self._secret_key, http_client=self._http, max_network_retries=self._retries, **addresses
        )

    async def close(self) -> None:
        if "_http" in self.__dict__:
            await self._http.close_async()  # type: ignore[no-untyped-call]

    def check_amount(self, amount: Money) -> None:
        to_stripe(amount)

    def payable(self, amount: Money) -> Money:
        return whole_steps(amount)

    async def create_payment(self, payment_id: UUID, amount: Money, *, payer_id: UUID) -> ProviderPayment:
        intent = await self._ask(
            lambda v1: v1.payment_intents.create_async,
            {
                "amount": to_stripe(amount),
                "currency": amount.currency_code.lower(),
                # Redirects would need a page to come back to, and a server has none.
                "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
                "metadata": {"payment_id": str(payment_id), "payer_id": str(payer_id)},
                "transfer_group": f"payment-{payment_id}",
            },
            key=f"payment-{payment_id}",
        )
        return read.payment_of(intent)

    async def get_payment(self, reference: str) -> ProviderPayment:
        intent = await self._ask(
            lambda v1: v1.payment_intents.retrieve_async, reference, {"expand": read.EXPAND_PAYMENT}
        )
        return read.payment_of(intent)

    async def cancel_payment(self, reference: str) -> ProviderPayment:
        # Refused when it succeeded just now, or was canceled before: what it is then says which.
        with suppress(ProviderRefused):
            await self._ask(
                lambda v1: v1.payment_intents.cancel_async, reference, {"cancellation_reason": "abandoned"}
            )
        return await self.get_payment(reference)

    async def create_refund(self, refund_id: UUID, reference: str, amount: Money) -> ProviderRefund:
        refund = await self._ask(
            lambda v1: v1.refunds.create_async,
            {
                "payment_intent": reference,
                "amount": to_stripe(amount),
                "metadata": {"refund_id": str(refund_id)},
            },
            key=f"refund-{refund_id}",
        )
        return read.refund_of(refund)

    async def list_refunds(self, reference: str) -> Sequence[ProviderRefund]:
        refunds = await self._list(lambda v1: v1.refunds.list_async, {"payment_intent": reference})
        return [read.refund_of(refund) for refund in reversed(refunds)]

    async def list_disputes(self, reference: str) -> Sequence[ProviderDispute]:
        disputes = await self._list(lambda v1: v1.disputes.list_async, {"payment_intent": reference})
        return [read.dispute_of(dispute) for dispute in reversed(disputes)]

    async def list_gone_back(self, start: datetime, end: datetime) -> Sequence[GoneBack]:
        span = {"created": {"gte": read.second(start), "lt": read.second(end)}, "expand": ["data.source"]}
        found: list[GoneBack] = []
        for type_ in read.GONE_BACK:
            lines = await self._list(lambda v1: v1.balance_transactions.list_async, {**span, "type": type_})
            found += filter(None, map(read.gone_back_of, lines))
        return found

    async def create_account(self, educator_id: UUID) -> ProviderAccount:
        account = await self._ask(
            lambda v1: v1.accounts.create_async,
            {
                "type": "express",
                "capabilities": {"transfers": {"requested": True}},
                "metadata": {"educator_id": str(educator_id)},
            },
            key=f"account-{educator_id}",
        )
        return read.account_of(account)

    async def get_account(self, reference: str) -> ProviderAccount:
        return read.account_of(await self._ask(lambda v1: v1.accounts.retrieve_async, reference))

    async def onboarding_url(self, reference: str, return_url: str) -> str:
        """A page of Stripe's, for one visit. Left half done, it leads back to `return_url` as well."""
        link = await self._ask(
            lambda v1: v1.account_links.create_async,
            {
                "account": reference,
                "return_url": return_url,
                "refresh_url": return_url,
                "type": "account_onboarding",
            },
        )
        return str(link["url"])

    async def create_transfer(
        self, payout_id: UUID, account_reference: str, amount: Money
    ) -> ProviderTransfer:
        transfer = await self._ask(
            lambda v1: v1.transfers.create_async,
            {
                "amount": to_stripe(amount),
                "currency": amount.currency_code.lower(),
                "destination": account_reference,
                "metadata": {"payout_id": str(payout_id)},
                "transfer_group": f"payout-{payout_id}",
            },
            key=f"transfer-{payout_id}",
        )
        return read.transfer_of(transfer)

    async def find_transfer(self, payout_id: UUID, account_reference: str) -> ProviderTransfer | None:
        transfers = await self._list(
            lambda v1: v1.transfers.list_async,
            {"destination": account_reference, "transfer_group": f"payout-{payout_id}"},
        )
        found = [read.transfer_of(transfer) for transfer in transfers]
        return next((transfer for transfer in found if transfer.source_id == payout_id), None)

    async def list_book(self, currency_code: str, start: datetime, end: datetime) -> Sequence[BookLine]:
        lines = await self._list(
            lambda v1: v1.balance_transactions.list_async,
            {
                "currency": currency_code.lower(),
                "created": {"gte": read.second(start), "lt": read.second(end)},
                "expand": ["data.source"],
            },
        )
        return [read.book_line_of(line) for line in reversed(lines)]

    async def _list(
        self, method: Callable[[Any], Callable[..., Any]], params: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        """Every page of a list, the newest first as Stripe has it."""
        rows: list[dict[str, Any]] = []
        more: Mapping[str, Any] = {}
        while True:
            page = await self._ask(method, {**params, "limit": PAGE_SIZE, **more})
            rows += page["data"]
            if not page["has_more"]:
                return rows
            more = {"starting_after": rows[-1]["id"]}

    async def _ask(
        self, method: Callable[[Any], Callable[..., Any]], *args: Any, key: str | None = None
    ) -> dict[str, Any]:
        """Calls a method of the library and returns what it answered, as plain values.

        Raises ProviderRefused when Stripe has said no, and ProviderUnavailable whenever that is not certain:
        also for a key in use, and for a secret key that is wrong, which the operator can put right.
        """
        import stripe

        call = method(self._client.v1)
        try:
            answer = await (call(*args) if key is None else call(*args, {"idempotency_key": key}))
        except (stripe.CardError, stripe.InvalidRequestError) as error:
            if error.http_status is None or error.http_status in (409, 429) or error.http_status >= 500:
                raise ProviderUnavailable from error
            raise ProviderRefused(
                provider_message=error.user_message or str(error), provider_code=error.code or ""
            ) from error
        except stripe.StripeError as error:
            raise ProviderUnavailable from error
        plain: dict[str, Any] = answer.to_dict()
        return plain
