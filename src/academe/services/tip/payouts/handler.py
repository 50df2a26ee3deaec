"""The RPCs of payouts, a part of TipService."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from academe.api.tip.v1 import payout_pb2
from academe.api.tip.v1 import tip_service_pb2 as pb
from academe.rpc.call import current_caller
from academe.rpc.convert import fingerprint
from academe.services.tip.payouts.convert import account_message, line_message, payout_message
from academe.services.tip.payouts.model import PayoutState
from academe.services.tip.payouts.service import PayoutService


class PayoutsHandler:
    """message -> service -> message; whoever composes it sets `_payouts`."""

    _payouts: PayoutService

    async def CreatePayoutAccount(
        self, request: pb.CreatePayoutAccountRequest, context: Any
    ) -> pb.CreatePayoutAccountResponse:
        account, url = await self._payouts.accounts.create_payout_account(
            current_caller(), request.return_url
        )
        return pb.CreatePayoutAccountResponse(account=account_message(account), onboarding_url=url)

    async def CreatePayout(self, request: pb.CreatePayoutRequest, context: Any) -> payout_pb2.Payout:
        payout = await self._payouts.create_payout(
            current_caller(), UUID(request.request_id), fingerprint(request), request.currency_code
        )
        return payout_message(payout)

    async def SettlePayout(self, request: pb.SettlePayoutRequest, context: Any) -> payout_pb2.Payout:
        payout = await self._payouts.settle_payout(
            current_caller(),
            UUID(request.payout_id),
            request.paid,
            PayoutState(request.expected_state),
            request.reason,
        )
        return payout_message(payout)

    async def GetPayout(self, request: pb.GetPayoutRequest, context: Any) -> payout_pb2.Payout:
        return payout_message(await self._payouts.get_payout(current_caller(), UUID(request.payout_id)))

    async def ListPayouts(self, request: pb.ListPayoutsRequest, context: Any) -> pb.ListPayoutsResponse:
        page = await self._payouts.list_payouts(
            current_caller(),
            PayoutState(request.state) if request.state else None,
            page_size=request.page_size,
            page_token=request.page_token,
        )
        return pb.ListPayoutsResponse(
            payouts=map(payout_message, page.rows), next_page_token=page.next_page_token
        )

    async def ListPayoutLines(
        self, request: pb.ListPayoutLinesRequest, context: Any
    ) -> pb.ListPayoutLinesResponse:
        page = await self._payouts.list_payout_lines(
            current_caller(),
            UUID(request.payout_id),
            page_size=request.page_size,
            page_token=request.page_token,
        )
        return pb.ListPayoutLinesResponse(
            lines=map(line_message, page.rows), next_page_token=page.next_page_token
        )
