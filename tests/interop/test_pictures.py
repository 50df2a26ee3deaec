"""Credentials in pictures, taken out by programs that were not written here."""

from __future__ import annotations

import io
from typing import Literal

import pytest
from openbadgeslib.ob3.verifier import OB3Verifier
from PIL import Image

from academe.services.credential.standards import png, svg
from tests.interop.conftest import Issued
from tests.support.interop import javascript

SVG = b"""<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><title>&amp; caf\xc3\xa9</title></svg>"""


def plain_png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "#204080").save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("form", ["json", "jwt"])
def test_a_credential_comes_out_of_a_png_as_it_went_in(issued: Issued, form: Literal["json", "jwt"]) -> None:
    """Byte for byte, by a reader in JavaScript, by openbadgeslib and by ours; the picture still opens."""
    credentials = (issued.documents if form == "json" else issued.tokens)[:16]
    for credential in credentials:
        baked = png.bake(plain_png(), credential, form)

        assert javascript().unbake(baked) == credential
        assert png.unbake(baked) == credential
        assert OB3Verifier.extract_token_from_png(baked) == credential.decode()
        assert Image.open(io.BytesIO(baked)).getpixel((0, 0)) == (0x20, 0x40, 0x80)


@pytest.mark.parametrize("form", ["json", "jwt"])
def test_a_credential_comes_out_of_an_svg_as_it_went_in(issued: Issued, form: Literal["json", "jwt"]) -> None:
    """Byte for byte as well, though XML has its own opinion of line ends and of ]]>."""
    credentials = (issued.documents if form == "json" else issued.tokens)[:16]
    for credential in credentials:
        baked = svg.bake(SVG, credential, form)

        assert javascript().unbake(baked) == credential
        assert svg.unbake(baked) == credential
        assert OB3Verifier.extract_token_from_svg(baked) == credential.decode()


def test_a_baked_credential_is_still_believed(issued: Issued) -> None:
    """What comes out verifies like what went in."""
    document = javascript().unbake(png.bake(plain_png(), issued.documents[3], "json"))
    token = javascript().unbake(svg.bake(SVG, issued.tokens[3], "jwt"))

    assert javascript().verify(issued.site, document)
    assert javascript().verify_jwt(issued.site, token)
