"""What a certificate says and shows, as the data that its template expects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from academe.services.credential.codes import printed
from academe.services.credential.images import PNG, content_type
from academe.services.credential.model import CredentialType
from academe.services.credential.pages.colours import colour_or, readable, text_on
from academe.services.credential.pages.languages import Words, words_for
from academe.services.credential.pages.model import ACCENT, PRIMARY, CertificateView
from academe.services.credential.pages.qr import dark_runs
from academe.services.credential.pages.rosette import rosette
from academe.services.credential.pages.writing import is_rtl, settable

FONTS = (
    "Libertinus Serif",
    "Noto Naskh Arabic",
    "Noto Sans Oriya",
    "Noto Serif Bengali",
    "Noto Serif Devanagari",
    "Noto Serif Ethiopic",
    "Noto Serif Gujarati",
    "Noto Serif Gurmukhi",
    "Noto Serif Kannada",
    "Noto Serif Khmer",
    "Noto Serif Lao",
    "Noto Serif Malayalam",
    "Noto Serif Myanmar",
    "Noto Serif Sinhala",
    "Noto Serif Tamil",
    "Noto Serif Telugu",
    "Noto Serif Thai",
    "Droid Sans Fallback",
    "NanumGothicCoding",
    "DejaVu Sans",
)
"""In the order in which they are asked for a letter."""
SPACED = frozenset({"en", "es", "de", "fr"})
"""Languages whose capitals may be spaced; elsewhere there are none, or letters join."""
PAPER = "#ffffff"
SIGNATORIES_MAX = 3
NAME_ROOM, TITLE_ROOM, DESCRIPTION_ROOM, ROLE_ROOM = 120, 200, 330, 80
"""Letters that there is room for; wide ones count twice."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """The template's data, and the pictures that it names, by file name."""

    data: dict[str, Any]
    pictures: dict[str, bytes]

    def without_pictures(self) -> Drawing:
        """For when one of them turns out not to be drawable: the certificate matters more."""
        return self._showing({}, {})

    def with_pixels(self, draw: Callable[[str], bytes]) -> Drawing:
        """The same with a PNG in the place of each picture that is larger than it; `draw` makes one of the
        picture with that name."""
        pictures: dict[str, bytes] = {}
        placed: dict[str, str | None] = {}
        for name, content in self.pictures.items():
            smaller = min(content, draw(name), key=len)
            placed[f"/{name}"] = _placed(pictures, name.split(".")[0], smaller)
        return self._showing(pictures, placed)

    def _showing(self, pictures: dict[str, bytes], placed: Mapping[str, str | None]) -> Drawing:
        """With other pictures; `placed` says where each now is, and what it does not name is left out."""
        data = self.data | {"logo": placed.get(self.data["logo"])}
        data["signatories"] = [
            signatory | {"signature": placed.get(signatory["signature"])} for signatory in data["signatories"]
        ]
        return Drawing(data, pictures)


def drawing_of(view: CertificateView) -> Drawing:
    """Reads neither clock nor files, so that a view has one drawing."""
    words = words_for(view.language)
    pictures: dict[str, bytes] = {}
    logo = _placed(pictures, "logo", view.logo)
    signatories = [
        {
            "name": _piece(signatory.name, ROLE_ROOM),
            "title": _piece(signatory.title, ROLE_ROOM),
            "signature": _placed(pictures, f"signature-{place}", signatory.signature),
        }
        for place, signatory in enumerate(view.signatories[:SIGNATORIES_MAX])
    ]
    name = settable(view.learner_name or "", NAME_ROOM) or words("the_holder")
    issuer = settable(view.issuer_name, NAME_ROOM)
    modules, runs = dark_runs(view.page_url)
    data = {
        "language": words.language,
        "rtl": words.rtl,
        "spaced": words.language in SPACED,
        "fonts": FONTS,
        "colours": _colours(view),
        "document_title": f"{kind(words, view.type)}: {settable(view.title, TITLE_ROOM)}",
        "summary": summary(words, view),
        "keywords": [kind(words, view.type), issuer, printed(view.verification_code)],
        "issuer": _piece(issuer, NAME_ROOM),
        "monogram": _piece(_monogram(issuer), 4),
        "name": _piece(name, NAME_ROOM),
        "named": name != words("the_holder"),
        "title": _piece(view.title, TITLE_ROOM),
        "description": _piece(view.description, DESCRIPTION_ROOM),
        "logo": logo,
        "signatories": signatories,
        "code": printed(view.verification_code),
        "host": urlsplit(view.page_url).netloc,
        "page_url": view.page_url,
        "qr": {"modules": modules, "runs": runs},
        "rosette": rosette(view.verification_code),
        "words": {
            "kind": kind(words, view.type),
            "awarded_to": words("awarded_to"),
            "awarded_for": awarded_for(words, view.type),
            "dates": _dates(words, view),
            "verify": words("verify_here"),
            "signatories": words("signatories"),
        },
    }
    return Drawing(data, pictures)


def kind(words: Words, type_: CredentialType) -> str:
    return words(f"kind_{type_.name.lower()}")


def awarded_for(words: Words, type_: CredentialType) -> str:
    """What stands between the name and the title."""
    return words(f"for_{type_.name.lower()}")


def summary(words: Words, view: CertificateView) -> str:
    """The certificate in one sentence, for those who do not see it."""
    return words(
        "summary",
        kind=kind(words, view.type),
        title=settable(view.title, TITLE_ROOM),
        name=settable(view.learner_name or "", NAME_ROOM) or words("the_holder"),
        issuer=settable(view.issuer_name, NAME_ROOM),
        date=words.day(view.issue_time),
    )


def _colours(view: CertificateView) -> dict[str, str]:
    """The brand as it is where colours fill, and adjusted where they write."""
    primary = colour_or(view.primary_colour, PRIMARY)
    accent = colour_or(view.accent_colour, ACCENT)
    return {
        "panel": primary,
        "on_panel": text_on(primary),
        "ink": readable(primary, PAPER),
        "accent": accent,
        "accent_ink": readable(accent, PAPER),
    }


def _dates(words: Words, view: CertificateView) -> str:
    dates = words("issued_on", date=words.day(view.issue_time))
    if view.expire_time is not None:
        dates += "   ·   " + words("valid_until", date=words.day(view.expire_time))
    return dates


def _piece(text: str, room: int) -> dict[str, Any]:
    text = settable(text, room)
    return {"text": text, "rtl": is_rtl(text)}


def _placed(pictures: dict[str, bytes], name: str, content: bytes) -> str | None:
    """Puts a picture among the files of the drawing, and says where; None where there is none."""
    if not content:
        return None
    file = f"{name}.{'png' if content_type(content) == PNG else 'svg'}"
    pictures[file] = content
    return "/" + file


def _monogram(name: str) -> str:
    return next((letter.upper() for letter in name if letter.isalnum()), "✦")
