"""The rules of tipping."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from academe.caller import Caller, Role
from academe.clock import utcnow
from academe.errors import InvalidArgument
from academe.ids import new_id
from academe.money import MINOR_DIGITS, Money
from academe.pagination import Page, page_of, page_request
from academe.services.tip.errors import CurrencyUnknown, EducatorNotFound, SelfTip, TipNotFound
from academe.services.tip.model import NewTip, SentTip, Tip, TipDirection, TipDraft
from academe.services.tip.ports import UserDirectory
from academe.services.tip.repository import TipRepository


class TipService:
    """Tips, for whoever is signed in."""

    def __init__(
        self, repository: TipRepository, users: UserDirectory, *, clock: Callable[[], datetime] = utcnow
    ) -> None:
        self._repository = repository
        self._users = users
        self._clock = clock

    async def send_tip(self, caller: Caller, draft: TipDraft) -> SentTip:
        """Moves money from the caller to an educator, once for each request_id of the caller's.

        Raises SelfTip, CurrencyUnknown, EducatorNotFound and InvalidArgument, and RequestIdReused when the
        request_id stands for another tip.
        """
        try:
            await self._check(caller, draft)
        except (CurrencyUnknown, EducatorNotFound):
            # What is no longer possible may have been done already, and then that is the answer: the
            # educator has left since, or the currency is gone.
            first = await self._repository.find_sent(caller.user_id, draft.request_id, draft.request_hash)
            if first is None:
                raise
            return first
        tip = Tip(
            tip_id=new_id(),
            sender_id=caller.user_id,
            educator_id=draft.educator_id,
            amount=draft.amount,
            message=draft.message,
            visibility=draft.visibility,
            hide_amount=draft.hide_amount,
            course_id=draft.course_id,
            lesson_id=draft.lesson_id,
            create_time=self._clock(),
        )
        return await self._repository.add_tip(
            NewTip(tip, caller.user_id, draft.request_id, draft.request_hash)
        )

    async def _check(self, caller: Caller, draft: TipDraft) -> None:
        if draft.amount.minor_units <= 0:
            raise InvalidArgument.field("amount.minor_units", "must be positive")
        if "\0" in draft.message:
            raise InvalidArgument.field("message", "must not contain the character U+0000")
        if draft.educator_id == caller.user_id:
            raise SelfTip
        if draft.amount.currency_code not in MINOR_DIGITS:
            raise CurrencyUnknown(currency_code=draft.amount.currency_code)
        account = (await self._users.get_accounts([draft.educator_id])).get(draft.educator_id)
        if account is None or Role.EDUCATOR not in account.roles:
            raise EducatorNotFound(educator_id=draft.educator_id)

    async def get_tip(self, caller: Caller, tip_id: UUID) -> Tip:
        """One tip as the caller may see it. Raises TipNotFound, also for a tip that is not the caller's."""
        tip = await self._repository.get_tip(tip_id)
        seen = tip.seen_by(caller) if tip is not None else None
        if seen is None:
            raise TipNotFound(tip_id=tip_id)
        return seen

    async def list_tips(
        self, caller: Caller, direction: TipDirection, *, page_size: int, page_token: str
    ) -> Page[Tip]:
        """The tips that the caller sent, or received; newest first. Raises PageTokenInvalid."""
        request = page_request(
            page_size,
            page_token,
            arguments=("tips", str(caller.user_id), direction.name),
            key=(UUID,),
        )
        read = (
            self._repository.list_sent if direction is TipDirection.SENT else self._repository.list_received
        )
        page = page_of(await read(caller.user_id, request), request, lambda tip: (tip.tip_id,))
        seen = [tip.seen_by(caller) for tip in page.rows]
        return Page([tip for tip in seen if tip is not None], page.next_page_token)

    async def get_balance(self, caller: Caller) -> Sequence[Money]:
        """What the caller received and was not paid yet, one amount per currency, by currency code."""
        return await self._repository.get_balance(caller.user_id)
