"""`castkit review` as a person runs it: killed and started again, twice at once, beside an import, with its media."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import reviewed_show
from review_client import as_seen, castkit, running

from castkit.errors import CastkitError
from castkit.review.serving import PORT, listen
from castkit.subtitles.history import What
from castkit.workspace import Workspace

WAIT_S = 120


@pytest.fixture
def show(tmp_path: Path) -> Workspace:
    return reviewed_show.make(tmp_path / "show")


def until(found: Callable[[], Any]) -> Any:
    """The first true value that comes."""
    deadline = time.monotonic() + WAIT_S
    while not (value := found()):
        assert time.monotonic() < deadline, "it does not come"
        time.sleep(0.1)
    return value


def texts(document: Any) -> list[str]:
    return [cue["text"] for cue in document["cues"]]


def test_everything_typed_before_a_kill_is_there_after_the_next_start(show: Workspace) -> None:
    wanted = ["Coverage rose to 64%.", "Thanks to all.", "Goodbye."]
    for kill in range(2):
        with running(show.root) as server:
            page = server.page(f"tab{kill}")
            assert texts(page.document()) == wanted
            for at in range(5):
                document = page.document()
                wanted[at % 3] = f"Text {kill}-{at}"
                assert page.write(document["cues"][at % 3], wanted[at % 3])["status"] == "done"
            page.post("/api/who", {"who": "Ms Li"})
            server.kill()
    with running(show.root) as server:
        document = server.page().document()
        assert texts(document) == wanted
        assert document["who"] == "Ms Li"
        assert server.stop() == 0
    found = reviewed_show.history(show).revisions
    assert [one.what for one in found] == [What.EXPORT, What.REVIEW, What.REVIEW]


def test_ctrl_c_leaves_a_draft_in_the_history_that_the_next_export_hands_out(show: Workspace) -> None:
    with running(show.root, "--who", "Ms Li") as server:
        page = server.page()
        page.write(page.document()["cues"][2], "Farewell.")
        assert server.stop() == 0
        assert "stopped\n" in server.said
    log = castkit(show.root, "subs", "log", "talk", "en").stdout
    assert "Ms Li" in log
    assert castkit(show.root, "subs", "export", "talk", "en", "--to", "out.srt").returncode == 0
    assert "Farewell." in (show.root / "out.srt").read_text("utf-8-sig")


def test_an_import_while_the_page_is_open_is_merged_and_told(show: Workspace) -> None:
    with running(show.root) as server:
        page = server.page()
        document = page.document()
        page.write(document["cues"][0], "Coverage is 64%.")
        back = show.root / "back.srt"
        back.write_text(reviewed_show.DRAFT.replace("Goodbye", "Farewell"), "utf-8")
        ended = castkit(show.root, "subs", "import", "talk", "en", str(back), "--by", "Bo")
        assert ended.returncode == 0, ended.stderr
        found = until(lambda: (now := page.changes(document["version"]))["notes"] and now)
        assert "of Bo came in meanwhile" in found["notes"][0]
        assert texts(page.document()) == ["Coverage is 64%.", "Thanks to all.", "Farewell."]
        done = page.post("/api/accept", {"draft": False}).json
        assert done["state"] == "accepted"
    accepted = show.episode("talk").accepted("en").read_text("utf-8")
    assert "Coverage is 64%." in accepted
    assert "Farewell." in accepted


def test_two_tabs_in_one_cue_are_told_and_both_texts_are_kept(show: Workspace) -> None:
    with running(show.root) as server:
        one, other = server.page("one"), server.page("other")
        document = one.document()
        cue = document["cues"][1]
        assert one.write(cue, "Thank you.")["status"] == "done"
        assert other.move(cue, 100)["status"] == "merged"
        answer = other.write(cue, "Many thanks.")
        assert (answer["status"], answer["theirs"][0]["text"]) == ("conflict", "Thank you.")
        assert other.write(answer["theirs"][0], "Many thanks to all of you.")["status"] == "done"
        (changed,) = one.changes(document["version"])["cues"]
        assert (changed["text"], changed["startMs"]) == ("Many thanks to all of you.", 5100)
        assert server.stop() == 0
    kept = "".join(
        path.read_text("utf-8") for path in show.episode("talk").subtitle_history.rglob("*") if path.is_file()
    )
    assert "Many thanks." in kept


def test_a_second_page_of_the_language_says_where_the_first_is(show: Workspace) -> None:
    with running(show.root) as server:
        ended = castkit(show.root, "review", "talk", "en", "--no-browser")
        assert ended.returncode == 1
        assert f"is open already at http://127.0.0.1:{server.port}/" in ended.stderr
        assert server.token not in ended.stderr
        server.kill()
    with running(show.root) as server:  # a killed one holds nothing
        assert server.stop() == 0


def test_the_next_port_is_used_where_the_usual_one_is_taken() -> None:
    with listen(None) as first, listen(None) as second:
        ports = [one.getsockname()[1] for one in (first, second)]
        assert PORT <= ports[0] < ports[1]
        assert first.getsockname()[0] == "127.0.0.1"
        with pytest.raises(CastkitError, match=f"port {ports[0]}: "):
            listen(ports[0])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere",), "nowhere"),
        (("talk", "fr"), "no subtitles in 'fr'"),
        (("talk", "../en"), "no subtitles in"),
        (("talk", "en", "--port", "70000"), "--port"),
    ],
)
def test_what_cannot_be_reviewed_is_refused(show: Workspace, arguments: tuple[str, ...], said: str) -> None:
    ended = castkit(show.root, "review", "--no-browser", *arguments)
    assert ended.returncode in (1, 2)
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not list(show.root.rglob("*.review.*"))


def test_an_episode_that_is_not_built_is_refused(tmp_path: Path) -> None:
    from built_show import make_show  # noqa: PLC0415

    ended = castkit(make_show(tmp_path / "show").root, "review", "talk", "en", "--no-browser")
    assert ended.returncode == 1
    assert "castkit build" in ended.stderr


def test_the_sound_comes_in_ranges_and_the_page_with_its_files(show: Workspace) -> None:
    sound = show.episode("talk").audio.read_bytes()
    with running(show.root) as server:
        page = server.page()
        whole = page.get("/media")
        assert (whole.status, whole.body, whole.headers["content-type"]) == (200, sound, "audio/mpeg")
        assert whole.headers["accept-ranges"] == "bytes"
        part = page.get("/media", Range="bytes=4-9")
        assert (part.status, part.body) == (206, sound[4:10])
        assert part.headers["content-range"] == f"bytes 4-9/{len(sound)}"
        assert page.get("/media", Range="bytes=-5").body == sound[-5:]
        assert page.get("/media", Range=f"bytes={len(sound)}-").status == 416
        head = page.request("HEAD", "/media", headers={"Cookie": page.cookie})
        assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(sound)))
        waiting = page.get("/media", Range="bytes=0-")  # a player holds such a connection open
        assert waiting.status == 206
        answer = page.get("/")
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert b"<script>" not in answer.body.lower()
        assert page.get("/static/wavesurfer.esm.js").headers["content-type"] == "text/javascript; charset=utf-8"
        assert page.get("/static/app.py").status == 404
        assert server.stop() == 0


def test_a_repeated_edit_is_done_once_across_a_kill(show: Workspace) -> None:
    new = {"startMs": 20_000, "endMs": 21_000, "text": "Once."}
    with running(show.root) as server:
        first = server.page().edit([], [new], "mine")
        server.kill()
    with running(show.root) as server:
        page = server.page()
        assert page.edit([], [new], "mine") == first
        assert texts(page.document()).count("Once.") == 1
        cue = next(cue for cue in page.document()["cues"] if cue["text"] == "Once.")
        assert page.edit([as_seen(cue)], [])["status"] == "done"


def test_a_full_disk_is_said_and_nothing_is_half_written(small_disk: Callable[[int], Path]) -> None:
    disk = small_disk(300)
    show = reviewed_show.make(disk / "show")
    with contextlib.suppress(OSError), (disk / "filler").open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 4096)
    ended = castkit(show.root, "review", "talk", "en", "--no-browser", "--port", "0")
    assert ended.returncode == 1
    assert "No space left" in ended.stderr
    assert "nothing is lost" in ended.stderr
    assert not list(show.root.rglob("*.jsonl"))
