"""A course that many completed, who teaches it, and who only looks at it.

The graduates are put into the database as they would be there after their last lesson: it is issuing that is
measured, and nobody's word completes an enrollment through the API.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import grpc

from academe.api.course.v1 import course_service_pb2_grpc
from academe.api.credential.v1 import credential_pb2, credential_service_pb2_grpc, template_pb2
from academe.ids import new_id
from benchmarks.credentials.processes import Processes
from benchmarks.seed import Someone, course, register
from benchmarks.server import Server, embedded_dsn

NAMES = ("Ada Lovelace", "José Ñandú", "李清照", "עדה יונת", "Søren Kierkegaard", "Anna-Maria Größing")
TYPES = (
    credential_pb2.CREDENTIAL_TYPE_CERTIFICATE,
    credential_pb2.CREDENTIAL_TYPE_BADGE,
    credential_pb2.CREDENTIAL_TYPE_MICRO_DEGREE,
)
BULK, SINGLE, STORED_ALONE = TYPES
"""A type for each thing that is measured, so that every graduate serves for all of them."""


@dataclass(frozen=True)
class School:
    """A running server with graduates in it."""

    server: Server
    data_dir: Path
    dsn: str
    educator: Someone
    reader: Someone
    course_id: str
    enrollment_ids: list[str]
    processes: Processes

    def channel(self) -> grpc.Channel:
        return grpc.insecure_channel(self.server.target)

    def fetchval(self, query: str, *values: object) -> Any:
        """One value straight from the database, for what no call tells."""
        return asyncio.run(_fetchval(self.dsn, query, values))

    def fetch(self, query: str, *values: object) -> list[asyncpg.Record]:
        return asyncio.run(_fetch(self.dsn, query, values))


def open_school(data_dir: Path, graduates: int) -> School:
    """Starts a server and fills it."""
    server = Server(data_dir, ACADEME_BCRYPT_COST="4")
    dsn = embedded_dsn(data_dir)
    with grpc.insecure_channel(server.target) as channel:
        educator = register(channel, "educator", True)
        reader = register(channel, "reader", False)
        courses: Any = course_service_pb2_grpc.CourseServiceStub(channel)
        course_id, lessons = course(courses, educator, "Thinking in Loops", 1)
        stub: Any = credential_service_pb2_grpc.CredentialServiceStub(channel)
        for kind in TYPES:
            stub.SetCredentialTemplate(_template(course_id, kind), metadata=educator.metadata)
    enrollment_ids = asyncio.run(_add_graduates(dsn, course_id, lessons[0], graduates))
    processes = Processes(server, data_dir)
    return School(server, data_dir, dsn, educator, reader, course_id, enrollment_ids, processes)


def _template(course_id: str, kind: Any) -> Any:
    """What a careful school states: the documents are of the usual size."""
    from academe.api.credential.v1.template_pb2 import SetCredentialTemplateRequest

    return SetCredentialTemplateRequest(
        template=template_pb2.CredentialTemplate(
            course_id=course_id,
            type=kind,
            title="Thinking in Loops",
            description="Control flow in three languages, with a project that was reviewed by two people.",
            criteria="Every lesson completed, and the project passed by both reviewers.",
            criteria_uri="https://school.example/courses/loops/criteria",
            language_code="en",
            tags=["programming", "control flow"],
            validity_days=3_650,
            alignments=[
                template_pb2.CredentialAlignment(
                    name="Use of loops",
                    uri="https://framework.example/skills/loops",
                    code="K1.2",
                    framework="Skills of Programmers",
                    description="Chooses and writes the loop that a problem asks for.",
                )
            ],
            signatories=[template_pb2.CredentialSignatory(name="Grace Hopper", role="Dean")],
        )
    )


async def _add_graduates(dsn: str, course_id: str, lesson_id: str, count: int) -> list[str]:
    learners, enrollments = ([new_id() for _ in range(count)] for _ in range(2))
    names = [f"graduate{number}" for number in range(count)]
    now = datetime.now(UTC)
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            await connection.execute(
                """
                insert into account.account (
                    account_id, username, username_key, email, email_key, display_name, biography, roles,
                    password_hash, version, create_time, update_time
                )
                select account_id, username, username, username || '@example.org',
                       username || '@example.org', display_name, '', '{1}', null, 1, $4, $4
                from unnest($1::uuid[], $2::text[], $3::text[]) as new (account_id, username, display_name)
                """,
                learners,
                names,
                [f"{NAMES[number % len(NAMES)]} {number}" for number in range(count)],
                now,
            )
            await connection.execute(
                """
                insert into enrollment.enrollment (
                    learner_id, enrollment_id, course_id, version, create_time, update_time, complete_time,
                    course_revision, required_lessons, completed_lessons, state
                )
                select learner_id, enrollment_id, $3, 2, $4, $4, $4, 1, 1, 1, 2
                from unnest($1::uuid[], $2::uuid[]) as new (learner_id, enrollment_id)
                """,
                learners,
                enrollments,
                course_id,
                now,
            )
            await connection.execute(
                """
                insert into enrollment.lesson_progress (
                    learner_id, enrollment_id, lesson_id, start_time, complete_time, state, required
                )
                select learner_id, enrollment_id, $3, $4, $4, 3, true
                from unnest($1::uuid[], $2::uuid[]) as new (learner_id, enrollment_id)
                """,
                learners,
                enrollments,
                lesson_id,
                now,
            )
        await connection.execute("analyze account.account, enrollment.enrollment, enrollment.lesson_progress")
    finally:
        await connection.close()
    return [str(enrollment_id) for enrollment_id in enrollments]


async def _fetchval(dsn: str, query: str, values: tuple[object, ...]) -> Any:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(query, *values)
    finally:
        await connection.close()


async def _fetch(dsn: str, query: str, values: tuple[object, ...]) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(dsn)
    try:
        return list(await connection.fetch(query, *values))
    finally:
        await connection.close()
