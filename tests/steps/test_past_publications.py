"""The history of what was published: what is written down, what led to the present, what is still needed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sent_show import objects, publish, sent_show, store_of

from castkit.errors import CastkitError
from castkit.steps.going_back import step_back
from castkit.steps.past_publications import (
    Entry,
    histories,
    history,
    is_lasting,
    keep_page,
    kept_in_history,
    kept_key,
    last_act,
    short_digest,
    stand,
    to_write_down,
    unpublished,
    write_down,
)
from castkit.storage.folder import FolderStore
from castkit.storage.keys import published_key
from castkit.storage.store import Listed

ACTS = st.tuples(st.sampled_from(["publish", "unpublish", "back"]), st.sampled_from("ABC"), st.booleans())


@settings(deadline=None)
@given(st.lists(ACTS, max_size=12))
def test_going_back_is_undoing_whatever_was_cut_off(acts: list[tuple[str, str, bool]]) -> None:
    """Against a plain stack: a run that is cut off has written down what it was about to do, and not done it."""
    entries: list[Entry] = []
    stack: list[bytes | None] = [None]
    for act, name, is_cut_off in acts:
        before = stack[-1]
        after = name.encode() if act == "publish" else None if act == "unpublish" else stack[-2:][0]
        if after == before or (act == "back" and len(stack) == 1):
            continue
        kind = {"unpublish": "withdrawn", "back": "back"}.get(act) or ("first" if before is None else "published")
        entries += [entry for entry, _ in to_write_down(entries, "talk", (before, after), kind)]
        if is_cut_off:
            continue
        stack = stack[:-1] if act == "back" else [*stack, after]
        act_now = last_act(entries, short_digest(after))
        assert act_now is not None
        assert act_now.kind == kind
        rows = stand(entries, short_digest(after))
        if len(stack) > 1:
            undone, target = step_back("talk", rows)
            assert undone.digest == short_digest(stack[-1])
            assert (target.digest if target else None) == short_digest(stack[-2])
        else:
            with pytest.raises(CastkitError):
                step_back("talk", rows)
    assert [one.number for one in entries] == list(range(1, len(entries) + 1))
    read = histories(Listed(one.key, 0, "", one.when.timestamp()) for one in reversed(entries))
    assert read.get("talk", ()) == tuple(entries)


def test_a_run_that_was_cut_off_writes_nothing_twice(tmp_path: Path) -> None:
    store = FolderStore(tmp_path, base_url="https://cast.example")
    for _ in range(3):
        write_down(store, "talk", b"one")
    assert [one.kind for one in history(store, "talk")] == ["first"]
    store.write(published_key("talk"), b"one")
    write_down(store, "talk", b"one")
    assert len(history(store, "talk")) == 1, "nothing changes"


def test_what_was_published_before_there_was_a_history_is_kept(tmp_path: Path) -> None:
    store = FolderStore(tmp_path, base_url="https://cast.example")
    store.write(published_key("talk"), b"old")
    write_down(store, "talk", b"new")
    entries = history(store, "talk")
    assert [(one.kind, store.get(one.key)) for one in entries] == [("found", b"old"), ("published", b"new")]
    store.write(published_key("talk"), b"new")
    _, target = step_back("talk", stand(entries, short_digest(b"new")))
    assert target == entries[0]


def test_whose_entries_are_whose(tmp_path: Path) -> None:
    store = FolderStore(tmp_path, base_url="https://cast.example")
    for slug in ("talk", "talk-2"):
        write_down(store, slug, slug.encode())
    assert [one.slug for one in history(store, "talk")] == ["talk"]
    write_down(store, "talk", None, "withdrawn")
    store.write(published_key("talk"), b"talk")
    assert not unpublished(store.listing()), "it was about to be unpublished"


def test_an_unpublished_episode_is_known_by_the_keys_alone(tmp_path: Path) -> None:
    store = FolderStore(tmp_path, base_url="https://cast.example")
    store.write(published_key("talk"), b"one")
    write_down(store, "talk", None, "withdrawn")
    store.delete(published_key("talk"))
    write_down(store, "other", b"two")
    assert list(unpublished(store.listing())) == ["talk"], "the other was about to appear for the first time"


@pytest.mark.parametrize(
    ("key", "is_one"),
    [
        ("episodes/talk/talk.en.html", True),
        ("episodes/talk/talk-0123456789ab.mp3", False),
        ("episodes/talk/hls-0123456789ab/sound.mp4", False),
        ("episodes/talk/published.json", False),
        ("index.html", False),
    ],
)
def test_pages_that_keep_their_names(key: str, is_one: bool) -> None:
    assert is_lasting(key) is is_one


def test_a_page_is_kept_under_its_hash(tmp_path: Path) -> None:
    store = FolderStore(tmp_path, base_url="https://cast.example")
    store.write("episodes/talk/talk.en.html", b"first")
    keep_page(store, "episodes/talk/talk.en.html")
    keep_page(store, "episodes/talk/talk.en.html")
    (kept,) = store.list("episodes/talk/history/")
    assert kept == kept_key(
        "episodes/talk/talk.en.html", "a7937b64b8caa58f03721bb6bacf5c78cb235febe0e70b1b84cd99541461a08e"
    )
    assert store.get(kept) == b"first"


def test_what_the_history_needs(tmp_path: Path) -> None:
    """The sound of the publication before is named with the time it was replaced; what is published now has no end."""
    workspace = sent_show(tmp_path)
    publish(workspace, "talk")
    paths, store = workspace.episode("talk"), store_of(workspace)
    old = next(key for key in objects(workspace) if key.endswith(".mp3"))
    paths.audio.write_bytes(b"ID3 better sound")
    page = next(path for path in paths.build.glob("*.en.html") if ".transcript." not in path.name)
    page.write_bytes(b"<!doctype html>\n<p>better</p>\n")
    publish(workspace, "talk")
    first, second = kept_in_history(store, "talk")
    assert first.until == history(store, "talk")[1].when
    assert second.until is None
    assert old in first.keys - second.keys
    lost = (first.keys | second.keys) - set(store.list())
    assert all("/history/" in key for key in lost), "pages that were not replaced have no copy"
    kept = [key for key in store.list("episodes/talk/history/") if key.endswith(".html")]
    assert kept
    assert set(kept) <= first.keys


def test_a_damaged_entry_is_named(tmp_path: Path) -> None:
    store = FolderStore(tmp_path, base_url="https://cast.example")
    write_down(store, "talk", b"{}")
    with pytest.raises(CastkitError, match=r"first-.*\.json in the store is damaged"):
        kept_in_history(store, "talk")
