"""Colours that institutions choose, and what can be read in them."""

from __future__ import annotations

import colorsys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academe.services.credential.pages.colours import READABLE, colour_or, contrast, readable, text_on

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#777777", "#ffffff", 4.48),
        ("#ff0000", "#ffffff", 4.0),
        ("#abcdef", "#abcdef", 1),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, expected: float) -> None:
    """Known values, whichever of the two comes first."""
    assert contrast(one, other) == pytest.approx(expected, abs=0.005)
    assert contrast(other, one) == contrast(one, other)


@given(COLOURS, COLOURS)
def test_every_brand_can_be_read(colour: str, background: str) -> None:
    """On any background that black or white can be read on, and so on every one."""
    adjusted = readable(colour, background)

    assert contrast(adjusted, background) >= READABLE
    if contrast(colour, background) >= READABLE:
        assert adjusted == colour


@given(COLOURS)
def test_text_on_a_brand_can_be_read(colour: str) -> None:
    """Black or white, on panels in the colour itself."""
    assert contrast(text_on(colour), colour) >= READABLE


def test_a_colour_keeps_its_hue() -> None:
    """Yellow becomes a dark yellow, not grey."""
    adjusted = readable("#ffd400", "#ffffff")
    red, green, blue = (int(adjusted[place : place + 2], 16) / 255 for place in (1, 3, 5))

    assert colorsys.rgb_to_hls(red, green, blue)[0] == pytest.approx(0.1385, abs=0.01)
    assert blue < 0.02


@pytest.mark.parametrize("text", ["", "red", "#fff", "#12345g", "#1234567", "#123456;}body{display:none}"])
def test_what_is_no_colour_counts_as_the_usual_one(text: str) -> None:
    """Nothing but a colour can get into a style sheet."""
    assert colour_or(text, "#1f3a5f") == "#1f3a5f"


def test_a_colour_may_be_written_in_capitals() -> None:
    """And with blanks around it."""
    assert colour_or(" #ABCDEF ", "#000000") == "#abcdef"
