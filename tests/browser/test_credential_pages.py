"""Pages of credentials in headless Chromium: seen at phone and desktop width, by day and by night."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from academe.services.credential.pages.languages import LANGUAGES, words_for
from tests.browser.chromium import Browser, require_browser
from tests.browser.site import site
from tests.support.certificates import PAGES, URL

PHONE, DESKTOP, NARROWEST = 390, 1280, 320
"""Pixels. At 320 a page must still be readable without scrolling sideways (WCAG 1.4.10)."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    require_browser()
    with site() as served:
        yield f"{served}/credentials"


@pytest.fixture(scope="module")
def browser(address: str) -> Iterator[Browser]:
    started = Browser(require_browser())
    yield started
    started.close()


@pytest.mark.parametrize("name", PAGES)
def test_everybody_can_read_every_page(browser: Browser, address: str, name: str) -> None:
    """axe-core finds nothing in any state, at any width, by day or night; nothing is blocked or missing."""
    looks = [
        {"width": PHONE, "dark": False, "axe": "all"},
        {"width": PHONE, "dark": True, "axe": "colours"},
        {"width": DESKTOP, "dark": True, "axe": "all"},
        {"width": DESKTOP, "dark": False, "axe": "colours"},
        {"width": NARROWEST, "dark": False},
    ]
    seen = browser.look(f"{address}/{name}", *looks)

    assert [look["violations"] for look in seen[:4]] == [[], [], [], []]
    assert [look["passes"] >= least for look, least in zip(seen, (25, 2, 25, 2), strict=False)] == [True] * 4
    assert seen[0]["messages"] == expected_messages(name)
    assert [look["overflow"] for look in seen] == [0, 0, 0, 0, 0]
    assert seen[0]["status"] == (404 if name == "unknown" else 200)


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
@pytest.mark.parametrize("name", PAGES)
def test_it_is_as_good_in_other_languages(browser: Browser, address: str, name: str, language: str) -> None:
    """Longer words and lines from the right change neither what axe-core says nor what fits."""
    look = {"width": NARROWEST, "dark": False, "axe": "words"}
    (seen,) = browser.look(f"{address}/{name}?lang={language}", look)

    assert seen["violations"] == []
    assert seen["messages"] == expected_messages(name)
    assert seen["overflow"] == 0


def expected_messages(name: str) -> list[str]:
    """The browser's own word for a page that is not there."""
    text = "error: Failed to load resource: the server responded with a status of 404 (Not Found)"
    return [text] if name == "unknown" else []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_browser_says_which_language(browser: Browser, address: str, language: str) -> None:
    """Without ?lang= the page is in the language that the browser asks for."""
    (seen,) = browser.look(f"{address}/valid", {"width": PHONE, "dark": False}, language=language)

    assert words_for(language)("heading_valid") in seen["text"]
    assert seen["headers"]["content-language"] == language
    assert seen["headers"]["vary"] == "Accept-Language"


@pytest.mark.parametrize("name", ["valid", "revoked", "arabic", "unknown"])
def test_without_scripts_it_is_the_same_page(browser: Browser, address: str, name: str) -> None:
    """To the pixel."""
    shot = {"width": PHONE, "dark": False, "shot": True}
    scripted, plain = browser.look(f"{address}/{name}", shot, {**shot, "scripts": False})

    assert len(scripted["shot"]) > 10_000
    assert scripted["shot"] == plain["shot"]


def test_another_style_sheet_or_script_would_be_refused(browser: Browser, address: str) -> None:
    """The policy is in force in the browser: it allows one style sheet, and no script at all."""
    (seen,) = browser.look(f"{address}/valid", {"width": PHONE, "dark": False})

    policy = seen["headers"]["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script" not in policy
    assert "unsafe" not in policy


def test_on_paper_it_is_black_on_white(browser: Browser, address: str) -> None:
    """Printed at night it is the page of the day, without what cannot be clicked there."""
    print_ = {"width": DESKTOP, "media": "print"}
    day, night = browser.look(f"{address}/valid", {**print_, "dark": False}, {**print_, "dark": True})

    assert day["text"] == night["text"]
    assert words_for("en")("downloads") not in day["text"]
    assert "Ada Lovelace" in day["text"]


@pytest.mark.parametrize(
    "file", ["valid.thumbnail.png", "valid.png", "valid.svg", "arabic.png", "invalid.svg"]
)
def test_the_code_on_a_certificate_leads_to_its_page(browser: Browser, address: str, file: str) -> None:
    """A reader of another maker finds the QR code, also in the small picture and the SVG."""
    assert browser.decode(f"{address}/{file}") == URL
