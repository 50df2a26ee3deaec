"""Modules as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

RANK_STEP = 1 << 20
"""Between neighbours, of modules and of lessons: room to put one between two others, twenty times over."""


@dataclass(frozen=True, slots=True)
class Module:
    """A module of the draft or of a revision."""

    course_id: UUID
    module_id: UUID
    order: int
    """The rank in a draft, the position in a revision: what lists are sorted by."""
    title: str
    description: str
    """As the author gave it; sanitised on its way out."""
    version: int
    create_time: datetime
    update_time: datetime
