"""VerifyLedger without a server."""

from __future__ import annotations

from academe.services.tip.verification import VerificationRepository, VerificationService
from academe.services.tip.verification.model import Check


async def verify(dsn: str) -> dict[str, Check]:
    """Every check by its name; give it the DSN of the application's role."""
    service = VerificationService(VerificationRepository(dsn))
    return {check.name: check async for check in service.verify_ledger()}


async def failed_checks(dsn: str) -> dict[str, tuple[str, ...]]:
    """The sentences of the checks that failed; empty when the ledger is what was written."""
    return {
        name: check.faults
        for name, check in (await verify(dsn)).items()
        if not check.passed and name != "all"
    }
