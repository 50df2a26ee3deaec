"""What goes wrong between the fake and its client when a test wants it to, and a log of what was asked."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from fnmatch import fnmatchcase
from typing import Any


class Fault(Enum):
    """A way for one request to go wrong."""

    REQUEST_LOST = "the connection is cut before anything was executed"
    REPLY_LOST = "everything was executed and saved, then the connection is cut"
    IN_FLIGHT = "409: another request with this key is said to be under way; nothing is executed or saved"
    RATE_LIMITED = "429; nothing is executed or saved"
    FAILED_BEFORE = "500; nothing is executed or saved"
    FAILED_INSIDE = "500 after execution had begun: nothing was done, and the 500 is saved under the key"
    FAILED_AFTER = "500 although everything was executed, and the 500 is saved under the key"
    SLOW = "the key is in use and nothing is executed yet, until released"
    SLOW_REPLY = "everything was executed and saved, but the reply waits until released"


@dataclass(slots=True)
class Request:
    """A request as it arrived, and what became of it.

    `params` are the decoded parameters, every leaf a string. `status` is None as long as nothing was
    answered, and stays so when the connection was cut. `executed` says whether the endpoint ran for it.
    """

    id: str
    method: str
    path: str
    params: dict[str, Any]
    headers: dict[str, str]
    status: int | None = None
    executed: bool = False
    replayed: bool = False
    fault: Fault | None = None

    @property
    def key(self) -> str | None:
        return self.headers.get("idempotency-key")

    @property
    def line(self) -> str:
        return f"{self.method} {self.path}"


class Requests(list[Request]):
    """Everything that was asked, in the order of arrival. Patterns are like `POST /v1/payment_intents/*`."""

    def of(self, pattern: str) -> list[Request]:
        return [request for request in self if fnmatchcase(request.line, pattern)]

    def executed(self, pattern: str) -> int:
        """How many of them ran their endpoint, with whatever end."""
        return sum(request.executed for request in self.of(pattern))


@dataclass(slots=True, eq=False)
class Rule:
    """A fault that waits for its requests.

    `reached` is set when one is under it: held up, if it is slow. `finished` is set when the fake is done
    with one, whether or not its client still listens.

    A slow request goes on after `seconds`, or when `released` is set, whichever is first.
    """

    fault: Fault
    pattern: str
    times: int
    skip: int
    when: Callable[[Request], bool] | None
    seconds: float | None
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    finished: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def release(self) -> None:
        self.released.set()

    async def wait(self) -> None:
        self.reached.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.seconds):
                await self.released.wait()


class Faults:
    def __init__(self) -> None:
        self._rules: list[Rule] = []

    def add(
        self,
        fault: Fault,
        pattern: str = "*",
        *,
        times: int = 1,
        skip: int = 0,
        when: Callable[[Request], bool] | None = None,
        seconds: float | None = None,
    ) -> Rule:
        """The next `times` requests that match, after `skip` of them, go wrong in this way.

        `pattern` is held against `METHOD /path`, and its stars match anything: `POST /v1/refunds*`. The first
        rule that matches a request is the one that counts.
        """
        rule = Rule(fault, pattern, times, skip, when, seconds)
        self._rules.append(rule)
        return rule

    def clear(self) -> None:
        """Nothing goes wrong any more; what waits goes on."""
        for rule in self._rules:
            rule.release()
        self._rules.clear()

    def __iter__(self) -> Iterator[Rule]:
        """The rules that are not used up: a test can see that all its faults have happened."""
        return (rule for rule in self._rules if rule.times)

    def take(self, request: Request) -> Rule | None:
        for rule in self:
            if not fnmatchcase(request.line, rule.pattern) or (rule.when and not rule.when(request)):
                continue
            if rule.skip:
                rule.skip -= 1
                continue
            rule.times -= 1
            if rule.fault not in {Fault.SLOW, Fault.SLOW_REPLY}:
                rule.reached.set()
            request.fault = rule.fault
            return rule
        return None
