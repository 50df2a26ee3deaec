"""What is true of every call: its id, its line in the log, its errors, its limits."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc
import pytest

from academe.api.course.v1 import course_service_pb2 as course_pb
from academe.api.user.v1 import user_service_pb2 as user_pb
from academe.errors import AcademeError
from academe.rpc.status import error_from_rpc
from tests.support.errors import expect_error
from tests.support.raw import METHODS, call
from tests.support.school import School


async def test_a_call_is_one_line_in_the_log(school: School) -> None:
    """Whole record: id, method, code, caller, duration; nothing of the request."""
    learner = await school.learner()
    school.records.clear()

    await learner.users.GetMe(user_pb.GetMeRequest(), metadata=(("x-request-id", "my-own-id"),))

    await asyncio.sleep(0)
    [record] = [record for record in school.records if record["event"] == "call"]
    assert record.pop("duration_ms") > 0
    assert record == {
        "level": "info",
        "event": "call",
        "request_id": "my-own-id",
        "method": "/academe.api.user.v1.UserService/GetMe",
        "code": "OK",
        "reason": "",
        "caller_id": learner.user_id,
    }


async def test_an_id_that_is_no_plain_word_is_replaced(school: School) -> None:
    """Nobody writes their own text into our log."""
    learner = await school.learner()
    school.records.clear()

    await learner.users.GetMe(user_pb.GetMeRequest(), metadata=(("x-request-id", "two words, " + "c" * 100),))

    [record] = [record for record in school.records if record["event"] == "call"]
    assert len(record["request_id"]) == 16


async def test_a_fault_of_ours_is_one_fixed_sentence(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    """The caller learns the request id and nothing else; the log has the cause once."""
    learner = await school.learner()

    async def broken(*_: Any) -> Any:
        raise ZeroDivisionError("the secret inner life of the server")

    monkeypatch.setattr(school.app.slices.users, "get_user", broken)
    school.records.clear()

    with expect_error("INTERNAL") as refusal:
        await learner.users.GetMe(user_pb.GetMeRequest(), metadata=(("x-request-id", "quote-me"),))

    assert refusal.error is not None
    assert dict(refusal.error.metadata) == {"request_id": "quote-me"}
    assert "secret" not in refusal.error.message
    [logged] = [record for record in school.records if record["level"] == "error"]
    assert isinstance(logged["exc_info"], ZeroDivisionError)


async def test_a_message_beyond_the_limit_is_refused(school: School) -> None:
    """A request larger than the limit is RESOURCE_EXHAUSTED, and the connection goes on."""
    educator = await school.educator()
    too_large = course_pb.CreateCourseRequest()
    too_large.course.title = "x" * (school.settings.max_message_bytes + 1)

    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await educator.courses.CreateCourse(too_large)

    assert refused.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert (await educator.users.GetMe(user_pb.GetMeRequest())).user_id == educator.user_id


async def test_metadata_beyond_the_limit_is_refused(school: School) -> None:
    """Kilobytes of headers do not reach a handler."""
    learner = await school.learner()
    heavy = (("x-heavy", "x" * (school.settings.max_metadata_bytes + 1000)),)

    with pytest.raises(grpc.aio.AioRpcError):
        await learner.users.GetMe(user_pb.GetMeRequest(), metadata=heavy, timeout=5)

    assert (await learner.users.GetMe(user_pb.GetMeRequest())).user_id == learner.user_id


async def test_what_a_client_catches_is_what_the_service_raised(school: School) -> None:
    """The same class on both sides of the wire."""
    learner = await school.learner()

    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await learner.courses.GetCourse(
            course_pb.GetCourseRequest(course_id="018f0000-0000-7000-8000-000000000000")
        )

    rebuilt = error_from_rpc(refused.value)
    assert type(rebuilt).__name__ == "CourseNotFound"
    assert isinstance(rebuilt, AcademeError)


async def test_a_deadline_stops_the_statement(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the client stops waiting, PostgreSQL stops working for it."""
    learner = await school.learner()
    pool = school.app.database.pool

    async def slow(*_: Any) -> Any:
        await pool.execute("select pg_sleep(30)")

    monkeypatch.setattr(school.app.slices.users, "get_user", slow)
    with pytest.raises(grpc.aio.AioRpcError) as ended:
        await learner.users.GetMe(user_pb.GetMeRequest(), timeout=0.3)

    assert ended.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    for _ in range(100):
        sleeping = await pool.fetchval(
            "select count(*) from pg_stat_activity"
            " where query like 'select pg_sleep(30)%' and state = 'active'"
        )
        if not sleeping:
            break
        await asyncio.sleep(0.05)
    assert sleeping == 0


async def test_the_contract_can_be_asked_for(school: School) -> None:
    """Reflection names every service, as grpcurl needs it."""
    from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

    stub: Any = reflection_pb2_grpc.ServerReflectionStub(school.channel)
    question = reflection_pb2.ServerReflectionRequest(list_services="")
    answers = [answer async for answer in stub.ServerReflectionInfo(iter([question]))]

    names = {service.name for service in answers[0].list_services_response.service}
    assert {
        "academe.api.user.v1.UserService",
        "academe.api.auth.v1.AuthService",
        "academe.api.course.v1.CourseService",
        "academe.api.enrollment.v1.EnrollmentService",
        "academe.api.credential.v1.CredentialService",
        "academe.api.tip.v1.TipService",
        "grpc.health.v1.Health",
    } <= names


async def test_reflection_gives_the_files_a_client_needs(school: School) -> None:
    """A client that knows nothing can build a request from what reflection gives."""
    from google.protobuf.descriptor_pool import DescriptorPool
    from google.protobuf.message_factory import GetMessageClass
    from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

    def ask() -> str:
        with grpc.insecure_channel(school.app.grpc_address) as channel:
            pool = DescriptorPool(ProtoReflectionDescriptorDatabase(channel))
            service = pool.FindServiceByName("academe.api.user.v1.UserService")
            method = service.methods_by_name["RegisterUser"]
            request = GetMessageClass(method.input_type)(username="from-reflection")  # type: ignore[call-arg]
            return str(request)

    assert "from-reflection" in await asyncio.to_thread(ask)


async def test_bytes_that_are_no_message_are_told_so(school: School) -> None:
    """INVALID_ARGUMENT with our details and a line in the log, on either engine."""
    school.records.clear()
    get_me = next(method for method in METHODS if method.name == "GetSigningKeys")

    with expect_error("FIELD_INVALID") as refusal:
        await call(school.channel, get_me, b"\xff\xff")

    assert refusal.error is not None
    assert "is no academe.api.auth.v1.GetSigningKeysRequest" in refusal.error.message
    assert [record["code"] for record in school.records if record["event"] == "call"] == ["INVALID_ARGUMENT"]
