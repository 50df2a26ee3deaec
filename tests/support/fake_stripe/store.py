"""Every object of the fake, by id and by kind, and how it looks from outside: pages and snapshots.

An object is the dictionary that the API shows. Names that begin with an underscore are the fake's own notes
and are never shown. Each object belongs to an account: the platform, or a connected account.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from tests.support.fake_stripe.errors import bad_parameter, invalid, no_such
from tests.support.fake_stripe.forms import Shape, integer, moment, text

Object = dict[str, Any]

PAGE_SIZE = 10
PAGE_SIZE_MAX = 100

PAGING: Shape = {"limit": integer, "starting_after": text, "ending_before": text}
"""What every list takes."""

PAGING_BY_TIME: Shape = {**PAGING, "created": moment}


def new_id(prefix: str) -> str:
    """An id as long and as unguessable as Stripe's; no two fakes ever make the same."""
    return f"{prefix}_{secrets.token_hex(12)}"


class Store:
    def __init__(self) -> None:
        self._objects: dict[str, Object] = {}
        self._account_of: dict[str, str] = {}
        self._by_kind: defaultdict[tuple[str, str], list[Object]] = defaultdict(list)

    def add(self, account: str, obj: Object) -> Object:
        self._objects[obj["id"]] = obj
        self._account_of[obj["id"]] = account
        self._by_kind[account, obj["object"]].append(obj)
        return obj

    def get(
        self, account: str, kind: str, identifier: str, *, param: str = "id", in_path: bool = True
    ) -> Object:
        """The object itself, to be read and changed; raises resource_missing for another account's too."""
        obj = self._objects.get(identifier)
        if obj is None or obj["object"] != kind or self._account_of[identifier] != account:
            raise no_such(kind, identifier, param=param, in_path=in_path)
        return obj

    def all(self, account: str, kind: str) -> Iterator[Object]:
        """The newest first, as Stripe lists."""
        return reversed(self._by_kind[account, kind])

    def page(
        self,
        account: str,
        kind: str,
        params: dict[str, Any],
        url: str,
        keep: Callable[[Object], bool] = lambda _: True,
    ) -> Object:
        """A list object: the newest first, of those that `keep` keeps, after or before the object named."""
        limit = params.get("limit", PAGE_SIZE)
        if not 1 <= limit <= PAGE_SIZE_MAX:
            raise bad_parameter("Limit must be between 1 and 100.", param="limit")
        rows = [obj for obj in self.all(account, kind) if keep(obj)]
        if "created" in params:
            rows = [obj for obj in rows if params["created"](obj["created"])]
        if "ending_before" in params:
            rows = rows[: self._place(account, kind, rows, params["ending_before"], "ending_before")]
            return list_object(rows[-limit:], url, has_more=len(rows) > limit)
        if "starting_after" in params:
            rows = rows[self._place(account, kind, rows, params["starting_after"], "starting_after") + 1 :]
        return list_object(rows[:limit], url, has_more=len(rows) > limit)

    def _place(self, account: str, kind: str, rows: list[Object], identifier: str, param: str) -> int:
        self.get(account, kind, identifier, param=param, in_path=False)
        for place, obj in enumerate(rows):
            if obj["id"] == identifier:
                return place
        raise invalid(f"The cursor '{identifier}' is not in this list", param=param)

    def show(self, obj: Object) -> Object:
        """A copy for the outside: nothing that happens later changes it."""
        shown: Object = _public(obj)
        return shown

    def find(self, identifier: str) -> Object:
        """A copy of any object, whoever it belongs to."""
        return self.show(self._objects[identifier])

    def account_of(self, identifier: str) -> str:
        return self._account_of[identifier]


def list_object(rows: list[Object], url: str, *, has_more: bool) -> Object:
    return {"object": "list", "url": url, "has_more": has_more, "data": rows}


def _public(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _public(inner) for name, inner in value.items() if not name.startswith("_")}
    if isinstance(value, list):
        return [_public(inner) for inner in value]
    return value
