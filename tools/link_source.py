"""Makes `import academe` work in this environment: a .pth file that points at `src`.

An editable install does the same and needs a build tool; this needs nothing beyond the locked packages.
"""

import sysconfig
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "src"

(Path(sysconfig.get_path("purelib")) / "academe-source.pth").write_text(f"{SOURCE}\n")
