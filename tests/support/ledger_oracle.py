"""The ledger recomputed in plain Python from its tips and movements: a second opinion on the database's own.

It shares nothing with the posting or the verification but the tables. It reads everything into memory, so it
is for tests; some ten thousand transactions take a second.
"""

from __future__ import annotations

import hashlib
import struct
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from academe.db.pool import Queryable

SCHOOL = UUID(int=0)
WALLET, EDUCATOR, HELD, PAYOUT, DEBT, PLATFORM_FEE, PAYMENT_FEE, PROVIDER, CASH, OUTSIDE = range(1, 11)
BACKWARDS = (7, 8)  # refund and dispute: the parts flow the other way
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)

Leg = tuple[int, UUID, str, int]
"""Kind of account, owner, currency, amount in minor units."""


async def faults(queryable: Queryable) -> list[str]:
    """Everything in the ledger that does not add up; empty when it does. Give it one snapshot or a rest."""
    tips = await queryable.fetch("select * from tip.tip")
    movements = await queryable.fetch("select * from tip.movement")
    accounts = await queryable.fetch("select * from tip.account")
    entries = await queryable.fetch("select * from tip.entry order by account_id, number")
    lifecycles = await queryable.fetch("select * from tip.lifecycle")
    batches = await queryable.fetch("select * from tip.batch")
    seals = await queryable.fetch("select * from tip.seal order by number")
    return [
        *_wrong_entries(tips, movements, accounts, entries),
        *_wrong_accounts(accounts, entries),
        *_wrong_lifecycles(tips, movements, lifecycles),
        *_wrong_numbers(tips),
        *_wrong_batches(tips, movements, batches),
        *_wrong_chain(batches, seals),
    ]


def legs_of_tip(tip: Any) -> list[Leg]:
    """What a tip of each funding moves when it is written; nothing for one that waits for its payment."""
    amount, fee, currency = tip["amount"], tip["platform_fee"], tip["currency"]
    payer, payee = tip["sender_id"], tip["educator_id"]
    by_funding: dict[int, list[Leg]] = {
        0: [(OUTSIDE, payer, currency, -amount), (EDUCATOR, payee, currency, amount)],
        1: [
            (WALLET, payer, currency, -amount),
            (EDUCATOR, payee, currency, amount - fee),
            (PLATFORM_FEE, SCHOOL, currency, fee),
        ],
        2: [(WALLET, payer, currency, -amount), (HELD, payer, currency, amount)],
        3: [],
    }
    return by_funding[tip["funding"]]


def legs_of_movement(m: Any) -> list[Leg]:
    """What a movement moves, with its fees on the educator's side and its debt instead of their balance."""
    fees, sign = m["platform_fee"] + m["payment_fee"], -1 if m["kind"] in BACKWARDS else 1
    paid, got = (m["amount"], m["amount"] - fees) if sign == 1 else (m["amount"] - fees, m["amount"])
    currency = m["currency"]
    return [
        (m["from_kind"], m["from_owner"], currency, m["debt"] - paid),
        (m["to_kind"], m["to_owner"], currency, got),
        (PLATFORM_FEE, SCHOOL, currency, sign * m["platform_fee"]),
        (PAYMENT_FEE, SCHOOL, currency, sign * m["payment_fee"]),
        (DEBT, m["from_owner"], currency, -m["debt"]),
    ]


def _wrong_entries(
    tips: list[Any], movements: list[Any], accounts: list[Any], entries: list[Any]
) -> list[str]:
    due: Counter[tuple[Any, ...]] = Counter()
    for tip in tips:
        for leg in legs_of_tip(tip):
            due[tip["tip_id"], 2 if tip["funding"] == 2 else 1, tip["batch_id"], *leg] += 1
    for m in movements:
        for leg in legs_of_movement(m):
            due[m["movement_id"], m["kind"], m["batch_id"], *leg] += 1
    due = Counter({leg: count for leg, count in due.items() if leg[-1]})
    of = {a["account_id"]: (a["kind"], a["owner_id"], a["currency"]) for a in accounts}
    there = Counter(
        (
            e["transaction_id"],
            e["kind"],
            e["batch_id"],
            *of.get(e["account_id"], ("no account",)),
            e["amount"],
        )
        for e in entries
    )
    return [f"missing leg {leg}" for leg in due - there] + [f"leg of nothing {leg}" for leg in there - due]


def _wrong_accounts(accounts: list[Any], entries: list[Any]) -> Iterator[str]:
    grouped: dict[int, list[Any]] = defaultdict(list)
    for entry in entries:
        grouped[entry["account_id"]].append(entry)
    totals: Counter[str] = Counter()
    for account in accounts:
        id_, running, latest = account["account_id"], 0, datetime.min.replace(tzinfo=UTC)
        for number, entry in enumerate(grouped[id_], start=1):
            running += entry["amount"]
            if (entry["number"], entry["balance"]) != (number, running) or entry["create_time"] < latest:
                yield f"entry {number} of account {id_}"
            latest = entry["create_time"]
        if (account["balance"], account["entry_count"]) != (running, len(grouped[id_])):
            yield f"balance of account {id_}"
        if account["update_time"] != latest:
            yield f"time of account {id_}"
        if (account["kind"] <= PAYOUT and running < 0) or (account["kind"] == DEBT and running > 0):
            yield f"account {id_} is not covered: {running}"
        totals[account["currency"]] += account["balance"]
    yield from (f"total of {currency}: {total}" for currency, total in totals.items() if total)


