"""What takes milliseconds is done in a process beside the server, and survives what ends that process."""

from __future__ import annotations

import asyncio
import errno
import gc
import multiprocessing.process
import os
import pickle
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from academe.errors import Overloaded, ShuttingDown, WorkerUnavailable
from academe.services.credential.standards import data_integrity, errors, workers
from academe.services.credential.standards.errors import ProofInvalid, Refused, TooComplex, UndefinedTerm
from academe.services.credential.standards.multikey import PublicKey
from academe.services.credential.standards.workers import BATCH, STRANGERS, Workers
from tests.support.vc import CREATED, METHOD, PUBLIC_KEY, credential, signed

OPTIONS = data_integrity.proof_options(METHOD, CREATED)


@pytest.fixture(scope="module")
async def pool() -> AsyncIterator[Workers]:
    opened = Workers()
    await opened.start()
    yield opened
    await opened.close()


async def key_of_the_issuer(method: str) -> PublicKey:
    assert method == METHOD
    return PUBLIC_KEY


async def test_many_documents_in_their_order(pool: Workers) -> None:
    """More than one job of them; what cannot be signed is refused alone, where it stands."""
    documents = [
        credential(id=f"urn:uuid:00000000-0000-4000-8000-{number:012}") for number in range(BATCH + 3)
    ]
    documents[BATCH] |= {"honours": "x"}
    made = await pool.signing_inputs([(document, OPTIONS) for document in documents])

    assert isinstance(made[BATCH], UndefinedTerm)
    assert made[BATCH].path == "/honours"
    del made[BATCH], documents[BATCH]
    assert made == [data_integrity.signing_input(document, OPTIONS) for document in documents]


async def test_no_documents(pool: Workers) -> None:
    """Nothing is asked, and nothing comes back."""
    assert await pool.signing_inputs([]) == []


async def test_strangers_who_send_very_many(pool: Workers) -> None:
    """Issuing waits for a few of their documents, and not for all; those who give up leave no work behind."""
    done: list[str] = []

    async def send(document: dict[str, Any]) -> None:
        await pool.proofs_to_check(document)
        done.append("checked")

    sent = [asyncio.create_task(send(signed())) for _ in range(20)]
    gone = [asyncio.create_task(send(signed())) for _ in range(20)]
    await asyncio.sleep(0)
    for one in gone:
        one.cancel()
    await pool.signing_inputs([(credential(), OPTIONS)])
    before = len(done)
    await pool.proofs_to_check(signed(), strange=False)
    await asyncio.gather(*sent)

    assert before <= STRANGERS
    assert len(done) == 20
    assert (await pool.proofs_to_check(signed()))[0][0].method == METHOD  # every place was given back


async def test_strangers_who_would_wait_too_long(pool: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are told to come back, before anything of theirs waits; whoever waits already is served."""
    monkeypatch.setattr(workers, "STRANGERS_WAITING", 5)
    asked = [asyncio.ensure_future(pool.proofs_to_check(signed())) for _ in range(20)]
    told = await asyncio.gather(*asked, return_exceptions=True)
    served = [one for one in told if isinstance(one, list)]

    assert len(served) == STRANGERS + 5
    assert {type(one) for one in told if one not in served} == {Overloaded}
    assert len(await pool.proofs_to_check(signed())) == 1


async def test_nobody_waits_for_a_job_that_fails(pool: Workers) -> None:
    """Its fault is nobody's news, and not a complaint of the event loop either."""
    complaints: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: complaints.append(context))
    asked = asyncio.ensure_future(pool._run(_faulty, "x"))
    await asyncio.sleep(0)
    asked.cancel()
    await pool.check(credential())
    gc.collect()
    await asyncio.sleep(0)
    loop.set_exception_handler(None)

    assert complaints == []


async def test_a_signed_document_is_verified(pool: Workers) -> None:
    """The key is looked up on the event loop and stays there."""
    (proof,) = await pool.verify(signed(), key_of_the_issuer)

    assert proof.method == METHOD
    with pytest.raises(ProofInvalid):
        await pool.verify({**signed(), "name": "Another"}, key_of_the_issuer)
    with pytest.raises(UndefinedTerm):
        await pool.verify({**signed(), "honours": "x"}, key_of_the_issuer)
    with pytest.raises(ProofInvalid, match="no proof"):
        await pool.proofs_to_check(credential())


async def test_what_the_guard_says(pool: Workers) -> None:
    """None for a document that can be signed, else why it cannot."""
    refused = await pool.check(credential(honours="x"))

    assert await pool.check(credential()) is None
    assert isinstance(refused, UndefinedTerm)


async def test_the_event_loop_goes_on(pool: Workers) -> None:
    """While sixty documents are read, it is never held up for as long as one of them takes."""
    work = asyncio.create_task(pool.signing_inputs([(credential(), OPTIONS)] * 60))
    turns = 0
    while not work.done():
        await asyncio.sleep(0)
        turns += 1

    assert turns > 60
    assert len(await work) == 60


async def test_whoever_gives_up_leaves_the_others_their_turn(pool: Workers) -> None:
    """A caller that is cancelled while its job is running takes nothing along."""
    given_up = asyncio.create_task(pool.signing_inputs([(credential(), OPTIONS)] * 40))
    await asyncio.sleep(0.01)
    given_up.cancel()
    made = await asyncio.gather(*(pool.signing_inputs([(credential(), OPTIONS)]) for _ in range(5)))

    assert made == [[data_integrity.signing_input(credential(), OPTIONS)]] * 5
    assert given_up.cancelled() or given_up.done()


