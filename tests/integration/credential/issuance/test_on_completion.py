"""What a course gives by itself: once for each enrollment and template, however often it is told of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import pytest

from academe.api.credential.v1 import credential_pb2, template_pb2
from academe.api.credential.v1 import credential_service_pb2 as pb
from academe.db.outbox import OutboxConsumer, OutboxOperators, append
from academe.db.pool import Pool
from academe.errors import WorkerUnavailable
from academe.services.credential import COMPLETIONS_CONSUMER, COMPLETIONS_TOPIC
from academe.services.credential.errors import CredentialUnsignable
from academe.services.credential.issuance.completions import COMPLETED
from academe.services.credential.model import CredentialType
from academe.services.credential.parts import CredentialParts
from academe.services.credential.ports import EnrollmentFacts
from academe.services.credential.standards.workers import Workers
from tests.integration.credential.graduation import certificate_for, completed, published_course
from tests.integration.credential.issuance.rows import halves
from tests.support.graduates import Faculty, opened, set_template
from tests.support.outbox import IMPATIENT, consume_all, consumer_of
from tests.support.school import Person, School

CERTIFICATE, BADGE, DEGREE = CredentialType.CERTIFICATE, CredentialType.BADGE, CredentialType.DEGREE


def consumer(pool: Pool, parts: CredentialParts) -> OutboxConsumer:
    """As the server has it, but impatient."""
    return consumer_of(
        pool, parts.completions.handle, COMPLETIONS_CONSUMER, topics=[COMPLETIONS_TOPIC], retries=IMPATIENT
    )


@pytest.fixture
async def completions(pool: Pool, parts: CredentialParts) -> AsyncIterator[OutboxConsumer]:
    """Past the events of other tests."""
    made = consumer(pool, parts)
    await consume_all(made)
    yield made
    await pool.execute("delete from outbox.held")


async def complete(pool: Pool, *enrollments: EnrollmentFacts, times: int = 1) -> None:
    """The event, as enrollments write it."""
    for one in enrollments:
        for _ in range(times):
            await append(
                pool,
                COMPLETIONS_TOPIC,
                one.enrollment_id,
                COMPLETED,
                {
                    "enrollment_id": str(one.enrollment_id),
                    "learner_id": str(one.learner_id),
                    "course_id": str(one.course_id),
                    "course_revision": 1,
                    "complete_time": "2026-01-02T03:04:05+00:00",
                },
            )


async def types_of(pool: Pool, *enrollments: EnrollmentFacts) -> Counter[tuple[UUID, int]]:
    rows = await pool.fetch(
        "select enrollment_id, type from credential.credential where enrollment_id = any($1::uuid[])",
        [one.enrollment_id for one in enrollments],
    )
    return Counter((row["enrollment_id"], row["type"]) for row in rows)


async def status(pool: Pool) -> str:
    return "\n".join(await OutboxOperators(pool).status())


async def test_an_event_that_is_delivered_thrice(
    completions: OutboxConsumer, parts: CredentialParts, faculty: Faculty, pool: Pool
) -> None:
    """One credential of each template that says so, and none of the one that does not."""
    await set_template(parts, faculty, CERTIFICATE, issued_on_completion=True, title="Loops")
    await set_template(parts, faculty, BADGE, issued_on_completion=True)
    await set_template(parts, faculty, DEGREE)
    graduates = [faculty.graduate() for _ in range(5)]
    await complete(pool, *graduates, times=3)
    await consume_all(completions)
    await OutboxOperators(pool).replay(COMPLETIONS_CONSUMER, 1)
    await consume_all(completions)

    assert await types_of(pool, *graduates) == {
        (one.enrollment_id, kind): 1 for one in graduates for kind in (CERTIFICATE, BADGE)
    }
    row = await pool.fetchrow(
        """
        select awarder_id, awarder_name, title
        from credential.credential
        where enrollment_id = $1 and type = 1
        """,
        graduates[0].enrollment_id,
    )
    assert tuple(row) == (None, "", "Loops")
    assert await halves(pool) == 0


async def test_several_processes_that_consume(
    completions: OutboxConsumer, parts: CredentialParts, faculty: Faculty, pool: Pool
) -> None:
    """And an educator who certifies the same people at the same time."""
    await set_template(parts, faculty, issued_on_completion=True)
    graduates = [faculty.graduate() for _ in range(30)]
    await complete(pool, *graduates, times=2)
    await asyncio.gather(
        *(consume_all(consumer(pool, parts)) for _ in range(3)),
        *(
            parts.issuance.issue_credential(faculty.educator, one.enrollment_id, CERTIFICATE, replay=None)
            for one in graduates
        ),
    )
    await consume_all(completions)

    assert await types_of(pool, *graduates) == {(one.enrollment_id, CERTIFICATE): 1 for one in graduates}
    assert await halves(pool) == 0


async def test_a_template_that_is_set_later(
    completions: OutboxConsumer, parts: CredentialParts, faculty: Faculty, pool: Pool
) -> None:
    """Is for who completes the course from then on."""
    before, after = faculty.graduate(), faculty.graduate()
    await complete(pool, before)
    await consume_all(completions)
    await set_template(parts, faculty, issued_on_completion=True)
    await complete(pool, after)
    await consume_all(completions)

    assert await types_of(pool, before, after) == {(after.enrollment_id, CERTIFICATE): 1}


async def test_an_account_that_is_gone(
    completions: OutboxConsumer, parts: CredentialParts, faculty: Faculty, pool: Pool
) -> None:
    """Gets nothing, and the event is settled; others in the same batch get theirs."""
    await set_template(parts, faculty, issued_on_completion=True)
    gone, here, unknown = faculty.graduate(), faculty.graduate(), faculty.graduate()
    del faculty.people.accounts[gone.learner_id]
    del faculty.enrollments[unknown.enrollment_id]
    await complete(pool, gone, here, unknown)
    await consume_all(completions)

    assert await types_of(pool, gone, here, unknown) == {(here.enrollment_id, CERTIFICATE): 1}
    assert await pool.fetchval("select count(*) from outbox.held") == 0


async def test_what_cannot_be_signed(
    completions: OutboxConsumer, parts: CredentialParts, faculty: Faculty, pool: Pool
) -> None:
    """Is tried again and then parked, where an operator sees why; other courses are served. Once it is
    corrected, replaying issues it."""
    other = Faculty()
    elsewhere = other.graduate()
    faculty.courses |= other.courses
    faculty.people.accounts |= other.people.accounts
    faculty.enrollments |= other.enrollments
    await set_template(parts, other, issued_on_completion=True)
    await set_template(parts, faculty, issued_on_completion=True)
    await set_template(parts, faculty, BADGE, issued_on_completion=True)
    await pool.execute(
        """
        update credential.template set description = 'a' || chr(8)
        where course_id = $1 and type = 2
        """,
        faculty.course.course_id,
    )
    graduate, neighbour = faculty.graduate(), faculty.graduate()
    await complete(pool, graduate, elsewhere)
    await consume_all(completions)

    assert await types_of(pool, graduate, elsewhere) == {
        (graduate.enrollment_id, CERTIFICATE): 1,
        (elsewhere.enrollment_id, CERTIFICATE): 1,
    }
    shown = await status(pool)
    assert f"{COMPLETED} of {graduate.enrollment_id}, failed 3 times" in shown
    assert "CredentialUnsignable: template.description: cannot be signed" in shown

    await parts.templates.delete_template(faculty.educator, faculty.course.course_id, BADGE)
    await set_template(parts, faculty, BADGE, issued_on_completion=True)
    await complete(pool, neighbour)
    await OutboxOperators(pool).replay(COMPLETIONS_CONSUMER, None)
    await consume_all(completions)

    assert await types_of(pool, graduate, neighbour) == {
        (one.enrollment_id, kind): 1 for one in (graduate, neighbour) for kind in (CERTIFICATE, BADGE)
    }
    assert "parked:" not in await status(pool)


class Away(Workers):
    """No process to be had."""

    async def signing_inputs(self, jobs: Sequence[Any]) -> list[Any]:
        raise WorkerUnavailable


async def test_no_process_to_be_had(
    completions: OutboxConsumer, parts: CredentialParts, faculty: Faculty, pool: Pool
) -> None:
    """Nobody is refused for that: the event is tried again, and kept."""
    await set_template(parts, faculty, issued_on_completion=True)
    graduate = faculty.graduate()
    async with opened(pool, faculty, workers=Away()) as away:
        await complete(pool, graduate)
        await consumer(pool, away).run_batch()
    shown = await pool.fetchval("select error from outbox.held")
    await consume_all(completions)

    assert shown.startswith(WorkerUnavailable.__name__)
    assert CredentialUnsignable.__name__ not in shown
    assert await types_of(pool, graduate) == {(graduate.enrollment_id, CERTIFICATE): 1}
    assert await pool.fetchval("select count(*) from outbox.held") == 0


async def test_other_events_of_the_topic(
    completions: OutboxConsumer, parts: CredentialParts, faculty: Faculty, pool: Pool
) -> None:
    """Say nothing to credentials."""
    await set_template(parts, faculty, issued_on_completion=True)
    graduate = faculty.graduate()
    await append(pool, COMPLETIONS_TOPIC, graduate.enrollment_id, "enrollment.painted", {"colour": "red"})
    await consume_all(completions)

    assert await types_of(pool, graduate) == {}
    assert await pool.fetchval("select count(*) from outbox.held") == 0


async def held_by(person: Person, count: int) -> list[credential_pb2.Credential]:
    """The credentials of somebody, once there are so many."""
    async with asyncio.timeout(20):
        while True:
            page = await person.credentials.ListCredentials(pb.ListCredentialsRequest())
            if len(page.credentials) >= count:
                return list(page.credentials)
            await asyncio.sleep(0.02)


async def caught_up(pool: Pool) -> None:
    """Returns once the consumer has passed every event."""
    async with asyncio.timeout(20):
        while not await pool.fetchval(  # noqa: ASYNC110 - somebody else's task moves it
            """
            select not exists (select from outbox.unsequenced) and h.position = c.position
            from outbox.head h, outbox.consumer c
            where c.name = $1
            """,
            COMPLETIONS_CONSUMER,
        ):
            await asyncio.sleep(0.02)


async def test_in_a_whole_school(school: School) -> None:
    """The last lesson brings a certificate and a badge, awarded by nobody; told again, it brings nothing."""
    educator, learner = await school.educator("grace"), await school.learner("ada")
    course = await published_course(educator, "Thinking in Loops")
    for kind in (credential_pb2.CREDENTIAL_TYPE_CERTIFICATE, credential_pb2.CREDENTIAL_TYPE_BADGE):
        template = template_pb2.CredentialTemplate(course_id=course, type=kind, issued_on_completion=True)
        await educator.credentials.SetCredentialTemplate(
            template_pb2.SetCredentialTemplateRequest(template=template)
        )
    enrollment = await completed(learner, course)
    held = await held_by(learner, 2)
    pool = school.app.database.pool
    await caught_up(pool)
    for _ in range(2):
        await OutboxOperators(pool).replay(COMPLETIONS_CONSUMER, 1)
        await caught_up(pool)

    assert {(one.enrollment_id, one.type, one.awarder_id, one.awarder_name) for one in held} == {
        (enrollment, 1, "", ""),
        (enrollment, 2, "", ""),
    }
    assert await held_by(learner, 2) == held
    assert await educator.credentials.IssueCredential(certificate_for(enrollment)) in held
