"""The time of the fake: it stands still until a test moves it."""

from __future__ import annotations

import time
from collections.abc import Callable

DAY_SECONDS = 86_400


class Clock:
    """Whole seconds since 1970, as Stripe counts; begins at the real time.

    What has to happen as time goes by (authorizations that run out) asks to be told by `on_move`.
    """

    def __init__(self) -> None:
        self.now = int(time.time())
        self._told: list[Callable[[], None]] = []

    def advance(self, *, days: int = 0, hours: int = 0, seconds: int = 0) -> None:
        """Moves forward; time does not go back."""
        step = days * DAY_SECONDS + hours * 3_600 + seconds
        if step < 0:
            raise ValueError("the clock only goes forward")
        self.now += step
        for tell in self._told:
            tell()

    def on_move(self, tell: Callable[[], None]) -> None:
        self._told.append(tell)
