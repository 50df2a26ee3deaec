"""Transcripts around signed credentials can be signed themselves, and verified with all that is in them."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from academe.services.credential.standards import clr, data_integrity
from academe.services.credential.standards.canonical import canonical
from academe.services.credential.standards.errors import ProofInvalid
from academe.services.credential.standards.guard import check
from tests.support.vc import CREDENTIAL, by_oxigraph, by_pyld, changed, credential, find_key, signed

OTHER = changed("id", to="http://localhost:50080/credentials/BBBBBBBBBBBBBBBBBBBB")


def transcript(*credentials: dict[str, Any]) -> dict[str, Any]:
    return clr.compose(
        uri="urn:uuid:00000000-0000-4000-8000-000000000001",
        issuer=CREDENTIAL["issuer"],
        name="Transcript",
        identifiers=CREDENTIAL["credentialSubject"]["identifier"],
        credentials=credentials,
        valid_from="2026-11-24T10:00:00Z",
        valid_until="2026-12-24T10:00:00Z",
    )


def test_a_transcript_of_two() -> None:
    """Signed as a whole; each of the two still holds by itself."""
    record = signed(transcript(signed(), signed(OTHER)))

    assert data_integrity.verify(record, find_key)
    for inner in record["credentialSubject"]["verifiableCredential"]:
        assert data_integrity.verify(inner, find_key)


def test_its_form_is_that_of_others() -> None:
    """The scoped contexts of transcripts are read alike by three."""
    record = transcript(signed(), signed(OTHER))

    assert canonical(record) == by_oxigraph(record) == by_pyld(record)


def test_a_change_inside() -> None:
    """What is in the transcript is signed by it too, proofs included."""
    record = signed(transcript(signed(), signed(OTHER)))
    for change in ({"name": "Another"}, {"proof": signed(created="2026-11-24T10:00:01Z")["proof"]}):
        other = copy.deepcopy(record)
        other["credentialSubject"]["verifiableCredential"][1] |= change
        with pytest.raises(ProofInvalid):
            data_integrity.verify(other, find_key)


def test_fifty_credentials() -> None:
    """As many as a transcript has at most, of one learner and one issuer."""
    uris = [f"urn:uuid:00000000-0000-4000-8000-1{number:011}" for number in range(50)]
    check(transcript(*(signed({**credential(), "id": uri}) for uri in uris)))


def test_nothing_to_transcribe() -> None:
    """A transcript of nothing would say that there is one."""
    with pytest.raises(ValueError, match="at least one"):
        transcript()
