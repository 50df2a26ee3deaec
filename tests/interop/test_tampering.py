"""One thing changed in a signed credential, whatever it is: nobody believes it any more."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from academe.services.credential.standards import data_integrity, strict_json
from academe.services.credential.standards.did import read_did_document
from academe.services.credential.standards.errors import ProofInvalid, Refused
from academe.services.credential.standards.multikey import PublicKey
from tests.interop.conftest import COUNT, Issued
from tests.interop.tampering import tampered
from tests.support.interop import javascript

CREDENTIALS = 20


@pytest.fixture(scope="session")
def find_key(issued: Issued) -> Callable[[str], PublicKey]:
    """The key of a verification method, for those that an issuer may sign with."""
    keys = {issuer.did: read_did_document(issuer.did_document()) for issuer in issued.issuers}

    def find(method: str) -> PublicKey:
        did = method.partition("#")[0]
        if did not in keys:
            raise ProofInvalid("/proof", "Nobody has this key.", "unknown_key")
        return keys[did].assertion_key(method)

    return find


def believes(text: bytes, find_key: Callable[[str], PublicKey]) -> bool:
    """Whether our own library takes the proof for genuine."""
    try:
        data_integrity.verify(strict_json.parse(text), find_key)
    except Refused:
        return False
    return True


@pytest.mark.timeout(600)  # four thousand documents
def test_nothing_can_be_changed_deleted_or_added(
    issued: Issued, find_key: Callable[[str], PublicKey]
) -> None:
    """Of twenty credentials each leaf changed, each value deleted, terms added to each object: all refused.

    By Digital Bazaar's stack alone, without the rules of structure, and by our own proofs and guard.
    """
    originals = issued.documents[:: COUNT // CREDENTIALS]
    attempts = [attempt for text in originals for attempt in tampered(json.loads(text))]
    texts = [text for _, text in attempts]
    with ThreadPoolExecutor(1) as thread:
        theirs = thread.submit(javascript().believed, issued.site, texts)
        ours = [index for index, text in enumerate(texts) if believes(text, find_key)]

    assert len(originals) == CREDENTIALS
    assert len(attempts) > CREDENTIALS * 150
    assert [attempts[index] for index in ours] == []
    assert [attempts[index] for index in theirs.result()] == []
    assert all(believes(text, find_key) for text in originals)
    assert javascript().believed(issued.site, originals) == list(range(CREDENTIALS))


UNSAID = {
    "a null": {"honours": None},
    "a null of a known term": {"description": None},
    "an empty array": {"description": []},
    "an index": {"@index": "summa cum laude"},
    "a nested block": {"@nest": {"description": "With honours."}},
    "included nodes": {"@included": [{"@id": "https://uni.example/x", "description": "With honours."}]},
    "a reversed property": {"@reverse": {"description": {"@id": "https://uni.example/x"}}},
    "a context of its own": {"@context": {"honours": None}},
    "an address for a name": {"https://schema.org/description": "With honours."},
    "a keyword that is none": {"@honours": "summa cum laude"},
}


@pytest.mark.parametrize("addition", UNSAID)
def test_what_json_ld_would_leave_out_is_refused(
    issued: Issued, find_key: Callable[[str], PublicKey], addition: str
) -> None:
    """Things that are dropped without a word elsewhere stay outside a signature, so ours refuses them."""
    document = json.loads(issued.documents[0])
    for holder in (document, document["credentialSubject"], document["credentialSubject"]["achievement"]):
        before = dict(holder)
        holder.update(UNSAID[addition])

        assert not believes(json.dumps(document).encode(), find_key)
        holder.clear()
        holder.update(before)

    assert believes(json.dumps(document).encode(), find_key)