@pytest.mark.parametrize("busy", [False, True])
async def test_a_process_that_is_killed(busy: bool) -> None:
    """Under a job, or while nobody needs it: another does the work, and no document is to blame."""
    opened = Workers()
    jobs = [(credential(), OPTIONS)] * (2 * BATCH)
    try:
        await opened.start()
        work = asyncio.create_task(opened.signing_inputs(jobs)) if busy else None
        await asyncio.sleep(0.01)
        _signal(opened, signal.SIGKILL)
        made = await (work or opened.signing_inputs(jobs))
    finally:
        await opened.close()

    assert made == [data_integrity.signing_input(credential(), OPTIONS)] * (2 * BATCH)


async def test_processes_that_are_killed_again_and_again(pool: Workers) -> None:
    """The caller is told to try again; whoever comes next is served."""
    with pytest.raises(WorkerUnavailable) as refusal:
        await pool._run(_killed, {})

    assert refusal.value.retry_after_seconds
    assert await pool.check(credential()) is None


async def test_a_process_that_reaches_its_own_limit(pool: Workers, tmp_path: Path) -> None:
    """Then it is the document, which is not tried again."""
    with pytest.raises(TooComplex):
        await pool._run(_spun, str(tmp_path / "runs"))

    assert (tmp_path / "runs").read_text() == "1"
    assert await pool.check(credential()) is None


async def test_a_process_that_stands_still(pool: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is ended from here, and its work done by another."""
    await pool.start()
    monkeypatch.setattr(workers, "WALL_SECONDS", 0.2)
    _signal(pool, signal.SIGSTOP)
    waiting = asyncio.create_task(pool.check(credential(honours="x")))
    await asyncio.sleep(0.1)
    monkeypatch.undo()

    assert isinstance(await waiting, UndefinedTerm)


async def test_processes_that_do_not_come_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether they end before they begin, or the system makes no more of them."""
    opened = Workers()
    try:
        monkeypatch.setattr(workers, "_prepare", _stillborn)
        with pytest.raises(WorkerUnavailable):
            await opened.check(credential())
        monkeypatch.undo()
        monkeypatch.setattr(multiprocessing.process.BaseProcess, "start", _no_memory)
        with pytest.raises(WorkerUnavailable):
            await opened.check(credential())
        monkeypatch.undo()

        assert await opened.check(credential()) is None
    finally:
        await opened.close()


async def test_a_fault_of_ours_is_told(pool: Workers) -> None:
    """With the story of what happened over there; the process goes on."""
    with pytest.raises(RuntimeError, match="in _faulty"):
        await pool._run(_faulty, {})

    assert await pool.check(credential()) is None


def _killed(given: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _spun(path: str) -> None:
    with open(path, "a") as runs:
        runs.write("1")
    signal.setitimer(signal.ITIMER_PROF, 0.05)
    while True:
        pass


def _stillborn() -> None:
    os._exit(1)


def _no_memory(process: Any) -> None:
    raise OSError(errno.ENOMEM, "Cannot allocate memory")


def _faulty(given: Any) -> None:
    raise KeyError(given)


async def test_a_document_that_ends_every_process(pool: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    """It alone is refused, and not what happened to be sent along with it."""
    real = pool._run

    async def run(work: Any, given: Any) -> Any:
        if work is workers._signing_inputs and any(document.get("name") == "poison" for document, _ in given):
            raise TooComplex("", "The document takes too long to be read.", "too_long")
        return await real(work, given)

    monkeypatch.setattr(pool, "_run", run)
    jobs = [(credential(), OPTIONS), (credential(name="poison"), OPTIONS), (credential(), OPTIONS)]
    made = await pool.signing_inputs(jobs)

    assert [isinstance(one, TooComplex) for one in made] == [False, True, False]


def _signal(opened: Workers, number: int) -> None:
    assert opened._process is not None
    assert opened._process.process_id is not None
    os.kill(opened._process.process_id, number)


async def test_closed() -> None:
    """Nobody waits for what nobody will do."""
    opened = Workers()
    await opened.close()
    with pytest.raises(ShuttingDown):
        await opened.signing_inputs([(credential(), OPTIONS)])


def test_a_job_has_its_time() -> None:
    """The clock of a job ends the process, even inside of a library that answers to nothing else."""
    child = os.fork()
    if child == 0:
        workers._limited(True)
        signal.setitimer(signal.ITIMER_PROF, 0.05)
        while True:
            pass
    started = time.monotonic()
    _, status = os.waitpid(child, 0)

    assert os.WTERMSIG(status) == signal.SIGPROF
    assert time.monotonic() - started < 30


@pytest.mark.parametrize(
    "kind", [getattr(errors, name) for name in ("Malformed", "UnknownContext", "TooComplex", "ProofInvalid")]
)
def test_refusals_travel(kind: type[Refused]) -> None:
    """From one process to another, with all that they say."""
    back = pickle.loads(pickle.dumps(kind("/a", "Because.", "code")))  # noqa: S301 - our own bytes

    assert type(back) is kind
    assert (back.path, back.reason, back.code, str(back)) == ("/a", "Because.", "code", "/a: Because.")
    assert kind("", "Because.").code != ""
