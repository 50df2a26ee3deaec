"""Credentials for hundreds at once: everybody is dealt with once, and what could not be done is listed."""

from __future__ import annotations

import asyncio
from collections import Counter
from uuid import UUID, uuid4

import pytest

from academe.caller import Role
from academe.db.pool import Pool
from academe.errors import RequestIdReused
from academe.ids import new_id
from academe.services.credential.errors import IssueJobNotFound
from academe.services.credential.issuance import jobs as jobs_module
from academe.services.credential.issuance.model import IssueJob, IssueJobState
from academe.services.credential.model import CredentialType, Replay
from academe.services.credential.parts import CredentialParts
from academe.services.credential.ports import CourseFacts, CourseNotFound, EnrollmentState
from tests.integration.credential.issuance.bulk import Bulk, counts
from tests.integration.credential.issuance.rows import halves
from tests.support.graduates import Faculty, certify
from tests.support.ledger import caller

DONE, CANCELED, RUNNING = IssueJobState.DONE, IssueJobState.CANCELED, IssueJobState.RUNNING
BADGE = CredentialType.BADGE


@pytest.fixture
def bulk(parts: CredentialParts, faculty: Faculty, pool: Pool) -> Bulk:
    return Bulk(parts, faculty, pool)


async def failures(bulk: Bulk, job: IssueJob, page_size: int = 100) -> list[tuple[UUID, str, str]]:
    """All that a job could not serve, read page by page."""
    found, token = [], ""
    while True:
        page = await bulk.jobs.list_issue_failures(
            bulk.faculty.educator, job.issue_job_id, page_size=page_size, page_token=token
        )
        found += [(one.enrollment_id, one.reason, one.message) for one in page.rows]
        assert len(page.rows) <= page_size
        if not (token := page.next_page_token):
            return found


async def test_three_hundred_of_all_kinds(
    bulk: Bulk, parts: CredentialParts, faculty: Faculty, pool: Pool
) -> None:
    """Graduates, some certified before; others still learning, gone, of other courses, or nobody at all."""
    graduates = [faculty.graduate(f"Ada {number}") for number in range(240)]
    existing = [await certify(parts, faculty, one) for one in graduates[::8]]
    learning = [faculty.graduate(state=EnrollmentState.ACTIVE) for _ in range(20)]
    dropped = [faculty.graduate(state=EnrollmentState.DROPPED) for _ in range(10)]
    strangers = [Faculty().graduate() for _ in range(10)]
    for one in strangers:
        faculty.enrollments[one.enrollment_id] = one
    account_gone = [faculty.graduate() for _ in range(10)]
    for one in account_gone:
        del faculty.people.accounts[one.learner_id]
    nobody = [new_id() for _ in range(10)]
    asked = [
        one.enrollment_id for one in (*graduates, *learning, *dropped, *strangers, *account_gone)
    ] + nobody

    begun = await bulk.begin(asked)
    assert (begun.state, counts(begun)) == (RUNNING, (300, 0, 0, 0))
    job = await bulk.done(begun)

    assert (job.state, counts(job)) == (DONE, (300, 210, 30, 60))
    assert job.finish_time is not None
    assert job.finish_time >= job.create_time
    listed = await failures(bulk, job, page_size=7)
    assert [one[0] for one in listed] == sorted(one[0] for one in listed)
    assert Counter(reason for _, reason, _ in listed) == {
        "ENROLLMENT_NOT_COMPLETED": 30,
        "ENROLLMENT_NOT_FOUND": 30,
    }
    assert {one[0] for one in listed} == set(asked) - {one.enrollment_id for one in graduates}
    assert all(message for _, _, message in listed)
    assert await halves(pool) == 0
    rows = await pool.fetch("select enrollment_id, credential_id from credential.credential")
    assert Counter(row["enrollment_id"] for row in rows) == {one.enrollment_id: 1 for one in graduates}
    assert {one.credential_id for one in existing} < {row["credential_id"] for row in rows}


