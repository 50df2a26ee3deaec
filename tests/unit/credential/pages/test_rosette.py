"""The rosette and the QR code of a certificate."""

from __future__ import annotations

import math

import pytest
import segno

from academe.codes import random_symbols
from academe.services.credential.pages.qr import QUIET, dark_runs, svg_path
from academe.services.credential.pages.rosette import rosette
from tests.support.certificates import CODE, URL


def test_a_code_has_one_rosette() -> None:
    """The same whenever it is drawn, and another than its neighbour's."""
    assert rosette(CODE) == rosette(CODE)
    assert rosette(CODE) != rosette(CODE[:-1] + "C")


def test_rosettes_stay_within_the_circle() -> None:
    """And leave its middle free for the seal, whatever the code is."""
    for _ in range(200):
        for ring in rosette(random_symbols(20)):
            ends = [math.hypot(*piece[-2:]) for piece in ring]
            assert max(ends) <= 1.0001
            assert min(ends) >= 0.35
            assert ring[0] == pytest.approx(ring[-1][-2:], abs=0.001)


def test_the_runs_are_the_dark_modules() -> None:
    """Every one of them, and no other."""
    side, runs = dark_runs(URL)
    matrix = [list(map(bool, row)) for row in segno.make_qr(URL, error="m", boost_error=False).matrix]

    drawn = [[False] * side for _ in range(side)]
    for x, y, length in runs:
        drawn[y][x : x + length] = [True] * length
    assert drawn == matrix


def test_the_page_s_code_has_a_quiet_zone() -> None:
    """Four modules, which readers need around it."""
    side, path = svg_path(URL)

    assert side == dark_runs(URL)[0] + 2 * QUIET
    assert path.startswith(f"M{QUIET} {QUIET}h7v1h-7z")
