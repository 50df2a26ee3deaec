"""Whether what is there can be what happened: every acknowledged call once, every unknown one at most."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COLUMNS = (
    "tip_id",
    "sender_id",
    "request_id",
    "educator_id",
    "currency",
    "amount",
    "platform_fee",
    "funding",
)


@dataclass
class Call:
    """What was asked in one call, and what was answered: None when nobody knows."""

    tips: list[dict[str, Any]]
    top_up: str | None
    outcomes: list[Any] | None


def read(paths: Iterable[Path]) -> list[Call]:
    """The calls of several processes. A last line that was cut off is of a call that was never made."""
    calls: dict[str, Call] = {}
    for path in paths:
        for line in path.read_text().splitlines(keepends=True):
            if not line.endswith("\n"):
                continue
            said = json.loads(line)
            if "outcomes" in said:
                calls[said["call"]].outcomes = said["outcomes"]
            else:
                calls[said["call"]] = Call(said.get("tips", []), said.get("top_up"), None)
    return list(calls.values())


def faults(calls: Sequence[Call], tips: Sequence[Any], top_ups: Sequence[str]) -> Iterator[str]:
    """What cannot be; `tips` are the rows of tip.tip with COLUMNS, `top_ups` the causes of the movements."""
    there = {str(row["tip_id"]): {name: _plain(row[name]) for name in COLUMNS} for row in tips}
    requests = Counter((tip["sender_id"], tip["request_id"]) for tip in there.values())
    yield from (f"request {request} made {n} tips" for request, n in requests.items() if n > 1)
    asked = {tip["tip_id"] for call in calls for tip in call.tips}
    yield from (f"tip {tip_id} was never asked for" for tip_id in there.keys() - asked)
    for call in calls:
        if call.outcomes is None:
            # There or not; but not as something else.
            yield from (f"unknown tip {t['tip_id']} is another" for t in call.tips if _another(t, there))
        elif call.top_up is not None:
            if top_ups.count(call.top_up) != 1:
                yield f"top-up {call.top_up} is there {top_ups.count(call.top_up)} times"
        else:
            for tip, outcome in zip(call.tips, call.outcomes, strict=True):
                yield from _answered(tip, outcome, there, requests)
    known = {call.top_up for call in calls}
    yield from (f"top-up {one} was never asked for" for one in top_ups if one not in known)
    yield from (f"top-up {one} is there {n} times" for one, n in Counter(top_ups).items() if n > 1)


def _answered(
    tip: dict[str, Any], outcome: Any, there: dict[str, dict[str, Any]], requests: Counter[tuple[str, str]]
) -> Iterator[str]:
    if outcome is None:  # written
        if there.get(tip["tip_id"]) != tip:
            yield f"acknowledged tip {tip['tip_id']} is lost"
    elif tip["tip_id"] in there:
        yield f"refused tip {tip['tip_id']} is there"
    elif outcome[0] == 1:  # sent before
        first = there.get(outcome[1])
        if first is None or first | {"tip_id": tip["tip_id"]} != tip:
            yield f"request {tip['request_id']} did not make tip {outcome[1]}"


def _another(tip: dict[str, Any], there: dict[str, dict[str, Any]]) -> bool:
    return tip["tip_id"] in there and there[tip["tip_id"]] != tip


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | str) else str(value)
