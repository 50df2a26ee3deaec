"""VerifyLedger on the wire."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

from academe.api.tip.v1 import tip_service_pb2 as pb
from academe.services.tip.verification.model import Check
from academe.services.tip.verification.service import VerificationService


class VerificationHandler:
    """Check by check, as they are done."""

    _verification: VerificationService

    async def VerifyLedger(
        self, request: pb.VerifyLedgerRequest, context: Any
    ) -> AsyncIterator[pb.VerifyLedgerResponse]:
        async with aclosing(self._verification.verify_ledger()) as checks:
            async for check in checks:
                yield _message(check)


def _message(check: Check) -> pb.VerifyLedgerResponse:
    return pb.VerifyLedgerResponse(
        check=check.name,
        result=pb.CHECK_RESULT_PASS if check.passed else pb.CHECK_RESULT_FAIL,
        examined=check.examined,
        faults=check.faults,
        fault_count=check.fault_count,
        head_hash=check.head_hash,
    )
