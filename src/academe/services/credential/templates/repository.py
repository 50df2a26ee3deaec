"""Statements about templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from academe.db.loader import BatchLoader
from academe.db.pool import Pool, Queryable
from academe.errors import EtagMismatch
from academe.etags import etag
from academe.services.credential.issuance.draft import Alignment
from academe.services.credential.model import CredentialType
from academe.services.credential.templates.model import Signatory, Template


class IssuerChosen(Exception):
    """The issuer is not whom somebody expects who may not choose: `issuer_id`, None for the school."""

    def __init__(self, issuer_id: UUID | None) -> None:
        super().__init__(issuer_id)
        self.issuer_id = issuer_id


class TemplateRepository:
    """At most one template of each type for a course."""

    def __init__(self, pool: Pool, *, on_batch: Callable[[str, int, float], None] | None = None) -> None:
        self._pool = pool
        self._of_courses: BatchLoader[UUID, list[Template]] = BatchLoader(
            self._fetch, name="credential.templates", on_batch=on_batch
        )

    async def list_of_course(self, course_id: UUID) -> Sequence[Template]:
        """By type. Concurrent callers share a statement."""
        return await self._of_courses.load(course_id) or ()

    async def _fetch(self, course_ids: list[UUID]) -> Mapping[UUID, list[Template]]:
        rows = await self._pool.fetch(
            """
            select course_id, type, issuer_id, title, description, criteria, criteria_uri, language_code,
                   validity_days, issued_on_completion, achievement_type, tags, alignments, signatories,
                   update_time, version
            from credential.template
            where course_id = any($1::uuid[])
            order by course_id, type
            """,
            course_ids,
        )
        found: dict[UUID, list[Template]] = {}
        for row in rows:
            found.setdefault(row["course_id"], []).append(_template(row))
        return found

    async def set_template(
        self, template: Template, expected_version: int | None, *, may_choose_issuer: bool
    ) -> Template:
        """Stores the whole template; `template.version` is for one that was not there.

        Raises EtagMismatch when another version than `expected_version` is stored, or none; and IssuerChosen
        when that would change the issuer, and the caller may not choose one.
        """
        async with self._pool.transaction() as connection:
            await _lock(connection, template.course_id)
            if not may_choose_issuer:
                await _refuse_choice(connection, template.course_id, template.type, template.issuer_id)
            if expected_version is None:
                return await _put(connection, template)
            return await _replace(connection, template, expected_version)

    async def delete_template(
        self, course_id: UUID, kind: CredentialType, *, may_choose_issuer: bool
    ) -> None:
        """Does nothing when there is none. Raises IssuerChosen as above: without it the school would sign."""
        async with self._pool.transaction() as connection:
            await _lock(connection, course_id)
            if not may_choose_issuer:
                await _refuse_choice(connection, course_id, kind, None)
            await connection.execute(
                "delete from credential.template where course_id = $1 and type = $2", course_id, kind
            )


async def _lock(connection: Queryable, course_id: UUID) -> None:
    """Until the commit nobody else writes a template of the course. Of one that is not there yet, no row can
    be locked."""
    await connection.execute(
        "select pg_advisory_xact_lock(hashtextextended('credential.template ' || $1::uuid, 0))", course_id
    )


async def _refuse_choice(
    connection: Queryable, course_id: UUID, kind: CredentialType, issuer_id: UUID | None
) -> None:
    """Raises IssuerChosen when the issuer that is stored is another one."""
    chosen = await connection.fetchval(
        "select issuer_id from credential.template where course_id = $1 and type = $2", course_id, kind
    )
    if chosen != issuer_id:
        raise IssuerChosen(chosen)


async def _put(connection: Queryable, template: Template) -> Template:
    row = await connection.fetchrow(
        """
        insert into credential.template (
            course_id, type, issuer_id, title, description, criteria, criteria_uri, language_code,
            validity_days, issued_on_completion, achievement_type, tags, alignments, signatories,
            update_time, version
        )
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
        on conflict on constraint template_pkey do update
        set issuer_id = excluded.issuer_id, title = excluded.title, description = excluded.description,
            criteria = excluded.criteria, criteria_uri = excluded.criteria_uri,
            language_code = excluded.language_code, validity_days = excluded.validity_days,
            issued_on_completion = excluded.issued_on_completion,
            achievement_type = excluded.achievement_type, tags = excluded.tags,
            alignments = excluded.alignments, signatories = excluded.signatories,
            update_time = excluded.update_time, version = template.version + 1
        returning course_id, type, issuer_id, title, description, criteria, criteria_uri, language_code,
                  validity_days, issued_on_completion, achievement_type, tags, alignments, signatories,
                  update_time, version
        """,
        *_values(template),
        template.version,
    )
    return _template(row)


async def _replace(connection: Queryable, template: Template, expected_version: int) -> Template:
    row = await connection.fetchrow(
        """
        update credential.template
        set issuer_id = $3, title = $4, description = $5, criteria = $6, criteria_uri = $7,
            language_code = $8, validity_days = $9, issued_on_completion = $10, achievement_type = $11,
            tags = $12, alignments = $13, signatories = $14, update_time = $15, version = version + 1
        where course_id = $1 and type = $2 and version = $16
        returning course_id, type, issuer_id, title, description, criteria, criteria_uri, language_code,
                  validity_days, issued_on_completion, achievement_type, tags, alignments, signatories,
                  update_time, version
        """,
        *_values(template),
        expected_version,
    )
    if row is not None:
        return _template(row)
    version = await connection.fetchval(
        "select version from credential.template where course_id = $1 and type = $2",
        template.course_id,
        template.type,
    )
    raise EtagMismatch(etag="" if version is None else etag(version))


def _values(template: Template) -> tuple[Any, ...]:
    """The first fifteen parameters of the statements that write."""
    return (
        template.course_id,
        template.type,
        template.issuer_id,
        template.title,
        template.description,
        template.criteria,
        template.criteria_uri,
        template.language_code,
        template.validity_days,
        template.issued_on_completion,
        template.achievement_type,
        list(template.tags),
        [asdict(alignment) for alignment in template.alignments],
        [dict(signatory.as_json()) for signatory in template.signatories],
        template.update_time,
    )


def _template(row: Any) -> Template:
    stored = dict(row)
    stored["type"] = CredentialType(row["type"])
    stored["tags"] = tuple(row["tags"])
    stored["alignments"] = tuple(Alignment(**alignment) for alignment in row["alignments"])
    stored["signatories"] = tuple(Signatory.from_json(signatory) for signatory in row["signatories"])
    return Template(**stored)
