"""Certificates and their pages, as people have them: one for each thing that can be the matter."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from academe.services.credential.model import CredentialType, CredentialVisibility
from academe.services.credential.pages import (
    CertificateView,
    Download,
    Form,
    PageView,
    Signatory,
)
from academe.services.credential.validation.model import Check, CheckName, CheckResult, Verdict

CODE = "7K2QFM9XTR4WHEC8ZPAB"
URL = f"https://learn.northwind.example/credentials/{CODE}"
NOW = datetime(2026, 11, 24, 20, 3, tzinfo=UTC)

LOGO = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 415 90">
<path fill="#1f3a5f" d="M45 4l40 15v31c0 20-18 31-40 38C23 81 5 70 5 50V19z"/>
<path fill="none" stroke="#fff" stroke-width="6" d="M31 62V30l28 32V30"/>
<g fill="none" stroke="#1f3a5f" stroke-width="5" stroke-linejoin="round">
<path d="M112 60V30l22 30V30m12 15a15 15 0 1 0 30 0 15 15 0 1 0-30 0"/>
<path d="M188 60V30h11a8 8 0 0 1 0 17h-11m10 0 10 13"/>
<path d="M216 30h26m-13 0v30m26-30v30m0-15h22m0-15v30m12-30 9 30 9-30 9 30 9-30m13 0v30m15 0V30l22 30V30"/>
<path d="M388 60V30h8a15 15 0 0 1 0 30z"/>
</g></svg>"""

SIGNATURE = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 260 80">
<path fill="none" stroke="#1b2a4a" stroke-width="2.6" stroke-linecap="round" d="M8 58C30 10 46 6 44 26
S22 74 34 66s22-34 34-36-10 30 4 26 14-24 24-24-6 24 6 22 16-30 26-44-2 52 8 46 10-20 20-20 0 18 10 16
14-16 24-16 2 14 12 14 28-10 50-16"/></svg>"""

CERTIFICATE = CertificateView(
    type=CredentialType.CERTIFICATE,
    title="Foundations of Analytical Engines",
    learner_name="Ada Lovelace",
    issuer_name="Northwind University",
    issue_time=datetime(2026, 5, 12, 9, 30, tzinfo=UTC),
    verification_code=CODE,
    page_url=URL,
    description="Eight weeks on the design of mechanical computation: number wheels, operation cards, "
    "and the first published program.",
    criteria="Pass all eight assignments with at least 60 %.\nDefend a design of your own in a talk.",
    issuer_url="https://northwind.example",
    logo=LOGO,
    signatories=(
        Signatory("Prof. Charles Babbage", "Dean of Engineering", SIGNATURE),
        Signatory("Mary Somerville", "Head of Mathematics", SIGNATURE),
    ),
    expire_time=datetime(2029, 5, 12, tzinfo=UTC),
)
ARABIC = replace(
    CERTIFICATE,
    title="مقدمة في علوم الحاسوب",
    learner_name="فاطمة الزهراء بنت عبد الرحمن",
    issuer_name="جامعة الأفق المفتوح",
    description="ثمانية أسابيع في أسس البرمجة وتصميم الخوارزميات.",
    criteria="",
    logo=b"",
    primary_colour="#0f5c4d",
    accent_colour="#d9a441",
    signatories=(Signatory("د. سلمى حداد", "عميدة الكلية"),),
    language="ar",
)
CHINESE = replace(
    CERTIFICATE,
    type=CredentialType.DEGREE,
    title="计算机科学与技术学士",
    learner_name="王小明",
    issuer_name="北风大学",
    description="为期四年，学习程序设计、算法、系统与数学。",
    criteria="",
    logo=b"",
    primary_colour="#8b1e2d",
    accent_colour="#d4a94e",
    signatories=(Signatory("李建国教授", "工程学院院长", SIGNATURE), Signatory("陈静", "数学系主任")),
    expire_time=None,
    language="zh-Hans",
)
LONG = replace(
    CERTIFICATE,
    type=CredentialType.MICRO_DEGREE,
    title="Advanced Interdisciplinary Perspectives on Sustainable Urban Water Infrastructure, Governance "
    "and Public Health Engineering in Rapidly Growing Coastal Regions",
    learner_name="Wolfeschlegelsteinhausenbergerdorff Maria-Magdalena von und zu Hohenlohe-Schillingsfürst",
    description="What was learned, and for what it is good, in many words. " * 30,
    primary_colour="#ffd400",
    accent_colour="#00a0ff",
    signatories=(
        Signatory(
            "Prof. Dr. Dr. h. c. mult. Maximiliane von Habsburg-Lothringen", "Executive Vice President"
        ),
        Signatory("Bo", ""),
        Signatory("Mary Somerville", "Head of the Department of International Academic Partnerships"),
    ),
)
NAMELESS = replace(CERTIFICATE, learner_name=None, description="", signatories=(), expire_time=None, logo=b"")

