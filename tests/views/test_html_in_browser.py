"""The page in a real browser. Nothing here waits for time to pass, only for what must appear."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.annotations import BRIDGE, plain, rendered

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page as Tab

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium here"),
]

PHONE = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield launched
        launched.close()


class Reader:
    """Opens pages, and notes what a page must not do."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self.browser = browser
        self.folder = folder
        self.requests: list[str] = []
        self.refused: list[str | None] = []
        self.complaints: list[str] = []

    def open(self, markup: str, **device: Any) -> Tab:
        path = self.folder / "page.html"
        path.write_text(markup, encoding="utf-8")
        tab = self.browser.new_context(**device).new_page()
        tab.set_default_timeout(5000)
        tab.on("request", lambda request: self.requests.append(request.url))
        tab.on("requestfailed", lambda request: self.refused.append(request.failure))
        tab.on("console", lambda message: self.complaints.append(message.text))
        tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        tab.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        tab.goto(path.as_uri())
        return tab


@pytest.fixture
def reader(browser: Browser, tmp_path: Path) -> Iterator[Reader]:
    reader = Reader(browser, tmp_path)
    yield reader
    for context in browser.contexts:
        context.close()


def test_the_page_asks_for_nothing_and_complains_of_nothing(reader: Reader) -> None:
    tab = reader.open(rendered("html", BRIDGE, BRIDGE))
    tab.locator("mark").first.hover()
    assert reader.requests == [(reader.folder / "page.html").as_uri()]
    assert reader.complaints == []


def test_our_style_and_script_are_in_force(reader: Reader) -> None:
    tab = reader.open(rendered("html", BRIDGE))
    assert tab.locator("#tip").count() == 1
    background = "e => getComputedStyle(e).backgroundColor"
    assert tab.locator("mark[data-facts]").first.evaluate(background) == "rgb(228, 236, 246)"


@pytest.mark.parametrize(
    "attack",
    [
        "<script>document.title = 'had'</script>",
        "<img src='http://127.0.0.1:9/x.png' onerror=\"document.title = 'had'\">",
        "</style></script><iframe src='http://127.0.0.1:9/'></iframe>",
    ],
)
def test_no_script_of_an_article_runs_and_no_image_is_fetched(reader: Reader, attack: str) -> None:
    tab = reader.open(rendered("html", plain(f"Quiet.\n{attack}\n", title=f"News {attack}")))
    assert tab.title() == f"News {attack} – who said what"
    assert attack in tab.locator(".text").inner_text()
    assert len(reader.requests) == 1


def test_even_unescaped_markup_could_neither_run_nor_fetch(reader: Reader) -> None:
    markup = rendered("html", plain("HERE"))
    attack = "<img src='http://127.0.0.1:9/x.png'><script>document.title = 'had'</script>"
    tab = reader.open(markup.replace("HERE", attack))
    assert tab.title() == "plain – who said what"
    assert reader.refused == ["csp"]


def test_the_facts_appear_on_hover_and_stay_while_the_pointer_is_on_them(reader: Reader) -> None:
    tab = reader.open(rendered("html", BRIDGE))
    expect, tip = sync_api.expect, tab.locator("#tip")
    expect(tip).to_be_hidden()
    tab.locator("mark[data-facts=a1f1]").first.hover()
    expect(tip).to_be_visible()
    for told in ("Ana Kovač", "direct", "told reporters", "bridge: favor", "large-1"):
        expect(tip).to_contain_text(told)
    tip.hover()
    expect(tip).to_be_visible()
    tab.locator("footer").hover()
    expect(tip).to_be_hidden()


def test_the_facts_appear_on_focus_by_keyboard_and_escape_closes_them(reader: Reader) -> None:
    tab = reader.open(rendered("html", BRIDGE))
    expect, tip = sync_api.expect, tab.locator("#tip")
    tab.locator("header a").focus()
    tab.keyboard.press("Tab")
    expect(tab.locator("mark[data-facts=a1f1]").first).to_be_focused()
    expect(tip).to_contain_text("Ana Kovač")
    tab.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    tab.keyboard.press("Enter")
    sync_api.expect(tab).to_have_url(re.compile("#a1n1$"))


