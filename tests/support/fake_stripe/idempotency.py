"""Idempotency keys as Stripe keeps them: the first answer of an endpoint that began to execute, for a day."""

from __future__ import annotations

from dataclasses import dataclass

from tests.support.fake_stripe.clock import DAY_SECONDS, Clock
from tests.support.fake_stripe.errors import key_in_use, key_reused, key_too_long

KEY_CHARACTERS_MAX = 255
KEPT_SECONDS = DAY_SECONDS


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply as it is sent: its status, body, and the id of the request that it was made for."""

    status: int
    body: bytes
    request_id: str
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class _Use:
    path: str
    parameters: object
    begun: int
    answer: Answer | None = None


class Keys:
    """One account's keys are not another's: `scope` is the account a request is for."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._uses: dict[tuple[str, str], _Use] = {}

    def __len__(self) -> int:
        """How many keys are known, also to be too old."""
        return len(self._uses)

    def find(self, scope: str, key: str, path: str, parameters: object) -> Answer | None:
        """What was answered under this key, or None when it is free; a key of a day ago is forgotten.

        Raises when the key belongs to another request, or to one that is under way.
        """
        if len(key) > KEY_CHARACTERS_MAX:
            raise key_too_long()
        use = self._uses.get((scope, key))
        if use is None:
            return None
        if use.answer is None:
            raise key_in_use(key)
        if use.begun + KEPT_SECONDS <= self._clock.now:
            del self._uses[scope, key]
            return None
        if use.path != path:
            raise key_reused(key, use.path)
        if use.parameters != parameters:
            raise key_reused(key, None)
        return use.answer

    def begin(self, scope: str, key: str, path: str, parameters: object) -> None:
        """From now on the key is in use, until `save` or `release`."""
        self._uses[scope, key] = _Use(path, parameters, self._clock.now)

    def save(self, scope: str, key: str, answer: Answer) -> None:
        self._uses[scope, key].answer = answer

    def release(self, scope: str, key: str) -> None:
        """Nothing was saved: the key is free for the next request."""
        del self._uses[scope, key]
