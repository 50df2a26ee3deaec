"""A server's bulk issues in a process of its own, which tests may kill.

    python tests/integration/credential/issuance/bulk_process.py DSN FILE

FILE has the course, its educator and its graduates, as `written` makes it.
"""

import asyncio
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from academe.caller import Role
from academe.services.credential.ports import CourseFacts, EnrollmentFacts, EnrollmentState
from tests.support.graduates import Faculty, opened
from tests.support.pools import patient_pool


def written(faculty: Faculty) -> str:
    return json.dumps(
        {
            "course_id": str(faculty.course.course_id),
            "educator_id": str(faculty.educator_id),
            "graduates": [
                (str(one.enrollment_id), str(one.learner_id)) for one in faculty.enrollments.values()
            ],
        }
    )


def read(text: str) -> Faculty:
    kept = json.loads(text)
    faculty = Faculty()
    faculty.educator_id = _person(faculty, kept["educator_id"], Role.EDUCATOR)
    faculty.course = CourseFacts(UUID(kept["course_id"]), "Loops", (faculty.educator_id,), 1, False)
    faculty.courses = {faculty.course.course_id: faculty.course}
    for enrollment_id, learner_id in kept["graduates"]:
        faculty.enrollments[UUID(enrollment_id)] = EnrollmentFacts(
            UUID(enrollment_id),
            faculty.course.course_id,
            _person(faculty, learner_id),
            EnrollmentState.COMPLETED,
            datetime.now(UTC),
        )
    return faculty


def _person(faculty: Faculty, user_id: str, *roles: Role) -> UUID:
    account = faculty.people.accounts.pop(faculty.people.add(*roles))
    known = UUID(user_id)
    faculty.people.accounts[known] = replace(account, user_id=known)
    return known


async def main(dsn: str, faculty: Faculty) -> None:
    pool = await patient_pool(dsn, size=4)
    async with opened(pool, faculty) as parts:
        await parts.jobs.run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], read(Path(sys.argv[2]).read_text())))
