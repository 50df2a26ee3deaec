"""Pages in a real browser: the driver is in package-lock.json (`make browser`), Chromium is the system's."""
