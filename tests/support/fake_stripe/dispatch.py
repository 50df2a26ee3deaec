"""A request on its way through the fake: who asks, what goes wrong, the key, the endpoint, the answer."""

from __future__ import annotations

import json
from typing import Any

from tests.support.fake_stripe import (
    accounts,
    charges,
    customers,
    disputes,
    errors,
    payment_intents,
    payouts,
    refunds,
    reports,
    transfers,
)
from tests.support.fake_stripe.errors import StripeError
from tests.support.fake_stripe.expansion import check_expansions, expand, shown_by
from tests.support.fake_stripe.faults import Fault, Faults, Request, Requests, Rule
from tests.support.fake_stripe.forms import check, texts
from tests.support.fake_stripe.idempotency import Answer, Keys
from tests.support.fake_stripe.world import Call, Route, World

_SLICES = (accounts, charges, customers, disputes, payment_intents, payouts, refunds, reports, transfers)
ROUTES: tuple[Route, ...] = tuple(route for each in _SLICES for route in each.ROUTES)


class Cut(Exception):
    """There is no answer: the connection ends."""


class Dispatcher:
    """Answers requests; an endpoint runs in one step of the event loop, so that nothing is seen half done."""

    def __init__(self, world: World, api_key: str) -> None:
        self.world = world
        self.api_key = api_key
        self.keys = Keys(world.clock)
        self.faults = Faults()
        self.requests = Requests()
        self.crashes: list[Exception] = []

    async def answer(self, request: Request) -> Answer:
        """The reply to send; raises Cut when the client is to hear nothing."""
        self.requests.append(request)
        try:
            answer = await self._answer(request)
        except StripeError as error:
            answer = self._error(request, error)
        request.status = answer.status
        return answer

    async def _answer(self, request: Request) -> Answer:
        self._authenticate(request)
        rule = self.faults.take(request)
        fault = rule.fault if rule else None
        if fault is Fault.REQUEST_LOST:
            raise Cut
        if fault is Fault.RATE_LIMITED:
            raise errors.rate_limited()
        if fault is Fault.IN_FLIGHT:
            raise errors.key_in_use(request.key)
        if fault is Fault.FAILED_BEFORE:
            raise errors.server_error(saved=False)
        try:
            try:
                answer = await self._keyed(request, rule)
            except StripeError as error:
                answer = self._error(request, error)
            if rule is not None and fault is Fault.SLOW_REPLY:
                await rule.wait()
        finally:
            if rule is not None:
                rule.finished.set()
        if fault is Fault.REPLY_LOST:
            raise Cut
        return answer

    def _authenticate(self, request: Request) -> None:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or key != self.api_key:
            raise errors.unauthorized(key or None)

    async def _keyed(self, request: Request, rule: Rule | None) -> Answer:
        """The answer of an earlier request with this key, or else that of the endpoint."""
        route, ids = _route(request)
        account = self._account(request)
        key = request.key if request.method == "POST" else None
        if key is not None:
            saved = self.keys.find(account, key, request.path, request.params)
            if saved is not None:
                request.replayed = True
                return Answer(saved.status, saved.body, saved.request_id, saved.headers)
        params = dict(request.params)
        expansions = texts("expand", params.pop("expand", []))
        check_expansions(shown_by(route.method, route.path), expansions)
        call = Call(account, check(route.shape, params), ids)
        for name in route.required:
            if name not in call.params:
                raise errors.missing_parameter(name)
        if key is None:
            return await self._execute(request, route, call, expansions, rule)
        self.keys.begin(account, key, request.path, request.params)
        answer = None
        try:
            answer = await self._execute(request, route, call, expansions, rule)
        except StripeError as error:
            if not error.saved:
                raise
            answer = self._error(request, error)
        finally:
            if answer is None:
                self.keys.release(account, key)
            else:
                self.keys.save(account, key, answer)
        return answer

    def _account(self, request: Request) -> str:
        """Who the request is for: the platform, or the connected account that it names."""
        account = request.headers.get("stripe-account", self.world.platform)
        if account != self.world.platform:
            try:
                self.world.store.get(self.world.platform, "account", account)
            except StripeError:
                raise errors.no_access(account) from None
        return account

    async def _execute(
        self, request: Request, route: Route, call: Call, expansions: list[str], rule: Rule | None
    ) -> Answer:
        fault = rule.fault if rule else None
        if rule is not None and fault is Fault.SLOW:
            await rule.wait()
        if fault is Fault.FAILED_INSIDE:
            raise errors.server_error(saved=True)
        request.executed = True
        self.world.caller = {"id": request.id, "idempotency_key": request.key}
        try:
            shown = self.world.store.show(route.run(self.world, call))
        except StripeError as error:
            request.executed = error.saved
            if fault is Fault.FAILED_AFTER:
                raise errors.server_error(saved=True) from None
            raise
        except Exception as crash:
            self.crashes.append(crash)  # a fault of the fake's, which its stop() reports
            raise errors.server_error(saved=False) from crash
        finally:
            self.world.caller = {"id": None, "idempotency_key": None}
        if fault is Fault.FAILED_AFTER:
            raise errors.server_error(saved=True)
        return Answer(200, _json(expand(self.world.store, shown, expansions)), request.id)

    def refuse(self, request: Request, error: StripeError) -> Answer:
        """The answer to a request whose parameters could not even be read."""
        self.requests.append(request)
        request.status = error.status
        return self._error(request, error)

    @staticmethod
    def _error(request: Request, error: StripeError) -> Answer:
        body = {
            "error": {**error.body["error"], "request_log_url": f"https://dashboard.stripe.com/{request.id}"}
        }
        return Answer(error.status, _json(body), request.id, tuple(error.headers.items()))


def _route(request: Request) -> tuple[Route, tuple[str, ...]]:
    for route in ROUTES:
        ids = route.ids(request.method, request.path)
        if ids is not None:
            return route, ids
    raise errors.unrecognized(request.method, request.path)


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()
