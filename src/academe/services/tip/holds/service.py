"""The rules of tips that are set aside first."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from uuid import UUID

from academe.caller import Caller
from academe.clock import utcnow
from academe.pagination import Page, page_of, page_request
from academe.services.tip.errors import NotYourTip, TipCoolingDown, TipNotFound, TipNotHeld
from academe.services.tip.holds.ports import Tips
from academe.services.tip.holds.repository import HoldRepository
from academe.services.tip.model import Funding, Tip, TipState

REVIEW_COOLING = timedelta(minutes=5)
"""Before which a tip in review is not let go: time for its sender, or whose money it is, to notice."""

EXPIRED_AT_ONCE = 100
"""Tips given back in one transaction, which locks as many wallets."""

HELD, IN_REVIEW = frozenset({TipState.HELD}), frozenset({TipState.IN_REVIEW})
GIVEN, VOIDED = frozenset({TipState.GIVEN, TipState.REFUNDED}), frozenset({TipState.VOIDED})


def ignore(educator_id: UUID, tip_id: UUID) -> None:
    """Nobody wants to know."""


class HoldService:
    """Captures and voids held tips. A tip is decided once; asking for the same again answers the same.

    `announce(educator_id, tip_id)` is told of every tip that was decided here.
    """

    def __init__(
        self,
        repository: HoldRepository,
        tips: Tips,
        *,
        cooling: timedelta = REVIEW_COOLING,
        announce: Callable[[UUID, UUID], None] = ignore,
        clock: Callable[[], datetime] = utcnow,
    ) -> None:
        self._repository = repository
        self._tips = tips
        self._cooling = cooling
        self._announce = announce
        self._clock = clock

    async def capture_tip(self, caller: Caller, tip_id: UUID) -> Tip:
        """Gives a held tip to its educator. Raises TipNotFound, NotYourTip and TipNotHeld."""
        tip = await self._tips.get_tip(tip_id)
        if tip is None or caller.user_id not in (tip.sender_id, tip.educator_id):
            raise TipNotFound(tip_id=tip_id)
        if caller.user_id != tip.sender_id:
            raise NotYourTip("Only its sender gives a held tip to its educator.")
        return await self._capture(caller, tip, HELD)

    async def void_tip(self, caller: Caller, tip_id: UUID) -> Tip:
        """Gives a held tip back to its sender. Raises TipNotFound unless it is the caller's; TipNotHeld."""
        tip = await self._tips.get_tip(tip_id)
        if tip is None or caller.user_id not in (tip.sender_id, tip.educator_id):
            raise TipNotFound(tip_id=tip_id)
        return await self._void(caller, tip, HELD)

    async def list_reviews(self, caller: Caller, *, page_size: int, page_token: str) -> Page[Tip]:
        """The tips that wait for an administrator, oldest first. Raises PageTokenInvalid."""
        request = page_request(page_size, page_token, arguments=("reviews",), key=(UUID,))
        after = request.after[0] if request.after is not None else None
        waiting = await self._repository.list_reviews(after, request.limit)
        page = page_of(waiting, request, key=lambda tip_id: (tip_id,))
        tips = await self._tips.get_tips(page.rows)
        seen = [tips[tip_id].seen_by(caller) for tip_id in page.rows if tip_id in tips]
        return Page([tip for tip in seen if tip is not None], page.next_page_token)

    async def review_tip(self, caller: Caller, tip_id: UUID, *, approve: bool) -> Tip:
        """Decides a tip in review, for an administrator.

        Raises TipNotFound, NotYourTip for one who sent it or is to have it, TipNotHeld when it is not in
        review (any more), and TipCoolingDown when it is too early to let it go. It may be given back at any
        time.
        """
        tip = await self._tips.get_tip(tip_id)
        if tip is None:
            raise TipNotFound(tip_id=tip_id)
        if caller.user_id in (tip.sender_id, tip.educator_id):
            raise NotYourTip("Another administrator decides about a tip of yours, or to you.")
        if not approve:
            return await self._void(caller, tip, IN_REVIEW)
        cools_for = tip.create_time + self._cooling - self._clock()
        if tip.state is TipState.IN_REVIEW and cools_for > timedelta():
            seconds = -(-cools_for // timedelta(seconds=1))
            raise TipCoolingDown(retry_after_seconds=seconds, tip_id=tip_id)
        return await self._capture(caller, tip, IN_REVIEW)

    async def _capture(self, caller: Caller, tip: Tip, out_of: Collection[TipState]) -> Tip:
        if await self._repository.capture(tip, out_of, self._clock()):
            self._announce(tip.educator_id, tip.tip_id)
        return await self._decided(caller, tip, GIVEN)

    async def _void(self, caller: Caller, tip: Tip, out_of: Collection[TipState]) -> Tip:
        if await self._repository.void(tip, out_of, self._clock()):
            self._announce(tip.educator_id, tip.tip_id)
        return await self._decided(caller, tip, VOIDED)

    async def _decided(self, caller: Caller, tip: Tip, wanted: Collection[TipState]) -> Tip:
        """The tip as the caller may see it, if it is where they wanted it, whoever brought it there."""
        now = await self._tips.get_tip(tip.tip_id)
        seen = now.seen_by(caller) if now is not None else None
        if seen is None:
            raise TipNotFound(tip_id=tip.tip_id)
        if seen.funding is not Funding.HOLD or seen.state not in wanted:
            raise TipNotHeld(
                f"The tip is not held (any more): it is {seen.state.name}.",
                tip_id=tip.tip_id,
                state=seen.state.name,
            )
        return seen


class HoldExpiry:
    """Gives back the tips that nobody decided in time. Any number of processes may run it."""

    def __init__(
        self,
        repository: HoldRepository,
        *,
        announce: Callable[[UUID, UUID], None] = ignore,
        clock: Callable[[], datetime] = utcnow,
    ) -> None:
        self._repository = repository
        self._announce = announce
        self._clock = clock

    async def run(self) -> datetime | None:
        """Gives back all whose time is over. Returns since when the oldest waits that is locked."""
        while voided := await self._repository.void_expired(self._clock(), at_most=EXPIRED_AT_ONCE):
            for educator_id, tip_id in voided:
                self._announce(educator_id, tip_id)
        return await self._repository.oldest_expired(self._clock())
