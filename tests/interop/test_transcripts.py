"""Transcripts: a record of the school's around credentials of several issuers."""

from __future__ import annotations

import json
from typing import Any

from academe.services.credential.issuance.compose import instant, issuer_profile
from academe.services.credential.standards import clr
from tests.interop.conftest import Issued
from tests.interop.drafts import START
from tests.interop.issuers import site
from tests.support.interop import BadgesLibrary, javascript


def transcript(issued: Issued, documents: list[dict[str, Any]]) -> bytes:
    """A signed record of `documents`, for the learner of the first."""
    school = issued.issuers[0]
    record = clr.compose(
        uri="urn:uuid:0191d4c6-2b1e-7a63-8b0a-5a4b3c2d1e0f",
        issuer=issuer_profile(school.profile),
        name="Transcript",
        identifiers=documents[0]["credentialSubject"]["identifier"],
        credentials=documents,
        valid_from=instant(START),
    )
    return school.sign(record, instant(START))


def test_a_transcript_and_all_that_is_in_it_is_believed(issued: Issued) -> None:
    """Twelve credentials of two issuers, each with a proof and a status of its own."""
    record = transcript(issued, [json.loads(text) for text in issued.documents[:12]])

    verdict = javascript().verify(issued.site, record)
    assert verdict, verdict.reason


def test_a_credential_that_was_changed_or_revoked_spoils_the_transcript(issued: Issued) -> None:
    """The record's own signature may hold: what it holds is checked by itself."""
    documents = [json.loads(text) for text in issued.documents[:3]]
    revoked = site(*issued.issuers, positions={"revocation": [issued.drafts[1].status.position]})
    changed = [documents[0], {**documents[1], "name": "Something better"}]

    assert "revocation" in javascript().verify(revoked, transcript(issued, documents)).reason
    assert "Invalid signature" in javascript().verify(issued.site, transcript(issued, changed)).reason


def test_nothing_in_a_transcript_can_be_changed(issued: Issued) -> None:
    """Not the number of credentials, nor one inside."""
    record = json.loads(transcript(issued, [json.loads(text) for text in issued.documents[:3]]))
    held = record["credentialSubject"]["verifiableCredential"]
    other = json.loads(issued.documents[5])
    attempts = [held[:2], [*held, other], [held[0], held[1], other], []]
    texts = []
    for new in (*attempts, held):
        record["credentialSubject"]["verifiableCredential"] = new
        texts.append(json.dumps(record).encode())

    assert javascript().believed(issued.site, texts) == [len(attempts)]  # only the one that is whole again


def test_openbadgeslib_believes_the_credentials_of_a_transcript(issued: Issued) -> None:
    """Taken out of the record, they are what they were."""
    record = json.loads(transcript(issued, [json.loads(text) for text in issued.documents[:3]]))
    for held in record["credentialSubject"]["verifiableCredential"]:
        verdict = BadgesLibrary().verify(issued.site, json.dumps(held).encode())
        assert verdict, verdict.reason
