"""Reports between messages and values."""

from __future__ import annotations

from academe.api.tip.v1 import statement_pb2
from academe.api.tip.v1 import tip_service_pb2 as pb
from academe.money import Money
from academe.rpc.convert import timestamp
from academe.services.tip.convert import money_message
from academe.services.tip.reports.model import (
    Earnings,
    EarningsLine,
    Reconciliation,
    SchoolReport,
    Supporter,
)
from academe.services.tip.statements.convert import amount_message, balance_message
from academe.services.tip.statements.model import AccountBalance


def earnings_message(earnings: Earnings) -> pb.GetEarningsResponse:
    def lines(found: EarningsLine) -> pb.EarningsLine:
        return _line_message(found, earnings.currency_code)

    return pb.GetEarningsResponse(
        months=map(lines, earnings.months),
        courses=map(lines, earnings.courses),
        supporters=map(lines, earnings.supporters),
        total=lines(earnings.total),
    )


def _line_message(line: EarningsLine, code: str) -> pb.EarningsLine:
    return pb.EarningsLine(
        key=line.key,
        tip_count=line.tip_count,
        gross=amount_message(line.gross, code),
        fees=amount_message(line.fees, code),
        refunded=amount_message(line.refunded, code),
        net=amount_message(line.net, code),
    )


def supporter_message(supporter: Supporter, currency_code: str) -> pb.Supporter:
    return pb.Supporter(
        user_id=str(supporter.user_id),
        display_name=supporter.display_name,
        amount=amount_message(supporter.amount, currency_code),
        tip_count=supporter.tip_count,
        latest_time=timestamp(supporter.latest_time),
    )


def school_report_message(report: SchoolReport) -> pb.GetSchoolReportResponse:
    code = report.currency_code
    return pb.GetSchoolReportResponse(
        balances=[
            balance_message(AccountBalance(kind, Money(code, balance)))
            for kind, balance in sorted(report.balances.items())
        ],
        totals=[
            pb.TransactionTotal(
                kind=statement_pb2.TransactionKind.Name(total.kind),
                count=total.count,
                amount=amount_message(total.amount, code),
            )
            for total in report.totals
        ],
        reconciliation=_reconciliation(report.reconciliation, code) if report.reconciliation else None,
    )


def _reconciliation(found: Reconciliation, code: str) -> pb.Reconciliation:
    return pb.Reconciliation(
        agrees=found.agrees,
        ledger_net=money_message(Money(code, found.ledger_net)),
        provider_net=money_message(Money(code, found.provider_net)),
        differences=found.differences,
        difference_count=found.difference_count,
    )
