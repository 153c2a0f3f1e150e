"""A preview as those get it who must agree: the zip of a real episode, unpacked, in a browser without a network."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from castkit_cli import castkit, succeed
from playwright.sync_api import Browser, Page, expect

from chromium import chromium, needs_chromium

PLAYS = "m => m.play().then(() => new Promise(done => m.addEventListener('timeupdate', () => done(m.duration))))"


@pytest.fixture(scope="module")
def zipped(small_published: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Path]:
    """The preview with light copies, and the one with the real files."""
    folder = tmp_path_factory.mktemp("sent")
    made = {is_light: folder / f"{is_light}.zip" for is_light in (True, False)}
    for is_light, path in made.items():
        how = "--light" if is_light else "--full"
        ended = succeed("preview", "talk", "--zip", how, "--to", str(path), "--json", cwd=small_published)
        told = ended.events[-1]
        assert told["is_light"] == is_light
        assert told["bytes"] == path.stat().st_size
    return made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium("--mute-audio", "--autoplay-policy=no-user-gesture-required") as started:
        yield started


def unpacked(path: Path, folder: Path) -> Path:
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    return folder / "preview-talk"


@needs_chromium
@pytest.mark.parametrize("is_light", [True, False])
def test_it_opens_and_plays_from_a_folder(
    browser: Browser, zipped: dict[bool, Path], tmp_path: Path, *, is_light: bool
) -> None:
    folder = unpacked(zipped[is_light], tmp_path / "at home")
    context = browser.new_context(locale="en-GB", viewport={"width": 390, "height": 844}, offline=True)
    page, asked, wrong = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto((folder / "index.html").as_uri())
    expect(page.locator(".notice")).to_contain_text("Preview, not published")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.get_by_text("light copies").count() == (1 if is_light else 0)
    for address in addresses(page):
        assert (folder / address.removeprefix(f"{folder.as_uri()}/")).is_file(), address
    page.locator(".pages a").first.click()
    page.wait_for_url("**/episodes/talk/*")
    notice = page.locator("[role=note]").first
    expect(notice).to_contain_text("Preview, not published")
    assert 15 < page.locator("video, audio").first.evaluate(PLAYS) < 30
    notice.locator("a").click()
    page.wait_for_url("**/index.html")
    page.locator(".languages a").click()
    page.wait_for_url("**/index.zh-Hans.html")
    page.locator(".pages a").first.click()
    page.wait_for_url("**/episodes/talk/*")
    expect(page.locator("[role=note]").first).to_contain_text("预览")
    assert {url.partition(":")[0] for url in asked} <= {"file", "data", "blob"}, "no request leaves"
    assert not wrong
    context.close()


def addresses(page: Page) -> list[str]:
    """Every link on the page, whole."""
    found: list[str] = page.evaluate("Array.from(document.links, one => one.href)")
    assert len(found) > 5
    return found


def test_light_copies_are_smaller_and_the_same_build_gives_the_same_bytes(
    zipped: dict[bool, Path], small_published: Path, tmp_path: Path
) -> None:
    assert zipped[True].stat().st_size < zipped[False].stat().st_size
    for is_light, path in zipped.items():
        how = "--light" if is_light else "--full"
        succeed("preview", "talk", "--zip", how, "--to", str(tmp_path / "again.zip"), cwd=small_published)
        assert (tmp_path / "again.zip").read_bytes() == path.read_bytes()


def test_without_zip_it_says_what_there_is(small_published: Path) -> None:
    ended = castkit("preview", "talk", cwd=small_published)
    assert ended.code == 1
    assert "castkit preview talk --zip" in ended.err
    assert "castkit serve --drafts" in ended.err


def test_what_changed_since_it_was_built_is_refused(small_copy: Path, tmp_path: Path) -> None:
    path = small_copy / "episodes/talk/episode.toml"
    path.write_text(path.read_text("utf-8").replace('"A Talk"', '"Another Talk"'), "utf-8")
    ended = castkit("preview", "talk", "--zip", "--to", str(tmp_path / "out.zip"), cwd=small_copy)
    assert ended.code == 1
    assert "talk changed since it was built (notes" in ended.err
    assert "castkit build talk" in ended.err
    assert not (tmp_path / "out.zip").exists()
