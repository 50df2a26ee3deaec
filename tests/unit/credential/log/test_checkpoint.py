"""Checkpoints are signed notes that others can read, and nothing else passes for one."""

from __future__ import annotations

from base64 import b64decode, b64encode
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from academe.services.credential.log.checkpoint import (
    NoteInvalidError,
    Signer,
    Statement,
    VerifierKey,
    read_note,
    tlog_proof,
)
from academe.services.credential.log.model import Checkpoint, InclusionProof, Leaf, LogEvent
from tests.support.signed_note import open_checkpoint

ROOT = bytes(range(32))
NAME = "school.example/log"


def new_signer(name: str = NAME) -> Signer:
    private = Ed25519PrivateKey.generate()
    return Signer(VerifierKey(name, private.public_key().public_bytes_raw()), private)


# The example of the Go package that first had signed notes: public, its private half too.
NEUMANN_SEED = b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
NEUMANN_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NEUMANN_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def neumann() -> VerifierKey:
    private = Ed25519PrivateKey.from_private_bytes(NEUMANN_SEED)
    return VerifierKey("PeterNeumann", private.public_key().public_bytes_raw())


def test_a_key_is_written_as_others_write_it() -> None:
    """The published example key has the published form, its id included."""
    assert str(neumann()) == NEUMANN_KEY


def test_a_signature_is_checked_as_others_make_it() -> None:
    """The published note is signed right, so that what is refused is its text, which is no checkpoint."""
    with pytest.raises(NoteInvalidError, match="no checkpoint"):
        read_note(NEUMANN_NOTE, neumann())
    with pytest.raises(NoteInvalidError, match="does not hold"):
        read_note(NEUMANN_NOTE.replace("answer", "Answer"), neumann())


def test_an_outsider_reads_a_checkpoint() -> None:
    """Name, size and root on three lines, then the signature, as the specification says."""
    signer = new_signer()

    note = signer.sign(1042, ROOT)

    assert note.startswith(
        "school.example/log\n1042\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n\n— school"
    )
    assert open_checkpoint(note, str(signer.key)) == (1042, ROOT)
    assert read_note(note, signer.key) == Statement(NAME, 1042, ROOT)


def test_a_witness_may_sign_too() -> None:
    """Lines of others before and after ours change nothing."""
    signer, witness = new_signer(), new_signer("witness.example/w")
    text, ours = signer.sign(3, ROOT).split("\n\n")
    theirs = witness.sign(3, ROOT).split("\n\n")[1]

    assert read_note(f"{text}\n\n{theirs}{ours}{theirs}", signer.key).tree_size == 3


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda note: note.replace("\n3\n", "\n4\n"), "does not hold"),
        (lambda note: note.replace("school", "School", 1), "does not hold"),
        (lambda note: note.split("\n\n")[0] + "\n", "no signature"),
        (lambda note: note.split("\n\n")[0] + "\n\n", "not signed"),
        (lambda note: note.replace("— school", "— schule"), "not signed"),
        (lambda note: note.replace("— ", "- "), "not signed"),
        (lambda note: note[:-5] + "!===\n", "not readable"),
        (lambda note: "", "no signature"),
    ],
)
def test_a_changed_note_is_refused(change: object, told: str) -> None:
    """Whatever is changed in a note, it is not taken for signed, and why is said."""
    signer = new_signer()
    assert callable(change)

    with pytest.raises(NoteInvalidError, match=told):
        read_note(change(signer.sign(3, ROOT)), signer.key)


def test_another_key_of_the_same_name_is_refused() -> None:
    """A name is no proof."""
    with pytest.raises(NoteInvalidError, match="not signed"):
        read_note(new_signer().sign(3, ROOT), new_signer().key)


@pytest.mark.parametrize(
    "text",
    [
        f"{NAME}\n03\nAAAA\n",
        f"{NAME}\n3\n",
        f"{NAME}\nx\nAAAA\n",
        f"{NAME}\n3\nAAAA\nmore\n",
        "x/log\n3\nAAAA\n",
    ],
)
def test_what_is_signed_and_is_no_checkpoint(text: str) -> None:
    """A signature alone does not make a checkpoint: one size has one spelling, and the name is the key's."""
    signer = new_signer()
    signature = b64encode(signer.key.key_id + signer.private_key.sign(text.encode())).decode()

    with pytest.raises(NoteInvalidError, match="no checkpoint"):
        read_note(f"{text}\n— {NAME} {signature}\n", signer.key)


def test_a_proof_as_a_file() -> None:
    """Index, hashes and checkpoint, with the text of the leaf in front, as the specification lays it out."""
    signer, moment = new_signer(), datetime(2027, 3, 1, tzinfo=UTC)
    leaf = Leaf(1, LogEvent.ISSUE, ROOT, moment)
    checkpoint = Checkpoint(2, ROOT, signer.sign(2, ROOT), moment)

    lines = tlog_proof(InclusionProof(leaf, 2, (ROOT,), ROOT, checkpoint)).split("\n", 5)

    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert b64decode(lines[1].removeprefix("extra ")) == leaf.data
    assert lines[2:5] == ["index 1", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", ""]
    assert lines[5] == checkpoint.note
    with pytest.raises(ValueError, match="nothing was signed"):
        tlog_proof(InclusionProof(leaf, 2, (ROOT,), ROOT, None))
