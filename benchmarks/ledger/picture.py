"""A run as pictures: rates by size of batch and by workload, and what growth does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.ledger.designs import OURS
from benchmarks.ledger.growth import BATCH
from benchmarks.ledger.results import TARGET_BATCH, Results
from benchmarks.ledger.workload import UNIFORM, WORKLOADS

BLUE = "#2f6f9f"
OTHERS = ("#c98a4b", "#8a8a8a", "#c9c9c9")


def draw(results: Results, folder: Path) -> None:
    """Writes ledger.png, and ledger_growth.png if growth was measured."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2))
    _rates(left, results)
    _workloads(right, results)
    _finish(figure, "Tips a second on one connection, fsync on", folder / "ledger.png")
    if results.growth:
        figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2))
        _growth(left, results, "us_per_tip", f"microseconds a tip, batch {BATCH}")
        left.set_ylim(0, 1.1 * max(stage.us_per_tip for stage in results.growth))
        _growth(right, results, "verify_seconds", "seconds to verify all of it")
        _plain_log(right)
        _finish(figure, "The ledger as it grows", folder / "ledger_growth.png")


def colours(results: Results) -> dict[str, str]:
    """Ours is blue, as in every picture here."""
    rest = iter(OTHERS)
    return {key: BLUE if key == OURS else next(rest) for key in results.names}


def _rates(axes: Any, results: Results) -> None:
    for key, colour in colours(results).items():
        rates = [results.rate(key, UNIFORM.key, size) for size in results.sizes]
        axes.plot(results.sizes, rates, marker="o", color=colour, label=_label(key))
    axes.axhline(results.yardstick, color="black", linewidth=0.8, linestyle=":", label="one tip in pgbench")
    axes.set_xscale("log", base=2)
    _plain_log(axes)
    axes.set_xticks(results.sizes, [str(size) for size in results.sizes])
    axes.set_xlabel("tips in a batch")
    axes.set_ylabel("tips a second, 1,000 educators")
    axes.legend(frameon=False)


def _workloads(axes: Any, results: Results) -> None:
    width = 0.8 / len(results.names)
    for place, (key, colour) in enumerate(colours(results).items()):
        rates = [results.rate(key, workload.key, TARGET_BATCH) or 0 for workload in WORKLOADS]
        left = [n + (place + 0.5) * width - 0.4 for n in range(len(WORKLOADS))]
        axes.bar(left, rates, width, color=colour, label=_label(key))
    axes.set_xticks(range(len(WORKLOADS)), [workload.name for workload in WORKLOADS])
    axes.set_ylabel(f"tips a second, batch {TARGET_BATCH}")


def _growth(axes: Any, results: Results, value: str, label: str) -> None:
    for key, colour in colours(results).items():
        stages = [stage for stage in results.growth if stage.design == key]
        if stages:
            seen = [getattr(stage, value) for stage in stages]
            axes.plot([stage.entries for stage in stages], seen, marker="o", color=colour, label=_label(key))
    axes.set_xscale("log")
    axes.set_xlabel("entries in the ledger")
    axes.set_ylabel(label)
    axes.legend(frameon=False)


def _plain_log(axes: Any) -> None:
    """A logarithmic axis that says 1, 2, 5, 10 instead of powers."""
    from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())


def _label(key: str) -> str:
    return {
        OURS: "Academe",
        "per_transfer": "a call per transfer",
        "savepoints": "a savepoint per row",
        "rows_alone": "the rows alone",
    }[key]


def _finish(figure: Any, title: str, path: Path) -> None:
    import matplotlib.pyplot as plt

    for axes in figure.axes:
        axes.spines[["top", "right"]].set_visible(False)
    figure.suptitle(title)
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)
