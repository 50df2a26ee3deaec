"""The fake as a test sees it."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Sequence

import stripe

from tests.support.fake_stripe import charges, confirmation, disputes, payouts, refunds
from tests.support.fake_stripe.accounts import Accounts
from tests.support.fake_stripe.dispatch import Dispatcher
from tests.support.fake_stripe.ledger import Terms
from tests.support.fake_stripe.server import Server
from tests.support.fake_stripe.store import Object
from tests.support.fake_stripe.webhooks import Deliverer, Delivery, Events, Receive
from tests.support.fake_stripe.world import World


class FakeStripe:
    """Stripe's API on a free port of 127.0.0.1, for the official library, with the test as its bank.

    `faults` makes requests go wrong and `requests` is what was asked; `events` is what happened, and
    `deliver` sends it as webhooks; `accounts` switches connected accounts; `clock` moves the time. Everything
    survives `stop` and a new `start`, as Stripe survives an outage.
    """

    def __init__(self, terms: Terms | None = None) -> None:
        self.api_key = f"sk_test_{secrets.token_hex(12)}"
        self.webhook_secret = f"whsec_{secrets.token_hex(16)}"
        self._world = World(terms or Terms())
        self._dispatcher = Dispatcher(self._world, self.api_key)
        self._server = Server(self._dispatcher)
        self.platform = self._world.platform
        self.clock = self._world.clock
        self.faults = self._dispatcher.faults
        self.requests = self._dispatcher.requests
        self.accounts = Accounts(self._world)
        self.events = Events(self._world.events)
        self._deliverer = Deliverer(self.events, self.webhook_secret)
        self.clock.on_move(lambda: confirmation.cancel_expired(self._world, self.platform))

    async def start(self) -> None:
        await self._server.start()

    async def stop(self) -> None:
        """Ends it; raises what went wrong inside the fake itself, if anything did."""
        await self._server.stop()
        if self._dispatcher.crashes:
            raise self._dispatcher.crashes[0]

    @property
    def url(self) -> str:
        return self._server.url

    def client(self, *, retries: int = 0, timeout_seconds: float = 10.0) -> stripe.StripeClient:
        """The official client. `retries` is how often it repeats a request by itself."""
        return stripe.StripeClient(
            self.api_key,
            base_addresses={"api": self.url},
            http_client=stripe.HTTPXClient(timeout=timeout_seconds, verify_ssl_certs=False),
            max_network_retries=retries,
        )

    # What a test looks at.

    def get(self, kind: str, identifier: str, account: str | None = None) -> Object:
        """A copy of an object as the API would show it now."""
        return self._world.store.show(self._object(kind, identifier, account))

    def all(self, kind: str, account: str | None = None) -> list[Object]:
        """Copies of all objects of a kind, the oldest first."""
        found = [
            self._world.store.show(each) for each in self._world.store.all(account or self.platform, kind)
        ]
        return found[::-1]

    def charged(self) -> list[Object]:
        """The charges that took money, the oldest first."""
        return [charge for charge in self.all("charge") if charge["captured"]]

    def platform_balance(self, currency: str) -> int:
        """Available and pending: the sum of `net` over the platform's balance transactions."""
        return self._world.ledger.total(self.platform, currency)

    def account_balance(self, account: str, currency: str) -> int:
        return self._world.ledger.total(account, currency)

    # What a test makes happen.

    def authenticate(self, payment_intent: str, *, succeeds: bool = True) -> None:
        """The customer answers their bank's question; see the intent and its events for the outcome."""
        intent = self._object("payment_intent", payment_intent)
        if intent["status"] != "requires_action":
            raise ValueError(f"{payment_intent} asks for nothing: {intent['status']}")
        confirmation.authenticate(self._world, self.platform, intent, succeeds=succeeds)

    def book_charges(self) -> int:
        """Books what `Terms.books_later` left open, each with its `charge.updated`; returns how many."""
        return len(charges.book(self._world, self.platform))

    def finish_refund(self, refund: str, *, succeeds: bool | None = None) -> None:
        """A refund comes to its end: by default the one that its card is made for."""
        refunds.finish(self._world, self.platform, self._object("refund", refund), succeeds=succeeds)

    def open_dispute(
        self, charge: str, *, amount: int | None = None, reason: str = "fraudulent", inquiry: bool = False
    ) -> Object:
        """The cardholder disputes; the money and the fee are gone at once, unless it is an inquiry."""
        opened = disputes.open_dispute(
            self._world,
            self.platform,
            self._object("charge", charge),
            amount=amount,
            reason=reason,
            inquiry=inquiry,
        )
        return self._world.store.show(opened)

    def close_dispute(self, dispute: str, *, won: bool) -> None:
        disputes.close_dispute(self._world, self.platform, self._object("dispute", dispute), won=won)

    def charge_dispute_fee(self, dispute: str, amount: int) -> None:
        """Such as for contesting it; a negative one is given again."""
        disputes.charge_fee(self._world, self.platform, self._object("dispute", dispute), amount)

    def pay_out(
        self, currency: str, amount: int | None = None, *, account: str | None = None, paid: bool = True
    ) -> Object:
        """Money goes to the bank, by default all that is available; `paid` is whether it arrives."""
        owner = account or self.platform
        payout = payouts.pay_out(self._world, owner, currency, amount)
        payouts.settle_payout(self._world, owner, payout, paid=paid)
        return self._world.store.show(payout)

    def settle_payout(self, payout: str, *, paid: bool, account: str | None = None) -> None:
        """What became of a payout that was made through the API, or of one that comes back after all."""
        owner = account or self.platform
        payouts.settle_payout(self._world, owner, self._object("payout", payout, account), paid=paid)

    def take_fee(self, amount: int, currency: str, description: str = "Stripe fee") -> Object:
        """Stripe takes something for itself, as it does for accounts and reports."""
        booked = self._world.ledger.post(
            self.platform, "stripe_fee", -amount, currency, None, category="fee", description=description
        )
        return self._world.store.show(booked)

    async def deliver(
        self,
        to: str | Receive,
        events: Sequence[Object] | None = None,
        *,
        shuffle: random.Random | None = None,
        copies: int = 1,
        drop: Callable[[Object], bool] | None = None,
        delay_seconds: float = 0.0,
        signed_ago_seconds: int = 0,
        secret: str | None = None,
        at_once: bool = False,
    ) -> list[Delivery]:
        """Webhooks to a URL or a callable; see `Deliverer.deliver`."""
        return await self._deliverer.deliver(
            to,
            events,
            shuffle=shuffle,
            copies=copies,
            drop=drop,
            delay_seconds=delay_seconds,
            signed_ago_seconds=signed_ago_seconds,
            secret=secret,
            at_once=at_once,
        )

    def signed(self, event: Object) -> tuple[bytes, dict[str, str]]:
        """The body and headers of one delivery, for a test that delivers by itself."""
        return self._deliverer.signed(event)

    def _object(self, kind: str, identifier: str, account: str | None = None) -> Object:
        return self._world.store.get(account or self.platform, kind, identifier)
