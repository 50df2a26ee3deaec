"""The rules of recurring tips."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from academe.caller import Caller, Role
from academe.clock import utcnow
from academe.errors import InvalidArgument
from academe.ids import new_id
from academe.money import MINOR_DIGITS
from academe.pagination import Page, page_of, page_request
from academe.services.tip.errors import CurrencyUnknown, EducatorNotFound, RecurringTipNotFound, SelfTip
from academe.services.tip.ports import UserDirectory
from academe.services.tip.recurring.model import RecurringDraft, RecurringTip, RecurringTipState
from academe.services.tip.recurring.repository import RecurringRepository

STARTS_WITHIN = timedelta(days=3_660)
"""Ten years: a promise for later is a slip of the pen."""


class RecurringService:
    """Promises to tip every period, for whoever is signed in. RecurringJob keeps them.

    A period that a process has begun to charge is charged to the end, even if its promise is paused or
    canceled meanwhile; none that begins afterwards is.
    """

    def __init__(
        self,
        repository: RecurringRepository,
        users: UserDirectory,
        *,
        clock: Callable[[], datetime] = utcnow,
    ) -> None:
        self._repository = repository
        self._users = users
        self._clock = clock

    async def create_recurring_tip(self, caller: Caller, draft: RecurringDraft) -> RecurringTip:
        """Promises a tip every period, once for each request_id of the caller's.

        Raises SelfTip, CurrencyUnknown, EducatorNotFound, InvalidArgument and RecurringTipExists, and
        RequestIdReused when the request_id stands for another promise.
        """
        # First, because what was possible when the request came first may not be any longer.
        first = await self._repository.find_request(caller.user_id, draft.request_id, draft.request_hash)
        if first is not None:
            return first
        await self._check(caller, draft)
        now = self._clock()
        start_date = draft.start_date or now.date()
        new = RecurringTip(
            recurring_tip_id=new_id(),
            sender_id=caller.user_id,
            educator_id=draft.educator_id,
            amount=draft.amount,
            message=draft.message,
            visibility=draft.visibility,
            hide_amount=draft.hide_amount,
            interval=draft.interval,
            start_date=start_date,
            catch_up=draft.catch_up,
            state=RecurringTipState.ACTIVE,
            next_period=start_date,
            create_time=now,
            update_time=now,
        )
        return await self._repository.add_recurring_tip(new, draft.request_id, draft.request_hash)

    async def _check(self, caller: Caller, draft: RecurringDraft) -> None:
        if draft.amount.minor_units <= 0:
            raise InvalidArgument.field("amount.minor_units", "must be positive")
        if "\0" in draft.message:
            raise InvalidArgument.field("message", "must not contain the character U+0000")
        if draft.educator_id == caller.user_id:
            raise SelfTip
        if draft.amount.currency_code not in MINOR_DIGITS:
            raise CurrencyUnknown(currency_code=draft.amount.currency_code)
        today = self._clock().date()
        if draft.start_date is not None and not today <= draft.start_date <= today + STARTS_WITHIN:
            raise InvalidArgument.field("start_date", "must be today in UTC or later, within ten years")
        account = (await self._users.get_accounts([draft.educator_id])).get(draft.educator_id)
        if account is None or Role.EDUCATOR not in account.roles:
            raise EducatorNotFound(educator_id=draft.educator_id)

    async def get_recurring_tip(self, caller: Caller, recurring_tip_id: UUID) -> RecurringTip:
        """One promise, for its sender and administrators. Raises RecurringTipNotFound."""
        found = await self._repository.get_recurring_tip(recurring_tip_id)
        if found is None or not found.seen_by(caller):
            raise RecurringTipNotFound(recurring_tip_id=recurring_tip_id)
        return found

    async def list_recurring_tips(
        self, caller: Caller, *, page_size: int, page_token: str
    ) -> Page[RecurringTip]:
        """The caller's promises, newest first. Raises PageTokenInvalid."""
        request = page_request(
            page_size, page_token, arguments=("recurring_tips", str(caller.user_id)), key=(UUID,)
        )
        after = request.after[0] if request.after is not None else None
        rows = await self._repository.list_of_sender(caller.user_id, after, request.limit)
        return page_of(rows, request, key=lambda recurring: (recurring.recurring_tip_id,))

    async def pause_recurring_tip(self, caller: Caller, recurring_tip_id: UUID) -> RecurringTip:
        """Stops charging. Raises RecurringTipNotFound and RecurringTipCanceled."""
        now = self._clock()
        return await self._change(caller, recurring_tip_id, lambda recurring: recurring.paused(now))

    async def resume_recurring_tip(self, caller: Caller, recurring_tip_id: UUID) -> RecurringTip:
        """Charges again, from the next period. Raises RecurringTipNotFound and RecurringTipCanceled."""
        now = self._clock()
        return await self._change(caller, recurring_tip_id, lambda recurring: recurring.resumed(now))

    async def cancel_recurring_tip(self, caller: Caller, recurring_tip_id: UUID) -> RecurringTip:
        """Ends it for ever. Raises RecurringTipNotFound."""
        now = self._clock()
        return await self._change(caller, recurring_tip_id, lambda recurring: recurring.canceled(now))

    async def _change(
        self, caller: Caller, recurring_tip_id: UUID, rule: Callable[[RecurringTip], RecurringTip]
    ) -> RecurringTip:
        changed = await self._repository.change_recurring_tip(caller.user_id, recurring_tip_id, rule)
        if changed is None:
            raise RecurringTipNotFound(recurring_tip_id=recurring_tip_id)
        return changed
