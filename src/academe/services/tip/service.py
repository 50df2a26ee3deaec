"""The rules of tipping."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from academe.caller import Caller, Role
from academe.clock import utcnow
from academe.errors import AcademeError, InvalidArgument, Overloaded, RequestIdReused
from academe.ids import new_id
from academe.money import MINOR_DIGITS, Money
from academe.pagination import Page, page_of, page_request
from academe.services.tip.errors import (
    CurrencyUnknown,
    EducatorNotFound,
    FundingNotOffered,
    SelfTip,
    TipNotFound,
)
from academe.services.tip.model import (
    Funding,
    NewTip,
    SentTip,
    Tip,
    TipDirection,
    TipDraft,
    TipState,
    platform_fee_of,
)
from academe.services.tip.payments.model import Payment
from academe.services.tip.ports import UserDirectory
from academe.services.tip.repository import TipRepository

HOLD_DEFAULT = timedelta(days=7)
"""How long a hold lasts when its sender does not say."""

HOLD_MAX = timedelta(days=30)
"""Longer, and it is money that neither side can use."""

REVIEW_LASTS = timedelta(days=30)
"""After which a tip that nobody looked at is given back."""


BATCH_SHARE = 256
"""Tips of one batch that are handed to the writer together; between two shares others have their turn."""

BATCH_RETRY_SECONDS = 0.5
"""When to come again while one's own batch before is under way."""


@dataclass(frozen=True, slots=True)
class TipPolicy:
    """What a school decides about tips."""

    fee_basis_points: int = 0
    """The school's share of each tip, in hundredths of a percent."""
    review_above: int = 0
    """Tips from wallets, and holds, of more minor units than this wait for an administrator; 0 lets all go.
    Payments from outside are the provider's to judge."""


class Payments(Protocol):
    """Whoever has tips paid from outside."""

    async def admit(self, payer_id: UUID, amount: Money) -> None: ...

    async def start_tip(self, tip: Tip) -> Payment: ...

    async def get_payments(self, payment_ids: Sequence[UUID]) -> Mapping[UUID, Payment]: ...


