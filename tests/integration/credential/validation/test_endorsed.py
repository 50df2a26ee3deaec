"""Credentials of others in which the same is spoken of in several places, as Open Badges 3.0 has it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from academe.services.credential.parts import CredentialParts
from academe.services.credential.standards.contexts import CREDENTIALS_V2, OPEN_BADGES
from academe.services.credential.validation.model import CheckName, CheckResult, Verdict, Verification
from tests.integration.credential.validation.signing import ISSUER, sign_elsewhere
from tests.support.vc import by_pyld

ENDORSER = "did:example:endorser"
BADGE, LEARNER, SAILING = "urn:example:badge", "urn:example:learner", "urn:example:sailing"
STATUS = {
    "id": "https://oxford.example/status#1",
    "type": "BitstringStatusListEntry",
    "statusPurpose": "revocation",
    "statusListIndex": "1",
    "statusListCredential": "https://oxford.example/status",
}


def badge(**fields: Any) -> dict[str, Any]:
    return {
        "@context": [CREDENTIALS_V2, OPEN_BADGES],
        "id": BADGE,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": ISSUER, "type": ["Profile"], "name": "Oxford"},
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "id": LEARNER,
            "type": ["AchievementSubject"],
            "achievement": {
                "id": SAILING,
                "type": ["Achievement"],
                "name": "Sailing",
                "description": "About the sea.",
                "criteria": {"narrative": "Sail."},
            },
        },
        **fields,
    }


def endorsement(of: str, number: int = 1, **fields: Any) -> dict[str, Any]:
    return sign_elsewhere(
        {
            "@context": [CREDENTIALS_V2, OPEN_BADGES],
            "id": f"urn:example:endorsement:{number}",
            "type": ["VerifiableCredential", "EndorsementCredential"],
            "issuer": {"id": ENDORSER, "type": ["Profile"], "name": "An endorser"},
            "validFrom": "2026-01-01T00:00:00Z",
            "credentialSubject": {
                "id": of,
                "type": ["EndorsementSubject"],
                "endorsementComment": f"Good {number}",
                **fields,
            },
        },
        ENDORSER,
    )


def achievement(document: dict[str, Any]) -> dict[str, Any]:
    return document["credentialSubject"]["achievement"]


def is_the_same_to_a_signature(*documents: dict[str, Any]) -> bool:
    plain = [{name: one[name] for name in one if name != "proof"} for one in documents]
    return len({by_pyld(one) for one in plain}) == 1


def _an_achievement(document: dict[str, Any]) -> None:
    achievement(document)["endorsement"] = [endorsement(SAILING, number) for number in (1, 2)]


def _an_issuer(document: dict[str, Any]) -> None:
    document["issuer"]["endorsement"] = [endorsement(ISSUER)]


def _a_credential(document: dict[str, Any]) -> None:
    document["endorsement"] = [endorsement(BADGE)]


def _oneself(document: dict[str, Any]) -> None:
    document["credentialSubject"]["id"] = ISSUER


async def verify(parts: CredentialParts, document: dict[str, Any]) -> Verification:
    return await parts.validation.verify_document(json.dumps(document).encode(), {})


def faults(told: Verification) -> list[CheckName]:
    return [one.name for one in told.checks if one.result is not CheckResult.PASS]


@pytest.mark.parametrize("change", [_an_achievement, _an_issuer, _a_credential, _oneself])
async def test_what_is_endorsed_and_who_certifies_oneself(
    parts: CredentialParts, change: Callable[[dict[str, Any]], None]
) -> None:
    """The subject of an endorsement has the id of what is endorsed, and an issuer may be its own subject."""
    document = badge()
    change(document)

    told = await verify(parts, sign_elsewhere(document))

    assert told.verdict is Verdict.VALID, told.checks
    assert told.statement is not None
    assert told.statement.title == "Sailing"


async def test_two_names_for_one_who_is_named_twice(parts: CredentialParts) -> None:
    """They could have been exchanged, which is no reason to call it forged."""
    document = badge()
    achievement(document)["creator"] = {"id": ISSUER, "type": ["Profile"], "name": "Oxford, Sailing"}

    told = await verify(parts, sign_elsewhere(document))

    assert (told.verdict, faults(told)) == (Verdict.UNKNOWN, [CheckName.PROOF])


def _exchange(shown: dict[str, Any]) -> None:
    """Names, from one place to the other."""
    work, degree = shown["evidence"][0], achievement(shown)
    work["name"], degree["name"] = degree["name"], work["name"]


def _gather(shown: dict[str, Any]) -> None:
    """Everything in one place, the better name first; the other place only leads there."""
    work, degree = shown["evidence"][0], achievement(shown)
    degree["name"] = [work["name"], degree["name"]]
    degree["type"] = [*degree["type"], *work["type"]]
    shown["evidence"] = [{"id": work["id"]}]


def _repeat(shown: dict[str, Any]) -> None:
    """The same in both places."""
    _gather(shown)
    shown["evidence"] = [{name: achievement(shown)[name] for name in ("id", "type", "name")}]


@pytest.mark.parametrize("rearrange", [_exchange, _gather, _repeat, lambda shown: None])
async def test_homework_with_the_address_of_the_achievement(
    parts: CredentialParts, rearrange: Callable[[dict[str, Any]], None]
) -> None:
    """An issuer may have signed it without a thought; however it is shown, nobody becomes a doctor by it."""
    work = {"id": SAILING, "type": ["Evidence"], "name": "Doctor of Everything"}
    signed = sign_elsewhere(badge(evidence=[work]))
    shown = copy.deepcopy(signed)
    rearrange(shown)

    told = await verify(parts, shown)

    assert is_the_same_to_a_signature(shown, signed)
    assert (told.verdict, faults(told)) == (Verdict.UNKNOWN, [CheckName.PROOF])


async def test_work_of_a_kind_of_one_s_own(parts: CredentialParts) -> None:
    """Also what is no kind of Open Badges is not the achievement."""
    work = {
        "id": SAILING,
        "type": ["https://oxford.example/Essay"],
        "image": {"id": "https://a.example/x.png"},
    }
    shown = sign_elsewhere(badge(evidence=[work]))

    assert (await verify(parts, shown)).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("address", [SAILING, LEARNER, ISSUER])
async def test_work_that_says_what_the_other_does_not(parts: CredentialParts, address: str) -> None:
    """No two places contradict each other, and still it could be moved."""
    shown = sign_elsewhere(badge(evidence=[{"id": address, "type": ["Evidence"], "narrative": "Sailed."}]))

    assert (await verify(parts, shown)).verdict is Verdict.UNKNOWN


async def test_an_endorser_who_gives_another_name(parts: CredentialParts) -> None:
    """What stands in an endorsement is signed by the issuer too, and could be put in its own words' place."""
    document = badge()
    achievement(document)["endorsement"] = [endorsement(SAILING, name="Doctor of Everything")]
    shown = sign_elsewhere(document)
    inner = achievement(shown)["endorsement"][0]["credentialSubject"]
    exchanged = copy.deepcopy(shown)
    achievement(exchanged)["name"] = inner["name"]
    achievement(exchanged)["endorsement"][0]["credentialSubject"]["name"] = achievement(shown)["name"]

    told = [await verify(parts, one) for one in (shown, exchanged)]

    assert [one.verdict for one in told] == [Verdict.UNKNOWN, Verdict.UNKNOWN]


async def test_a_status_that_is_moved_into_an_endorsement(parts: CredentialParts) -> None:
    """There nobody would look for it, and the signature is the same."""
    document = badge(credentialStatus=STATUS)
    document["endorsement"] = [endorsement(BADGE)]
    shown = sign_elsewhere(document)
    before = await verify(parts, shown)
    signed = copy.deepcopy(shown)
    subject = shown["endorsement"][0]["credentialSubject"]
    subject["type"].append("VerifiableCredential")
    subject["credentialStatus"] = shown.pop("credentialStatus")

    after = await verify(parts, shown)

    assert is_the_same_to_a_signature(shown, signed)
    assert (before.verdict, faults(before)) == (Verdict.UNKNOWN, [CheckName.STATUS])
    assert (after.verdict, faults(after)) == (Verdict.UNKNOWN, [CheckName.PROOF])
