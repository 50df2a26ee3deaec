"""Named constraints become errors of the domain, at the statement that can break them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import asyncpg


@contextmanager
def on_constraint(name: str, error: Callable[[], Exception]) -> Iterator[None]:
    """Raises `error()` when the statement inside breaks the constraint `name`; any other failure passes.

    Several constraints are several of these: `with on_constraint(a, ...), on_constraint(b, ...):`. Inside a
    transaction the block must be around the whole transaction, since PostgreSQL accepts nothing more in it.
    """
    try:
        yield
    except asyncpg.IntegrityConstraintViolationError as violation:
        if violation.constraint_name != name:
            raise
        raise error() from violation
