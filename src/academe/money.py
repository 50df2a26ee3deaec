"""Money as whole numbers of a currency's smallest unit, and how many digits that unit stands for.

There is no float and no division: an amount is an int from the wire to the ledger, and the digits below are
needed only to show it. The table is ISO 4217's list one as of 2026-01-01, without the codes that have no
minor unit: precious metals, accounting units of banks, and the codes for tests and for no currency.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

_CODES_BY_DIGITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: """
        AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE
        CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD
        HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK
        MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD
        RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH
        USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG
    """,
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}

MINOR_DIGITS: Mapping[str, int] = MappingProxyType(
    {code: digits for digits, codes in sorted(_CODES_BY_DIGITS.items()) for code in codes.split()}
)
"""Decimal digits of the minor unit by currency code: 2 for EUR, 0 for JPY, 3 for KWD. A code that is not
here is not a currency that anybody can be paid in."""


@dataclass(frozen=True, slots=True)
class Money:
    """`minor_units` of a currency: Money("EUR", 1234) is 12.34 EUR, Money("JPY", 500) is 500 JPY.

    Raises TypeError for anything but a whole number: a float that got this far has lost cents already.
    """

    currency_code: str
    minor_units: int

    def __post_init__(self) -> None:
        if type(self.minor_units) is not int:
            raise TypeError(f"minor_units must be an int, not {type(self.minor_units).__name__}")

    def __str__(self) -> str:
        """For people: "12.34 EUR". An unknown code shows its minor units as they are."""
        digits = MINOR_DIGITS.get(self.currency_code, 0)
        sign = "-" if self.minor_units < 0 else ""
        text = str(abs(self.minor_units)).rjust(digits + 1, "0")
        whole, part = text[: len(text) - digits], text[len(text) - digits :]
        return f"{sign}{whole}{'.' if part else ''}{part} {self.currency_code}"


def allocate(total: int, weights: Sequence[int]) -> list[int]:
    """Splits `total` minor units in proportion to `weights`, by largest remainder (Hamilton's method).

    The parts add up to `total` exactly, each is its exact share rounded down or up, and of equal remainders
    the earlier part gets the unit. With `total` at most the sum of the weights, no part exceeds its weight,
    so what is left of something can be given back in parts. Raises ValueError for a negative number, or
    nothing to split by.
    """
    whole = sum(weights)
    if total < 0 or min(weights, default=0) < 0 or (whole == 0 and total > 0):
        raise ValueError("only amounts and weights that are not negative can be split")
    if whole == 0:
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: (-(total * weights[place] % whole), place))
    for place in by_remainder[: total - sum(parts)]:
        parts[place] += 1
    return parts
