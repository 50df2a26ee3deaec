"""Which operating-system user PostgreSQL runs as: it refuses to run as root."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from academe.db.embedded.layout import Layout
from academe.startup import StartupError

# Users that an administrator may have made for this purpose, tried in this order.
DEDICATED_USERS = ("academe", "postgres")

# Taken when there is no such user. 60706-61183 is the range that systemd's list of uids leaves to nobody, so
# no other program runs with it, unlike `nobody`, which could then read the database's files.
UNALLOCATED_UID = 61018

# initdb insists on a user with a name; see Account.initdb_uid.
NAMED_STAND_IN = "nobody"


@dataclass(frozen=True, slots=True)
class Account:
    """The ordinary user of PostgreSQL's processes."""

    uid: int
    gid: int

    @property
    def is_ours(self) -> bool:
        """Whether the server itself runs as this user, so that nothing needs to be given away."""
        return self.uid == os.geteuid()

    @property
    def initdb_account(self) -> Account:
        """The user for initdb, which alone of all programs refuses a uid without a name.

        Its work is given to this account when it is done, before PostgreSQL first listens.
        """
        try:
            pwd.getpwuid(self.uid)
        except KeyError:
            if not self.is_ours:
                stand_in = pwd.getpwnam(NAMED_STAND_IN)
                return Account(stand_in.pw_uid, stand_in.pw_gid)
        return self

    def own(self, path: Path) -> None:
        """Give a file or a whole directory to this account; links are given, not followed."""
        if os.geteuid() != 0:
            return
        os.lchown(path, self.uid, self.gid)
        for folder, directories, files in os.walk(path):
            for name in directories + files:
                os.lchown(os.path.join(folder, name), self.uid, self.gid)

    def can_enter(self, path: Path) -> bool:
        """Whether this account can reach and execute (or enter) the path, asked of the kernel itself."""
        if self.is_ours:
            return os.access(path, os.X_OK)
        probe = ["/bin/sh", "-c", 'test -x "$0"', str(path)]
        try:
            done = subprocess.run(probe, user=self.uid, group=self.gid, extra_groups=[], check=False)  # noqa: S603
        except PermissionError as error:
            raise StartupError(
                f"This system does not let root act as user {self.uid}, and PostgreSQL never runs as root; "
                "start academe as an ordinary user."
            ) from error
        return done.returncode == 0


def choose_account(layout: Layout) -> Account:
    """The server's own user, or as root the owner of the data, or a user kept for such work."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    for path in (layout.cluster, layout.data_dir):
        if path.exists():
            owner = path.stat()
            if owner.st_uid != 0:
                return Account(owner.st_uid, owner.st_gid)
    for name in DEDICATED_USERS:
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(user.pw_uid, user.pw_gid)
    return Account(UNALLOCATED_UID, UNALLOCATED_UID)
