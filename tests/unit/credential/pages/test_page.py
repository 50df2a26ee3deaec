"""What the page of a credential says, and to whom."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace

import pytest
from lxml import html

from academe.services.credential.model import CredentialVisibility
from academe.services.credential.pages import PageView, page_headers, page_status, render_page
from academe.services.credential.pages.colours import contrast
from academe.services.credential.pages.languages import LANGUAGES, words_for
from academe.services.credential.pages.style import CARD, DARK_CARD, DARK_PAPER, PAPER, style_of
from tests.support.certificates import (
    CERTIFICATE,
    CODE,
    EXPIRED,
    HIDDEN,
    HIDDEN_REVOKED,
    INVALID,
    NAMELESS,
    NOT_YET_VALID,
    PAGES,
    PUBLIC,
    REVOKED,
    SUSPENDED,
    UNCONFIRMED,
    UNKNOWN,
    URL,
    VALID,
    page,
)


def read(view: PageView, language: str = "en") -> html.HtmlElement:
    return html.fromstring(render_page(view, language))


def text_of(element: html.HtmlElement) -> str:
    """What can be read on the page, with single blanks, and without marks of direction."""
    body = element.find(".//body")
    assert body is not None
    return re.sub(r"[\u2068\u2069]", "", " ".join(body.text_content().split()))


@pytest.mark.parametrize(
    ("view", "heading", "sentence"),
    [
        (VALID, "This credential is valid", "Issued by Northwind University, unchanged since, and in force."),
        (REVOKED, "This credential was revoked", "withdrew it for good on 3 August 2026."),
        (SUSPENDED, "This credential is suspended", "suspended it on 30 September 2026."),
        (EXPIRED, "This credential has expired", "was valid until 1 June 2026."),
        (NOT_YET_VALID, "This credential is not valid yet", "becomes valid on 1 January 2027."),
        (UNCONFIRMED, "This credential could not be confirmed", "Do not rely on it until it can."),
        (INVALID, "This credential is not to be trusted", "Do not rely on it."),
        (UNKNOWN, "No such credential", "Nothing with this code was issued here."),
        (HIDDEN, "This credential is valid", "It exists, and it is in force."),
        (HIDDEN_REVOKED, "This credential is not in force", "It exists."),
    ],
    ids=lambda value: "" if isinstance(value, PageView) else value[:30],
)
def test_the_verdict_is_in_words(view: PageView, heading: str, sentence: str) -> None:
    """First thing on the page, and its only first heading."""
    document = read(view)

    assert [each.text_content() for each in document.iter("h1")] == [heading]
    assert sentence in text_of(document)


def test_it_says_who_what_when_and_by_whom() -> None:
    """All that an employer asks, without opening the picture."""
    text = text_of(read(VALID))

    for told in ("Ada Lovelace", "Foundations of Analytical Engines", "Northwind University", "12 May 2026",
                 "12 May 2029", "Prof. Charles Babbage", "Dean of Engineering", "7K2QF-M9XTR-4WHEC-8ZPAB",
                 "Eight weeks on the design", "Pass all eight assignments"):  # fmt: skip
        assert told in text


def test_why_it_was_revoked_is_said_in_the_issuer_s_words() -> None:
    """And which check failed."""
    text = text_of(read(REVOKED))

    assert "Reason given by the issuer: Issued by mistake" in text
    assert re.search(r"Status – failed\s*It was revoked\.", text)
    assert text.count("passed") == 6


def test_each_check_has_a_sign_of_its_own() -> None:
    """Not only another colour: passed, failed and not known are drawn differently."""
    marks = {
        read(view).xpath(f"//li[contains(., '{name} –')]//svg/path/@d")[0]
        for view, name in ((VALID, "Status"), (REVOKED, "Status"), (UNCONFIRMED, "Status"))
    }

    assert len(marks) == 3


@pytest.mark.parametrize(
    "view", [HIDDEN, HIDDEN_REVOKED, replace(VALID, visibility=CredentialVisibility.HOLDER)]
)
def test_what_the_holder_keeps_private_is_nowhere(view: PageView) -> None:
    """No name, title, issuer, picture or download, in the text or in the source."""
    source = render_page(view, "en")

    for kept in ("Ada", "Analytical", "Northwind University", "Babbage", ".png", ".json", "og:image"):
        assert kept not in source
    assert 'content="noindex' in source


def test_a_code_that_nobody_knows_is_not_found() -> None:
    """404, and the code is shown to be compared."""
    assert page_status(UNKNOWN) == 404
    assert {page_status(view) for name, view in PAGES.items() if name != "unknown"} == {200}
    assert "7K2QF-M9XTR-4WHEC-8ZPAB" in text_of(read(UNKNOWN))


def test_an_erased_name_is_called_erased() -> None:
    """The page says the holder, and why."""
    text = text_of(read(page(certificate=NAMELESS), "de"))

    assert "die Inhaberin oder den Inhaber" in text
    assert "Der Name wurde auf Wunsch gelöscht." in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", PAGES.values(), ids=PAGES)
def test_every_page_is_in_the_reader_s_language(view: PageView, language: str) -> None:
    """Language and direction are declared; the others are one click away."""
    document = read(view, language)

    assert document.get("lang") == language
    assert document.get("dir") == ("rtl" if language == "ar" else "ltr")
    links = document.xpath("//nav//a/@href")
    assert sorted(links) == sorted(f"?lang={each}" for each in LANGUAGES if each != language)
    assert words_for(language)("language_name") in document.xpath("string(//summary)")


def test_there_is_no_script_and_nothing_from_elsewhere() -> None:
    """Neither elements nor attributes that run, and no address of another place is loaded."""
    for view in PAGES.values():
        document = read(view)
        assert not document.xpath("//script | //iframe | //object | //form | //base | //@style")
        assert not document.xpath("//@*[starts-with(name(), 'on')]")
        loaded = document.xpath("//img/@src | //link[@rel='icon' or @rel='stylesheet']/@href")
        assert all(address.startswith(("data:", CODE)) for address in loaded)


ATTACK = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}\u202e'


def test_whatever_is_in_a_text_stays_text() -> None:
    """Names, titles, reasons and addresses that try to be markup are shown as they are."""
    certificate = replace(
        CERTIFICATE,
        title=ATTACK,
        learner_name=ATTACK,
        issuer_name=ATTACK,
        description=ATTACK,
        criteria=ATTACK,
        issuer_url="javascript:alert(1)",
        primary_colour=ATTACK,
        language=ATTACK,
    )
    view = replace(REVOKED, certificate=certificate, reason=ATTACK)
    source = render_page(view, "en")
    document = html.fromstring(source)

    assert not document.xpath("//script | //img[@onerror]")
    assert "javascript:" not in source
    assert "{{7*7}}" in text_of(document)
    assert source.count("<script") == 0
    assert "\u202e" not in document.xpath("string(//meta[@property='og:description']/@content)")


@pytest.mark.parametrize(
    "view", [VALID, UNKNOWN, PUBLIC, page(certificate=replace(CERTIFICATE, primary_colour="#ffd400"))]
)
def test_the_policy_names_this_page_s_style_sheet(view: PageView) -> None:
    """By its hash, in the header and in the page itself for when it is kept as a file."""
    source = render_page(view, "en")
    style = source.split("<style>")[1].split("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

    header = page_headers(view, "en")["Content-Security-Policy"]
    assert header == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    assert html.fromstring(source).xpath("//meta[@http-equiv]/@content") == [
        header.removesuffix("; frame-ancestors 'none'")
    ]


def test_headers_say_what_the_page_depends_on() -> None:
    """Language for caches; no address leaves with a click, for it is a key."""
    headers = page_headers(VALID, "de-AT")

    assert headers["Content-Language"] == "de"
    assert headers["Vary"] == "Accept-Language"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert page_headers(PUBLIC, "en")["X-Robots-Tag"] == "index, follow"


def test_a_shared_link_shows_the_certificate() -> None:
    """Absolute addresses, as those who read them need."""
    document = read(VALID)
    meta = {each.get("property") or each.get("name"): each.get("content") for each in document.iter("meta")}

    assert meta["og:image"] == f"https://learn.northwind.example/credentials/{CODE}.png"
    assert meta["og:url"] == URL
    assert meta["og:title"] == "Ada Lovelace – Foundations of Analytical Engines – Northwind University"
    assert meta["twitter:card"] == "summary_large_image"
    assert document.xpath("//link[@rel='canonical']/@href") == [URL]
    assert meta["og:description"].startswith("This credential is valid. Certificate “Foundations")


def test_the_picture_is_described() -> None:
    """For those who do not see it; and it is no larger than the screen needs."""
    (picture,) = read(VALID).xpath("//figure/img")

    assert picture.get("alt").endswith("of Northwind University, awarded to Ada Lovelace on 12 May 2026.")
    assert picture.get("srcset") == f"{CODE}.thumbnail.png 600w, {CODE}.png 2000w"


def test_files_beside_the_page_are_named_by_it_alone() -> None:
    """So they are found behind a proxy, on another port, or in a folder; others keep their address."""
    beside = replace(VALID, picture_href=f"{URL}.png", thumbnail_href="https://cdn.example/small.png")
    (picture,) = read(beside).xpath("//figure/img")

    assert picture.get("src") == f"{CODE}.png"
    assert picture.get("srcset").startswith("https://cdn.example/small.png 600w")


def test_every_form_can_be_downloaded() -> None:
    """Those that are offered, in that order."""
    assert read(VALID).xpath("//a[@download]/@href") == [
        f"{CODE}.{form}" for form in ("png", "svg", "pdf", "json", "jwt")
    ]
    assert read(replace(VALID, downloads=())).xpath("//a[@download]") == []


@pytest.mark.parametrize("primary", ["#1f3a5f", "#ffd400", "#ffffff", "#000000", "#00ff00", "#777777"])
def test_brand_colours_can_be_read_by_day_and_by_night(primary: str) -> None:
    """On the page and on its cards."""
    style = style_of(replace(CERTIFICATE, primary_colour=primary, accent_colour=primary))
    (light_ink, light_accent), (dark_ink, dark_accent) = re.findall(
        r"--ink: (#\w+); --accent: (#\w+);", style
    )

    assert min(contrast(light_ink, CARD), contrast(light_ink, PAPER), contrast(light_accent, PAPER)) >= 4.5
    assert (
        min(contrast(dark_ink, DARK_CARD), contrast(dark_ink, DARK_PAPER), contrast(dark_accent, DARK_CARD))
        >= 4.5
    )
    assert f"--paper: {PAPER}; --card: #fff;" in style
    assert f"--paper: {DARK_PAPER}; --card: {DARK_CARD};" in style


def test_a_text_in_another_language_says_so() -> None:
    """So that it is read aloud as what it is."""
    assert read(PUBLIC).xpath("//h2[@class='title']/@lang") == ["zh-Hans"]
    assert read(VALID).xpath("//h2[@class='title']/@lang") == []
    assert read(REVOKED, "de").xpath("//ul[@class='checks']//span[@lang]/@lang") == ["en"]
