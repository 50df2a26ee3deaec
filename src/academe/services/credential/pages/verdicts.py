"""Verdict and checks as a reader sees them: in words, with a sign of its own, and only then in colour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from academe.services.credential.model import CredentialVisibility
from academe.services.credential.pages.languages import Words
from academe.services.credential.pages.model import CertificateView, PageView
from academe.services.credential.validation.model import Check, CheckResult, Verdict

_DISC = "M12 2.5a9.5 9.5 0 1 0 0 19 9.5 9.5 0 0 0 0-19Z"
SHAPES = {
    "tick": _DISC + "m-4.2 9.9 2.9 2.9 5.7-6",
    "cross": _DISC + "m-3.5 6 7 7m0-7-7 7",
    "bars": _DISC + "m-2.6 6.2v6.6m5.2-6.6v6.6",
    "clock": _DISC + "m0 4.4v5.4l3.4 2.1",
    "question": _DISC + "m-2.7 7c.2-1.7 1.3-2.6 2.8-2.6 1.6 0 2.7 1 2.7 2.4 0 2-2.7 2-2.7 4m0 2.7v.1",
    "warning": "M12 3 1.9 20.5h20.2ZM12 9.5v5m0 3v.1",
    "lens": "M10.5 3.5a7 7 0 1 0 0 14 7 7 0 0 0 0-14Zm5.2 12.2 5.3 5.3",
}
"""Line drawings on a square of 24."""

_VERDICTS = {
    Verdict.VALID: ("good", "tick"),
    Verdict.REVOKED: ("bad", "cross"),
    Verdict.UNKNOWN: ("hold", "question"),
    Verdict.SUSPENDED: ("hold", "bars"),
    Verdict.EXPIRED: ("hold", "clock"),
    Verdict.NOT_YET_VALID: ("hold", "clock"),
    Verdict.INVALID: ("bad", "warning"),
}
_RESULTS = {
    CheckResult.PASS: ("good", "tick"),
    CheckResult.FAIL: ("bad", "cross"),
    CheckResult.UNKNOWN: ("hold", "question"),
}


@dataclass(frozen=True, slots=True)
class SeenVerdict:
    """`mood` is the class of its colours."""

    heading: str
    text: str
    mood: str
    shape: str


@dataclass(frozen=True, slots=True)
class SeenCheck:
    """`meaning` says what the check stands for; a `reason` of its own takes its place."""

    name: str
    result: str
    meaning: str
    reason: str
    mood: str
    shape: str


def seen_verdict(view: PageView, words: Words) -> SeenVerdict:
    """What stands at the top of the page."""
    mood, shape = _VERDICTS[view.verdict]
    if not view.exists:
        return SeenVerdict(words("heading_not_found"), words("text_not_found"), "calm", "lens")
    key = "unconfirmed" if view.verdict is Verdict.UNKNOWN else view.verdict.name.lower()
    if view.certificate is None or view.visibility is CredentialVisibility.HOLDER:
        if view.verdict is Verdict.VALID:
            return SeenVerdict(words("heading_valid"), words("private_valid"), mood, shape)
        heading = "unconfirmed" if view.verdict is Verdict.UNKNOWN else "not_in_force"
        return SeenVerdict(words(f"heading_{heading}"), words("private_not_valid"), "hold", "bars")
    text = _text(view, view.certificate, key, words)
    return SeenVerdict(words(f"heading_{key}"), text, mood, shape)


def seen_check(check: Check, words: Words) -> SeenCheck:
    mood, shape = _RESULTS[check.result]
    name = check.name.name.lower()
    passed = check.result is CheckResult.PASS
    return SeenCheck(
        name=words(f"check_{name}"),
        result=words(check.result.name.lower()),
        meaning=words(f"means_{name}") if passed else "",
        reason="" if passed else check.reason,
        mood=mood,
        shape=shape,
    )


def _text(view: PageView, certificate: CertificateView, key: str, words: Words) -> str:
    """The sentence below the heading; empty when it would need a date that nobody knows."""
    dates: dict[Verdict, datetime | None] = {
        Verdict.REVOKED: view.status_time,
        Verdict.SUSPENDED: view.status_time,
        Verdict.EXPIRED: certificate.expire_time,
        Verdict.NOT_YET_VALID: certificate.issue_time,
    }
    date = dates.get(view.verdict)
    if view.verdict in dates and date is None:
        return ""
    issuer = f"\u2068{certificate.issuer_name}\u2069"  # keeps its direction to itself
    return words(f"text_{key}", issuer=issuer, date=words.day(date) if date else "")