class TipService:
    """Tips, for whoever is signed in."""

    def __init__(
        self,
        repository: TipRepository,
        users: UserDirectory,
        payments: Payments | None = None,
        *,
        policy: TipPolicy | None = None,
        clock: Callable[[], datetime] = utcnow,
    ) -> None:
        self._repository = repository
        self._users = users
        self._payments = payments
        self._policy = policy or TipPolicy()
        self._clock = clock
        self._batching: set[UUID] = set()  # who has a batch under way

    async def send_tip(self, caller: Caller, draft: TipDraft) -> SentTip:
        """Moves money from the caller to an educator, once for each request_id of the caller's.

        Raises SelfTip, CurrencyUnknown, EducatorNotFound, InvalidArgument, InsufficientFunds and
        TipLimitReached, and RequestIdReused when the request_id stands for another tip. A tip that is paid
        from outside is written first; ProviderRefused says that it has failed.
        """
        sent = await self.send_for(caller.user_id, draft)
        if sent.tip.funding is Funding.PAYMENT and self._payments is not None:
            await self._payments.start_tip(sent.tip)
            now = await self._repository.get_tip(sent.tip.tip_id)
            return replace(sent, tip=now) if now is not None else sent
        return sent

    async def send_for(self, sender_id: UUID, draft: TipDraft) -> SentTip:
        """The same for somebody who is not calling: the period of a recurring tip."""
        try:
            await self._check(sender_id, draft)
            if draft.funding is Funding.PAYMENT:
                if self._payments is None:
                    raise FundingNotOffered
                await self._payments.admit(sender_id, draft.amount)
        except AcademeError:
            # What is no longer possible may have been done already, and then that is the answer: the
            # educator has left since, the currency is gone, or the hold it asked for has expired.
            first = await self._repository.find_sent(sender_id, draft.request_id, draft.request_hash)
            if first is None:
                raise
            return first
        return await self._repository.add_tip(self._new_tip(sender_id, draft))

    async def batch_send_tips(
        self, caller: Caller, drafts: Sequence[TipDraft]
    ) -> Sequence[SentTip | AcademeError]:
        """Many tips of one sender, each as if it had been sent by itself, in their order.

        Raises what is wrong with the database, and Overloaded while the sender's batch before is under way;
        what is wrong with a tip is its outcome.
        """
        if caller.user_id in self._batching:
            raise Overloaded(retry_after_seconds=BATCH_RETRY_SECONDS)
        self._batching.add(caller.user_id)
        try:
            return await self._send_all(caller.user_id, drafts)
        finally:
            self._batching.discard(caller.user_id)

    async def _send_all(
        self, sender_id: UUID, drafts: Sequence[TipDraft]
    ) -> Sequence[SentTip | AcademeError]:
        educators = await self._educators([draft.educator_id for draft in drafts])
        faults = [self._fault(sender_id, draft, educators) for draft in drafts]
        faulty = [draft.request_id for draft, fault in zip(drafts, faults, strict=True) if fault]
        # As for a single tip: what is no longer possible may have been done already.
        first = await self._repository.find_all_sent(sender_id, faulty) if faulty else {}
        sound = [draft for draft, fault in zip(drafts, faults, strict=True) if fault is None]
        written: list[SentTip | Exception] = []
        for start in range(0, len(sound), BATCH_SHARE):
            share = sound[start : start + BATCH_SHARE]
            # Entries of one batch have the order of their ids, which within a millisecond is random.
            ids = sorted(new_id() for _ in share)
            news = [self._new_tip(sender_id, draft, id_) for draft, id_ in zip(share, ids, strict=True)]
            written += await self._repository.add_tips(news)
        answers = iter(written)
        told: list[SentTip | AcademeError] = []
        for draft, fault in zip(drafts, faults, strict=True):
            outcome = next(answers) if fault is None else _answer(draft, first, fault)
            if isinstance(outcome, Exception) and not isinstance(outcome, AcademeError):
                raise outcome
            told.append(outcome)
        return told

    def _new_tip(self, sender_id: UUID, draft: TipDraft, tip_id: UUID | None = None) -> NewTip:
        now, amount = self._clock(), draft.amount.minor_units
        funding, review, expire_time = draft.funding, False, draft.expire_time
        if funding is not Funding.PAYMENT and 0 < self._policy.review_above < amount:
            # A hold too, or it would be the way around: nobody but an administrator captures it then.
            funding, review, expire_time = Funding.HOLD, True, now + REVIEW_LASTS
        elif funding is Funding.HOLD and expire_time is None:
            expire_time = now + HOLD_DEFAULT
        state = TipState.GIVEN
        if funding is Funding.PAYMENT:
            state = TipState.PENDING
        elif funding is Funding.HOLD:
            state = TipState.IN_REVIEW if review else TipState.HELD
        tip = Tip(
            tip_id=tip_id or new_id(),
            sender_id=sender_id,
            educator_id=draft.educator_id,
            amount=draft.amount,
            message=draft.message,
            visibility=draft.visibility,
            hide_amount=draft.hide_amount,
            course_id=draft.course_id,
            lesson_id=draft.lesson_id,
            create_time=now,
            funding=funding,
            state=state,
            platform_fee=platform_fee_of(amount, self._policy.fee_basis_points),
            expire_time=expire_time,
            review=review,
        )
        return NewTip(tip, sender_id, draft.request_id, draft.request_hash)

    async def _check(self, sender_id: UUID, draft: TipDraft) -> None:
        fault = self._fault(sender_id, draft, await self._educators([draft.educator_id]))
        if fault is not None:
            raise fault

    async def _educators(self, ids: Sequence[UUID]) -> set[UUID]:
        accounts = await self._users.get_accounts(list(dict.fromkeys(ids)))
        return {user_id for user_id, account in accounts.items() if Role.EDUCATOR in account.roles}

    def _fault(self, sender_id: UUID, draft: TipDraft, educators: set[UUID]) -> AcademeError | None:
        if draft.amount.minor_units <= 0:
            return InvalidArgument.field("amount.minor_units", "must be positive")
        if "\0" in draft.message:
            return InvalidArgument.field("message", "must not contain the character U+0000")
        if draft.educator_id == sender_id:
            return SelfTip()
        if draft.amount.currency_code not in MINOR_DIGITS:
            return CurrencyUnknown(currency_code=draft.amount.currency_code)
        if draft.educator_id not in educators:
            return EducatorNotFound(educator_id=draft.educator_id)
        if draft.expire_time is not None and not (
            timedelta() < draft.expire_time - self._clock() <= HOLD_MAX
        ):
            return InvalidArgument.field("expire_time", f"must be within {HOLD_MAX.days} days from now")
        return None

    async def get_tip(self, caller: Caller, tip_id: UUID) -> Tip:
        """One tip as the caller may see it. Raises TipNotFound, also for a tip that is not the caller's."""
        tip = await self._repository.get_tip(tip_id)
        seen = tip.seen_by(caller) if tip is not None else None
        if seen is None:
            raise TipNotFound(tip_id=tip_id)
        return seen

    async def get_payments(self, caller: Caller, tips: Sequence[Tip]) -> Mapping[UUID, Payment]:
        """The payments of those tips that the caller sent and pays from outside, by tip_id."""
        ids = [
            tip.tip_id for tip in tips if tip.funding is Funding.PAYMENT and tip.sender_id == caller.user_id
        ]
        return await self._payments.get_payments(ids) if ids and self._payments is not None else {}

    async def list_tips(
        self, caller: Caller, direction: TipDirection, *, page_size: int, page_token: str
    ) -> Page[Tip]:
        """The tips that the caller sent, or received; newest first. Raises PageTokenInvalid."""
        sent = direction is TipDirection.SENT
        request = page_request(
            page_size,
            page_token,
            arguments=("tips", str(caller.user_id), direction.name),
            key=(int,) if sent else (UUID,),
        )
        if sent:
            page = page_of(
                await self._repository.list_sent(caller.user_id, request),
                request,
                lambda row: (row.sender_number,),
            )
            return Page([row.tip for row in page.rows], page.next_page_token)
        received = await self._repository.list_received(caller.user_id, request)
        tips = page_of(received, request, lambda tip: (tip.tip_id,))
        seen = [tip.seen_by(caller) for tip in tips.rows]
        return Page([tip for tip in seen if tip is not None], tips.next_page_token)


def _answer(
    draft: TipDraft, first: Mapping[UUID, tuple[Tip, bytes]], fault: AcademeError
) -> SentTip | AcademeError:
    """What a draft that is not possible now made before, or why it is refused."""
    if draft.request_id not in first:
        return fault
    tip, request_hash = first[draft.request_id]
    return SentTip(tip, replayed=True) if request_hash == draft.request_hash else RequestIdReused()