def test_the_facts_of_a_quote_within_a_quote_stand_above_those_of_the_outer(
    reader: Reader,
) -> None:
    tab = reader.open(rendered("html", BRIDGE))
    tab.locator("mark[data-facts='a1f4 a1f3']").hover()
    names = tab.locator("#tip .who").all_inner_texts()
    assert [name.split(" ", 1)[1] for name in names] == ["Unnamed: Lind’s father", "Petar Lind"]


def test_the_facts_appear_on_tap_and_go_on_a_tap_elsewhere(reader: Reader) -> None:
    tab = reader.open(rendered("html", BRIDGE), **PHONE)
    expect, tip = sync_api.expect, tab.locator("#tip")
    tab.locator("mark[data-facts=a1f2]").first.tap()
    expect(tip).to_contain_text("Petar Lind")
    tab.locator("mark[data-facts=a1f1]").first.tap()
    expect(tip).to_contain_text("Ana Kovač")
    tab.locator(".source").tap(position={"x": 2, "y": 2})
    expect(tip).to_be_hidden()


def test_the_list_jumps_to_the_article_and_the_article_to_the_list(reader: Reader) -> None:
    small = {"viewport": {"width": 500, "height": 300}, "reduced_motion": "reduce"}
    tab = reader.open(rendered("html", BRIDGE), **small)
    place, note = tab.locator("mark[data-facts=a1f5]"), tab.locator("#a1n5")
    tab.locator("#a1n5 .back").click()
    sync_api.expect(place).to_be_in_viewport()
    sync_api.expect(note).not_to_be_in_viewport()
    tab.locator("sup a[href='#a1n5']").click()
    sync_api.expect(note).to_be_in_viewport()


@pytest.mark.parametrize("text", ["", "Pneumono" * 60])
def test_nothing_is_wider_than_a_small_phone(reader: Reader, text: str) -> None:
    long = plain(f"{text}\n{text}", title=text or "x", url=f"https://x.org/{text}")
    tab = reader.open(rendered("html", BRIDGE, long), **PHONE)
    tab.locator("mark[data-facts=a1f2]").first.tap()
    width = tab.evaluate("document.documentElement.scrollWidth")
    assert width == 360


def test_the_page_is_dark_where_the_reader_wants_it_dark(reader: Reader) -> None:
    tab = reader.open(rendered("html", BRIDGE), color_scheme="dark")
    colors = "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color]"
    assert tab.locator("body").evaluate(colors) == ["rgb(23, 24, 27)", "rgb(232, 228, 220)"]


def test_on_paper_the_list_tells_everything_even_from_a_dark_screen(reader: Reader) -> None:
    tab = reader.open(rendered("html", BRIDGE), color_scheme="dark")
    tab.locator("mark[data-facts=a1f1]").first.hover()
    tab.emulate_media(media="print")
    sync_api.expect(tab.locator("#tip")).to_be_hidden()
    sync_api.expect(tab.locator("#a1n2 .facts")).to_contain_text("bridge: against")
    ink = tab.locator("body").evaluate("e => getComputedStyle(e).color")
    assert ink == "rgb(31, 29, 26)"
    assert tab.pdf(format="A4").startswith(b"%PDF")


def test_without_scripts_nothing_is_lost(reader: Reader) -> None:
    tab = reader.open(rendered("html", BRIDGE), java_script_enabled=False)
    for number in range(1, 6):
        sync_api.expect(tab.locator(f"#a1n{number} .facts dl")).to_be_visible()
    tab.locator("sup a").first.click()
    sync_api.expect(tab).to_have_url(re.compile("#a1n1$"))
