"""Makes `import academe` work in this environment, and `academe` a command of it.

An editable install does the same and needs a build tool; this needs nothing beyond the locked packages: a
.pth file that points at `src`, and a script of a few lines. Processes that the server starts read that script
again, so it does nothing unless it is the one that was called.
"""

import sys
import sysconfig
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "src"
COMMAND = Path(sysconfig.get_path("scripts")) / "academe"

(Path(sysconfig.get_path("purelib")) / "academe-source.pth").write_text(f"{SOURCE}\n")
COMMAND.write_text(
    f'#!{sys.executable}\nfrom academe.__main__ import main\n\nif __name__ == "__main__":\n    main()\n'
)
COMMAND.chmod(0o755)