async def test_everybody_who_completed_the_course(
    bulk: Bulk, faculty: Faculty, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When nobody is named; read in several pages."""
    monkeypatch.setattr(jobs_module, "PAGE", 16)
    for number in range(48):
        faculty.graduate(state=EnrollmentState.COMPLETED if number % 3 else EnrollmentState.ACTIVE)
    job = await bulk.done(await bulk.begin())
    again = await bulk.done(await bulk.begin())

    assert counts(job) == (32, 32, 0, 0)
    assert counts(again) == (32, 0, 32, 0)


async def test_nobody(bulk: Bulk, faculty: Faculty) -> None:
    """A course that nobody completed makes a job that is done."""
    faculty.graduate(state=EnrollmentState.ACTIVE)
    job = await bulk.begin()

    assert (job.state, counts(job)) == (DONE, (0, 0, 0, 0))
    assert job.finish_time == job.create_time
    assert await bulk.get(job) == job


async def test_somebody_named_twice(bulk: Bulk, faculty: Faculty) -> None:
    """Is one item."""
    one = faculty.graduate().enrollment_id
    job = await bulk.done(await bulk.begin([one, one]))

    assert counts(job) == (1, 1, 0, 0)


async def test_a_request_that_is_repeated(bulk: Bulk, faculty: Faculty, pool: Pool) -> None:
    """One job, however often and at once it is asked for; what it asks for has to be the same."""
    graduates = [faculty.graduate().enrollment_id for _ in range(5)]
    replay = Replay(faculty.educator_id, uuid4(), b"these five")
    begun = await asyncio.gather(*(bulk.begin(graduates, replay=replay) for _ in range(6)))
    job = await bulk.done(begun[0])

    assert len({one.issue_job_id for one in begun}) == 1
    assert await bulk.begin(graduates, replay=replay) == job
    assert counts(job) == (5, 5, 0, 0)
    with pytest.raises(RequestIdReused):
        await bulk.begin(graduates[:4], replay=Replay(faculty.educator_id, replay.request_id, b"these four"))
    somebody = Replay(faculty.people.add(Role.EDUCATOR), replay.request_id, b"these four")
    assert (await bulk.begin(graduates[:4], replay=somebody)).issue_job_id != job.issue_job_id
    assert (
        await pool.fetchval(
            "select count(*) from credential.issue_job where course_id = $1", faculty.course.course_id
        )
        == 2
    )


async def test_racing_requests_of_one_id(bulk: Bulk, faculty: Faculty) -> None:
    """With different contents at once: one is begun, the others are told."""
    request_id = uuid4()
    graduates = [faculty.graduate().enrollment_id for _ in range(6)]
    begun = await asyncio.gather(
        *(
            bulk.begin([one], replay=Replay(faculty.educator_id, request_id, bytes([number])))
            for number, one in enumerate(graduates)
        ),
        return_exceptions=True,
    )

    assert Counter(type(one) for one in begun) == {IssueJob: 1, RequestIdReused: 5}


async def test_a_job_that_is_canceled(
    bulk: Bulk, faculty: Faculty, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was issued stays and is counted; nothing else is begun, and canceling again changes nothing."""
    monkeypatch.setattr(jobs_module, "CHUNK", 10)
    graduates = [faculty.graduate().enrollment_id for _ in range(300)]
    begun = await bulk.begin(graduates)
    async with bulk.running():
        await bulk.issued(begun, 20)
        await bulk.jobs.cancel_issue_job(faculty.educator, begun.issue_job_id)
        later = await bulk.begin(graduates[-3:], BADGE)
        await bulk.over(later)  # so what was under way is over too
    job = await bulk.get(begun)
    issued = await pool.fetchval(
        "select count(*) from credential.credential where enrollment_id = any($1::uuid[]) and type = 1",
        graduates,
    )

    assert job.state is CANCELED
    assert job.finish_time is not None
    assert counts(job) == (300, issued, 0, 0)
    assert 20 <= issued < 300
    assert await bulk.jobs.cancel_issue_job(faculty.educator, begun.issue_job_id) == job
    assert counts(await bulk.done(await bulk.begin(graduates))) == (300, 300 - issued, issued, 0)
    assert await halves(pool) == 0


async def test_a_job_that_is_done_cannot_be_canceled(bulk: Bulk, faculty: Faculty) -> None:
    """It is answered as it is."""
    job = await bulk.done(await bulk.begin([faculty.graduate().enrollment_id]))

    assert await bulk.jobs.cancel_issue_job(faculty.educator, job.issue_job_id) == job
    assert job.state is DONE


async def test_a_small_job_does_not_wait_for_a_large_one(
    bulk: Bulk, faculty: Faculty, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They take turns: three graduates are served while three hundred are under way, and three more."""
    monkeypatch.setattr(jobs_module, "CHUNK", 10)
    large = await bulk.begin([faculty.graduate().enrollment_id for _ in range(300)])
    async with bulk.running():
        await bulk.issued(large, 1)
        small = [await bulk.begin([faculty.graduate().enrollment_id for _ in range(3)]) for _ in range(3)]
        finished = [await bulk.over(one) for one in small]
        still = await bulk.get(large)
        await bulk.over(large)

    assert [counts(one) for one in finished] == [(3, 3, 0, 0)] * 3
    assert still.state is RUNNING
    assert still.issued_count < 200


@pytest.mark.parametrize("steps", range(5))
async def test_a_stop_in_the_moment_a_job_is_begun(
    parts: CredentialParts, faculty: Faculty, pool: Pool, steps: int
) -> None:
    """Regression: the job's news and the stop came in one step of the event loop, the news won, and the
    server never stopped (asyncio.wait_for of Python 3.11)."""
    bulk = Bulk(parts, faculty, pool, look_seconds=30)
    working = asyncio.create_task(bulk.jobs.run())
    await asyncio.sleep(0.05)  # it has looked, and waits for news
    await bulk.begin([faculty.graduate().enrollment_id])
    for _ in range(steps):
        await asyncio.sleep(0)
    working.cancel()
    stopped, _ = await asyncio.wait({working}, timeout=5)

    assert stopped
    assert working.cancelled()


async def test_a_template_that_cannot_be_signed(
    bulk: Bulk, parts: CredentialParts, faculty: Faculty, pool: Pool
) -> None:
    """As it may have been stored under other rules: everybody fails, with the field to correct; once it is
    corrected everybody is served."""
    graduates = [faculty.graduate().enrollment_id for _ in range(5)]
    await pool.execute(
        """
        insert into credential.template (
            course_id, type, title, description, criteria, criteria_uri, language_code, validity_days,
            issued_on_completion, achievement_type, tags, alignments, signatories, update_time, version
        )
        values ($1, 2, 'Loops', 'a' || chr(7), '', '', '', 0, false, '', '{}', '[]', '[]', now(), 1)
        """,
        faculty.course.course_id,
    )
    job = await bulk.done(await bulk.begin(graduates, BADGE))
    listed = await failures(bulk, job)
    await parts.templates.delete_template(faculty.educator, faculty.course.course_id, BADGE)
    again = await bulk.done(await bulk.begin(graduates, BADGE))

    assert counts(job) == (5, 0, 0, 5)
    assert {(reason, message) for _, reason, message in listed} == {
        (
            "CREDENTIAL_UNSIGNABLE",
            "template.description: cannot be signed: The text has a control character.",
        )
    }
    assert counts(again) == (5, 5, 0, 0)


async def test_only_who_teaches_the_course(bulk: Bulk, faculty: Faculty) -> None:
    """Begins, sees, cancels and reads the failures of its jobs; to others there are none."""
    job = await bulk.begin([faculty.graduate(state=EnrollmentState.ACTIVE).enrollment_id])
    other = Faculty()
    faculty.courses |= other.courses
    colleague = other.educator
    holder = caller(faculty.graduate().learner_id, Role.EDUCATOR)
    administrator = caller(new_id(), Role.ADMINISTRATOR)

    for who in (colleague, holder):
        with pytest.raises(CourseNotFound):
            await bulk.jobs.bulk_issue_credentials(
                who, faculty.course.course_id, CredentialType.DEGREE, [], replay=None
            )
        with pytest.raises(IssueJobNotFound):
            await bulk.jobs.get_issue_job(who, job.issue_job_id)
        with pytest.raises(IssueJobNotFound):
            await bulk.jobs.cancel_issue_job(who, job.issue_job_id)
        with pytest.raises(IssueJobNotFound):
            await bulk.jobs.list_issue_failures(who, job.issue_job_id, page_size=0, page_token="")
    with pytest.raises(IssueJobNotFound):
        await bulk.jobs.get_issue_job(faculty.educator, new_id())
    assert (await bulk.get(job)).state is RUNNING
    assert await bulk.jobs.get_issue_job(administrator, job.issue_job_id) == await bulk.get(job)
    canceled = await bulk.jobs.cancel_issue_job(administrator, job.issue_job_id)
    assert canceled.state is CANCELED


async def test_a_course_that_was_deleted(bulk: Bulk, faculty: Faculty) -> None:
    """Its graduates are certified all the same: what they achieved they achieved."""
    faculty.courses[faculty.course.course_id] = CourseFacts(
        faculty.course.course_id, "Loops", (faculty.educator_id,), 1, True
    )
    job = await bulk.done(await bulk.begin([faculty.graduate().enrollment_id]))

    assert counts(job) == (1, 1, 0, 0)
