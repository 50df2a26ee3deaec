"""Requests to tip somebody, valid unless a test changes a field."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from academe.api.tip.v1 import tip_service_pb2 as pb
from academe.api.type.v1.money_pb2 import Money


def tip_for(educator_id: str, **fields: Any) -> pb.SendTipRequest:
    fields = {"request_id": str(uuid4()), "amount": Money(currency_code="EUR", minor_units=500), **fields}
    return pb.SendTipRequest(educator_id=educator_id, **fields)
