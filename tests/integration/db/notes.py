"""A table with a rule, and a group commit that writes to it."""

from __future__ import annotations

from collections.abc import Sequence

from academe.db.group_commit import GroupCommit
from academe.db.pool import Pool


class Notes:
    """Notes are (id, text); an empty text breaks a constraint, and with it the whole statement."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.group: GroupCommit[tuple[int, str], int] = GroupCommit(self._write, name="note")

    async def create(self) -> None:
        await self.pool.execute(
            """
            create table trial.note (
                id integer primary key,
                text text not null,
                constraint note_not_empty check (text <> '')
            )
            """
        )

    async def clear(self) -> None:
        await self.pool.execute("truncate trial.note")

    async def _write(self, notes: list[tuple[int, str]]) -> Sequence[int]:
        rows = await self.pool.fetch(
            """
            insert into trial.note (id, text)
            select id, text from unnest($1::integer[], $2::text[]) as note (id, text)
            returning id
            """,
            [id_ for id_, _ in notes],
            [text for _, text in notes],
        )
        return [row["id"] for row in rows]
