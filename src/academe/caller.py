"""Who is calling: the one value of identity that services know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from uuid import UUID


class Role(IntEnum):
    """Numbers as in academe.api.rpc.v1.Role; a test holds the two together."""

    LEARNER = 1
    EDUCATOR = 2
    ADMINISTRATOR = 3


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in person, as their token says; `authenticate_time` is when they proved who they are."""

    user_id: UUID
    session_id: UUID
    roles: frozenset[Role]
    authenticate_time: datetime

    @property
    def is_administrator(self) -> bool:
        return Role.ADMINISTRATOR in self.roles
