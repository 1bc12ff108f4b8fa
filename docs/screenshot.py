"""Makes docs/page.png: the top of the page that shows an article of the fixtures."""

from __future__ import annotations

import shutil
import sys
from io import StringIO
from pathlib import Path

from playwright.sync_api import sync_playwright

from attributor import annotate, views

ROOT = Path(__file__).resolve().parents[1]
ARTICLE = ROOT / "fixtures" / "articles" / "council.txt"
PICTURE = ROOT / "docs" / "page.png"
WIDTH_PIXELS = 1280
HEIGHT_PIXELS = 640
"""Ends between two quotes of that article in both columns."""


def main() -> None:
    """Write the picture; needs Debian's chromium or another one on the path."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("There is no chromium here: install one, such as Debian's package 'chromium'.")
    page = StringIO()
    views.write("html", [annotate(ARTICLE, engine="embedded")], page)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": WIDTH_PIXELS, "height": HEIGHT_PIXELS})
        tab.set_content(page.getvalue())
        tab.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()
