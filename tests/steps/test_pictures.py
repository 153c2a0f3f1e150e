"""Pictures and links: an episode's own cover, what its chapters show and lead to, and what is published of them."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

import built_show
from castkit.audio.chapters import podcast_chapters
from castkit.errors import CastkitError
from castkit.model.chapters import Mark
from castkit.model.published import Published
from castkit.steps.clearance import parts
from castkit.steps.drafts import lay_out_episode
from castkit.steps.files import write_json
from castkit.steps.publication import Publication, publication
from castkit.steps.published_files import inputs
from castkit.storage.folder import FolderStore
from castkit.workspace import Workspace

BASE = "https://store.example/"


def picture(side: int, kind: str = "PNG") -> bytes:
    target = BytesIO()
    Image.new("RGB", (side, side), "navy").save(target, kind)
    return target.getvalue()


@pytest.fixture
def show(tmp_path: Path) -> Workspace:
    """A built episode with a cover of its own, and two chapters: one with picture and link, one with a link."""
    workspace = built_show.make_show(tmp_path)
    built_show.build(workspace)
    paths = workspace.episode("talk")
    text = paths.toml.read_text("utf-8").replace("number = 2\n", 'number = 2\nimage = "art/cover.png"\n')
    first, second = text.split('start = "00:20"\n')
    first = first.replace(
        'start = "00:00"\n', 'start = "00:00"\nimage = "art/One.JPEG"\nurl = "https://one.example/"\n'
    )
    paths.toml.write_text(f'{first}start = "00:20"\nurl = "https://two.example/"\n{second}', "utf-8")
    built_show.write(paths.root / "art/cover.png", picture(1400))
    built_show.write(paths.root / "art/One.JPEG", picture(300, "JPEG"))
    for language in ("en", "zh-Hans"):
        marks = (Mark(0, 22_000, f"A {language}"), Mark(22_000, 62_000, f"B {language}"))
        write_json(paths.chapters_json(language), podcast_chapters(marks, title="T", podcast="P"))
    return workspace


def made(workspace: Workspace) -> Publication:
    return publication(built_show.context(workspace), lambda key: BASE + key)


def test_an_episodes_cover_is_an_object_under_a_name_with_its_hash(show: Workspace) -> None:
    found = made(show)
    cover = found.published.image
    assert cover is not None
    assert cover.key.startswith("episodes/talk/cover-")
    assert (cover.key[-4:], cover.type) == (".png", "image/png")
    assert {item.file.key: item.path.name for item in found.items}[cover.key] == "cover.png"
    assert Published.model_validate_json(found.published.model_dump_json()) == found.published


def test_chapters_have_their_links_and_pictures_in_every_language(show: Workspace) -> None:
    found = made(show)
    first, second = found.published.chapters
    assert first.image is not None
    assert (first.url, second.url, second.image) == ("https://one.example/", "https://two.example/", None)
    assert first.image.key.endswith(".jpg"), "the ending true to the type, small"
    for language, file in found.published.chapter_files.items():
        (path,) = [item.path for item in found.items if item.file == file]
        assert file.type == "application/json+chapters"
        assert json.loads(path.read_bytes())["chapters"] == [
            {"startTime": 0, "title": f"A {language}", "img": BASE + first.image.key, "url": "https://one.example/"},
            {"startTime": 22, "title": f"B {language}", "url": "https://two.example/"},
        ]
    assert made(show) == found, "deterministic"
    assert "img" not in show.episode("talk").chapters_json("en").read_text("utf-8"), "what was built stays"


def test_drafts_write_nothing_into_the_workspace(show: Workspace, tmp_path_factory: pytest.TempPathFactory) -> None:
    store = FolderStore(tmp_path_factory.mktemp("drafts"), base_url="http://127.0.0.1:1")
    before = {path: path.read_bytes() for path in show.root.rglob("*") if path.is_file()}
    published = lay_out_episode(built_show.context(show), store)
    assert {path: path.read_bytes() for path in show.root.rglob("*") if path.is_file()} == before
    chapters = json.loads(store.get(published.chapter_files["en"].key))["chapters"]
    assert chapters[0]["img"].startswith("http://127.0.0.1:1/episodes/talk/chapter-")
    assert store.get(chapters[0]["img"].removeprefix("http://127.0.0.1:1/")) == picture(300, "JPEG")


def test_what_was_approved_is_the_same_under_any_address_and_another_picture_is_not(show: Workspace) -> None:
    context = built_show.context(show)
    approved = parts(context, publication(context, str))
    assert parts(context, made(show)) == approved
    built_show.write(show.episode("talk").root / "art/One.JPEG", picture(301, "JPEG"))
    changed = parts(context, made(show))
    assert {name for name in changed if changed[name] != approved.get(name)} == {
        "art/One.JPEG", "title, summary, people",
    }  # fmt: skip


def test_without_them_the_built_file_goes_out(show: Workspace) -> None:
    path = show.episode("talk").toml
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith(("image", "url"))]
    path.write_text("\n".join(lines), "utf-8")
    found = made(show)
    assert found.published.image is None
    paths = {item.path for item in found.items if item.path.name.endswith(".chapters.json")}
    assert paths == {show.episode("talk").chapters_json(language) for language in ("en", "zh-Hans")}


def test_a_new_picture_is_a_reason_to_publish_again(show: Workspace) -> None:
    names = {path.name for path in inputs(built_show.context(show))}
    assert {"cover.png", "One.JPEG"} <= names
    before = made(show).published.image
    built_show.write(show.episode("talk").root / "art/cover.png", picture(1500))
    after = made(show).published.image
    assert before is not None
    assert after is not None
    assert before.key != after.key, "directories look again only under a new name"


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("art/cover.png", picture(1000), "too small"),
        ("art/cover.png", None, "there is no such file"),
        ("art/One.JPEG", None, "which a chapter of talk shows"),
        ("art/One.JPEG", bytes(6 * 1024 * 1024), "6.0 MiB"),
    ],
)
def test_a_picture_that_cannot_be_published_is_named(show: Workspace, name: str, data: bytes | None, said: str) -> None:
    path = show.episode("talk").root / name
    path.unlink()
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(CastkitError, match=said) as caught:
        made(show)
    assert path.name in caught.value.message
    assert caught.value.hint


def test_chapters_that_were_built_before_they_were_changed(show: Workspace) -> None:
    path = show.episode("talk").toml
    path.write_text(path.read_text("utf-8") + '\n[[chapters]]\nstart = "00:30"\ntitle = "C"\n', "utf-8")
    with pytest.raises(CastkitError, match="other chapters") as caught:
        made(show)
    assert caught.value.hint == "castkit build talk"
