"""The page of a credential as HTML: complete in itself, without scripts, in the reader's language."""

from __future__ import annotations

import base64
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from academe.services.credential.codes import printed
from academe.services.credential.images import content_type
from academe.services.credential.model import CredentialVisibility
from academe.services.credential.pages.drawing import awarded_for, kind, summary
from academe.services.credential.pages.languages import LANGUAGES, OPEN_GRAPH, catalogue, words_for
from academe.services.credential.pages.model import CertificateView, PageView
from academe.services.credential.pages.qr import svg_path
from academe.services.credential.pages.style import content_security_policy, icon, style_of
from academe.services.credential.pages.verdicts import SHAPES, seen_check, seen_verdict

if TYPE_CHECKING:
    from jinja2 import Template

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")


def render_page(view: PageView, language: str) -> str:
    """The page, for a language that `negotiate_language` chose. Takes a millisecond."""
    words = words_for(language)
    shown = view.shown
    seen = seen_verdict(view, words)
    side, path = svg_path(view.page_url) if shown else (0, "")
    told = summary(words, shown) if shown else seen.text
    style = style_of(shown)
    return _template().render(
        view=view,
        shown=shown,
        words=words,
        heading=seen.heading,
        text=seen.text,
        mood=seen.mood,
        shape=seen.shape,
        shapes=SHAPES,
        reason=view.reason if shown else "",
        checks=[seen_check(check, words) for check in view.checks],
        code=printed(view.verification_code),
        kind=kind(words, shown.type) if shown else "",
        awarded_for=awarded_for(words, shown.type) if shown else "",
        summary=told,
        title=_title(shown) or seen.heading,
        description=f"{seen.heading}. {told}" if shown else told,
        downloads=[(d.form.upper(), _near(d.href, view), words(f"form_{d.form}")) for d in view.downloads],
        picture=_near(view.picture_href, view),
        thumbnail=_near(view.thumbnail_href, view),
        issuer_url=_web_address(shown.issuer_url) if shown else "",
        logo=_data_url(shown.logo) if shown else "",
        told_in=_told_in(shown, words.language),
        picture_url=urljoin(view.page_url, view.picture_href) if shown and view.picture_href else "",
        languages=[(each, catalogue(each)["language_name"]) for each in LANGUAGES],
        locale=OPEN_GRAPH[words.language],
        robots=robots(view),
        qr_side=side,
        qr_path=path,
        style=style,
        policy=content_security_policy(style, framing=False),
        icon=icon(shown),
    )


def is_prepared() -> bool:
    """Whether what writes pages has been read. The first page does, which takes a hundred milliseconds."""
    return _template.cache_info().currsize > 0


def page_headers(view: PageView, language: str) -> dict[str, str]:
    """HTTP headers that belong to the page: policy, language, what it depends on, who may index it."""
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Language": words_for(language).language,
        "Vary": "Accept-Language",
        "Content-Security-Policy": content_security_policy(style_of(view.shown)),
        "Referrer-Policy": "no-referrer",  # the address is a capability, not for those whom the page links to
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": robots(view),
    }


def page_status(view: PageView) -> int:
    """The HTTP status: 404 for a code that nobody knows."""
    return 200 if view.exists else 404


def robots(view: PageView) -> str:
    """Only what its holder published may be found by searching."""
    public = view.shown is not None and view.visibility is CredentialVisibility.PUBLIC
    return "index, follow" if public else "noindex, nofollow, noarchive"


def _title(shown: CertificateView | None) -> str:
    """Of the tab: who, what, by whom."""
    if shown is None:
        return ""
    return " – ".join(part for part in (shown.learner_name, shown.title, shown.issuer_name) if part)


def _near(href: str, view: PageView) -> str:
    """Relative where it lies beside the page, so that it is found by whatever name the server is visited."""
    return href.removeprefix(view.page_url.rpartition("/")[0] + "/")


def _data_url(picture: bytes) -> str:
    encoded = base64.b64encode(picture).decode()
    return f"data:{content_type(picture)};base64,{encoded}" if picture else ""


def _web_address(url: str) -> str:
    """The issuer's address, unless it is something that is not just opened."""
    return url if urlsplit(url).scheme in {"http", "https"} else ""


def _told_in(shown: CertificateView | None, language: str) -> str:
    """The language in which the credential is written, where that is not the page's."""
    if shown is None or shown.language == language or not _LANGUAGE_TAG.fullmatch(shown.language):
        return ""
    return shown.language


@cache
def _template() -> Template:
    import segno  # noqa: F401  # for the next page that has a code, if this one has none
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.from_string(files(__package__).joinpath("page.html").read_text(encoding="utf-8"))
