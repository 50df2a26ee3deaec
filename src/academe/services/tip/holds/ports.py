"""What holds need: somebody who reads tips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

from academe.services.tip.model import Tip


class Tips(Protocol):
    """Tips as they stand."""

    async def get_tip(self, tip_id: UUID) -> Tip | None:
        """One tip, read after the call was made; None when there is none with this id."""
        ...

    async def get_tips(self, tip_ids: Sequence[UUID]) -> Mapping[UUID, Tip]:
        """The tips that exist, by id."""
        ...