PASSED = tuple(Check(name, CheckResult.PASS) for name in list(CheckName)[:7])


def checked(*other: Check) -> tuple[Check, ...]:
    """All checks passed but these."""
    named = {check.name: check for check in other}
    return tuple(named.get(check.name, check) for check in PASSED)


def page(verdict: Verdict = Verdict.VALID, certificate: CertificateView = CERTIFICATE) -> PageView:
    """The page of a credential that whoever has the code may see, with everything on it."""
    return PageView(
        verdict=verdict,
        verification_code=CODE,
        page_url=URL,
        check_time=NOW,
        certificate=certificate,
        checks=PASSED,
        picture_href=f"{CODE}.png",
        thumbnail_href=f"{CODE}.thumbnail.png",
        downloads=tuple(Download(form, f"{CODE}.{form}") for form in Form),
    )


VALID = page()
REVOKED = replace(
    page(Verdict.REVOKED),
    reason="Issued by mistake: the last assignment had not been handed in.",
    status_time=datetime(2026, 8, 3, tzinfo=UTC),
    checks=checked(Check(CheckName.STATUS, CheckResult.FAIL, "It was revoked.")),
)
SUSPENDED = replace(
    page(Verdict.SUSPENDED),
    reason="Under review.",
    status_time=datetime(2026, 9, 30, tzinfo=UTC),
    checks=checked(Check(CheckName.STATUS, CheckResult.FAIL, "It is suspended.")),
)
EXPIRED = replace(
    page(Verdict.EXPIRED, replace(CERTIFICATE, expire_time=datetime(2026, 6, 1, tzinfo=UTC))),
    checks=checked(Check(CheckName.VALIDITY, CheckResult.FAIL, "It was valid until 2026-06-01.")),
)
NOT_YET_VALID = replace(
    page(Verdict.NOT_YET_VALID, replace(CERTIFICATE, issue_time=datetime(2027, 1, 1, tzinfo=UTC))),
    checks=checked(Check(CheckName.VALIDITY, CheckResult.FAIL, "It is not valid before 2027-01-01.")),
)
UNCONFIRMED = replace(
    page(Verdict.UNKNOWN),
    checks=checked(Check(CheckName.STATUS, CheckResult.UNKNOWN, "The status list could not be fetched.")),
)
INVALID = replace(
    page(Verdict.INVALID, LONG),
    checks=checked(Check(CheckName.PROOF, CheckResult.FAIL, "/proof: The signature is not of these bytes.")),
)
PUBLIC = replace(page(certificate=CHINESE), visibility=CredentialVisibility.PUBLIC)
HIDDEN = PageView(Verdict.VALID, CODE, URL, NOW, visibility=CredentialVisibility.HOLDER)
HIDDEN_REVOKED = replace(HIDDEN, verdict=Verdict.REVOKED)
UNKNOWN = PageView(Verdict.UNKNOWN, CODE, URL, NOW)

PAGES = {
    "valid": VALID,
    "revoked": REVOKED,
    "suspended": SUSPENDED,
    "expired": EXPIRED,
    "not-yet-valid": NOT_YET_VALID,
    "unconfirmed": UNCONFIRMED,
    "invalid": INVALID,
    "hidden": HIDDEN,
    "hidden-revoked": HIDDEN_REVOKED,
    "unknown": UNKNOWN,
    "nameless": page(certificate=NAMELESS),
    "arabic": page(certificate=ARABIC),
    "public": PUBLIC,
}
"""By the last part of their address in tests."""
