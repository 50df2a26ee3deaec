"""What people send who want something else: each is answered with a verdict, for little work."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import struct
import time
import zlib
from collections.abc import Callable

import pytest

from academe.errors import Overloaded
from academe.services.credential.parts import CredentialParts
from academe.services.credential.standards.workers import Workers
from academe.services.credential.validation.model import Verdict, Verification
from academe.services.credential.validation.room import Room
from tests.integration.credential.validation.conftest import College, Elsewhere

CPU_SECONDS = 0.1
"""Of this process and the one that canonicalises, together."""

TRIES = 10
"""Of which one is to need no more: a machine that is busy with other things makes it more, never less."""

BYTES_MAX = 250_000
CONTEXT = "https://www.w3.org/ns/credentials/v2"


def clique(size: int) -> bytes:
    """Nodes without names that all know each other: telling them apart takes size! steps."""
    nodes = [
        {"id": f"_:n{a}", "name": [{"id": f"_:n{b}"} for b in range(size) if b != a]} for a in range(size)
    ]
    return json.dumps(credential(credentialSubject=nodes)).encode()


def twins(depth: int) -> bytes:
    """Two that are alike, in each of them two that are alike, and so on."""
    subject: dict[str, object] = {"type": "Thing"}
    for _ in range(depth):
        subject = {"type": "Thing", "name": [subject, subject]}
    return json.dumps(credential(credentialSubject=subject)).encode()


def credential(**fields: object) -> dict[str, object]:
    return {
        "@context": [CONTEXT],
        "type": ["VerifiableCredential"],
        "issuer": "did:web:oxford.example",
        "credentialSubject": {"id": "did:example:ada"},
        "proof": {
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-rdfc-2022",
            "verificationMethod": "did:web:oxford.example#key-1",
            "proofPurpose": "assertionMethod",
            "created": "2026-01-01T00:00:00Z",
            "proofValue": "z" + "1" * 64,
        },
        **fields,
    }


def proved(*options: dict[str, object]) -> bytes:
    """A long document with a proof for each of the options, each under contexts of its own."""
    contexts = [
        CONTEXT,
        *(f"https://w3id.org/security/{one}" for one in ("data-integrity/v2", "multikey/v1")),
    ]
    contexts.append("https://www.w3.org/ns/credentials/status/v1")
    long = credential(termsOfUse=[{"id": f"urn:x:{one}", "type": "urn:x:y"} for one in range(700)])
    proofs = [
        {**credential()["proof"], "@context": contexts[: place + 1], **more}  # type: ignore[dict-item]
        for place, more in enumerate(options)
    ]
    return json.dumps({**long, "@context": contexts, "proof": proofs}).encode()


def token(
    header: dict[str, object], payload: dict[str, object] | None = None, signature: bytes = b"x"
) -> bytes:
    def part(value: object) -> bytes:
        text = value if isinstance(value, bytes) else json.dumps(value).encode()
        return base64.urlsafe_b64encode(text).rstrip(b"=")

    return b".".join(part(one) for one in (header, payload or credential(), signature))


def png(kind: bytes, data: bytes) -> bytes:
    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(kind, data) + chunk(b"IEND", b"")


BOMB = zlib.compress(b"[" * 50_000_000)

HOSTILE: dict[str, Callable[[], bytes]] = {
    "a clique of eight": lambda: clique(8),
    "a clique of forty": lambda: clique(40),
    "twins in twins": lambda: twins(9),
    "many alike": lambda: json.dumps(
        credential(credentialSubject=[{"type": "Thing", "name": "x"}] * 3_000)
    ).encode(),
    "a message full of nothing": lambda: b" " * BYTES_MAX,
    "a message full of brackets": lambda: b"[" * BYTES_MAX,
    "a thousand deep": lambda: b'{"a":' * 1_000 + b"1" + b"}" * 1_000,
    "a long list of numbers": lambda: b'{"a":[' + b"1e9," * 60_000 + b"1]}",
    "a long list of nothing": lambda: b'{"a":[' + b"{}," * 80_000 + b"{}]}",
    "many names that are long": lambda: json.dumps(
        credential(**{f"{number}{'x' * 2_000}": 1 for number in range(100)})
    ).encode(),
    "many long words for types": lambda: json.dumps(
        credential(evidence=[{"id": f"urn:x:{n}", "type": f"urn:x:{'y' * 400}{n}"} for n in range(400)])
    ).encode(),
    "a proof that says a lot": lambda: proved({"domain": [f"d{number}" for number in range(2_400)]}),
    "proofs under all kinds of contexts": lambda: proved({}, {}, {}, {}),
    "sixty credentials in one that is no transcript": lambda: json.dumps(
        credential(
            credentialSubject={
                "verifiableCredential": [
                    credential(
                        id=f"urn:x:{number}",
                        credentialSubject={"id": "urn:x:y"},
                        evidence=[{"id": f"urn:x:{number}:{one}", "type": "urn:x:y"} for one in range(45)],
                    )
                    for number in range(60)
                ]
            }
        )
    ).encode(),
    "a huge number": lambda: b'{"a":' + b"9" * 200_000 + b"}",
    "one name twice": lambda: b'{"type":"a","type":"b"}',
    "a context that is not known": lambda: json.dumps(
        credential(**{"@context": [CONTEXT, "https://evil.example/context"]})
    ).encode(),
    "a context in the document": lambda: json.dumps(
        credential(**{"@context": [CONTEXT, {"@vocab": "https://evil.example/"}]})
    ).encode(),
    "ten thousand contexts": lambda: json.dumps(credential(**{"@context": [CONTEXT] * 5_000})).encode(),
    "ten thousand proofs": lambda: json.dumps(
        {**credential(), "proof": [{"type": "DataIntegrityProof"}] * 5_000}
    ).encode(),
    "no signature wanted": lambda: token({"alg": "none", "typ": "vc+jwt"}, signature=b""),
    "a public key as a password": lambda: token({"alg": "HS256", "typ": "vc+jwt", "kid": "did:web:a#b"}),
    "another issuer's key": lambda: token({"alg": "ES256", "typ": "vc+jwt", "kid": "did:web:evil.example#1"}),
    "a key in the header": lambda: token({"alg": "ES256", "typ": "vc+jwt", "jwk": {"kty": "EC"}}),
    "a compressed token": lambda: token({"alg": "ES256", "zip": "DEF", "kid": "did:web:a#b"}),
    "a token with a huge payload": lambda: b"e30." + b"A" * 240_000 + b".AA",
    "a compressed text in a picture": lambda: png(b"iTXt", b"openbadgecredential\0\1\0\0\0" + BOMB[:200_000]),
    "a zTXt in a picture": lambda: png(b"zTXt", b"openbadgecredential\0\0" + BOMB[:200_000]),
    "a picture of many pieces": lambda: b"\x89PNG\r\n\x1a\n" + png(b"tEXt", b"a\0b")[8:-12] * 6_000,
    "a drawing that includes itself": lambda: (
        b'<!DOCTYPE svg [<!ENTITY a "&b;&b;&b;&b;&b;&b;&b;&b;">'
        b'<!ENTITY b "&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY c "aaaaaaaa">]><svg>&a;</svg>'
    ),
    "a drawing that reads files": lambda: (
        b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
        b'<svg xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0">'
        b"<openbadges:credential>&a;</openbadges:credential></svg>"
    ),
    "a deep drawing": lambda: b"<svg>" + b"<g>" * 40_000 + b"</g>" * 20_000,
    "an envelope in an envelope": lambda: json.dumps(
        {"type": "EnvelopedVerifiableCredential", "id": "data:application/vc+jwt,%7B%7D"}
    ).encode(),
    "half a letter": lambda: b'{"name":"\xf0\x9f"}',
    "half a pair": lambda: b'{"@context":["' + CONTEXT.encode() + b'"],"name":"\\ud83d"}',
}


def pids(workers: Workers) -> list[int]:
    """Of the processes that canonicalise."""
    process = workers._process
    assert process is not None
    assert process.process_id is not None
    return [process.process_id]


def cpu_seconds(pid: int) -> float:
    """Of a process, all of its threads, user and system."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_document_is_cheap(
    parts: CredentialParts, workers: Workers, elsewhere: Elsewhere, name: str
) -> None:
    """Never valid, never an error, and never more than a tenth of a second of work."""
    content = HOSTILE[name]()[: BYTES_MAX + 50_000]
    await workers.start()
    (canonicalising,) = pids(workers)
    for _ in range(TRIES):
        before = time.process_time() + cpu_seconds(canonicalising)
        told = await parts.validation.verify_document(content, {})
        spent = time.process_time() + cpu_seconds(canonicalising) - before

        assert told.verdict in (Verdict.INVALID, Verdict.UNKNOWN)
        if spent < CPU_SECONDS:
            break
    assert pids(workers) == [canonicalising], "it did not have to be ended"
    assert spent < CPU_SECONDS
    assert not [url for url in elsewhere.asked if "evil" in url]


