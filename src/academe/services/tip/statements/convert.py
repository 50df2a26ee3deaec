"""Statements between messages and values."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing

from academe.api.tip.v1 import statement_pb2
from academe.api.type.v1 import money_pb2
from academe.money import Money
from academe.rpc.convert import timestamp
from academe.services.tip.convert import money_message
from academe.services.tip.statements.model import AccountBalance, Document, StatementLine

CHUNK_BYTES = 64 * 1024


def balance_message(account: AccountBalance) -> statement_pb2.AccountBalance:
    return statement_pb2.AccountBalance(
        account=statement_pb2.AccountKind.Name(account.kind), balance=money_message(account.balance)
    )


def line_message(line: StatementLine, currency_code: str) -> statement_pb2.StatementLine:
    return statement_pb2.StatementLine(
        number=line.number,
        time=timestamp(line.time),
        kind=statement_pb2.TransactionKind.Name(line.kind),
        amount=amount_message(line.amount, currency_code),
        balance=amount_message(line.balance, currency_code),
        transaction_id=str(line.transaction_id or ""),
        tip_id=str(line.tip_id or ""),
        source_id=str(line.source_id or ""),
    )


def amount_message(minor_units: int, currency_code: str) -> money_pb2.Money:
    return money_message(Money(currency_code, minor_units))


async def chunk_messages(document: Document) -> AsyncIterator[statement_pb2.DocumentChunk]:
    """A document in chunks of 64 KiB, the last one shorter; the first one says what it is."""
    waiting = bytearray()
    head = {"content_type": document.content_type, "file_name": document.file_name}
    async with aclosing(document.parts) as parts:  # type: ignore[type-var]
        async for part in parts:
            waiting += part
            while len(waiting) > CHUNK_BYTES:
                yield statement_pb2.DocumentChunk(**head, content=bytes(waiting[:CHUNK_BYTES]))
                del waiting[:CHUNK_BYTES]
                head = {}
    yield statement_pb2.DocumentChunk(**head, content=bytes(waiting))
