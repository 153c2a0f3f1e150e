"""`[site]` in castkit.toml: what it may say, and what an editor is told of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import built_show
from castkit.cli.serve import drafts_site, published_site
from castkit.config import load_show
from castkit.config.schema import json_schema
from castkit.errors import ConfigError
from castkit.storage.folder import FolderStore


def test_left_out_it_is_on(tmp_path: Path) -> None:
    show = load_show(built_show.make_show(tmp_path))
    assert (show.site.enabled, show.site.page_size) == (True, 100)


@pytest.mark.parametrize(("line", "said"), [("page_size = 5", "page_size"), ("enable = true", "enable")])
def test_what_it_cannot_be_is_named(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_show(built_show.make_show(tmp_path, more=f"\n[site]\n{line}\n"))
    assert f"site.{said}" in str(caught.value)


def test_an_editor_knows_it() -> None:
    schema = json.loads(json_schema("show"))
    said = schema["$defs"]["SiteSettings"]["properties"]
    assert set(said) == {"enabled", "page_size"}
    assert all(one["description"] for one in said.values())


def test_switched_off_there_is_a_plain_page_with_the_feeds(tmp_path: Path) -> None:
    workspace = built_show.make_show(tmp_path / "show", more="\n[site]\nenabled = false\n")
    built_show.build(workspace)
    show, home = load_show(workspace), FolderStore(tmp_path / "home", base_url="http://127.0.0.1:1")
    store = FolderStore(tmp_path / "public", base_url="http://127.0.0.1:1")
    site = drafts_site(workspace, show, store, home)
    assert site.find("/") is None
    assert b'href="feeds/en.xml"' in site.index()
    assert b'href="feeds/zh-Hans.xml"' in published_site(show, store).index()