@pytest.mark.parametrize("name", ["a clique of forty", "many alike", "a long list of nothing"])
async def test_what_is_too_much_is_not_called_forged(parts: CredentialParts, name: str) -> None:
    """Nobody looked at its signature."""
    told = await parts.validation.verify_document(HOSTILE[name](), {})

    assert told.verdict is Verdict.UNKNOWN


async def test_more_than_there_is_room_for(parts: CredentialParts, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes when others fill the room is told to come back, and is served when they do."""
    monkeypatch.setattr(parts.validation, "_room", Room(BYTES_MAX))
    large = json.dumps(credential(name="x" * (BYTES_MAX // 2))).encode()
    told = await asyncio.gather(
        *(parts.validation.verify_document(large, {}) for _ in range(5)), return_exceptions=True
    )

    assert [type(one) for one in told] == [Verification, *[Overloaded] * 4]
    assert (await parts.validation.verify_document(large, {})).verdict is Verdict.UNKNOWN


async def test_a_list_that_unpacks_without_end(
    parts: CredentialParts, college: College, elsewhere: Elsewhere
) -> None:
    """It is unpacked no further than anybody's list is long."""
    content = college.sign(college.document())
    packed = base64.urlsafe_b64encode(zlib.compress(bytes(200_000_000), wbits=31)).rstrip(b"=").decode()
    for url in [url for url in elsewhere.documents if "/status/" in url]:
        listing = json.loads(elsewhere.documents[url])
        del listing["proof"]
        listing["credentialSubject"]["encodedList"] = f"u{packed}"
        elsewhere.documents[url] = college.sign(listing)
    before = time.process_time()

    told = await parts.validation.verify_document(content, {})

    assert told.verdict is Verdict.UNKNOWN
    assert time.process_time() - before < 3 * CPU_SECONDS
