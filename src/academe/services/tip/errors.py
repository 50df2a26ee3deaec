"""Every way in which the tip slice says no."""

from __future__ import annotations

from academe.errors import InvalidArgument, NotFound


class TipNotFound(NotFound):
    """No such tip, or not one that the caller may see."""

    reason = "TIP_NOT_FOUND"


class SelfTip(InvalidArgument):
    """educator_id: nobody tips themselves."""

    reason = "SELF_TIP"


class EducatorNotFound(NotFound):
    """No educator has this id."""

    reason = "EDUCATOR_NOT_FOUND"


class CurrencyUnknown(InvalidArgument):
    """amount.currency_code: not a currency of ISO 4217 that is in use."""

    reason = "CURRENCY_UNKNOWN"
