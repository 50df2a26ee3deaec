"""Balances and statements on the wire."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

from academe.api.tip.v1 import statement_pb2
from academe.api.tip.v1 import tip_service_pb2 as pb
from academe.rpc.call import current_caller
from academe.rpc.convert import moment_of, optional_id
from academe.services.tip.convert import money_message
from academe.services.tip.model import AccountKind
from academe.services.tip.statements.convert import (
    amount_message,
    balance_message,
    chunk_messages,
    line_message,
)
from academe.services.tip.statements.model import DocumentFormat
from academe.services.tip.statements.service import StatementService


class StatementsHandler:
    """A part of TipHandler, which sets `_statements`."""

    _statements: StatementService

    async def GetBalance(self, request: pb.GetBalanceRequest, context: Any) -> pb.GetBalanceResponse:
        accounts = await self._statements.get_balance(
            current_caller(),
            user_id=optional_id(request.user_id),
            school=request.school,
            at=moment_of("at", request.at) if request.HasField("at") else None,
        )
        received = [account for account in accounts if account.kind is AccountKind.EDUCATOR]
        return pb.GetBalanceResponse(
            balances=[money_message(account.balance) for account in received],
            accounts=map(balance_message, accounts),
        )

    async def GetStatement(self, request: pb.GetStatementRequest, context: Any) -> pb.GetStatementResponse:
        statement = await self._statements.get_statement(
            current_caller(),
            AccountKind(request.account),
            request.currency_code,
            moment_of("start_time", request.start_time),
            moment_of("end_time", request.end_time) if request.HasField("end_time") else None,
            user_id=optional_id(request.user_id),
            page_size=request.page_size,
            page_token=request.page_token,
        )
        code = statement.currency_code
        return pb.GetStatementResponse(
            opening_balance=amount_message(statement.opening_balance, code),
            closing_balance=amount_message(statement.closing_balance, code),
            lines=[line_message(line, code) for line in statement.lines],
            next_page_token=statement.next_page_token,
            line_count=statement.line_count,
        )

    async def ExportStatement(
        self, request: pb.ExportStatementRequest, context: Any
    ) -> AsyncIterator[statement_pb2.DocumentChunk]:
        document = await self._statements.export_statement(
            current_caller(),
            AccountKind(request.account),
            request.currency_code,
            moment_of("start_time", request.start_time),
            moment_of("end_time", request.end_time) if request.HasField("end_time") else None,
            user_id=optional_id(request.user_id),
            form=DocumentFormat(request.format),
            language=request.language,
        )
        async with aclosing(chunk_messages(document)) as chunks:  # type: ignore[type-var]
            async for chunk in chunks:
                yield chunk
