"""`castkit new` makes a whole episode or nothing, and changes no more of castkit.toml than it must."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given as generated
from hypothesis import settings
from hypothesis import strategies as st

from castkit.cli.app import App
from castkit.cli.new import new
from castkit.config import load_all
from castkit.errors import CastkitError
from castkit.ffmpeg import run as run_ffmpeg
from castkit.scaffold.raw import ascii_name, given, kept_names, speaker_ids
from castkit.scaffold.show import ShowDraft, render_show
from castkit.scaffold.toml import add_people, quoted
from castkit.workspace import Workspace


@pytest.fixture(scope="session")
def tone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second of sound."""
    path = tmp_path_factory.mktemp("tone") / "tone.wav"
    run_ffmpeg(["-f", "lavfi", "-i", "sine=frequency=440:duration=1", str(path)])
    return path


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "show/episodes").mkdir(parents=True)
    text = render_show(ShowDraft("Our Dialogues", ("en", "zh-Hans")))
    (tmp_path / "show/castkit.toml").write_bytes(text.encode())
    return Workspace(tmp_path / "show")


def run(workspace: Workspace, *arguments: str) -> Result:
    return CliRunner().invoke(new, list(arguments), obj=App(workspace.root), catch_exceptions=False)


def everything(root: Path) -> Mapping[str, bytes]:
    """Every file of the workspace, but what castkit keeps for itself."""
    files = (path for path in root.rglob("*") if path.is_file() and ".castkit" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def test_a_new_episode_loads(workspace: Workspace, tone: Path) -> None:
    ended = run(
        workspace, "talk", "--recording", f"{tone}=host", "--language", "zh", "--title", "A Talk", "--season", "2"
    )  # fmt: skip
    assert ended.exit_code == 0
    assert ended.stdout == f"{workspace.episode('talk').root}\n"
    show, episodes = load_all(workspace)
    episode = episodes["talk"]
    assert episode.title.in_("en") == episode.summary.in_("zh-Hans") == "A Talk"
    assert (episode.language, episode.season, episode.number) == ("zh", 2, None)
    assert [(one.path, one.speaker) for one in episode.recordings] == [("raw/tone.wav", "host")]
    assert (workspace.episode("talk").raw / "tone.wav").read_bytes() == tone.read_bytes()
    assert episode.people == ("host",)
    assert show.people[0].name.in_("en") == "Host"
    assert timedelta(0) <= datetime.now(UTC) - episode.date < timedelta(minutes=1)
    assert set(workspace.private.iterdir()) <= {workspace.show_lock}


def test_guids_differ_and_the_date_can_be_given(
    workspace: Workspace, tone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    for slug in ("one", "two"):
        run(workspace, slug, "--recording", str(tone), "--language", "auto", "--title", "T")
    episodes = load_all(workspace)[1]
    assert episodes["one"].guid != episodes["two"].guid
    assert episodes["one"].date == datetime.fromtimestamp(1790000000, UTC)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(CastkitError, match="SOURCE_DATE_EPOCH"):
        run(workspace, "three", "--recording", str(tone), "--language", "en", "--title", "T")


def test_remarks_and_order_of_castkit_toml_stay(workspace: Workspace, tone: Path) -> None:
    before = workspace.toml.read_text("utf-8")
    run(workspace, "one", "--recording", f"{tone}=host", "--language", "en", "--title", "T")
    after = workspace.toml.read_text("utf-8")
    assert after.startswith(before.rstrip("\n"))
    copy = tone.with_name("copy.wav")
    copy.write_bytes(tone.read_bytes())
    run(
        workspace,
        "two",
        "--recording",
        f"{tone}=host",
        "--recording",
        f"{copy}=Li Anna",
        "--language",
        "en",
        "--title",
        "T",
    )
    people = load_all(workspace)[0].people
    assert [(one.id, one.name.in_("en"), one.role) for one in people] == [
        ("host", "Host", "host"),
        ("li-anna", "Li Anna", "guest"),
    ]
    run(workspace, "three", "--recording", f"{tone}=li anna", "--language", "en", "--title", "T")
    assert load_all(workspace)[1]["three"].people == ("li-anna",)
    assert len(load_all(workspace)[0].people) == 2


def test_files_are_kept_under_safe_names(workspace: Workspace, tone: Path, tmp_path: Path) -> None:
    names = ["Größe (1).WAV", "grosse-1.wav", "采访.wav", "con.wav", "a=b.wav", "x y.wav"]
    for name in names:
        (tmp_path / name).write_bytes(tone.read_bytes())
    arguments = [part for name in names for part in ("--recording", str(tmp_path / name))]
    run(workspace, "talk", *arguments, "--language", "en", "--title", "T")
    kept = [one.path for one in load_all(workspace)[1]["talk"].recordings]
    assert kept == [
        "raw/groe-1.wav", "raw/grosse-1.wav", "raw/recording-3.wav", "raw/recording-con.wav", "raw/a-b.wav",
        "raw/x-y.wav",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("Talk 1", "--recording", "{tone}"), "cannot be an episode's name"),
        (("../talk", "--recording", "{tone}"), "cannot be an episode's name"),
        (("talk", "--recording", "nowhere.wav=host"), "nowhere.wav does not exist"),
        (("talk", "--recording", "{folder}"), "is a folder"),
        (("talk", "--recording", "{empty}"), "empty (0 bytes)"),
        (("talk", "--recording", "{text}=host"), "not sound or video"),
        (("talk", "--recording", "{silent}"), "has no sound"),
        (("talk", "--recording", "{tone}", "--recording", "{tone}=host"), "named twice"),
        (("talk", "--recording", "{tone}", "--language", "klingon"), "klingon"),
        (("talk", "--recording", "{tone}", "--title", ""), "not empty"),
        (("talk", "--recording", "{tone}", "--title", "a\x00b"), "U+0000"),
        (("old", "--recording", "{tone}"), "already is an episode old"),
        (("loose", "--recording", "{tone}"), "without an episode.toml"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_what_cannot_be_an_episode_changes_nothing(
    workspace: Workspace, tone: Path, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    run(workspace, "old", "--recording", str(tone), "--language", "en", "--title", "T")
    (workspace.episodes / "loose").mkdir()
    (tmp_path / "empty.wav").touch()
    (tmp_path / "text.wav").write_text("no sound " * 99, "utf-8")
    run_ffmpeg(["-f", "lavfi", "-i", "color=size=64x64:duration=0.2", str(tmp_path / "silent.mp4")])
    places = {
        "tone": tone, "folder": tmp_path, "empty": tmp_path / "empty.wav", "text": tmp_path / "text.wav",
        "silent": tmp_path / "silent.mp4",
    }  # fmt: skip
    before = everything(workspace.root)
    given_arguments = [one.format(**places) for one in arguments]
    usual = [part for key in ("--language", "--title") if key not in arguments for part in (key, "en")]
    with pytest.raises(CastkitError) as caught:
        run(workspace, *given_arguments, *usual)
    assert said in caught.value.message
    assert everything(workspace.root) == before
    assert set(workspace.private.iterdir()) <= {workspace.show_lock}


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root and Windows write to what is read-only")
def test_a_read_only_folder_is_told(workspace: Workspace, tone: Path) -> None:
    workspace.episodes.chmod(0o500)
    before = everything(workspace.root)
    try:
        with pytest.raises(CastkitError, match="cannot be made"):
            run(workspace, "talk", "--recording", f"{tone}=host", "--language", "en", "--title", "T")
    finally:
        workspace.episodes.chmod(0o700)
    assert everything(workspace.root) == before


def test_a_file_where_the_folder_should_be_takes_castkit_toml_back(workspace: Workspace, tone: Path) -> None:
    workspace.episodes.rmdir()
    workspace.episodes.write_text("in the way", "utf-8")
    before = everything(workspace.root)
    with pytest.raises(CastkitError, match="cannot be made"):
        run(workspace, "talk", "--recording", f"{tone}=host", "--language", "en", "--title", "T")
    assert everything(workspace.root) == before


_KILLED = """
import os, signal, sys
from pathlib import Path
from castkit.cli.app import App
from castkit.cli.new import new
from castkit.scaffold import start

def killed(*_):
    os.kill(os.getpid(), signal.SIGKILL)

setattr(start, sys.argv[2], killed)  # instead of this step
new(["talk", "--recording", sys.argv[3] + "=host", "--language", "en", "--title", "T"], obj=App(Path(sys.argv[1])))
"""


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_what_a_killed_one_left_is_gone_after_the_next(workspace: Workspace, tone: Path) -> None:
    before = everything(workspace.root)
    arguments = [sys.executable, "-c", _KILLED, str(workspace.root), "_put_in_place", str(tone)]
    assert subprocess.run(arguments, check=False, capture_output=True).returncode == -signal.SIGKILL
    assert everything(workspace.root) == before
    (left,) = workspace.private.glob("new-*/raw/*")
    assert left.read_bytes() == tone.read_bytes()
    run(workspace, "other", "--recording", f"{tone}=host", "--language", "en", "--title", "T")
    assert set(workspace.private.iterdir()) <= {workspace.show_lock}
    assert list(load_all(workspace)[1]) == ["other"]


def test_two_at_once_add_a_speaker_once(workspace: Workspace, tone: Path) -> None:
    command = [sys.executable, "-m", "castkit", "-C", str(workspace.root), "new"]
    words = ["--recording", f"{tone}=Li Anna", "--language", "en", "--title", "T"]
    slugs = ("one", "two", "three")
    children = [subprocess.Popen([*command, slug, *words], stdout=subprocess.DEVNULL) for slug in slugs]
    assert [child.wait(timeout=300) for child in children] == [0, 0, 0]
    show, episodes = load_all(workspace)
    assert [person.id for person in show.people] == ["li-anna"]
    assert sorted(episodes) == ["one", "three", "two"]


def test_path_and_speaker_are_parted_at_the_last_equals_sign(tmp_path: Path) -> None:
    for name in ("a.wav", "a=b.wav", "c=host"):
        (tmp_path / name).touch()
    assert given(f"{tmp_path}/a.wav").speaker == ""
    assert given(f"{tmp_path}/a.wav= host").speaker == "host"
    assert given(f"{tmp_path}/a=b.wav").path.name == "a=b.wav"
    assert given(f"{tmp_path}/a=b.wav=guest").path.name == "a=b.wav"
    assert given(f"{tmp_path}/c=host").speaker == ""
    for wrong in ("nowhere", "nowhere=host", "", "=", "a\0b", "x" * 5000):
        with pytest.raises(CastkitError):
            given(wrong)


@generated(st.lists(st.text(max_size=12).map(lambda name: Path(f"{name.replace('/', '')}.wav")), max_size=6))
@settings(max_examples=100, deadline=None)
def test_kept_names_are_safe_and_differ(paths: list[Path]) -> None:
    names = kept_names(paths)
    assert len({name.lower() for name in names}) == len(paths)
    for name in names:
        assert name.isascii()
        stem, _, suffix = name.rpartition(".")
        assert stem.replace("-", "").isalnum()
        assert suffix.isalnum()


def test_names() -> None:
    assert ascii_name("  Dr. Müller!", "x") == "dr-muller"
    assert ascii_name("采访", "x") == "x"
    ids, added = speaker_ids(["李安娜", "王", "Host", "", "李安娜"], {"host": ("Anna", "主持人"), "speaker": ("S",)})
    assert ids == {"李安娜": "speaker-2", "王": "speaker-3", "Host": "host"}
    assert [one["name"] for one in added] == ["李安娜", "王"]


NEW = [{"id": "new", "name": 'N "q"', "role": "guest"}, {"id": "more", "name": "M", "role": "host"}]
FORMS = {
    "none": "[show]\ntitle = 1 # t\n",
    "one table": '[[people]]\nid = "a" # first\n\n# below\n\n[store]\nkind = "folder"\n',
    "tables at the end": '[[people]]\nid = "a"\n[[people]]\nid = "b"',
    "sub-table": '[[people]]\nid = "a"\n[people.name]\nen = "A"\n# below\n[store]\n',
    "inline": 'people = [\n  { id = "a" }, # first\n]\n[store]\n',
    "empty": "people = [\n]\n[store]\n",
    "apart": '[[people]]\nid = "a"\n[store]\n[[people]]\nid = "b"\n[audio]\n',
    "windows": '[[people]]\r\nid = "a"\r\n\r\n# below\r\n[store]\r\n',
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_people_are_added_to_any_form_and_nothing_else_changes(text: str) -> None:
    changed = add_people(text, NEW)
    before, after = tomllib.loads(text.replace("\r\n", "\n")), tomllib.loads(changed.replace("\r\n", "\n"))
    assert after.pop("people") == [*before.pop("people", []), *NEW]
    assert after == before
    for line in text.splitlines():
        assert line in changed
    assert changed.count("\n") - changed.count("\r\n") in ((0,) if "\r\n" in text else (changed.count("\n"),))


def test_a_remark_below_the_people_stays_in_front_of_what_it_announces() -> None:
    changed = add_people(FORMS["one table"], NEW)
    assert changed.index('"more"') < changed.index("# below") < changed.index("[store]")


@generated(st.text(max_size=40))
@settings(max_examples=100, deadline=None)
def test_quoted_text_is_read_back(text: str) -> None:
    assert tomllib.loads(f"x = {quoted(text)}") == {"x": text}
