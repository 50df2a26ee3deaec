"""Documents in several languages: words, dates and numbers."""

from __future__ import annotations

from datetime import UTC, date, datetime

from academe.services.tip.model import AccountKind, TransactionKind
from academe.services.tip.statements.amounts import decimal_text
from academe.services.tip.statements.texts import ACCOUNTS, LANGUAGES, MONTHS, TEXTS, TRANSACTIONS

_POINT_AND_GROUP = {"en": (".", ","), "de": (",", "."), "es": (",", "."), "zh": (".", ",")}


class Words:
    """How one language says things. Made by `words_for`."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._place = LANGUAGES.index(language)
        self._point, self._group = _POINT_AND_GROUP[language]

    def __call__(self, key: str, **values: object) -> str:
        """A text by its key; raises KeyError for one that was never translated."""
        return TEXTS[key][self._place].format(**values)

    def account(self, kind: AccountKind) -> str:
        return ACCOUNTS[kind.name][self._place]

    def transaction(self, kind: TransactionKind) -> str:
        return TRANSACTIONS[kind.name][self._place]

    def amount(self, minor_units: int, currency_code: str) -> str:
        """Without the currency, which the document names once."""
        return decimal_text(minor_units, currency_code, point=self._point, group=self._group)

    def month(self, number: int) -> str:
        """1 is January."""
        return MONTHS[self.language].split()[number - 1]

    def day(self, moment: date) -> str:
        """In full: 1 May 2026."""
        if self.language == "zh":
            return f"{moment.year}年{moment.month}月{moment.day}日"
        month = self.month(moment.month)
        return {
            "en": f"{moment.day} {month} {moment.year}",
            "de": f"{moment.day}. {month} {moment.year}",
            "es": f"{moment.day} de {month} de {moment.year}",
        }[self.language]

    def moment(self, moment: datetime) -> str:
        """A day where it begins at midnight, and otherwise with the time; in UTC."""
        moment = moment.astimezone(UTC)
        if (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0):
            return self.day(moment)
        return f"{self.day(moment)}, {moment:%H:%M:%S}"


def words_for(language: str) -> Words:
    """Of a BCP 47 language: `de-AT` gets German; one that is not spoken here gets English."""
    primary = language.replace("_", "-").partition("-")[0].lower()
    return Words(primary if primary in LANGUAGES else "en")
