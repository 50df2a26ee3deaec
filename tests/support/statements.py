"""Every SQL statement of the source, found by reading it, with how it is called."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "academe"
CALLS = {"fetch", "fetchrow", "fetchval", "execute", "executemany", "prepare", "cursor"}


@dataclass(frozen=True)
class Statement:
    """`arguments` is None when a call passes them with a star; `sql` is None when it is not a literal."""

    path: Path
    line: int
    sql: str | None
    arguments: int | None

    def __str__(self) -> str:
        return f"{self.path.relative_to(SOURCE)}:{self.line}"


def repositories() -> list[Path]:
    """Files that may hold SQL of the slices, and of the parts of db/ that have a schema of their own."""
    found = [*(SOURCE / "services").rglob("*.py"), *(SOURCE / "db").glob("*/repository*.py")]
    return sorted(p for p in found if any(part.startswith("repository") for part in p.parts))


def statements(path: Path) -> Iterator[Statement]:
    """The statements of a file; constants of the module are resolved."""
    tree = ast.parse(path.read_text())
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr not in CALLS or not node.args:
            continue
        query, *rest = node.args
        sql: str | None = None
        if isinstance(query, ast.Constant) and isinstance(query.value, str):
            sql = query.value
        elif isinstance(query, ast.Name):
            sql = constants.get(query.id)
        starred = any(isinstance(argument, ast.Starred) for argument in rest)
        yield Statement(path, node.lineno, sql, None if starred else len(rest))


def subscripts(path: Path) -> Iterator[tuple[int, str]]:
    """Where a row is asked for a column: `row["title"]`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if (
            isinstance(node, ast.Subscript)
            and isinstance(node.value, ast.Name)
            and node.value.id in {"row", "record", "r", "found", "written"}
            and isinstance(node.slice, ast.Constant)
            and isinstance(node.slice.value, str)
        ):
            yield node.lineno, node.slice.value
