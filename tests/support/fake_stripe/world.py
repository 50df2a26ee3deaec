"""What every endpoint works on, and what a call of one is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import stripe

from tests.support.fake_stripe.clock import Clock
from tests.support.fake_stripe.forms import Shape
from tests.support.fake_stripe.ledger import Ledger, Terms
from tests.support.fake_stripe.store import Object, Store, new_id


class World:
    """The state of one fake: its objects, books, events and clock.

    `platform` is the id of the platform's own account. `caller` is the request that an event is put down to:
    its id and idempotency key, or nothing when a test makes something happen.
    """

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.clock = Clock()
        self.store = Store()
        self.ledger = Ledger(self.store, self.clock)
        self.platform = new_id("acct")
        self.events: list[Object] = []
        self.caller: Object = {"id": None, "idempotency_key": None}

    def record(self, type_: str, obj: Object, account: str | None = None) -> Object:
        """Puts an event on record, with the object as it is now.

        Events of a connected account name it; both are in the platform's list, in the order of things.
        """
        event: Object = {
            "id": new_id("evt"),
            "object": "event",
            "api_version": stripe.api_version,
            "created": self.clock.now,
            "data": {"object": self.store.show(obj)},
            "livemode": False,
            "pending_webhooks": 1,
            "request": dict(self.caller),
            "type": type_,
        }
        if account is not None and account != self.platform:
            event["account"] = account
        self.store.add(self.platform, event)
        self.events.append(event)
        return event


@dataclass(frozen=True, slots=True)
class Call:
    """A request whose parameters hold. `account` is who it is made for, `ids` are the ids in its path."""

    account: str
    params: dict[str, Any]
    ids: tuple[str, ...] = ()

    def get(self, name: str, default: Any = None) -> Any:
        return self.params.get(name, default)

    def metadata(self, before: dict[str, str] | None = None) -> dict[str, str]:
        """What an object's metadata is after this call."""
        after = {**(before or {}), **self.params.get("metadata", {})}
        return {name: value for name, value in after.items() if value != ""}

    def filter(self, *names: str) -> Callable[[Object], bool]:
        """Whether an object has what these parameters say, as far as they were given."""
        wanted = {name: self.params[name] for name in names if name in self.params}
        return lambda obj: all(obj[name] == value for name, value in wanted.items())


@dataclass(frozen=True, slots=True)
class Route:
    """An endpoint: `path` has `{}` where an id is, `shape` is what it takes, `required` what has to be there.

    `run` returns the object to show, or raises StripeError.
    """

    method: str
    path: str
    run: Callable[[World, Call], Object]
    shape: Shape = field(default_factory=dict)
    required: tuple[str, ...] = ()

    def ids(self, method: str, path: str) -> tuple[str, ...] | None:
        """The ids in `path` when it is this endpoint's, else None."""
        if method != self.method:
            return None
        match = re.fullmatch(re.escape(self.path).replace(r"\{\}", "([^/]+)"), path)
        return None if match is None else match.groups()
