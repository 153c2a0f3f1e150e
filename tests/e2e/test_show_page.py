"""The show's page in a real browser: listed, searched, switched, subscribed to; and in a chat, without JavaScript."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import segno
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect

import built_show
from castkit.config import load_show
from castkit.steps.site_made import send_share_pictures, send_small_cover, show_site, site_documents
from castkit.storage.folder import FolderStore
from castkit.storage.httpd import Site, open_server
from chromium import chromium, needs_chromium, resize
from show_samples import episode

pytestmark = needs_chromium
# WeChat's own browser on an Android phone, as it names itself to servers.
WECHAT = (
    "Mozilla/5.0 (Linux; Android 13; V2055A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 "
    "Mobile Safari/537.36 XWEB/1160065 MMWEBSDK/20231202 MicroMessenger/8.0.47.2560(0x28002F35) WeChat/arm64 "
    "NetType/WIFI Language/zh_CN ABI/arm64"
)
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
MORE = """
[site]
page_size = 10

[[feeds.seasons]]
number = 1
name = { en = "Beginnings", zh-Hans = "开端" }

[[partners]]
name = { en = "Partner", zh-Hans = "伙伴" }
href = "https://partner.example"
"""


def person(name: str, chinese: str) -> dict[str, Any]:
    return {"id": "guest", "name": {"en": name, "zh-Hans": chinese}, "role": "guest", "organisation": {}}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A show of 23 episodes, the newest two with a picture or a guest of their own, served as a store is."""
    root = tmp_path_factory.mktemp("site")
    workspace = built_show.make_show(root / "show", more=MORE)
    show = load_show(workspace)
    picture = io.BytesIO()
    Image.new("RGB", (1400, 1400), "crimson").save(picture, "PNG")
    with open_server("127.0.0.1", 0) as server:
        store = FolderStore(root / "public", base_url=server.url)
        server.site = Site((store.folder,), lambda: b"")
        image = {"key": "episodes/talk-0023/one-0123456789ab.png", "url": "", "type": "image/png", "length": 1,
                 "sha256": "0" * 64}  # fmt: skip
        store.write(image["key"], picture.getvalue())
        episodes = [episode(number, season=1 + number // 15) for number in range(1, 22)]
        episodes.append(episode(22, season=2, people=[person("Zoë Guest", "卓伊")]))
        episodes.append(episode(23, season=2, image=image, video=image | {"type": "video/mp4"}))
        send_small_cover(workspace, show, store)
        send_share_pictures(workspace, show, store)
        for key, data in site_documents(show_site(workspace, show, episodes, store.url), workspace).items():
            store.write(key, data)
        for one in episodes:
            for tag, file in one.notes.items():
                store.write(
                    file.key,
                    f"<!doctype html>\n<title>{tag}</title>\n<link rel='icon' href='data:,'>\n<p>{one.slug}".encode(),
                )
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield server.url
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@dataclass
class Shown:
    """A page on screen, with what it said and asked for."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def titles(self) -> list[str]:
        """Of the episodes that are to be seen."""
        return self.page.locator(".episode-title a:visible").all_inner_texts()


@pytest.fixture
def open_page(browser: Browser, url: str) -> Iterator[Any]:
    opened: list[Shown] = []

    def open_(path: str, **options: Any) -> Shown:
        shown = Shown(browser.new_context(**{"viewport": DESK, **options}).new_page())
        shown.page.on("console", lambda message: shown.said.append(message.text))
        shown.page.on("pageerror", lambda error: shown.said.append(str(error)))
        shown.page.on("request", lambda request: shown.asked.append(request.url))
        shown.page.goto(f"{url}/{path}", wait_until="load")
        opened.append(shown)
        return shown

    yield open_
    for shown in opened:
        assert shown.said == [], "no word of the browser's, of its security policy least of all"
        assert all(one.startswith(url) for one in shown.asked), "nothing is asked of others"
        shown.page.context.close()


def test_the_list_and_the_way_to_an_episode(open_page: Any) -> None:
    shown = open_page("")
    assert shown.titles() == [f"Talk {number}" for number in range(23, 10, -1)]
    expect(shown.page.locator("h3.season-name")).to_have_text(["Season 2", "Beginnings"])
    expect(shown.page.locator(".episode-picture")).to_have_js_property("naturalWidth", 1400)  # fetched when in view
    expect(shown.page.locator(".cover")).to_have_js_property("naturalWidth", 480)
    shown.page.click("text=Talk 22")
    shown.page.wait_for_url("**/episodes/talk-0022/talk-0022.en.html")
    expect(shown.page.locator("p").first).to_contain_text("talk-0022")


def test_older_pages_and_back(open_page: Any) -> None:
    shown = open_page("")
    shown.page.click("text=Older episodes")
    shown.page.wait_for_url("**/index.page-*.html")
    assert shown.titles() == [f"Talk {number}" for number in range(10, 0, -1)]
    shown.page.click("text=中文（简体）")
    shown.page.wait_for_url("**/index.zh-Hans.page-*.html")
    assert shown.page.title() == "谈话 · 2012年1月11日至2012年1月2日"
    shown.page.click("text=最新节目")
    shown.page.wait_for_url("**/index.zh-Hans.html")
    assert shown.titles()[0] == "谈话之23"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("zoe", ["Talk 22"]),
        ("talk 2", ["Talk 23", "Talk 22", "Talk 21", "Talk 20", "Talk 12"]),
        ("said  1 ann", [f"Talk {number}" for number in (21, *range(19, 10, -1))]),
        ("nothing of it", []),
    ],
)
def test_search(open_page: Any, typed: str, found: list[str]) -> None:
    shown = open_page("index.html")
    shown.page.get_by_role("searchbox", name="Search these episodes").fill(typed)
    assert shown.titles() == found
    expect(shown.page.get_by_role("status")).to_have_text(f"{len(found)} of 13 episodes")
    assert shown.page.locator(".season:visible").count() == len({int(one[5:]) // 15 for one in found})
    shown.page.get_by_role("searchbox").fill("")
    assert len(shown.titles()) == 13
    expect(shown.page.get_by_role("status")).to_have_text("")


def test_search_in_chinese(open_page: Any) -> None:
    shown = open_page("index.zh-Hans.html")
    shown.page.get_by_role("searchbox", name="搜索本页各期节目").fill("卓伊")
    assert shown.titles() == ["谈话之22"]
    expect(shown.page.get_by_role("status")).to_have_text("1期，共13期")


def test_an_address_is_copied_by_a_button(open_page: Any, url: str) -> None:
    shown = open_page("index.zh-Hans.html", permissions=["clipboard-read", "clipboard-write"])
    button = shown.page.locator(".subscribe-text > .feeds button").first
    expect(button).to_have_text("复制")
    button.evaluate(  # what it says, for it says so for three seconds
        "one => { globalThis.said = [];"
        " new MutationObserver(() => globalThis.said.push(one.textContent)).observe(one, {childList: true}); }"
    )
    button.click()
    shown.page.wait_for_function("() => globalThis.said[0] === '已复制'")
    assert shown.page.evaluate("navigator.clipboard.readText()") == f"{url}/feeds/zh-Hans.xml"


@pytest.mark.parametrize(("name", "tag", "scheme"), [("", "en", "dark"), ("index.zh-Hans.html", "zh-Hans", "light")])
def test_the_code_on_screen_is_the_feed_s_address(open_page: Any, url: str, name: str, tag: str, scheme: str) -> None:
    """Every module of the code, as it is drawn: black on white in the dark, too."""
    shown = open_page(name, device_scale_factor=3, color_scheme=scheme)
    drawn = Image.open(io.BytesIO(shown.page.locator(".qr-code svg").screenshot())).convert("L")
    modules = list(segno.make(f"{url}/feeds/{tag}.xml", error="m", micro=False).matrix_iter(border=4))
    step = drawn.width / len(modules)
    seen = [
        [int(drawn.getpixel(((x + 0.5) * step, (y + 0.5) * step)) < 128) for x in range(len(modules))]
        for y in range(len(modules))
    ]
    assert seen == [list(row) for row in modules]


def test_in_a_chat_without_javascript(open_page: Any, url: str) -> None:
    options = {"viewport": PHONE, "user_agent": WECHAT, "java_script_enabled": False, "is_mobile": True}
    shown = open_page("index.zh-Hans.html", has_touch=True, device_scale_factor=3, **options)
    assert shown.titles()[:2] == ["谈话之23", "谈话之22"]
    address = shown.page.locator(".feed-address").first
    expect(address).to_have_text(f"{url}/feeds/zh-Hans.xml")
    expect(address).to_be_visible()
    assert not shown.page.locator(".search").is_visible(), "what would do nothing is not shown"
    expect(shown.page.locator("button:visible")).to_have_count(0)
    shown.page.locator("summary", has_text="其他语言的订阅地址").click()
    assert shown.page.locator(".feed-address:visible").all_inner_texts()[-1] == f"{url}/feeds/en.video.xml"
    schemes = {one.partition(":")[0] for one in shown.page.locator("[href*=':']").evaluate_all(HREFS)}
    assert schemes <= {"http", "https"}
    image = shown.page.locator("meta[property='og:image']").get_attribute("content")
    assert image.startswith(f"{url}/feeds/share-zh-Hans-")
    assert Image.open(io.BytesIO(shown.page.request.get(image).body())).size == (1200, 630)
    shown.page.click("text=English")
    expect(shown.page.locator(".episode-title a").first).to_have_text("Talk 23")


HREFS = "all => all.map(one => one.getAttribute('href'))"


@pytest.mark.parametrize("name", ["index.html", "index.zh-Hans.html", "index.page-1.html", "404.html"])
def test_nothing_is_cut_off_at_the_side(open_page: Any, name: str) -> None:
    shown = open_page(name)
    for width in (320, 390, 768, 1280):
        resize(shown.page, width, 800)
        assert shown.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(
    ("name", "size", "scheme"),
    [
        ("index.html", DESK, "light"),
        ("index.html", PHONE, "dark"),
        ("index.zh-Hans.html", PHONE, "light"),
        ("index.zh-Hans.html", DESK, "dark"),
        ("404.html", PHONE, "dark"),
    ],
)
def test_axe_finds_nothing_serious(browser: Browser, url: str, name: str, size: Any, scheme: str) -> None:
    page = browser.new_context(viewport=size, color_scheme=scheme, bypass_csp=True).new_page()
    page.goto(f"{url}/{name}", wait_until="load")
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["impact"], one["nodes"][0]["html"][:200]) for one in found] == []
    page.context.close()


def test_on_paper_stand_the_texts_and_the_code(open_page: Any) -> None:
    shown = open_page("index.html", color_scheme="dark")
    shown.page.emulate_media(media="print")
    for selector in (".languages", ".search", ".pages", "button", ".skip"):
        assert shown.page.locator(f"{selector}:visible").count() == 0, selector
    for selector in (".feed-address", ".qr svg", ".episode-summary", ".site-footer"):
        assert shown.page.locator(selector).first.is_visible(), selector
    assert shown.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert shown.page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"


def test_by_keyboard_the_first_stop_leads_to_the_episodes(open_page: Any) -> None:
    shown = open_page("index.html")
    shown.page.keyboard.press("Tab")
    assert shown.page.evaluate("document.activeElement.textContent") == "To the episodes"
    shown.page.keyboard.press("Enter")
    shown.page.keyboard.press("Tab")
    assert shown.page.evaluate("document.activeElement.id") == "search"
