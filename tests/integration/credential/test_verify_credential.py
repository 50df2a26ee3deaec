"""VerifyCredential: anybody with a code learns whether it is good, and nothing else."""

from __future__ import annotations

import asyncio

import pytest

from academe.api.credential.v1 import credential_pb2, verification_pb2
from academe.api.credential.v1 import credential_service_pb2 as pb
from academe.services.credential.codes import new_code, printed
from tests.integration.credential.graduation import certified
from tests.support.errors import expect_error
from tests.support.school import School

UNKNOWN = verification_pb2.VerifyCredentialResponse(
    verdict=verification_pb2.VERDICT_UNKNOWN,
    checks=[
        verification_pb2.CredentialCheck(
            name=verification_pb2.CHECK_NAME_STRUCTURE,
            result=verification_pb2.CHECK_RESULT_UNKNOWN,
            reason="No credential of this school has this code.",
        )
    ],
)


async def verify(school: School, code: str) -> verification_pb2.VerifyCredentialResponse:
    """As an employer does, who is nobody here."""
    reply: verification_pb2.VerifyCredentialResponse = await school.anonymous.credentials.VerifyCredential(
        verification_pb2.VerifyCredentialRequest(verification_code=code)
    )
    return reply


ALL_CHECKS = [
    verification_pb2.CHECK_NAME_STRUCTURE,
    verification_pb2.CHECK_NAME_CONTEXTS,
    verification_pb2.CHECK_NAME_PROOF,
    verification_pb2.CHECK_NAME_ISSUER,
    verification_pb2.CHECK_NAME_VALIDITY,
    verification_pb2.CHECK_NAME_STATUS,
    verification_pb2.CHECK_NAME_LOG,
]


def statement_of(issued: credential_pb2.Credential) -> verification_pb2.VerifiedCredential:
    """What anybody with the code is told of a certificate for "Thinking in Loops"; no id of anybody."""
    return verification_pb2.VerifiedCredential(
        type=credential_pb2.CREDENTIAL_TYPE_CERTIFICATE,
        course_title="Thinking in Loops",
        learner_name="Ada",
        issuer_name=issued.issuer_name,
        issuer_did=issued.issuer_did,
        issue_time=issued.issue_time,
        title="Thinking in Loops",
        criteria="Every required lesson of the course was completed.",
        uri=issued.uri,
    )


async def test_an_employer_verifies_a_certificate(school: School) -> None:
    """Who earned what, from whom and when; no id of anybody."""
    issued = await certified(await school.learner("ada"), await school.educator("grace"))

    told = await verify(school, issued.verification_code)

    assert told.verdict == verification_pb2.VERDICT_VALID
    assert told.credential == statement_of(issued)
    assert [(check.name, check.result) for check in told.checks] == [
        (name, verification_pb2.CHECK_RESULT_PASS) for name in ALL_CHECKS
    ]


async def test_a_revoked_certificate_says_when_and_why(school: School) -> None:
    """What it stated is still shown, since the employer holds it in hand."""
    learner, educator = await school.learner("ada"), await school.educator("grace")
    issued = await certified(learner, educator)
    revoked = await educator.credentials.RevokeCredential(
        pb.RevokeCredentialRequest(credential_id=issued.credential_id, reason="Issued in error")
    )

    told = await verify(school, issued.verification_code)

    expected = statement_of(issued)
    expected.revoke_time.CopyFrom(revoked.revoke_time)
    expected.status_reason = "Issued in error"
    assert told.verdict == verification_pb2.VERDICT_REVOKED
    assert told.credential == expected
    assert [check.name for check in told.checks if check.result == verification_pb2.CHECK_RESULT_FAIL] == [
        verification_pb2.CHECK_NAME_STATUS
    ]


async def test_a_code_is_accepted_as_people_type_it(school: School) -> None:
    """Lower case, no dashes, spaces, letters for digits."""
    issued = await certified(await school.learner(), await school.educator())
    code = issued.verification_code
    expected = await verify(school, code)

    for typed in (
        code.lower(),
        code.replace("-", ""),
        code.replace("-", " – "),
        f"  {code}\n",
        code.replace("0", "O").replace("1", "l"),
    ):
        assert await verify(school, typed) == expected


@pytest.mark.parametrize(
    "code",
    [
        *("x", "0" * 20, "not a code at all", "' or 1=1 --", "\0", "🎓" * 16),
        pytest.param(printed(new_code()), id="a code of nothing"),
    ],
)
async def test_what_was_never_issued_is_unknown(school: School, code: str) -> None:
    """Well formed or not: one answer, never an error, and nothing that tells them apart."""
    assert await verify(school, code) == UNKNOWN


async def test_a_code_that_differs_in_one_symbol_is_unknown(school: School) -> None:
    """There is no nearest match."""
    issued = await certified(await school.learner(), await school.educator())
    last = "0" if issued.verification_code[-1] != "0" else "2"

    assert await verify(school, issued.verification_code[:-1] + last) == UNKNOWN


async def test_the_id_of_a_credential_is_not_its_code(school: School) -> None:
    """Ids are shown in many places; only the code proves that one was given it."""
    issued = await certified(await school.learner(), await school.educator())

    assert await verify(school, issued.credential_id) == UNKNOWN


async def test_many_employers_at_once(school: School) -> None:
    """Each is answered for their own code, however the reads are batched."""
    educator = await school.educator()
    issued = [await certified(await school.learner(f"learner{n}"), educator) for n in range(4)]
    codes = [issued[n % 4].verification_code if n % 5 else printed(new_code()) for n in range(100)]

    replies = await asyncio.gather(*(verify(school, code) for code in codes))

    assert [reply.credential.learner_name for reply in replies] == [
        f"Learner{n % 4}" if n % 5 else "" for n in range(100)
    ]


@pytest.mark.parametrize("code", ["", "0" * 65])
async def test_nothing_and_too_much_are_refused(school: School, code: str) -> None:
    """A request without a code, or with a text that no code could be typed as, breaks the contract."""
    with expect_error("FIELD_INVALID"):
        await verify(school, code)
