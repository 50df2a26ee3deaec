"""What the fields of an account may hold, and the form in which they are stored."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from email_validator import EmailNotValidError, validate_email

from academe.caller import Role
from academe.errors import InvalidArgument
from academe.services.user.model import Email

USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{2,31}")
DISPLAY_NAME_MAX = 100
BIOGRAPHY_MAX = 2_000
"""Characters (code points), as in the contract."""

ADMINISTRATOR_USERNAME = "administrator"
"""Of the account that the server makes for itself at its first start."""

RESERVED_USERNAMES = frozenset({ADMINISTRATOR_USERNAME})
"""Nobody may take one of these first, or pass as the school; an administrator may give one."""

# Invisible characters that scripts and emoji need: joiners, direction marks, and the tags in flags.
_NEEDED = frozenset(map(chr, (0x200C, 0x200D, 0x200E, 0x200F, *range(0xE0020, 0xE0080))))
_REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Cs"})


def username(text: str, field: str = "username") -> str:
    """Raises InvalidArgument unless it is 3 to 32 ASCII letters, digits, dots, dashes or underscores."""
    if not USERNAME.fullmatch(text):
        raise InvalidArgument.field(field, "must be 3 to 32 letters, digits, dots, dashes or underscores")
    return text


def username_key(text: str) -> str:
    """The form in which a username is unique."""
    return text.casefold()


def email(text: str, field: str = "email") -> Email:
    """Raises InvalidArgument for what is not an address somebody on the Internet could have.

    The part before the @ must be ASCII: look-alike letters there would let two people share an address.
    """
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError as error:
        raise InvalidArgument.field(field, str(error)) from error
    return Email(found.normalized, f"{found.local_part}@{found.ascii_domain}".casefold())


def login_key(login: str) -> str | None:
    """The key of the username or e-mail address that somebody signs in with; None when it can be neither.

    A username holds no @, so the two kinds of keys never meet.
    """
    if "@" not in login:
        return username_key(login) if USERNAME.fullmatch(login) else None
    try:
        return email(login.strip()).key
    except InvalidArgument:
        return None


def display_name(text: str, field: str = "display_name") -> str:
    """One line of 1 to 100 characters: NFC, runs of spaces made one. Raises InvalidArgument."""
    name = " ".join(_plain(text, field, allowed="").split())
    if not any(unicodedata.category(character)[0] in "LNPS" for character in name):
        raise InvalidArgument.field(field, "must have at least one visible character")
    return _limited(name, DISPLAY_NAME_MAX, field)


def biography(text: str, field: str = "biography") -> str:
    """Plain text of at most 2,000 characters: NFC, lines ended by \\n. Raises InvalidArgument."""
    lines = _plain(text.replace("\r\n", "\n"), field, allowed="\n\t")
    return _limited(lines.strip(), BIOGRAPHY_MAX, field)


def roles(wanted: Collection[Role], field: str = "roles") -> frozenset[Role]:
    """Raises InvalidArgument unless ROLE_LEARNER is among them."""
    if Role.LEARNER not in wanted:
        raise InvalidArgument.field(field, "must contain ROLE_LEARNER: every account is a learner")
    return frozenset(wanted)


def _plain(text: str, field: str, *, allowed: str) -> str:
    """NFC, refusing control characters and those that reorder or hide text around them."""
    for character in text:
        if (
            unicodedata.category(character) in _REFUSED_CATEGORIES
            and character not in _NEEDED
            and character not in allowed
        ):
            raise InvalidArgument.field(field, f"must not contain the character U+{ord(character):04X}")
    return unicodedata.normalize("NFC", text)


def _limited(text: str, most: int, field: str) -> str:
    if len(text) > most:
        raise InvalidArgument.field(field, f"must be at most {most:,} characters")
    return text
