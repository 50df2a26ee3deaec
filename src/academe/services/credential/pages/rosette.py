"""The rosette of a certificate: fine interlaced lines, as on banknotes, that its code alone decides.

Each certificate has a rosette of its own, and the same one whenever it is drawn.
"""

from __future__ import annotations

import hashlib
import math

Ring = list[list[float]]
"""A closed line: [x, y] of its start, then [x1, y1, x2, y2, x, y] for each cubic Bézier piece."""

PIECES = 4
"""Bézier pieces per lobe; with fewer the lines lose their roundness."""


def rosette(code: str) -> list[Ring]:
    """Rings within the unit circle, each the first turned a little further."""
    choice = hashlib.sha256(code.encode()).digest()
    lobes = 9 + choice[0] % 6
    count = 7 + choice[1] % 3
    wave = 0.17 + choice[2] % 8 / 100
    ripple = (choice[3] % 9 - 4) / 50
    shift = choice[4] / 256 * 2 * math.pi
    return [_ring(lobes, wave, ripple, shift, 2 * math.pi * turn / count) for turn in range(count)]


def _ring(lobes: int, wave: float, ripple: float, shift: float, phase: float) -> Ring:
    """A circle whose radius goes up and down `lobes` times, with a ripple of half the length in it."""
    middle = 1 - wave - abs(ripple)

    def at(angle: float) -> tuple[float, float, float, float]:
        """The point at an angle, and how fast it moves there."""
        swing, small = lobes * angle + phase, 2 * (lobes * angle + phase) + shift
        radius = middle + wave * math.cos(swing) + ripple * math.cos(small)
        speed = -lobes * wave * math.sin(swing) - 2 * lobes * ripple * math.sin(small)
        cosine, sine = math.cos(angle), math.sin(angle)
        return (
            radius * cosine,
            radius * sine,
            speed * cosine - radius * sine,
            speed * sine + radius * cosine,
        )

    pieces = lobes * PIECES
    step = 2 * math.pi / pieces
    x, y, dx, dy = at(0.0)
    ring = [[round(x, 4), round(y, 4)]]
    for piece in range(1, pieces + 1):
        to_x, to_y, to_dx, to_dy = at(piece * step)
        third = step / 3
        numbers = (x + dx * third, y + dy * third, to_x - to_dx * third, to_y - to_dy * third, to_x, to_y)
        ring.append([round(number, 4) for number in numbers])
        x, y, dx, dy = to_x, to_y, to_dx, to_dy
    return ring