def _wrong_lifecycles(tips: list[Any], movements: list[Any], lifecycles: list[Any]) -> Iterator[str]:
    about: dict[UUID, list[Any]] = defaultdict(list)
    for m in movements:
        if m["tip_id"] is not None:
            about[m["tip_id"]].append(m)
    there = {row["tip_id"]: row for row in lifecycles}
    for tip in tips:
        id_, moved, row = tip["tip_id"], about.pop(tip["tip_id"], []), there.pop(tip["tip_id"], None)
        decided = [m for m in moved if m["kind"] in (4, 5, 6)]
        back = [(-1 if m["kind"] in (9, 16) else 1, m) for m in moved if m["kind"] in (7, 8, 9, 16)]
        if row is None:
            if tip["funding"] > 1 or moved:
                yield f"no lifecycle of tip {id_}"
            continue
        open_states = {1: {4}, 2: {1, 2}, 3: {3, 6}}.get(tip["funding"], set())
        states = {5} if decided and decided[0]["kind"] == 5 else {4} if decided else open_states
        fees = (tip["platform_fee"], sum(m["payment_fee"] for m in decided))
        sums = tuple(sum(s * m[part] for s, m in back) for part in ("amount", "platform_fee", "payment_fee"))
        said = tuple(row[name] for name in ("refunded", "refunded_platform_fee", "refunded_payment_fee"))
        if len(decided) > 1 or row["state"] not in states:
            yield f"state of tip {id_}: {row['state']}"
        copied = [name for name in ("amount", "currency", "expire_time") if row[name] != tip[name]]
        if (row["platform_fee"], row["payment_fee"]) != fees or said != sums or copied:
            yield f"sums of tip {id_}"
        shares = tip["amount"] - sum(fees), sums[0] - sums[1] - sums[2]
        if not (0 <= sums[1] <= fees[0] and 0 <= sums[2] <= fees[1] and 0 <= shares[1] <= shares[0]):
            yield f"refunds of tip {id_}: {sums}"
    yield from (f"lifecycle of nothing {id_}" for id_ in there)
    yield from (f"movements about nothing {id_}" for id_ in about)


def _wrong_numbers(tips: list[Any]) -> Iterator[str]:
    numbers: dict[UUID, list[int]] = defaultdict(list)
    for tip in tips:
        numbers[tip["sender_id"]].append(tip["sender_number"])
    for sender, found in numbers.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            yield f"numbers of sender {sender}"


def _wrong_batches(tips: list[Any], movements: list[Any], batches: list[Any]) -> Iterator[str]:
    rows: dict[int, list[bytes]] = defaultdict(list)
    for tip in tips:
        rows[tip["batch_id"]].append(bytes_of_tip(tip))
    for m in movements:
        rows[m["batch_id"]].append(bytes_of_movement(m))
    for batch in batches:
        found = rows.pop(batch["batch_id"], [])
        digest = hashlib.sha256(b"".join(sorted(found))).digest()
        if (batch["transaction_count"], batch["digest"]) != (len(found), digest):
            yield f"digest of batch {batch['batch_id']}"
    yield from (f"no batch {id_}" for id_ in rows)


def _wrong_chain(batches: list[Any], seals: list[Any]) -> Iterator[str]:
    digests, previous = {batch["batch_id"]: batch["digest"] for batch in batches}, b""
    for number, seal in enumerate(seals, start=1):
        digest = digests.pop(seal["batch_id"], b"")
        link = struct.pack("!qq", seal["number"], seal["batch_id"])
        if seal["number"] != number or seal["hash"] != hashlib.sha256(previous + link + digest).digest():
            yield f"seal {seal['number']}"
        previous = seal["hash"]
    yield from (f"no seal of batch {id_}" for id_ in digests)


def bytes_of_tip(tip: Any) -> bytes:
    """What is hashed of a tip: PostgreSQL's binary form of these columns."""
    columns = "tip_id sender_id request_id request_hash educator_id currency amount platform_fee funding"
    columns += " review visibility hide_amount course_id lesson_id create_time sender_number message"
    types = "uuid uuid uuid bytea uuid bpchar int8 int8 int2 bool int2 bool uuid uuid timestamptz int8 bytea"
    return _record({**tip, "message": tip["message"].encode()}, columns, types)


def bytes_of_movement(movement: Any) -> bytes:
    """The same of a movement."""
    columns = "movement_id kind source_id tip_id from_kind from_owner to_kind to_owner currency"
    columns += " amount platform_fee payment_fee debt create_time"
    types = "uuid int2 uuid uuid int2 uuid int2 uuid bpchar int8 int8 int8 int8 timestamptz"
    return _record(movement, columns, types)


_TYPES: dict[str, tuple[int, Any]] = {
    "bool": (16, lambda value: struct.pack("!?", value)),
    "bytea": (17, bytes),
    "int8": (20, lambda value: struct.pack("!q", value)),
    "int2": (21, lambda value: struct.pack("!h", value)),
    "bpchar": (1042, lambda value: value.encode()),
    "timestamptz": (1184, lambda value: struct.pack("!q", (value - EPOCH) // timedelta(microseconds=1))),
    "uuid": (2950, lambda value: value.bytes),
}


def _record(row: Any, columns: str, types: str) -> bytes:
    names = columns.split()
    parts = [struct.pack("!i", len(names))]
    for name, type_ in zip(names, types.split(), strict=True):
        oid, encode = _TYPES[type_]
        data = None if row[name] is None else encode(row[name])
        parts.append(struct.pack("!Ii", oid, -1 if data is None else len(data)) + (data or b""))
    return b"".join(parts)
