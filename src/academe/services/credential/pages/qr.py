"""QR codes: as runs of dark modules for the certificate, and as one SVG path for the page."""

from __future__ import annotations

from functools import lru_cache

QUIET = 4
"""Modules of empty border that a reader may expect."""


@lru_cache(maxsize=64)
def dark_runs(url: str) -> tuple[int, tuple[tuple[int, int, int], ...]]:
    """Modules per side without the quiet zone, and (x, y, length) of each horizontal run of dark ones."""
    import segno

    rows = [bytes(row) for row in segno.make_qr(url, error="m", boost_error=False).matrix]
    runs: list[tuple[int, int, int]] = []
    for y, row in enumerate(rows):
        x = 0
        while (x := row.find(1, x)) >= 0:
            end = row.find(0, x)
            end = len(row) if end < 0 else end
            runs.append((x, y, end - x))
            x = end
    return len(rows), tuple(runs)


def svg_path(url: str) -> tuple[int, str]:
    """The side in modules with the quiet zone, and what goes into an SVG path's `d`."""
    side, runs = dark_runs(url)
    return side + 2 * QUIET, "".join(f"M{x + QUIET} {y + QUIET}h{n}v1h-{n}z" for x, y, n in runs)
