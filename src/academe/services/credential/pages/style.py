"""What a page looks like: one style sheet in the issuer's colours, and the policy that allows no other."""

from __future__ import annotations

import base64
import hashlib
from functools import cache, lru_cache
from importlib.resources import files
from urllib.parse import quote

from academe.services.credential.pages.colours import colour_or, readable, text_on
from academe.services.credential.pages.model import ACCENT, PRIMARY, CertificateView

CARD, DARK_CARD = "#ffffff", "#171d26"
PAPER, DARK_PAPER = "#f3f5f8", "#0e1218"
"""Backgrounds of page.css on which the brand's colours write."""


def style_of(shown: CertificateView | None) -> str:
    """The style sheet of the page of a certificate; without one, in the usual colours."""
    primary = colour_or(shown.primary_colour, PRIMARY) if shown else PRIMARY
    accent = colour_or(shown.accent_colour, ACCENT) if shown else ACCENT
    return _branded(primary, accent)


def content_security_policy(style: str, *, framing: bool = True) -> str:
    """Nothing but this style sheet and pictures; in a <meta> it cannot speak of frames (`framing=False`)."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self' data:"
    return policy + "; base-uri 'none'; form-action 'none'" + ("; frame-ancestors 'none'" if framing else "")


def icon(shown: CertificateView | None) -> str:
    """The picture in the browser's tab, as a data URL: a seal in the issuer's colours."""
    primary = colour_or(shown.primary_colour, PRIMARY) if shown else PRIMARY
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">'
        f'<circle cx="12" cy="12" r="12" fill="{primary}"/>'
        f'<path d="m7 12.5 3.5 3.5L17 9" fill="none" stroke="{text_on(primary)}" stroke-width="2.5"/></svg>'
    )
    return "data:image/svg+xml," + quote(svg, safe="")


@lru_cache(maxsize=64)
def _branded(primary: str, accent: str) -> str:
    """Each colour is made readable on the less favourable of the two backgrounds of its scheme."""
    light = f"--ink: {_on(primary, CARD, PAPER)}; --accent: {_on(accent, CARD, PAPER)}"
    dark = f"--ink: {_on(primary, DARK_CARD, DARK_PAPER)}; --accent: {_on(accent, DARK_CARD, DARK_PAPER)}"
    return (
        f"{_sheet()}:root {{ --brand: {primary}; {light}; }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {dark}; }} }}\n"
    )


def _on(colour: str, *backgrounds: str) -> str:
    for background in backgrounds:
        colour = readable(colour, background)
    return colour


@cache
def _sheet() -> str:
    return files(__package__).joinpath("page.css").read_text(encoding="utf-8")
