"""Expecting a refusal, as a client library would see it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import grpc
import pytest

from academe.errors import AcademeError
from academe.rpc.status import error_from_rpc


@dataclass
class Refusal:
    """What came back; filled when the block has ended."""

    error: AcademeError | None = None
    rpc: grpc.aio.AioRpcError | None = None


@contextmanager
def expect_error(expected: str | type[AcademeError]) -> Iterator[Refusal]:
    """The block must end in this error, given as its class or its reason."""
    refusal = Refusal()
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        yield refusal
    refusal.rpc = caught.value
    refusal.error = error_from_rpc(caught.value)
    if isinstance(expected, str):
        assert refusal.error.reason == expected, f"{refusal.error.reason}: {refusal.error.message}"
    else:
        assert isinstance(refusal.error, expected), f"{refusal.error.reason}: {refusal.error.message}"
