"""A step on another machine: what goes with it, what comes back, and that nothing is done twice or believed unseen."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import castkit
import sounds
from castkit import __version__
from castkit.cluster import material
from castkit.cluster.errand import Errand, Outcome
from castkit.cluster.travel import Content, Travel
from castkit.cluster.workshop import Task, carry_out
from castkit.engine.place import Place
from castkit.engine.receipts import Receipt
from castkit.engine.runner import Runner
from castkit.engine.stage import Job, Stage
from castkit.errors import CastkitError
from castkit.model.show import StoreSettings
from castkit.pipeline import EPISODE
from castkit.steps.context import EpisodeContext
from castkit.storage.open import open_store


def _shout(context: EpisodeContext, job: Job) -> None:
    words = (context.paths.raw / "talk.wav").read_text("utf-8")
    if words == "bad":
        raise CastkitError(f"{context.paths.raw / 'talk.wav'} is bad", "take another")
    job.progress(0.5)
    job.tool("voice", "1")
    job.note("it was loud")
    job.output(context.paths.build / "shout.txt").write_text(words.upper() + context.workspace.toml.name, "utf-8")


SHOUT = Stage[EpisodeContext](
    name="shout",
    version=4,
    after=(),
    reads=lambda context: [context.paths.raw / "talk.wav", context.paths.raw / "absent.wav"],
    writes=lambda context: [context.paths.build / "shout.txt"],
    settings=lambda context: {"language": context.episode.language},
    run=_shout,
)


@pytest.fixture
def talk(tmp_path: Path) -> EpisodeContext:
    root = tmp_path / "show"
    (root / "episodes/talk/raw").mkdir(parents=True)
    context = sounds.talk(root, "raw/talk.wav")
    context.workspace.toml.write_text("# a show\n", "utf-8")
    (context.paths.raw / "talk.wav").write_text("words", "utf-8")
    return context


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "worker").mkdir()
    return tmp_path / "worker"


def at_home(context: EpisodeContext, stage: Stage[EpisodeContext] = SHOUT) -> Runner[EpisodeContext]:
    paths = context.paths
    place = Place(context.slug, context.workspace.root, paths.build, paths.receipts, paths.lock)
    return Runner(place, context, lambda _: None)


def errand_of(context: EpisodeContext, **changes: Any) -> Errand:
    digests = at_home(context).digests
    reads = {digests.name(path): digests.of(path) for path in SHOUT.reads(context)}
    files = material.files(SHOUT, context, (), digests)
    found = Errand(
        __version__, context.slug, SHOUT.name, SHOUT.version, SHOUT.settings(context), reads, files,
        root=str(context.workspace.root),
    )  # fmt: skip
    return replace(found, **changes)


class Worker:
    """One that does what it is asked to, with what it told."""

    def __init__(self, context: EpisodeContext, folder: Path) -> None:
        self.context, self.folder = context, folder
        self.settings = StoreSettings(kind="folder", path=str(folder / "travel"))
        self.travel = Travel(open_store(self.settings, folder))
        self.told: list[Mapping[str, Any]] = []

    def sent(self, errand: Errand) -> Errand:
        root = self.context.workspace.root
        self.travel.send({root / name: Content(*one) for name, one in errand.files.items()})
        return errand

    def do(self, errand: Errand, stage: Stage[EpisodeContext] = SHOUT) -> dict[str, Any]:
        task = Task(stage, self.context, errand.to_json(), self.settings)
        return carry_out(task, self.folder, self.told.append)

    @property
    def events(self) -> list[str]:
        return [one["event"] for one in self.told]


def test_what_comes_back_is_the_receipt_of_home(talk: EpisodeContext, folder: Path) -> None:
    worker = Worker(talk, folder)
    errand = worker.sent(errand_of(talk))
    assert worker.do(errand) == {"done": errand.key}
    outcome = worker.travel.outcome(errand.key)
    runner = at_home(talk)
    runner.execute(SHOUT, "new")
    sizes = {name: (talk.workspace.root / name).stat().st_size for name in runner.receipts.stages["shout"].writes}
    assert outcome == Outcome.of(runner.receipts.stages["shout"], sizes)
    assert (outcome.tools, outcome.notes) == ({"voice": "1"}, ("it was loud",))
    assert worker.events == ["began", "progress", "done"]
    assert [path.name for path in folder.glob("show-*")] == []


def test_what_is_done_is_not_done_again(talk: EpisodeContext, folder: Path, tmp_path: Path) -> None:
    errand = Worker(talk, folder).sent(errand_of(talk))
    assert Worker(talk, folder).do(errand) == {"done": errand.key}
    other = Worker(talk, folder)
    assert other.do(errand) == {"done": errand.key}
    assert other.events == []
    assert other.do(replace(errand, anew=True)) == {"done": errand.key}
    assert other.events == ["began", "progress", "done"]


@pytest.mark.parametrize(
    "change",
    [
        {"settings": {"language": "fr"}},
        {"version": 5},
        {"reads": {"episodes/talk/raw/talk.wav": "0" * 64, "episodes/talk/raw/absent.wav": None}},
    ],
    ids=["settings", "version", "reads"],
)
def test_a_result_that_saw_something_else_is_refused(
    talk: EpisodeContext, folder: Path, change: dict[str, Any]
) -> None:
    worker = Worker(talk, folder)
    errand = worker.sent(errand_of(talk, **change))
    message, hint = worker.do(errand)["error"]
    assert "saw other files or settings" in message
    assert "same castkit" in hint
    assert worker.travel.outcome(errand.key) is None


def test_another_castkit_is_refused(talk: EpisodeContext, folder: Path) -> None:
    message, _ = Worker(talk, folder).do(errand_of(talk, castkit="0.0.1"))["error"]
    assert "was given with 0.0.1" in message


def test_an_error_names_files_as_they_are_called_at_home(talk: EpisodeContext, folder: Path) -> None:
    (talk.paths.raw / "talk.wav").write_text("bad", "utf-8")
    worker = Worker(talk, folder)
    message, hint = worker.do(worker.sent(errand_of(talk)))["error"]
    assert message.startswith(f"{talk.paths.raw / 'talk.wav'} is bad (said by a worker on ")
    assert hint == "take another"


def test_a_file_that_is_gone_is_named(talk: EpisodeContext, folder: Path) -> None:
    errand = errand_of(talk)
    found = Worker(talk, folder).do(errand)
    assert sorted(found["gone"]) == sorted({digest for digest, _ in errand.files.values()})


@pytest.mark.parametrize("name", ["../out.txt", "/out.txt", "episodes/../../out.txt"])
def test_no_file_leaves_the_workers_folder(talk: EpisodeContext, folder: Path, name: str) -> None:
    worker = Worker(talk, folder)
    errand = worker.sent(errand_of(talk))
    ((_, content), *_) = errand.files.items()
    message, _ = worker.do(replace(errand, files={**errand.files, name: content}))["error"]
    assert "leads out of the workspace" in message


def test_a_key_changes_with_what_the_result_depends_on_and_with_nothing_else(talk: EpisodeContext) -> None:
    one = errand_of(talk)
    same = replace(one, castkit="9", files={}, root="/elsewhere", anew=True)
    assert same.key == one.key
    others = [
        replace(one, subject="other"), replace(one, stage="whisper"), replace(one, version=5),
        replace(one, settings={}), replace(one, reads={}),
    ]  # fmt: skip
    assert len({one.key, *(other.key for other in others)}) == 6
    assert Errand.from_json(one.to_json()) == one


def test_a_step_takes_along_what_it_reads_and_what_people_wrote(talk: EpisodeContext) -> None:
    root, paths = talk.workspace.root, talk.paths
    small = {"glossary.toml", "templates/notes.en.md.j2", "memory/all.tmx", "episodes/talk/subtitles/talk.en.srt"}
    left = {"episodes/talk/raw/other.wav", "episodes/talk/.hidden", "episodes/other/episode.toml", "templates/.swp"}
    for name in (*small, *left, "episodes/talk/build/survey.json", "episodes/talk/build/tracks/0.wav"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name, "utf-8")
    big = paths.root / "subtitles" / "film.mkv"
    big.write_bytes(bytes(material.SMALL + 1))
    made = Receipt(1, {}, {}, {"episodes/talk/build/survey.json": "1", "episodes/talk/build/shout.txt": "2"})
    (paths.build / "shout.txt").write_text("as it was before", "utf-8")
    found = material.files(SHOUT, talk, [made], at_home(talk).digests)
    assert set(found) == {
        "castkit.toml", "episodes/talk/raw/talk.wav", "episodes/talk/build/survey.json", *small
    }  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_no_link_takes_along_what_lies_outside_the_show(talk: EpisodeContext, tmp_path: Path) -> None:
    secret, root, paths = tmp_path / "secret.txt", talk.workspace.root, talk.paths
    secret.write_text("the secret words", "utf-8")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "other.tmx").write_text("theirs", "utf-8")
    for name in ("glossary.toml", "episodes/talk/link.txt", "episodes/talk/build/survey.json"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).symlink_to(secret)
    (root / "memory").symlink_to(tmp_path / "elsewhere")
    (paths.root / "within.txt").symlink_to(root / "castkit.toml")
    (paths.root / "round.txt").symlink_to(paths.root / "round.txt")
    made = Receipt(1, {}, {}, {"episodes/talk/build/survey.json": "1"})
    found = material.files(SHOUT, talk, [made], at_home(talk).digests)
    assert set(found) == {"castkit.toml", "episodes/talk/raw/talk.wav", "episodes/talk/within.txt"}
    linked = replace(SHOUT, reads=lambda _: [paths.root / "link.txt"])
    assert not material.portable(linked, talk), "a step that reads it is done where it lies"


def test_the_translation_memory_of_other_episodes_goes_with_translation_alone(talk: EpisodeContext) -> None:
    root = talk.workspace.root
    names = {
        "episodes/other/episode.toml",
        "episodes/other/subtitles/other.zh.srt",
        "episodes/other/build/other.en.srt",
    }
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name, "utf-8")
    translate = replace(SHOUT, name="translate")
    assert names <= set(material.files(translate, talk, (), at_home(talk).digests))
    assert not names & set(material.files(SHOUT, talk, (), at_home(talk).digests))


def test_rows_before_a_row_are_found_near_and_far() -> None:
    road = {stage.name: stage for stage in EPISODE}
    assert material.ancestors(road["master"], road) == {"ingest", "survey", "edit"}
    assert {"ingest", "transcribe", "subtitle"} <= material.ancestors(road["translate"], road)
    assert "master" not in material.ancestors(road["translate"], road)


def test_what_castkit_brings_is_on_every_machine(talk: EpisodeContext, folder: Path) -> None:
    template = Path(castkit.__file__).parent / "templates" / "notes.md.j2"
    stage = replace(SHOUT, reads=lambda context: [template, *SHOUT.reads(context)])
    assert material.portable(stage, talk)
    digests = at_home(talk).digests
    files = material.files(stage, talk, (), digests)
    assert "episodes/talk/raw/talk.wav" in files
    assert not [name for name in files if "templates" in name]
    reads = {digests.name(path): digests.of(path) for path in stage.reads(talk)}
    material.refuse_changed(reads, files, "shout")
    worker = Worker(talk, folder)
    errand = worker.sent(errand_of(talk, reads=reads))
    assert worker.do(errand, stage) == {"done": errand.key}


def test_what_changes_while_it_is_packed_is_refused(talk: EpisodeContext) -> None:
    errand = errand_of(talk)
    changed = {**errand.reads, "episodes/talk/raw/talk.wav": "0" * 64}
    with pytest.raises(CastkitError, match=r"changed meanwhile: episodes/talk/raw/talk\.wav"):
        material.refuse_changed(changed, errand.files, "shout")


def test_what_reads_outside_the_show_stays_here(talk: EpisodeContext, tmp_path: Path) -> None:
    assert material.portable(SHOUT, talk)
    assert not material.portable(replace(SHOUT, reads=lambda _: [tmp_path / "model.bin"]), talk)


@pytest.mark.parametrize(
    ("url", "travels"), [("http://127.0.0.1:11434/v1", False), ("https://words.example/v1", True), ("", True)]
)
def test_a_service_on_this_machine_alone_is_asked_from_here(talk: EpisodeContext, url: str, travels: bool) -> None:
    translation = talk.show.translation.model_copy(update={"url": url})
    asking = replace(talk, show=talk.show.model_copy(update={"translation": translation}))
    assert material.portable(replace(SHOUT, name="translate"), asking) is travels
    assert material.portable(SHOUT, asking)
