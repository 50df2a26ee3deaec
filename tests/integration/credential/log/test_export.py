"""The log as a folder: everything can be checked when the server is gone."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from academe.services.credential.log import routes
from academe.services.credential.log.service import LogRewrittenError
from tests.integration.credential.log.book import Book, new_book, superuser
from tests.support.merkle_oracle import path, proof, tree_hash
from tests.support.postgres import TestPostgres, quiet_log
from tests.support.rfc9162 import extends, includes
from tests.support.signed_note import open_checkpoint

SIZE = 256 * 2 + 5


@pytest.fixture(scope="module")
async def folder(book: Book, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An exported log that has grown since."""
    for count in (500, 17):
        await book.append(count)
    checkpoint = await book.service.get_checkpoint()
    await book.append(40)
    folder = tmp_path_factory.mktemp("log")
    async for name, content in book.service.export(checkpoint):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def files_in(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


def leaves_in(folder: Path) -> list[bytes]:
    """Read from the bundles, as somebody does who has the specification."""
    found = []
    for name in sorted(files_in(folder / "tile" / "entries")):
        rest = (folder / "tile" / "entries" / name).read_bytes()
        while rest:
            length = int.from_bytes(rest[:2], "big")
            found.append(rest[2 : 2 + length])
            rest = rest[2 + length :]
    return found


async def test_the_folder_is_a_log(folder: Path) -> None:
    """Key, checkpoint and leaves agree, and the tiles are the hashes of the specification."""
    size, root = open_checkpoint((folder / "checkpoint").read_text(), (folder / "key").read_text().strip())
    leaves = leaves_in(folder)

    assert size == len(leaves) == SIZE
    assert tree_hash(leaves) == root
    first = (folder / "tile/0/000").read_bytes()
    assert [first[i : i + 32] for i in range(0, 8192, 32)] == [tree_hash([leaf]) for leaf in leaves[:256]]
    assert (folder / "tile/0/002.p/5").read_bytes() == b"".join(tree_hash([leaf]) for leaf in leaves[512:])
    above = (folder / "tile/1/000.p/2").read_bytes()
    assert above == tree_hash(leaves[:256]) + tree_hash(leaves[256:512])
    assert files_in(folder) == {
        "checkpoint",
        "key",
        *(f"tile/{level}/{n}" for level in ("0", "entries") for n in ("000", "001", "002.p/5")),
        "tile/1/000.p/2",
    }


async def test_proofs_are_made_from_the_folder(folder: Path) -> None:
    """Whoever has it proves an entry, and that it goes on from an older checkpoint, without us."""
    _, root = open_checkpoint((folder / "checkpoint").read_text(), (folder / "key").read_text().strip())
    leaves = leaves_in(folder)

    assert includes(leaves[300], 300, SIZE, path(300, leaves), root)
    assert extends(100, tree_hash(leaves[:100]), SIZE, root, proof(100, leaves))


async def test_over_http_it_is_the_same(folder: Path, book: Book) -> None:
    """Every file is served under /log, byte for byte, although the log has grown."""
    app = Starlette(routes=list(routes(book.service, quiet_log())))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://school.example") as client:
        for name in files_in(folder) - {"checkpoint"}:
            assert (await client.get(f"/log/{name}")).content == (folder / name).read_bytes()


async def test_a_log_cut_short_is_not_exported(postgres: TestPostgres, template_database: str) -> None:
    """Rather nothing than a folder that does not add up."""
    async with new_book(postgres, template_database) as (book, dsn):
        await book.append(9)
        checkpoint = await book.service.get_checkpoint()
        async with superuser(postgres, dsn) as root:
            await root.execute("delete from credential.log_node where level = 0 and node_index = 8")

        with pytest.raises(LogRewrittenError):
            async for _ in book.service.export(checkpoint):
                pass
