"""Makes the pictures of docs/certificates.md: `python -m tests.browser.pictures`."""

from __future__ import annotations

import base64
import io
from pathlib import Path

from PIL import Image

from academe.services.credential.pages import render_png
from academe.services.credential.pages.certificate import THUMBNAIL_WIDTH
from tests.browser.chromium import Browser, require_browser
from tests.browser.site import site
from tests.support.certificates import ARABIC, CERTIFICATE, CHINESE, LONG

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures" / "credentials"

PAGES = {
    "valid-desktop": ("valid", 1280, 1000, False),
    "valid-phone": ("valid", 390, 844, False),
    "revoked-desktop-dark": ("revoked", 1280, 760, True),
    "expired-phone": ("expired?lang=de", 390, 844, False),
    "suspended-phone-dark": ("suspended?lang=es", 390, 844, True),
    "arabic-phone": ("arabic?lang=ar", 390, 844, False),
    "unknown-desktop": ("unknown", 1280, 360, False),
    "hidden-phone": ("hidden?lang=zh", 390, 400, False),
}
"""Page with query, width and height in pixels, and whether by night; by file name."""

CERTIFICATES = {"english": CERTIFICATE, "arabic": ARABIC, "chinese": CHINESE, "long-and-yellow": LONG}


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    browser = Browser(require_browser())
    with site() as address:
        for name, (page, width, height, dark) in PAGES.items():
            look = {"width": width, "height": height, "dark": dark, "shot": True, "full": False}
            (seen,) = browser.look(f"{address}/credentials/{page}", look)
            _keep(f"page-{name}", base64.b64decode(seen["shot"]))
    browser.close()
    for name, view in CERTIFICATES.items():
        _keep(f"certificate-{name}", render_png(view, THUMBNAIL_WIDTH))


def _keep(name: str, png: bytes) -> None:
    Image.open(io.BytesIO(png)).convert("RGB").save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
