"""Templates of invented courses, on a database of the module's own."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import pytest

from academe.caller import Caller
from academe.db.pool import Pool
from academe.services.credential.templates import TemplateRepository, Templates
from tests.support.enrollments import InventedCourses, make_learner
from tests.support.issuers import ADDRESS, IssuerProcess


@dataclass
class Desk:
    """Somebody who teaches a course, and the services that they use."""

    educator: Caller
    course_id: UUID
    templates: Templates
    issuers: IssuerProcess


@pytest.fixture
def desk(pool: Pool) -> Desk:
    educator, courses, process = make_learner(), InventedCourses(), IssuerProcess(pool)
    outline = courses.publish([True], educators=[educator.user_id])
    templates = Templates(
        TemplateRepository(pool), process.issuers, courses, base_uri=ADDRESS, clock=process.clock
    )
    return Desk(educator, outline.course_id, templates, process)
