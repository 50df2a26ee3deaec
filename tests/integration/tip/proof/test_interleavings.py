"""The writer of tips in every order of events: who submits, who leaves, what the database does and when.

The event loop is stepped by hand and nothing else runs in it, so a word of events is one execution:

    s  somebody submits        p  somebody submits poison      r  the latest request comes once more
    c  the latest leaves       f  the first one leaves         t  one turn of the event loop
    o  the oldest batch commits, or fails if poison is in it
    a  its connection is lost after the commit                 b  … before the commit
    x  it ends in a deadlock, and is rolled back
"""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from academe.db.group_commit import GroupCommit
from academe.errors import DatabaseUnavailable
from academe.ids import new_id
from academe.services.tip import TipRepository
from academe.services.tip.model import NewTip
from tests.integration.tip.proof.stepped import POISON, Appended, Ledger, Note, Stepped
from tests.support.ledger import new_tip

EVENTS = "sprcftoabx"
SHORT = 4
"""Every word of so many events is run; longer ones at random."""
MAX_BATCH = 2
TURNS = 12
"""Turns of the loop until everything rests."""


@dataclass
class Submission:
    """Somebody who submitted an item, and whether it had begun to be written when they left."""

    item: Any
    task: asyncio.Task[Any]
    left_before: bool = False


class Execution:
    """One word of events on one writer."""

    def __init__(
        self,
        database: Stepped,
        submit: Callable[[Any], Coroutine[Any, Any, Any]],
        make: Callable[[bool], Any],
    ) -> None:
        self.database = database
        self.submit = submit
        self.make = make
        self.submissions: list[Submission] = []

    def add(self, item: Any) -> None:
        self.submissions.append(Submission(item, asyncio.ensure_future(self.submit(item))))

    def leave(self, submission: Submission, begun: Callable[[Any], bool]) -> None:
        submission.left_before = not begun(submission.item)
        submission.task.cancel()

    async def play(self, word: str, begun: Callable[[Any], bool], repeat: Callable[[Any], Any]) -> None:
        for event in word:
            waiting = [one for one in self.submissions if not one.task.done() and not one.task.cancelling()]
            batch = next((one for one in self.database.open if not one.answered.done()), None)
            if event in "sp":
                self.add(self.make(event == "p"))
            elif event == "r" and self.submissions:
                self.add(repeat(self.submissions[-1].item))
            elif event in "cf" and waiting:
                self.leave(waiting[-1 if event == "c" else 0], begun)
            elif event == "t":
                await asyncio.sleep(0)
            elif batch is not None and event in "oabx":
                {"o": batch.commit, "x": batch.conflict}.get(
                    event, lambda batch=batch, event=event: batch.lose(committed=event == "a")
                )()
        await self.settle()

    async def settle(self) -> None:
        """From here on the database does what it is asked, until everybody was answered."""
        while True:
            for _ in range(TURNS):
                await asyncio.sleep(0)
            batches = [one for one in self.database.open if not one.answered.done()]
            if not batches:
                break
            batches[0].commit()
        assert all(one.task.done() for one in self.submissions)


def outcome(submission: Submission) -> Any:
    """What the caller got: a value, an error, or None for one who left."""
    task = submission.task
    return None if task.cancelled() else task.exception() or task.result()


async def append(word: str) -> None:
    """A writer without keys: each note once, at most once, or not at all, as its caller was told."""
    database = Appended()
    group: GroupCommit[Note, Note] = GroupCommit(database.write, name="append", max_batch=MAX_BATCH)
    numbers = itertools.count()
    execution = Execution(database, group.submit, lambda poison: Note(next(numbers), poison))
    await execution.play(word, database.begun.__contains__, lambda note: Note(next(numbers), note.poison))
    times = Counter(database.written)
    for submission in execution.submissions:
        told, there = outcome(submission), times[submission.item]
        assert there <= 1, "a note is there twice"
        if isinstance(told, Note):
            assert there == 1, "an acknowledged note is lost"
        elif isinstance(told, asyncpg.PostgresError):
            assert there == 0, "a refused note is there"
        elif told is None and submission.left_before:
            assert there == 0, "a note whose author left before is there"
        else:
            assert told is None or isinstance(told, DatabaseUnavailable)
        if submission.item.poison:
            assert there == 0
            assert not isinstance(told, Note)
    healthy = [note.number for note in database.written]
    assert healthy == sorted(healthy), "notes are in another order than they were submitted"


async def tip(word: str) -> None:
    """The writer of tips: whoever is told of a tip finds it there, and a request has made one tip."""
    database = Ledger()
    repository = TipRepository(database)
    repository._sending._max_batch = MAX_BATCH
    sender, educator = new_id(), new_id()

    def make(poison: bool) -> NewTip:
        return new_tip(sender, educator, message=POISON if poison else "")

    def repeat(new: NewTip) -> NewTip:
        return new_tip(sender, educator, request_id=new.request_id, message=new.tip.message)

    def begun(new: NewTip) -> bool:
        return any(row["tip_id"] == new.tip.tip_id for row in database.begun)

    execution = Execution(database, repository.add_tip, make)
    await execution.play(word, begun, repeat)
    assert max(Counter(database.made).values(), default=0) <= 1
    for submission in execution.submissions:
        new, told = submission.item, outcome(submission)
        made = database.requests.get((sender, new.request_id))
        if told is None:
            assert not submission.left_before or new.tip.tip_id != made
        elif isinstance(told, Exception):
            assert isinstance(told, DatabaseUnavailable | asyncpg.PostgresError)
            assert isinstance(told, DatabaseUnavailable) or made is None or new.tip.message != POISON
        else:
            assert told.tip.tip_id == made, "an acknowledged tip is lost"
            assert told.replayed == (made != new.tip.tip_id)
    answered = {o.tip.tip_id for o in map(outcome, execution.submissions) if hasattr(o, "tip")}
    assert answered <= database.tips.keys()


WRITERS = pytest.mark.parametrize("writer", [append, tip])


@WRITERS
def test_every_short_word(writer: Callable[[str], Coroutine[Any, Any, None]]) -> None:
    """All executions of a few events; a word that begins with nobody there is left out."""
    with asyncio.Runner() as loop:
        for word in itertools.product(EVENTS, repeat=SHORT):
            if word[0] in "sp":
                loop.run(writer("".join(word)))


@WRITERS
def test_long_words(writer: Callable[[str], Coroutine[Any, Any, None]]) -> None:
    """Executions of up to sixty events, chosen by hypothesis."""
    with asyncio.Runner() as loop:

        @settings(max_examples=250)
        @given(st.text(EVENTS + "sotot", max_size=60))
        def play(word: str) -> None:
            loop.run(writer(word))

        play()


def test_a_writer_that_forgets_would_be_seen() -> None:
    """Whoever runs a batch again whose fate is unknown writes it twice where nothing is idempotent."""

    async def careless(word: str) -> None:
        database = Appended()
        group: GroupCommit[Note, Note] = GroupCommit(database.write, name="append", idempotent=True)
        numbers = itertools.count()
        execution = Execution(database, group.submit, lambda poison: Note(next(numbers), poison))
        await execution.play(word, database.begun.__contains__, lambda note: note)
        assert max(Counter(database.written).values()) <= 1

    with asyncio.Runner() as loop, pytest.raises(AssertionError):
        loop.run(careless("stta"))
