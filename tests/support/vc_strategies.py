"""Credentials that hypothesis makes up: every optional field, any text, any number, and often faults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.support.vc import CREDENTIAL, DID

Strategy = st.SearchStrategy[Any]

CONTROL = "".join(map(chr, [*range(9), 11, 12, *range(14, 32), 0x7F, 0xFFFE, 0xFFFF]))
TRICKY = "\t\n\r\"\\'<>{}|^`%#&;$ \x80\x85\xa0\u200f\u2028\u202e\ufeff\ufffd\ufdd0אبﷺ中é\u0301𝄞🎓"
LIKE_KEYWORDS = ("", "null", "@id", "_:b0", "http://a.example/", "name", "2026-01-01", "1", "a" * 200)

safe_texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters=CONTROL), max_size=12),
    st.text(alphabet=TRICKY, min_size=1, max_size=6),
    st.sampled_from(LIKE_KEYWORDS),
)
safe_numbers = st.one_of(
    st.integers(-(2**53) + 1, 2**53 - 1), st.integers(-1_000_000, 1_000_000).map(lambda number: number / 100)
).filter(lambda number: number != 0 or isinstance(number, int))
safe_iris = st.one_of(
    st.uuids().map(lambda value: f"urn:uuid:{value}"),
    st.integers(1, 9).map(lambda number: f"https://school.example/things/{number}"),
    st.text(alphabet="abcÀ中/:?@!$&'()*+,;=-_~0", max_size=12).map(lambda text: f"https://a.example/x{text}"),
    st.sampled_from(["HTTP://A.EXAMPLE/", "mailto:a@b.example", "xsd:a", "did:a:b"]),
)

any_texts = st.one_of(safe_texts, st.text(max_size=12), st.text(alphabet=TRICKY + CONTROL, max_size=6))
any_numbers = st.one_of(safe_numbers, st.integers(), st.floats(allow_nan=False, allow_infinity=False))
any_iris = st.one_of(
    safe_iris,
    st.text(alphabet='a中/:?#%[]@ <>"\\.', max_size=12).map(lambda text: f"https://a.example/{text}"),
    st.sampled_from(["https://a.example/../b", "relative", "", "//a/b", "_:b", "@id", "name"]),
)


@dataclass(frozen=True)
class Parts:
    """What the members of a credential are drawn from."""

    texts: Strategy
    numbers: Strategy
    iris: Strategy
    versions: Strategy
    roots: dict[str, Strategy]


def language_values(texts: Strategy, languages: tuple[str, ...]) -> Strategy:
    return st.fixed_dictionaries({"@value": texts, "@language": st.sampled_from(languages)})


LANGUAGES = ("en", "de-AT", "zh-Hant-TW", "EN", "ar")

SAFE = Parts(
    st.one_of(safe_texts, safe_texts, safe_texts, language_values(safe_texts, LANGUAGES)),
    safe_numbers,
    safe_iris,
    st.one_of(safe_texts, safe_numbers, st.booleans(), st.fixed_dictionaries({"@id": safe_iris})),
    {},
)
ANY = Parts(
    st.one_of(any_texts, any_texts, any_texts, language_values(any_texts, (*LANGUAGES, "", "x y"))),
    any_numbers,
    any_iris,
    st.one_of(
        st.none(),
        any_numbers,
        st.sampled_from(
            [[], {}, ["a", "a"], [["a"]], ["a", "b", True], {"@set": ["a"]}, {"@list": ["a", "b"]}]
        ),
        st.fixed_dictionaries({"@value": any_texts, "@direction": st.just("rtl")}),
        st.fixed_dictionaries({"@value": any_numbers, "@type": st.just("xsd:double")}),
        st.fixed_dictionaries({"@value": any_texts, "@type": any_iris}),
        st.fixed_dictionaries({"@id": any_iris, "@type": any_iris}),
    ),
    {
        "honours": any_texts,
        "schema:name": any_texts,
        "@index": any_texts,
        "@included": st.just([{"id": "a:b"}]),
    },
)


def credentials_of(parts: Parts) -> st.SearchStrategy[dict[str, Any]]:
    """Open Badges of any shape, with texts, numbers and addresses of one sort."""
    return st.fixed_dictionaries(
        {
            "@context": st.just(CREDENTIAL["@context"]),
            "id": st.uuids().map(lambda value: f"urn:uuid:{value}"),
            "type": st.just(["VerifiableCredential", "OpenBadgeCredential"]),
            "issuer": _node("Profile", {"id": st.just(DID), "name": parts.texts}, {"url": parts.iris}),
            "validFrom": st.just("2026-11-24T10:00:00Z"),
            "credentialSubject": _subjects(parts),
        },
        optional={
            "name": parts.texts,
            "description": parts.texts,
            "evidence": _several(
                _node("Evidence", {}, {"id": parts.iris, "name": parts.texts, "narrative": parts.texts})
            ),
            **parts.roots,
        },
    )


def _subjects(parts: Parts) -> Strategy:
    results = _node("Result", {}, {"value": parts.texts, "resultDescription": parts.iris})
    return _node(
        "AchievementSubject",
        {"achievement": _achievements(parts)},
        {
            "id": parts.iris,
            "creditsEarned": parts.numbers,
            "licenseNumber": parts.texts,
            "result": _several(results),
            "role": parts.texts,
        },
    )


def _achievements(parts: Parts) -> Strategy:
    alignments = _node(
        "Alignment",
        {"targetName": parts.texts, "targetUrl": parts.iris},
        {"targetCode": parts.texts, "targetDescription": parts.texts},
    )
    scales = st.lists(st.sampled_from("ABCDEF"), min_size=1, max_size=6, unique=True)
    descriptions = _node(
        "ResultDescription",
        {"name": parts.texts},
        {"id": parts.iris, "allowedValue": scales, "valueMax": parts.texts},
    )
    return _node(
        "Achievement",
        {
            "id": parts.iris,
            "name": parts.texts,
            "description": parts.texts,
            "criteria": st.fixed_dictionaries({"narrative": parts.texts}, optional={"id": parts.iris}),
        },
        {
            "achievementType": st.sampled_from(["Badge", "Certificate", "ext:Other"]),
            "alignment": _several(alignments),
            "creditsAvailable": parts.numbers,
            "inLanguage": st.sampled_from(["en", "pt-BR"]),
            "resultDescription": _several(descriptions),
            "tag": st.lists(safe_texts, min_size=1, max_size=3, unique=True),
            "version": parts.versions,
        },
    )


def _node(kind: str, required: dict[str, Strategy], optional: dict[str, Strategy]) -> Strategy:
    return st.fixed_dictionaries({"type": st.just([kind]), **required}, optional=optional)


def _several(items: Strategy) -> Strategy:
    return st.lists(items, min_size=1, max_size=3)


credentials = st.one_of(credentials_of(SAFE), credentials_of(SAFE), credentials_of(ANY))
