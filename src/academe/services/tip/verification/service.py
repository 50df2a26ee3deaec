"""Whether the ledger is what was written into it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Protocol

from academe.services.tip.verification.model import Check


class Checks(Protocol):
    """What recomputes the ledger."""

    def run_checks(self) -> AsyncGenerator[Check, None]: ...


class VerificationService:
    """One verification at a time; who asks meanwhile waits for it, since each reads everything."""

    def __init__(self, checks: Checks) -> None:
        self._checks = checks
        self._turn = asyncio.Lock()

    async def verify_ledger(self) -> AsyncGenerator[Check, None]:
        """Each check as soon as it is done, then their sum under the name "all"."""
        found: list[Check] = []
        async with self._turn, aclosing(self._checks.run_checks()) as checks:
            async for check in checks:
                found.append(check)
                yield check
        yield Check(
            "all",
            examined=sum(check.examined for check in found),
            fault_count=sum(check.fault_count for check in found),
            head_hash=next(check.head_hash for check in found if check.name == "seals"),
        )
