"""What recurring tips need: somebody who sends a tip."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from academe.services.tip.model import SentTip, TipDraft


class SendTip(Protocol):
    """Sends a tip for somebody who is not calling."""

    async def __call__(self, sender_id: UUID, draft: TipDraft) -> SentTip:
        """Moves the money once for each request_id; asked again, answers with the tip that it made.

        Raises InsufficientFunds, EducatorNotFound, TipLimitReached and the like when no tip was made, and
        anything else, such as DatabaseUnavailable, when that is not known.
        """
        ...
