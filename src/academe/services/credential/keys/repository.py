"""Statements about issuers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from academe.db.pool import Pool, Queryable
from academe.errors import EtagMismatch
from academe.etags import etag
from academe.services.credential.errors import IssuerNotFound
from academe.services.credential.keys.model import Issuer, IssuerChange, IssuerKey
from academe.services.credential.keys.repository_keys import add_key, read_keys


class IssuerRepository:
    """Issuers with their keys. There are as many as the school has partners and faculties."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def add_issuer(self, issuer: Issuer, keys: Sequence[IssuerKey]) -> tuple[Issuer, bool]:
        """Stores an issuer with its first keys and answers with it, or with the one that has its slug or DID.

        The second value says whether it was added. Another process may do the same at the same time.
        """
        async with self._pool.transaction() as connection:
            added = await connection.fetchval(
                """
                insert into credential.issuer (
                    issuer_id, slug, did, name, uri, email, logo, primary_color, accent_color, create_time,
                    version
                )
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
                on conflict do nothing
                returning issuer_id
                """,
                issuer.issuer_id,
                issuer.slug,
                issuer.did,
                issuer.name,
                issuer.uri,
                issuer.email,
                issuer.logo,
                issuer.primary_color,
                issuer.accent_color,
                issuer.create_time,
                issuer.version,
            )
            if added is None:
                return await _in_the_way(connection, issuer), False
            for key in keys:
                await add_key(connection, key)
        return issuer, True

    async def find_id(self, name: str) -> UUID | None:
        """The issuer of a slug or a DID, neither of which ever changes; no slug has a colon."""
        found: UUID | None = await self._pool.fetchval(
            """
            select issuer_id from credential.issuer where slug = $1
            union all
            select issuer_id from credential.issuer where did = $1
            """,
            name,
        )
        return found

    async def get_issuers(self, issuer_ids: Sequence[UUID]) -> dict[UUID, tuple[Issuer, list[IssuerKey]]]:
        """The issuers that exist, by id, with their keys, newest first."""
        rows = await self._pool.fetch(
            """
            select issuer_id, slug, did, name, uri, email, logo, primary_color, accent_color, create_time,
                   version
            from credential.issuer
            where issuer_id = any($1::uuid[])
            """,
            issuer_ids,
        )
        keys = await read_keys(self._pool, [row["issuer_id"] for row in rows])
        return {row["issuer_id"]: (_issuer(row), keys[row["issuer_id"]]) for row in rows}

    async def list_issuers(
        self, after: UUID, limit: int, *, without: UUID, logos: bool = True
    ) -> list[Issuer]:
        """By id upwards, those above `after`, leaving one out; without their logos if nobody needs them."""
        rows = await self._pool.fetch(
            """
            select issuer_id, slug, did, name, uri, email, case when $4 then logo else '' end as logo,
                   primary_color, accent_color, create_time, version
            from credential.issuer
            where issuer_id > $1 and issuer_id <> $3
            order by issuer_id
            limit $2
            """,
            after,
            limit,
            without,
            logos,
        )
        return [_issuer(row) for row in rows]

    async def update_issuer(
        self, issuer_id: UUID, change: IssuerChange, expected_version: int | None
    ) -> Issuer:
        """Raises IssuerNotFound and EtagMismatch."""
        row = await self._pool.fetchrow(
            """
            update credential.issuer
            set name = coalesce(nullif($2, ''), name), uri = $3, email = $4, logo = $5, primary_color = $6,
                accent_color = $7, version = version + 1
            where issuer_id = $1 and version = coalesce($8::bigint, version)
            returning issuer_id, slug, did, name, uri, email, logo, primary_color, accent_color, create_time,
                      version
            """,
            issuer_id,
            change.name,
            change.uri,
            change.email,
            change.logo,
            change.primary_color,
            change.accent_color,
            expected_version,
        )
        if row is not None:
            return _issuer(row)
        version = await self._pool.fetchval(
            "select version from credential.issuer where issuer_id = $1", issuer_id
        )
        if version is None:
            raise IssuerNotFound(issuer_id=issuer_id)
        raise EtagMismatch(etag=etag(version))


async def _in_the_way(connection: Queryable, issuer: Issuer) -> Issuer:
    """The issuer that keeps another of its slug, or else of its DID, from being stored."""
    row = await connection.fetchrow(
        """
        select issuer_id, slug, did, name, uri, email, logo, primary_color, accent_color, create_time,
               version
        from credential.issuer
        where issuer_id in (
            select issuer_id from credential.issuer where slug = $1
            union
            select issuer_id from credential.issuer where did = $2
        )
        order by slug = $1 desc
        limit 1
        """,
        issuer.slug,
        issuer.did,
    )
    if row is None:
        raise RuntimeError(f"nothing was in the way of issuer {issuer.slug}, yet it was not stored")
    return _issuer(row)


def _issuer(row: Any) -> Issuer:
    return Issuer(**row)
