"""Reports on the wire."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any
from uuid import UUID

from academe.api.tip.v1 import statement_pb2
from academe.api.tip.v1 import tip_service_pb2 as pb
from academe.rpc.call import current_caller
from academe.rpc.convert import moment_of
from academe.services.tip.reports.convert import (
    earnings_message,
    school_report_message,
    supporter_message,
)
from academe.services.tip.reports.school import SchoolReportService
from academe.services.tip.reports.service import ReportService
from academe.services.tip.statements.convert import chunk_messages
from academe.services.tip.statements.model import DocumentFormat


class ReportsHandler:
    """A part of TipHandler, which sets `_reports` and `_school_reports`."""

    _reports: ReportService
    _school_reports: SchoolReportService

    async def GetEarnings(self, request: pb.GetEarningsRequest, context: Any) -> pb.GetEarningsResponse:
        return earnings_message(
            await self._reports.get_earnings(current_caller(), request.year, request.currency_code)
        )

    async def ExportEarnings(
        self, request: pb.ExportEarningsRequest, context: Any
    ) -> AsyncIterator[statement_pb2.DocumentChunk]:
        document = await self._reports.export_earnings(
            current_caller(),
            request.year,
            request.currency_code,
            form=DocumentFormat(request.format),
            language=request.language,
        )
        async with aclosing(chunk_messages(document)) as chunks:  # type: ignore[type-var]
            async for chunk in chunks:
                yield chunk

    async def TopSupporters(self, request: pb.TopSupportersRequest, context: Any) -> pb.TopSupportersResponse:
        supporters = await self._reports.top_supporters(
            UUID(request.educator_id),
            request.currency_code,
            moment_of("start_time", request.start_time) if request.HasField("start_time") else None,
            request.limit,
        )
        return pb.TopSupportersResponse(
            supporters=[supporter_message(supporter, request.currency_code) for supporter in supporters]
        )

    async def GetSchoolReport(
        self, request: pb.GetSchoolReportRequest, context: Any
    ) -> pb.GetSchoolReportResponse:
        report = await self._school_reports.get_school_report(
            request.currency_code,
            moment_of("start_time", request.start_time),
            moment_of("end_time", request.end_time) if request.HasField("end_time") else None,
            reconcile=request.reconcile,
        )
        return school_report_message(report)
