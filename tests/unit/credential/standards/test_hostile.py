"""Whatever somebody sends to be verified, a refusal costs less than a tenth of a second of work."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from academe.services.credential.standards import data_integrity, jose, strict_json
from academe.services.credential.standards.errors import Refused
from academe.services.credential.standards.shape import VALUES_MAX
from tests.support.cost import cpu_seconds
from tests.support.vc import CREDENTIAL, changed, credential, find_key, signed

CPU_SECONDS_MAX = 0.1
ACHIEVEMENT = ("credentialSubject", "achievement")
CONTEXTS = CREDENTIAL["@context"]


def clique(nodes: int) -> list[dict[str, Any]]:
    """Nodes that all know each other, which takes names that begin with _: to write down."""
    names = [f"_:n{number}" for number in range(nodes)]
    return [
        {"id": name, "type": ["Achievement"], "related": [{"id": other} for other in names if other != name]}
        for name in names
    ]


def star(depth: int, points: int) -> dict[str, Any]:
    """A tree of equal branches, without a single name."""
    branches = [star(depth - 1, points) for _ in range(points)] if depth else []
    return {"type": ["Achievement"], **({"related": branches} if branches else {})}


def nested(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = {"type": ["Achievement"], "related": value}
    return value


def numbers(count: int) -> list[str]:
    return [str(number) for number in range(count)]


def text_of(document: dict[str, Any], proof: Any = None) -> bytes:
    return json.dumps({**document, "proof": proof or signed()["proof"]}).encode()


def verify(data: bytes) -> None:
    data_integrity.verify(strict_json.parse(data), find_key)


def read_token(header: dict[str, Any]) -> Callable[[], object]:
    parts = (json.dumps(header).encode(), json.dumps(CREDENTIAL).encode(), b"x" * 64)
    text = b".".join(jose.base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    return lambda: jose.read(text)


DOCUMENTS: dict[str, bytes] = {
    "clique of eight": text_of(changed(*ACHIEVEMENT, "related", to=clique(8))),
    "symmetric tree": text_of(changed(*ACHIEVEMENT, "related", to=[star(4, 4)])),
    "wide symmetric tree": text_of(changed(*ACHIEVEMENT, "related", to=[star(1, 30), star(1, 30)])),
    "many small symmetric trees": text_of(changed(*ACHIEVEMENT, "related", to=[star(1, 3)] * 500)),
    "a megabyte": text_of(changed("name", to="x" * 1_048_576)),
    "a quarter of a megabyte of values": text_of(changed(*ACHIEVEMENT, "tag", to=numbers(25_000))),
    "a quarter of a megabyte of objects": text_of(changed("evidence", to=[{"id": "a:b"}] * 12_000)),
    "a quarter of a megabyte of brackets": b'{"@context":' + b"[" * 130_000 + b"]" * 130_000 + b"}",
    "a thousand deep": text_of(changed(*ACHIEVEMENT, "related", to=nested(450))),
    "unknown context": text_of(credential(**{"@context": [*CONTEXTS, "https://evil.example/context"]})),
    "local file for a context": text_of(credential(**{"@context": [*CONTEXTS, "file:///etc/passwd"]})),
    "inline context": text_of(credential(**{"@context": [*CONTEXTS, {"name": "https://evil.example/"}]})),
    "thousands of contexts": text_of(credential(**{"@context": CONTEXTS * 2_000})),
    "a name twice": text_of(credential()).replace(b'"name": ', b'"name": "Another", "name": ', 1),
    "a long number": b'{"@context":' + b"9" * 200_000 + b"}",
    "a long signature": text_of(credential(), [{**signed()["proof"], "proofValue": "z" + "2" * 200_000}]),
    "hundreds of proofs": text_of(credential(), [signed()["proof"]] * 300),
    "changed": text_of(changed("name", to="Another")),
    "a long name": text_of(credential(**{"x" * 200_000: 1})),
    "a long address": text_of(changed("issuer", "url", to="https://a.example/" + "../" * 60_000)),
    "a long language": text_of(changed("name", to={"@value": "x", "@language": "a-" * 90_000})),
}  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_hostile_document(name: str) -> None:
    """Each is refused, and quickly."""
    assert _cost_of_refusal(lambda: verify(DOCUMENTS[name])) < CPU_SECONDS_MAX


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "ES256", "crit": ["x"]},
        {"alg": "ES256", "x": "y" * 300_000},
    ],
)
def test_a_hostile_token(header: dict[str, Any]) -> None:
    """Without a signature, with a secret that everybody has, or with rules of its own."""
    assert _cost_of_refusal(read_token(header)) < CPU_SECONDS_MAX


def test_as_large_as_a_document_may_be() -> None:
    """With as many values as are allowed, and forged: that shows only once all of it was read."""
    evidence = [
        {
            "type": ["Evidence"],
            "name": name,
            "narrative": "b",
            "genre": "c",
            "audience": "d",
            "description": "e",
        }
        for name in numbers((VALUES_MAX - 100) // 8)
    ]
    data = text_of(changed("evidence", to=evidence))

    assert _cost_of_refusal(lambda: verify(data)) < CPU_SECONDS_MAX


def _cost_of_refusal(work: Callable[[], object]) -> float:
    """In seconds of this process."""

    def refuse() -> None:
        with pytest.raises(Refused):
            work()

    return cpu_seconds(refuse, CPU_SECONDS_MAX)
