"""Proofs are those of the recommendation, and hold for their own document only."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings

from academe.services.credential.standards import contexts, data_integrity, shape
from academe.services.credential.standards.canonical import canonical, digest
from academe.services.credential.standards.did import resolve_did_key
from academe.services.credential.standards.errors import Malformed, ProofInvalid, Refused
from academe.services.credential.standards.multikey import (
    PublicKey,
    base58_decode,
    base58_encode,
    encode_ed25519,
)
from tests.support.vc import (
    CREATED,
    CREDENTIAL,
    METHOD,
    PUBLIC_KEY,
    SIGNING_KEY,
    credential,
    find_key,
    signed,
)
from tests.support.vc_strategies import SAFE, credentials_of

# The example of https://www.w3.org/TR/vc-di-eddsa/#representation-eddsa-rdfc-2022, its private key included.
W3C_CREDENTIAL = {
    "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "AlumniCredential"],
    "name": "Alumni Credential",
    "description": "A minimum viable example of an Alumni Credential.",
    "issuer": "https://vc.example/issuers/5678",
    "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
}
W3C_PUBLIC = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
W3C_PRIVATE = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
W3C_HASHES = (
    "bea7b7acfbad0126b135104024a5f1733e705108f42d59668b05c0c50004c6b0"
    "517744132ae165a5349155bef0bb0cf2258fff99dfe1dbd914b938d775a36017"
)
W3C_PROOF = "z2YwC8z3ap7yx1nZYCg4L3j3ApHsF8kgPdSb5xoS1VR7vPG3F561B52hYnQF9iseabecm3ijx4K1FBTQsCZahKZme"


@pytest.fixture
def examples(monkeypatch: pytest.MonkeyPatch) -> None:
    """The vector uses a context that gives a meaning to every word, which is why it is not kept here."""
    url = "https://www.w3.org/ns/credentials/examples/v2"
    text = json.dumps({"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}}).encode()
    real = contexts.read_context
    monkeypatch.setattr(contexts, "read_context", lambda asked: text if asked == url else real(asked))
    monkeypatch.setattr(shape, "KNOWN", shape.KNOWN | {url})


@pytest.mark.usefixtures("examples")
def test_the_example_of_the_recommendation() -> None:
    """Byte for byte: the hashes, and the signature in the proof."""
    key = Ed25519PrivateKey.from_private_bytes(base58_decode(W3C_PRIVATE[1:])[2:])
    options = data_integrity.proof_options(f"did:key:{W3C_PUBLIC}#{W3C_PUBLIC}", "2023-02-24T23:36:38Z")
    message = data_integrity.signing_input(W3C_CREDENTIAL, options)
    proved = data_integrity.attach(W3C_CREDENTIAL, options, key.sign(message))

    assert message.hex() == W3C_HASHES
    assert proved["proof"]["proofValue"] == W3C_PROOF
    assert data_integrity.verify(proved, resolve_did_key(f"did:key:{W3C_PUBLIC}").assertion_key)


def test_a_proof_as_it_is_read() -> None:
    """With its times, and without its value among what is signed."""
    (proof,) = data_integrity.verify(signed(expires="2030-01-01T00:00:00Z"), find_key)

    assert proof.method == METHOD
    assert "proofValue" not in proof.options
    assert proof.created is not None
    assert proof.created.isoformat() == "2026-11-24T10:00:00+00:00"
    assert proof.expires is not None


@settings(max_examples=30, database=None)
@given(credentials_of(SAFE))
def test_any_credential_that_can_be_signed_can_be_verified(document: dict[str, Any]) -> None:
    """Also after it was written and read by somebody else."""
    try:
        proved = signed(document)
    except Refused:
        return

    assert data_integrity.verify(json.loads(json.dumps(proved)), find_key)


@pytest.mark.parametrize(
    "method", [METHOD, "did:key:z6Mk#z6Mk", "https://a.example/ü#k", "did:web:a.example:x%20y#1"]
)
def test_the_short_way_to_a_proof_is_the_long_one(method: str) -> None:
    """The five lines of a plain proof are those that the library makes of it."""
    options = data_integrity.proof_options(method, CREATED)
    long = {**options, "@context": CREDENTIAL["@context"]}
    message = data_integrity.signing_input(CREDENTIAL, options)

    assert canonical(long).decode() == data_integrity._LINES.format(created=CREATED, method=method)
    assert message == digest(long) + digest(CREDENTIAL)


@pytest.mark.parametrize("value", ['x"y', "a b", "relative", "_:b0", "a:b>\n<c:d", "https://a.example/../x"])
def test_a_method_that_is_no_address(value: str) -> None:
    """It is not pasted into statements: it is refused."""
    with pytest.raises(Refused):
        data_integrity.signing_input(CREDENTIAL, data_integrity.proof_options(value, CREATED))


@pytest.mark.parametrize(
    "created", ["2026-01-01", "2026-01-01T00:00:00", "yesterday", '2026-01-01T00:00:00Z" .\n', ""]
)
def test_a_time_without_an_offset(created: str) -> None:
    """Nobody could say when that is."""
    with pytest.raises(Malformed):
        data_integrity.proof_options(METHOD, created)


def test_every_proof_of_a_set_must_hold() -> None:
    """One good one does not make up for a bad one."""
    twice = signed(signed())
    proofs = data_integrity.verify(twice, find_key)
    broken = copy.deepcopy(twice)
    broken["proof"][1]["created"] = "2026-11-24T10:00:01Z"

    assert len(proofs) == 2
    with pytest.raises(ProofInvalid):
        data_integrity.verify(broken, find_key)


def test_a_document_that_was_given_another_context_since() -> None:
    """The proof says what contexts it was made under; more may come after them, others may not."""
    extra = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
    proved = signed(**{"@context": CREDENTIAL["@context"]})
    grown = {**proved, "@context": [*CREDENTIAL["@context"], extra]}
    other = {**proved, "@context": [CREDENTIAL["@context"][0], extra]}

    assert data_integrity.verify(grown, find_key)
    with pytest.raises(ProofInvalid, match="other contexts"):
        data_integrity.verify(other, find_key)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"cryptosuite": "eddsa-jcs-2022"}, "unsupported_suite"),
        ({"type": "Ed25519Signature2020"}, "unsupported_suite"),
        ({"previousProof": "urn:uuid:d4a3b3a6-9ef6-4b4c-9d0b-52d0a0a3ad67"}, "unsupported_suite"),
        ({"proofPurpose": "authentication"}, "wrong_purpose"),
        ({"proofValue": "z" + "1" * 64}, "signature"),
        ({"proofValue": "z"}, "malformed_proof"),
        ({"proofValue": "u" + "A" * 86}, "malformed_proof"),
        ({"proofValue": "z0"}, "malformed_proof"),
        ({"proofValue": 5}, "malformed_proof"),
        ({"verificationMethod": {"id": METHOD}}, "malformed_proof"),
        ({"created": "2026-11-24T10:00:01Z"}, "signature"),
        ({"created": "2026-11-24T10:00:00"}, "malformed_proof"),
        ({"expires": "2036-11-24T10:00:00Z"}, "signature"),
        ({"nonce": "x"}, "signature"),
        ({"honours": "x"}, "undefined_term"),
        ({"domain": [str(number) for number in range(60)]}, "unsupported_suite"),
    ],
)
def test_a_proof_that_was_changed(change: dict[str, Any], code: str) -> None:
    """Each member is signed, or decides by itself that the proof is none."""
    proved = signed()
    proved["proof"] |= change
    with pytest.raises(Refused) as refused:
        data_integrity.verify(proved, find_key)

    assert refused.value.code == code


def test_proofs_under_different_contexts() -> None:
    """The whole document is canonicalised for each: all of it together is as much as a document may have."""
    urls = [contexts.CREDENTIALS_V2, contexts.CLR, "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"]
    proof = signed()["proof"]

    def proved(size: int, *counts: int) -> dict[str, Any]:
        return {
            "@context": urls,
            "type": ["VerifiableCredential"],
            "issuer": "did:web:a.example",
            "credentialSubject": {"id": "urn:example:b"},
            "termsOfUse": [{"id": f"urn:example:{n}", "type": "urn:example:c"} for n in range(size // 3)],
            "proof": [{**proof, "@context": urls[:count]} for count in counts],
        }

    assert len(data_integrity.proofs_to_check(proved(200, 3, 2, 1, 2))) == 4
    assert len(data_integrity.proofs_to_check(proved(shape.VALUES_MAX - 50, 2, 2, 2, 2))) == 4
    assert len(data_integrity.proofs_to_check(proved(shape.VALUES_MAX // 2 - 50, 3, 2, 2, 3))) == 4
    with pytest.raises(ProofInvalid, match="too large"):
        data_integrity.proofs_to_check(proved(shape.VALUES_MAX // 2, 3, 2))


@pytest.mark.parametrize("proof", [None, [], "x", [None], [{}] * 5])
def test_no_proof(proof: Any) -> None:
    """Nothing, or nothing that is one."""
    with pytest.raises(ProofInvalid):
        data_integrity.verify(credential(proof=proof), find_key)


def test_another_key() -> None:
    """Of the same kind, or of one that this suite does not know."""
    other = PublicKey("Ed25519", Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    point = PublicKey("P-256", b"\x02" + bytes(32))

    for key in (other, point):
        with pytest.raises(ProofInvalid):
            data_integrity.verify(signed(), lambda _, key=key: key)


@pytest.mark.parametrize("point", [b"\x01" + bytes(31), b"\x01" + bytes(30) + b"\x80", bytes(32)])
def test_a_key_that_fits_everything(point: bytes) -> None:
    """With a point of small order for a key, one signature would hold for any message."""
    proved = signed()
    fitting = base58_encode(b"\x01" + bytes(63))
    proved["proof"]["proofValue"] = f"z{fitting}"

    with pytest.raises(ProofInvalid):
        data_integrity.verify(proved, lambda _: PublicKey("Ed25519", point))


def test_any_change_of_a_signed_document() -> None:
    """Each leaf changed, each member taken away, each object given one more: nothing of it is believed."""
    proved = signed()
    for other in _tampered(proved):
        with pytest.raises(Refused):
            data_integrity.verify(other, find_key)


def _tampered(document: dict[str, Any]) -> list[dict[str, Any]]:
    made = []
    for path in _paths(document):
        for change in ("changed", None, "added", "description"):
            other = copy.deepcopy(document)
            holder: Any = other
            for step in path[:-1]:
                holder = holder[step]
            if change == "changed" and not isinstance(holder[path[-1]], dict | list):
                holder[path[-1]] = f"{holder[path[-1]]}x"
            elif change is None:
                del holder[path[-1]]
            elif change == "added" and isinstance(holder, dict):
                holder["honours"] = "summa cum laude"
            elif change == "description" and isinstance(holder, dict) and "description" not in holder:
                holder["description"] = "With honours."
            else:
                continue
            made.append(other)
    return made


def _paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [
        *([path] if path else []),
        *(found for name, one in inner for found in _paths(one, (*path, name))),
    ]


def test_the_public_key_of_the_tests_is_what_it_says() -> None:
    """Else everything above would prove little."""
    assert encode_ed25519(PUBLIC_KEY.raw) == encode_ed25519(SIGNING_KEY.public_key().public_bytes_raw())
