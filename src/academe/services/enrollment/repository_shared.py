"""What every repository of the slice does with a row."""

from __future__ import annotations

import asyncpg

from academe.services.enrollment.model import Enrollment, EnrollmentState, ProgressSummary


def enrollment_of(row: asyncpg.Record) -> Enrollment:
    return Enrollment(
        row["enrollment_id"],
        row["learner_id"],
        row["course_id"],
        row["course_revision"],
        EnrollmentState(row["state"]),
        ProgressSummary(row["required_lessons"], row["completed_lessons"]),
        row["version"],
        row["create_time"],
        row["update_time"],
        row["complete_time"],
    )
