"""The ledger beside the provider's books: the same money on both sides, or a sentence that says where not.

Both sides are added up for each payment, refund, payout and dispute, because one of ours may be several lines
of theirs. Lines of theirs that are about nothing of ours stand alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID, uuid5

from academe.money import Money
from academe.services.tip.payments.movements import OF_DEBT, OF_FEE
from academe.services.tip.ports import BookLine
from academe.services.tip.reports.model import LIST_MAX, Reconciliation
from academe.services.tip.reports.repository_school import Booked


class TheirBook:
    """The provider's lines, by our id of what they are about.

    `sources` gives our ids of what a line only has the provider's for.
    """

    def __init__(self, lines: Sequence[BookLine], sources: Mapping[str, UUID]) -> None:
        self.net = sum(line.net for line in lines)
        self.by_id: dict[UUID, list[BookLine]] = defaultdict(list)
        self.strangers: list[BookLine] = []
        """About nothing of ours."""
        self._second: dict[UUID, UUID] = {}
        taken: dict[UUID, int] = defaultdict(int)
        returned: dict[UUID, int] = defaultdict(int)
        for line in lines:
            source_id = line.source_id or sources.get(line.source_reference)
            if source_id is None:
                self.strangers.append(line)
                continue
            self.by_id[source_id].append(line)
            # A second movement with the same cause, whose id was made of it.
            self._second[uuid5(OF_DEBT, source_id.hex)] = source_id
            self._second[uuid5(OF_FEE, line.source_reference)] = source_id
            # And further fees of the same dispute, whose ids were made of what was booked before them.
            totals = taken if line.fee > 0 else returned
            if totals[source_id]:
                self._second[uuid5(OF_FEE, f"{line.source_reference} {totals[source_id]}")] = source_id
            totals[source_id] += abs(line.fee)

    def id_of(self, entry: Booked) -> UUID:
        """What the lines about the same thing are found under."""
        return self._second.get(entry.source_id, entry.source_id)

    def ids_beyond(self, booked: Sequence[Booked]) -> list[UUID]:
        """Every id under which the ledger could have what it has not booked in the span."""
        missing = set(self.by_id) - {self.id_of(entry) for entry in booked}
        return [*missing, *(second for second, first in self._second.items() if first in missing)]


def compare(
    currency_code: str, booked: Sequence[Booked], theirs: TheirBook, others: Sequence[Booked]
) -> Reconciliation:
    """What the two sides do not agree on.

    `others` is what the ledger booked outside the span for ids that only the provider has in it.
    """
    ours: dict[UUID, list[Booked]] = defaultdict(list)
    outside: dict[UUID, list[Booked]] = defaultdict(list)
    for entry in booked:
        ours[theirs.id_of(entry)].append(entry)
    for entry in others:
        outside[theirs.id_of(entry)].append(entry)

    differences = []
    for source_id in dict.fromkeys([*ours, *theirs.by_id]):
        here, there = ours[source_id], theirs.by_id[source_id]
        if sum(entry.held for entry in here) != sum(line.net for line in there) or not here or not there:
            differences.append(_sentence(currency_code, source_id, here, there, outside[source_id]))
    differences += [
        f"{line.source_reference or line.reference}: the provider says {_theirs(currency_code, [line])}; "
        "the ledger knows nothing of it"
        for line in theirs.strangers
    ]
    return Reconciliation(
        ledger_net=sum(entry.held for entry in booked),
        provider_net=theirs.net,
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
