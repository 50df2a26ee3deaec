"""Sessions and one-time codes in the schema `auth`; signing keys are in repository_keys.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from academe.db.loader import BatchLoader
from academe.db.pool import Pool
from academe.services.auth.model import Method, Refreshed, Session
from academe.services.auth.repository_keys import KeyRepository

SessionKey = tuple[UUID, UUID]
"""user_id and session_id: the whole key of a session, so that a distributed table asks one node."""


class AuthRepository:
    """`on_batch(name, keys, seconds)` is told of every batched read."""

    def __init__(self, pool: Pool, *, on_batch: Callable[[str, int, float], None] | None = None) -> None:
        self._pool = pool
        self.keys = KeyRepository(pool)
        self._live = BatchLoader(self._fetch_live, name="session", on_batch=on_batch)

    async def get_live_session(self, user_id: UUID, session_id: UUID) -> Session | None:
        """A session that has not been ended; whether it has expired is for the caller to see."""
        return await self._live.load((user_id, session_id))

    async def _fetch_live(self, keys: list[SessionKey]) -> Mapping[SessionKey, Session]:
        rows = await self._pool.fetch(
            """
            select s.user_id, s.session_id, s.authenticate_time, s.expire_time
            from unnest($1::uuid[], $2::uuid[]) as asked (user_id, session_id)
            join auth.session s on s.user_id = asked.user_id and s.session_id = asked.session_id
            where s.end_time is null
            """,
            [user_id for user_id, _ in keys],
            [session_id for _, session_id in keys],
        )
        return {(row["user_id"], row["session_id"]): Session(**row) for row in rows}

    async def get_ended_sessions(self, keys: Sequence[SessionKey]) -> list[UUID]:
        """Which of these sessions were ended, or are not there at all."""
        rows = await self._pool.fetch(
            """
            select asked.session_id
            from unnest($1::uuid[], $2::uuid[]) as asked (user_id, session_id)
            left join auth.session s on s.user_id = asked.user_id and s.session_id = asked.session_id
            where s.session_id is null or s.end_time is not null
            """,
            [user_id for user_id, _ in keys],
            [session_id for _, session_id in keys],
        )
        return [row["session_id"] for row in rows]

    async def add_session(self, session: Session, method: Method) -> None:
        """Stores a new session, and removes the person's sessions that have expired."""
        await self._pool.execute(
            """
            with expired as (
                delete from auth.session where user_id = $1 and expire_time <= $4
            )
            insert into auth.session (
                user_id, session_id, method, authenticate_time, expire_time, refresh_count, refresh_time
            )
            values ($1, $2, $3, $4, $5, 0, $4)
            """,
            session.user_id,
            session.session_id,
            method,
            session.authenticate_time,
            session.expire_time,
        )

    async def add_session_for_code(
        self, code_hash: bytes, session_id: UUID, now: datetime, expire_time: datetime
    ) -> Session | None:
        """Spends a one-time code and starts a session with it, both or neither; None when it is not good."""
        row = await self._pool.fetchrow(
            """
            with code as (
                update auth.one_time_code
                set used_time = $2
                where code_hash = $1 and used_time is null and expire_time > $2
                returning user_id
            )
            insert into auth.session (
                user_id, session_id, method, authenticate_time, expire_time, refresh_count, refresh_time
            )
            select user_id, $3::uuid, 'one_time_code', $2::timestamptz, $4::timestamptz, 0, $2::timestamptz
            from code
            returning user_id, session_id, authenticate_time, expire_time
            """,
            code_hash,
            now,
            session_id,
            expire_time,
        )
        return Session(**row) if row is not None else None

    async def refresh_session(
        self, user_id: UUID, session_id: UUID, count: int, *, now: datetime, grace_since: datetime
    ) -> Refreshed | None:
        """Presents the refresh token number `count`; None when there is no such session any more.

        The unspent token moves the session on. The one before it changes nothing, as long as the session
        moved on at or after `grace_since`. Any other ends the session. One statement does all of it, so
        of many at once each sees what the one before it did.
        """
        row = await self._pool.fetchrow(
            """
            update auth.session
            set refresh_count = case when refresh_count = $3 then refresh_count + 1 else refresh_count end,
                refresh_time = case when refresh_count = $3 then $4 else refresh_time end,
                end_time = case
                    when refresh_count = $3 then null
                    when refresh_count = $3 + 1 and refresh_time >= $5 then null
                    else $4
                end
            where user_id = $1 and session_id = $2 and end_time is null and expire_time > $4
            returning user_id, session_id, authenticate_time, expire_time, refresh_count, end_time
            """,
            user_id,
            session_id,
            count,
            now,
            grace_since,
        )
        if row is None:
            return None
        session = Session(row["user_id"], row["session_id"], row["authenticate_time"], row["expire_time"])
        return Refreshed(session, row["refresh_count"], ended=row["end_time"] is not None)

    async def end_session(self, user_id: UUID, session_id: UUID, now: datetime) -> bool:
        """False when it had ended already."""
        done = await self._pool.execute(
            """
            update auth.session set end_time = $3
            where user_id = $1 and session_id = $2 and end_time is null
            """,
            user_id,
            session_id,
            now,
        )
        return done == "UPDATE 1"

    async def end_sessions(self, user_id: UUID, except_session: UUID | None, now: datetime) -> list[UUID]:
        """Ends a person's sessions but one, and returns which they were."""
        rows = await self._pool.fetch(
            """
            update auth.session set end_time = $3
            where user_id = $1 and end_time is null and expire_time > $3
              and session_id is distinct from $2::uuid
            returning session_id
            """,
            user_id,
            except_session,
            now,
        )
        return [row["session_id"] for row in rows]

    async def put_one_time_code(self, user_id: UUID, code_hash: bytes, expire_time: datetime) -> None:
        """Stores the code of a person in place of the one before."""
        await self._pool.execute(
            """
            insert into auth.one_time_code (user_id, code_hash, expire_time)
            values ($1, $2, $3)
            on conflict on constraint one_time_code_pkey
            do update set code_hash = excluded.code_hash, expire_time = excluded.expire_time, used_time = null
            """,
            user_id,
            code_hash,
            expire_time,
        )

    async def void_one_time_code(self, user_id: UUID, now: datetime) -> None:
        await self._pool.execute(
            "update auth.one_time_code set used_time = $2 where user_id = $1 and used_time is null",
            user_id,
            now,
        )
