"""The ledger beside the provider's books: the same money on both sides, or a sentence that says where not.

Both sides are added up for each payment, refund, payout and dispute, because one of ours may be several lines
of theirs. Lines of theirs that are about nothing of ours stand alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from academe.money import Money
from academe.services.tip.ports import BookLine
from academe.services.tip.reports.model import LIST_MAX, Reconciliation
from academe.services.tip.reports.repository_school import Booked


def compare(
    currency_code: str,
    booked: Sequence[Booked],
    lines: Sequence[BookLine],
    sources: Mapping[str, UUID],
    others: Sequence[Booked],
) -> Reconciliation:
    """What the two sides do not agree on.

    `sources` gives our ids of what the lines only have the provider's for; `others` is what the ledger booked
    outside the span for ids that only the provider has in it.
    """
    ours: dict[UUID, list[Booked]] = defaultdict(list)
    theirs: dict[UUID, list[BookLine]] = defaultdict(list)
    outside: dict[UUID, list[Booked]] = defaultdict(list)
    strangers: list[BookLine] = []
    for entry in booked:
        ours[entry.source_id].append(entry)
    for entry in others:
        outside[entry.source_id].append(entry)
    for line in lines:
        source_id = line.source_id or sources.get(line.source_reference)
        if source_id is None:
            strangers.append(line)
        else:
            theirs[source_id].append(line)

    differences = []
    for source_id in dict.fromkeys([*ours, *theirs]):
        here, there = ours[source_id], theirs[source_id]
        if sum(entry.held for entry in here) != sum(line.net for line in there) or not here or not there:
            differences.append(_sentence(currency_code, source_id, here, there, outside[source_id]))
    differences += [
        f"{line.source_reference or line.reference}: the provider says {_theirs(currency_code, [line])}; "
        "the ledger knows nothing of it"
        for line in strangers
    ]
    return Reconciliation(
        ledger_net=sum(entry.held for entry in booked),
        provider_net=sum(line.net for line in lines),
        differences=differences[:LIST_MAX],
        difference_count=len(differences),
    )


def _sentence(
    code: str, source_id: UUID, here: Sequence[Booked], there: Sequence[BookLine], outside: Sequence[Booked]
) -> str:
    name = f"{source_id} ({there[0].source_reference})" if there else str(source_id)
    if not there:
        return f"{name}: the ledger says {_ours(code, here)}; the provider has nothing of it in this span"
    if here:
        return f"{name}: the ledger says {_ours(code, here)}, the provider {_theirs(code, there)}"
    if outside:
        when = outside[-1].time.isoformat(timespec="seconds")
        return (
            f"{name}: the provider says {_theirs(code, there)}; the ledger booked {_ours(code, outside)} "
            f"outside this span, last at {when}"
        )
    return f"{name}: the provider says {_theirs(code, there)}; the ledger has booked nothing of it"


def _ours(code: str, entries: Sequence[Booked]) -> str:
    kinds = ", ".join(entry.kind.name for entry in entries)
    return f"{Money(code, sum(entry.held for entry in entries))} ({kinds})"


def _theirs(code: str, lines: Sequence[BookLine]) -> str:
    names = ", ".join(f"{line.reference} {line.kind}" for line in lines)
    return f"{Money(code, sum(line.net for line in lines))} ({names})"
