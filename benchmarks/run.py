"""`make bench`: what each call costs on this machine, beside the limit measured in the same run.

The whole server over loopback, with its log, access checks and validation, on the embedded PostgreSQL with
fsync on. Numbers of a shared machine are only good beside others of the same run: read the ratios.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import random
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from academe.api.auth.v1 import auth_service_pb2 as auth_pb
from academe.api.course.v1 import course_service_pb2 as course_pb
from academe.api.enrollment.v1 import enrollment_service_pb2 as enrollment_pb
from academe.api.tip.v1 import tip_service_pb2 as tip_pb
from academe.api.type.v1 import money_pb2
from academe.ids import new_id
from benchmarks import limits
from benchmarks.h2load import h2load
from benchmarks.micro.interceptors import measure
from benchmarks.player import Call, play
from benchmarks.report import Row, write_report
from benchmarks.seed import PASSWORD, SeededSchool, Someone, seed
from benchmarks.server import Server, embedded_dsn

IN_FLIGHT = 128
BCRYPT_COST = 12


@dataclass
class Bench:
    """A server, a school in it, and how long to look."""

    server: Server
    school: SeededSchool
    dsn: str
    scratch: Path
    seconds: float

    def played(self, name: str, calls: Sequence[Call], in_flight: int = IN_FLIGHT) -> Row:
        """Calls with a body each; every reply's grpc-status is checked."""
        method = name.split()[0]
        before = self.server.cpu_seconds()
        result = asyncio.run(play("127.0.0.1", self.server.port, calls, connections=8, in_flight=in_flight))
        cpu = self.server.cpu_seconds() - before
        if result.statuses != {"0": len(calls)}:
            raise RuntimeError(f"{method}: not every call succeeded: {dict(result.statuses)}")
        ordered = sorted(result.latencies)
        return Row(
            name=name,
            calls=len(calls),
            per_second=len(calls) / result.seconds,
            p50_ms=ordered[len(ordered) // 2] * 1000,
            p99_ms=ordered[int(len(ordered) * 0.99)] * 1000,
            cpu_us=cpu / len(calls) * 1e6,
            memory_mb=self.server.memory_mb(),
        )

    def loaded(self, name: str, path: str, body: bytes, token: str, calls: int) -> Row:
        """The same call from h2load; the server's own count says whether every one was OK. Latencies come
        from a second, shorter run of the player at the same number in flight."""
        method = path.rpartition("/")[2]
        handled, before = self.server.handled(method), self.server.cpu_seconds()
        load = h2load(self.server.port, path, body, token, self.scratch, calls=calls, in_flight=IN_FLIGHT)
        cpu = self.server.cpu_seconds() - before
        now = self.server.handled(method)
        if now.get("OK", 0) - handled.get("OK", 0) != calls or set(now) != {"OK"}:
            raise RuntimeError(f"{method}: not every call succeeded: {now}, before {handled}")
        timed = self.played(name, [Call(path, body, token)] * max(IN_FLIGHT * 4, calls // 10))
        return Row(
            name=name,
            calls=load.succeeded,
            per_second=load.per_second,
            p50_ms=timed.p50_ms,
            p99_ms=timed.p99_ms,
            cpu_us=cpu / calls * 1e6,
            memory_mb=self.server.memory_mb(),
        )

    def pgbench(self, script: str) -> float:
        return limits.pgbench(self.dsn, script, max(2, int(self.seconds)), self.scratch)


GET_COURSE = "/academe.api.course.v1.CourseService/GetCourse"
LIST_COURSES = "/academe.api.course.v1.CourseService/ListCourses"
UPDATE_PROGRESS = "/academe.api.enrollment.v1.EnrollmentService/UpdateProgress"
SEND_TIP = "/academe.api.tip.v1.TipService/SendTip"
AUTHENTICATE = "/academe.api.auth.v1.AuthService/Authenticate"


def get_course(bench: Bench, calls: int) -> Row:
    """One course of 200, read by a learner."""
    reader = bench.school.enrollments[0][0]
    bodies = [course_pb.GetCourseRequest(course_id=c).SerializeToString() for c in bench.school.courses]
    row = bench.loaded("GetCourse", GET_COURSE, bodies[0], reader.token, calls)
    spread = bench.played(
        "GetCourse (200 courses)",
        [Call(GET_COURSE, body, reader.token) for body in itertools.islice(itertools.cycle(bodies), calls)],
    )
    row.also = spread
    row.limit_name = "the same statement for one course"
    one = f"array['{bench.school.courses[0]}']"
    row.limit = bench.pgbench(limits.statement("course/repository_shared.py", "read_courses", one))
    return row


def list_courses(bench: Bench, calls: int) -> Row:
    reader = bench.school.enrollments[0][0]
    body = course_pb.ListCoursesRequest(page_size=50).SerializeToString()
    row = bench.loaded("ListCourses (page of 50)", LIST_COURSES, body, reader.token, calls)
    row.limit_name = "the same statement"
    last = ("'9999-12-31'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'", "51")
    row.limit = bench.pgbench(limits.statement("course/repository.py", "_list_published", *last))
    return row


def update_progress(bench: Bench, calls: int) -> Row:
    """Every call opens or finishes another lesson, so every call writes."""
    pairs = list(itertools.product(bench.school.enrollments, bench.school.lessons))
    random.Random(1).shuffle(pairs)
    events = [
        (learner, enrollment, lesson, event)
        for event in (enrollment_pb.LESSON_EVENT_OPENED, enrollment_pb.LESSON_EVENT_VIEWED)
        for (learner, enrollment), lesson in pairs
    ][:calls]
    row = bench.played("UpdateProgress", [_progress_call(*event) for event in events])
    row.limit_name = "the same statement for one report, each of another lesson"
    people = bench.school.enrollments
    learner_ids = "','".join(learner.user_id for learner, _ in people)
    enrollment_ids = "','".join(enrollment for _, enrollment in people)
    row.limit = bench.pgbench(_report_script(learner_ids, enrollment_ids, len(people)))
    row.second_limit_name = "a plain upsert of one row that checks and counts nothing"
    row.second_limit = bench.pgbench(PLAIN_UPSERT)
    return row


PLAIN_UPSERT = """\\set n random(1, 1000000000)
insert into bench_progress (learner_id, enrollment_id, lesson_id, state, start_time, complete_time)
values ('018f0000-0000-7000-8000-000000000001', '018f0000-0000-7000-8000-000000000002',
    lpad(to_hex(:n::bigint), 32, '0')::uuid, 2::smallint, now(), null)
on conflict (learner_id, enrollment_id, lesson_id) do update
set state = greatest(bench_progress.state, excluded.state);
"""


def _report_script(learner_ids: str, enrollment_ids: str, count: int) -> str:
    """One person's report of opening a lesson that nobody opened before."""
    return f"\\set who random(1, {count})\n\\set n random(1, 1000000000)\n" + limits.statement(
        "enrollment/repository_reports.py",
        "_write",
        f"array[(array['{learner_ids}'])[:who]::uuid]",
        f"array[(array['{enrollment_ids}'])[:who]::uuid]",
        "array[lpad(to_hex(:n::bigint), 32, '0')::uuid]",
        "array[true]",
        "array[2::smallint]",
        "array[now()]",
        "array[null::timestamptz]",
    )


def _progress_call(learner: Someone, enrollment: str, lesson: str, event: Any) -> Call:
    request = enrollment_pb.UpdateProgressRequest(enrollment_id=enrollment, lesson_id=lesson, event=event)
    return Call(UPDATE_PROGRESS, request.SerializeToString(), learner.token)


def send_tip(bench: Bench, calls: int) -> Row:
    """64 learners tip 20 educators, each call another tip."""
    people = [learner for learner, _ in bench.school.enrollments]
    made = []
    for number in range(calls):
        request = tip_pb.SendTipRequest(
            request_id=str(new_id()),
            educator_id=bench.school.educators[number % len(bench.school.educators)].user_id,
            amount=money_pb2.Money(currency_code="EUR", minor_units=100 + number % 900),
        )
        made.append(Call(SEND_TIP, request.SerializeToString(), people[number % len(people)].token))
    row = bench.played("SendTip", made)
    row.limit_name = "the same statement for one tip"
    senders = "','".join(person.user_id for person in people)
    receivers = "','".join(person.user_id for person in bench.school.educators)
    row.limit = bench.pgbench(
        f"\\set who random(1, {len(people)})\n\\set whom random(1, {len(bench.school.educators)})\n"
        + limits.statement(
            "tip/repository.py",
            "_add_tips",
            "array[gen_random_uuid()]",
            f"array[(array['{senders}'])[:who]::uuid]",
            "array[gen_random_uuid()]",
            "array['\\\\x00'::bytea]",
            f"array[(array['{receivers}'])[:whom]::uuid]",
            "array['EUR']",
            "array[100::bigint]",
            "array[0::bigint]",
            "array[1::smallint]",
            "array['']",
            "array[2::smallint]",
            "array[false]",
            "array[null::uuid]",
            "array[null::uuid]",
            "array[now()]",
            "array[null::timestamptz]",
            "array[false]",
            "'{}'::bigint[]",
            "'{}'::bigint[]",
        )
    )
    return row


def authenticate(bench: Bench, calls: int) -> Row:
    """One bcrypt check of cost 12 each; at 4 in flight, since more would only wait."""
    login = bench.school.enrollments[0][0].username
    credential = auth_pb.PasswordCredential(login=login, password=PASSWORD)
    body = auth_pb.AuthenticateRequest(password=credential).SerializeToString()
    row = bench.played(
        "Authenticate",
        [Call(AUTHENTICATE, body, "")] * max(16, min(calls, int(bench.seconds * 8))),
        in_flight=4,
    )
    row.limit_name = f"bcrypt checks of cost {BCRYPT_COST} on every core"
    row.limit = limits.bcrypt_checks(BCRYPT_COST, bench.seconds)
    return row


SCENARIOS: tuple[Callable[[Bench, int], Row], ...] = (
    get_course,
    list_courses,
    update_progress,
    send_tip,
    authenticate,
)

SCRATCH_TABLES = """
create table bench_progress (learner_id uuid, enrollment_id uuid, lesson_id uuid, state smallint,
    start_time timestamptz, complete_time timestamptz, primary key (learner_id, enrollment_id, lesson_id));
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calls", type=int, default=30_000, help="calls of each fast method")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each limit")
    parser.add_argument("--engine", choices=("native", "grpcio"), default="native")
    parser.add_argument("--only", default="", help="one scenario, by its function's name")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="academe-bench-") as scratch:
        data_dir = Path(scratch) / "data"
        print("seeding a school ...")
        seeding = Server(data_dir, ACADEME_BCRYPT_COST="4", ACADEME_GRPC_ENGINE=arguments.engine)
        school = seed(seeding.target)
        seeding.stop()
        server = Server(data_dir, ACADEME_BCRYPT_COST=str(BCRYPT_COST), ACADEME_GRPC_ENGINE=arguments.engine)
        idle_mb = server.memory_mb()
        bench = Bench(server, school, embedded_dsn(data_dir), Path(scratch), arguments.seconds)
        asyncio.run(_scratch_tables(bench.dsn))
        rows = []
        for scenario in SCENARIOS:
            if arguments.only in ("", scenario.__name__):
                print(f"measuring {scenario.__name__} ...")
                rows.append(scenario(bench, arguments.calls))
        server.stop()
    with open(os.devnull, "w") as sink:
        pipeline = asyncio.run(measure(sink))
    write_report(rows, idle_mb=idle_mb, engine=arguments.engine, in_flight=IN_FLIGHT, pipeline=pipeline)


async def _scratch_tables(dsn: str) -> None:
    import asyncpg

    connection = await asyncpg.connect(dsn)
    await connection.execute(SCRATCH_TABLES)
    await connection.close()


if __name__ == "__main__":
    main()
