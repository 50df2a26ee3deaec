"""When each job last did what it is for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from academe.db.pool import Queryable


@dataclass(frozen=True, slots=True)
class JobProgress:
    """How far a job has come, in whichever process it ran."""

    watermark: datetime
    """Everything due before this moment was dealt with."""
    last_success_time: datetime
    last_failure_time: datetime | None = None


class JobRepository:
    """The rows of tip.job."""

    def __init__(self, pool: Queryable) -> None:
        self._pool = pool

    async def add_jobs(self, names: Sequence[str], now: datetime) -> None:
        """A job that is new has until now had nothing to do."""
        await self._pool.execute(
            """
            insert into tip.job (name, watermark, last_success_time, last_failure_time)
            select name, $2, $2, null from unnest($1::text[]) as name order by name
            on conflict on constraint job_pkey do nothing
            """,
            names,
            now,
        )

    async def read_jobs(self, names: Sequence[str]) -> Mapping[str, JobProgress]:
        rows = await self._pool.fetch(
            """
            select name, watermark, last_success_time, last_failure_time from tip.job
            where name = any($1::text[])
            """,
            names,
        )
        return {row["name"]: _progress(row) for row in rows}

    async def record_success(self, name: str, watermark: datetime, now: datetime) -> None:
        """A run that ended at `now`. Of two processes the later one has the last word."""
        await self._pool.execute(
            """
            update tip.job
            set watermark = $2, last_success_time = greatest(last_success_time, $3)
            where name = $1
            """,
            name,
            watermark,
            now,
        )

    async def record_failure(self, name: str, now: datetime) -> None:
        await self._pool.execute("update tip.job set last_failure_time = $2 where name = $1", name, now)


def _progress(row: Any) -> JobProgress:
    return JobProgress(row["watermark"], row["last_success_time"], row["last_failure_time"])
