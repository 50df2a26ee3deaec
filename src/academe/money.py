"""Money as whole numbers of a currency's smallest unit, and how many digits that unit stands for.

There is no float and no division: an amount is an int from the wire to the ledger, and the digits below are
needed only to show it. The table is ISO 4217's list one as of 2026-01-01, without the codes that have no
minor unit: precious metals, accounting units of banks, and the codes for tests and for no currency.
"""

from __future__ import annotations

from collections.abc import Mapping
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
