"""A run as a picture: what a credential costs beside its parts, and how long people wait."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.credentials.results import Results

BLUE, GREY = "#2f6f9f", "#c9c9c9"
SHADES = ("#2f6f9f", "#6fa3c7", "#c98a4b", "#8a8a8a")


def draw(results: Results, folder: Path) -> None:
    """Writes credentials.png."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(14, 4.2))
    _costs(left, results)
    _latencies(middle, results)
    _meanwhile(right, results)
    for axes in figure.axes:
        axes.spines[["top", "right"]].set_visible(False)
    figure.suptitle("Credentials: issuing, verifying, and everybody else meanwhile")
    figure.tight_layout()
    figure.savefig(folder / "credentials.png", dpi=110)
    plt.close(figure)


def _costs(axes: Any, results: Results) -> None:
    """Processor time of a credential of the bulk, where it goes, beside the parts alone."""
    bulk, parts = results.bulk, results.parts
    each = 1000 / bulk.credentials
    bars = {
        "bulk": [
            ("canonical form", bulk.cpu.canonicaliser * each, SHADES[0]),
            ("server", bulk.cpu.server * each, SHADES[1]),
            ("PostgreSQL", bulk.cpu.database * each, SHADES[2]),
        ],
        "parts alone": [
            ("", parts.canonicalised.cpu_ms, SHADES[0]),
            ("", parts.proved.cpu_ms + parts.token.cpu_ms, SHADES[1]),
            ("", parts.stored_many.cpu_ms, SHADES[2]),
        ],
    }
    for name, pieces in bars.items():
        bottom = 0.0
        for label, value, colour in pieces:
            axes.bar(name, value, 0.5, bottom=bottom, color=colour, label=label or None)
            bottom += value
    axes.axhline(12, color="black", linewidth=0.8, linestyle=":", label="10,000 in 120 s on one core")
    axes.set_ylabel("processor time of a credential, ms")
    axes.legend(frameon=False, fontsize=8)


def _latencies(axes: Any, results: Results) -> None:
    shown = [("issue", results.single[0])] + [(one.name, one) for one in results.verified]
    places = range(len(shown))
    axes.bar(places, [one.p50_ms for _, one in shown], 0.6, color=BLUE)
    axes.axhline(15, color="black", linewidth=0.8, linestyle=":", label="15 ms")
    axes.set_ylim(0, 1.2 * max(15, *(one.p50_ms for _, one in shown)))  # room for the legend
    names = [name if number == 0 else f"verify {name}" for number, (name, _) in enumerate(shown)]
    axes.set_xticks(list(places), names, rotation=35, ha="right", fontsize=8)
    axes.set_ylabel("p50, ms")
    axes.legend(frameon=False, fontsize=8)


def _meanwhile(axes: Any, results: Results) -> None:
    pairs = list(zip(results.bulk.alone, results.bulk.meanwhile, strict=True))
    for offset, value in ((-0.2, "p50_ms"), (0.2, "p99_ms")):
        for index, (timings, colour, when) in enumerate(
            (([a for a, _ in pairs], GREY, "alone"), ([b for _, b in pairs], BLUE, "during the bulk"))
        ):
            left = [place + offset + (index - 0.5) * 0.18 for place in range(len(pairs))]
            label = when if value == "p50_ms" else None
            axes.bar(left, [getattr(one, value) for one in timings], 0.17, color=colour, label=label)
    ticks = [place + offset for place in range(len(pairs)) for offset in (-0.2, 0.2)]
    names = [f"{a.name.partition(',')[0]}\n{kind}" for a, _ in pairs for kind in ("p50", "p99")]
    axes.set_xticks(ticks, names, fontsize=8)
    axes.set_ylabel("ms")
    axes.legend(frameon=False, fontsize=8)
