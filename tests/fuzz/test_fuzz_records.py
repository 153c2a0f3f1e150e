"""What castkit itself wrote, torn, merged badly or edited by hand: it is read, begun anew, or refused in words."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import fuzzing
import pytest

import built_show
from castkit.engine import away, receipts
from castkit.model.cue import Cue
from castkit.model.edit import Removed
from castkit.model.programme import Loudness, Programme, Track
from castkit.model.timeline import joined
from castkit.review.journal import Entry, Journal, Start
from castkit.review.peaks import _kept
from castkit.review.rows import Placed, Row, ops_from_json
from castkit.review.working import Outcome
from castkit.speech.checkpoint import Checkpoint
from castkit.steps import clearance, import_show, show_context
from castkit.steps.context import EpisodeContext
from castkit.steps.files import load_programme, load_tracks, load_transcript
from castkit.steps.subtitle_desk import Stand
from castkit.storage import unfinished
from castkit.subtitles.history import History, Revision, Role, State, What
from castkit.translate.kept import _answers

DATA = Path(__file__).parent.parent / "data"
CLOCK = joined([(0, 60_000)], 2_000)


class PLACE:
    """The folder that the files are put into, and a built show, once they are there."""

    folder: Path
    shows: Path


def setup(folder: Path) -> None:
    """Makes them, and the good files."""
    PLACE.folder, PLACE.shows = folder, folder / "show"
    built_show.build(built_show.make_show(PLACE.shows))


@pytest.fixture(scope="module", autouse=True)
def _place(tmp_path_factory: pytest.TempPathFactory) -> None:
    setup(tmp_path_factory.mktemp("records"))


def _file(read: Callable[[Path], object]) -> Callable[[bytes], object]:
    """A reader of bytes out of a reader of files."""

    def reader(data: bytes) -> object:
        path = PLACE.folder / "record"
        path.write_bytes(data)
        return read(path)

    return reader


def _built(name: str, read: Callable[..., object]) -> Callable[[bytes], object]:
    """A reader of the episode in which the built file of this name is as given."""

    def reader(data: bytes) -> object:
        from castkit.workspace import Workspace  # noqa: PLC0415

        context = built_show.context(Workspace(PLACE.shows))
        path = context.paths.build / name
        good = path.read_bytes() if path.exists() else b""
        path.write_bytes(data)
        try:
            return read(context)
        finally:
            path.write_bytes(good)

    return reader


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _lines(*values: object) -> bytes:
    return b"".join(_json(value) + b"\n" for value in values)


def _receipts() -> bytes:
    one = {
        "version": 2,
        "settings": {"a": [1]},
        "reads": {"a": "0" * 64},
        "writes": {"b": None},
        "tools": {"c": "1"},
        "notes": ["n"],
    }
    return _json({"version": receipts.VERSION, "stages": {"ingest": one}, "pending": {"d": "1" * 64}})


def _journal(folder: Path) -> bytes:
    journal = Journal(folder / "seed.review.jsonl")
    row = Row("c1", Cue(0, 900, "Thank you.", "host"))
    gone = Placed("c1", 0, 900, "Thanks.")
    outcome = Outcome("done", ids=("c1",), rows=(row,), drop=("c2",), theirs=(row,), mine=(gone,))
    start = Start((row,), 0, Stand.MACHINE, CLOCK, "0" * 64, CLOCK, 1, 2, "ann", {("tab", "1"): outcome})
    journal.begin(
        start, [Entry(("tab", "2"), outcome, "ann", "2026-09-16T09:00:00+00:00"), Entry(None, None, "eve", "2026")]
    )
    return journal.file.read_bytes()


def _history(folder: Path) -> bytes:
    history = History(folder / "seed.jsonl")
    digest = history.keep(b"cues")
    history.append(Revision(What.EXPORT, "ann", files={Role.CUES: digest}, clock=CLOCK, source_clock=CLOCK, kind="srt"))
    history.append(
        Revision(
            What.ACCEPT,
            "ann",
            state=next(iter(State)),
            files={Role.CUES: digest},
            base=1,
            notes=("a",),
            translators=("Eve",),
        )
    )
    return history.file.read_bytes()


def _seed(make: Callable[[Path], bytes]) -> bytes:
    import tempfile  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        return make(Path(folder))


def _digests(path: Path) -> object:
    digests = receipts.Digests(path.parent, path)
    return digests.of(path), digests.known(path), digests.is_away(path)


def _hearing(path: Path) -> object:
    return Checkpoint(path, "key").resume("plan")


APPROVAL = dataclasses.asdict(clearance.Approval("lead", "ann", "2026-09-16T09:00:00+00:00", {"talk.mp3": "0" * 64}))
UTTERANCE = {"words": [{"text": "Hello", "start_ms": 0, "end_ms": 400, "probability": 0.9}], "speaker": "host"}
PUBLISHED = (DATA / "published/oldest.json").read_bytes()
OPS = {
    "client": "tab",
    "ops": [
        {
            "op": "1",
            "remove": [{"id": "c1", "startMs": 0, "endMs": 9, "text": "a"}],
            "put": [{"startMs": 0, "endMs": 9, "text": "b"}],
        }
    ],
}
WORDS = {
    "version": 2, "language": "en", "engine": "faster-whisper", "model": "base", "duration_ms": 60_000,
    "utterances": [UTTERANCE], "translation": [], "notes": ["n"],
    "flags": [{"start_ms": 0, "end_ms": 9, "text": "a", "code": "loop", "why": "b", "is_dropped": True}],
    "coverage": {"speech_ms": 1, "wordless_ms": 1, "words": 1, "speechless_words": 0, "gaps": [[0, 9]]},
}  # fmt: skip
TRACK = Track("raw/talk.wav", "host", 0, 60_000, 1, 48_000, False, Loudness(-16.0, -1.0, 3.0))
PROGRAMME = Programme((TRACK,), CLOCK, (Removed(3, 9, "pause"),), 62_000).to_json()
TRACKS = {
    "version": 1, "spoken": "zh-Hans", "missing": [],
    "tracks": [{"language": "en", "origin": "recognition", "cues": 3, "exceptions": ["a"], "stale": []}],
}  # fmt: skip
UPLOADS = {"episodes/talk/talk.mp3": {"upload": "u", "sha256": "0" * 64, "part": 16 << 20, "checksum": "sha256"}}
PEAKS = {"of": ["a", 1, 2], "perSecond": 50, "max": [0.5]}


def _published(data: bytes) -> object:
    return show_context._loaded("talk", data)


def _imported(path: Path) -> object:
    from castkit.workspace import Workspace  # noqa: PLC0415

    episode = Workspace(PLACE.folder / "imported").episode("talk")
    episode.root.mkdir(parents=True, exist_ok=True)
    episode.imported.write_bytes(path.read_bytes())
    return list(import_show._known(Workspace(PLACE.folder / "imported")))


def _state(path: Path) -> object:
    from castkit.workspace import Workspace  # noqa: PLC0415

    workspace = Workspace(PLACE.folder / "imported")
    workspace.feeds.mkdir(parents=True, exist_ok=True)
    workspace.import_state.write_bytes(path.read_bytes())
    return import_show._state(workspace)


def _noted(path: Path) -> object:
    found = unfinished.find(path, *UPLOADS)
    unfinished.note(path, "another", found)
    unfinished.note(path, "another", None)
    assert unfinished.find(path, *UPLOADS) == found
    return found


def _used_programme(context: EpisodeContext) -> object:
    found = load_programme(context)
    return found.chapter_start(500), found.recorded_ms, found.lead_ms, found.timeline.span(0, 100)


def _used_transcript(context: EpisodeContext) -> object:
    found = load_transcript(context)
    return found.words, [one.text for one in found.utterances], found.to_json()


def _ops(data: bytes) -> object:
    try:
        return ops_from_json(json.loads(data))
    except (ValueError, RecursionError):  # as the page's server tells them
        return None


PARSERS = tuple(
    fuzzing.Parser(name, read, seeds, "json", examples=50)
    for name, read, *seeds in (
        ("receipts.json", _file(receipts.load), _receipts()),
        (".digests.json", _file(_digests), _json({"record": [1, 2, "0" * 64], "a": [1, 2, "b"]})),
        ("away.json", _file(away.read), _json({"version": 1, "files": {"a": "0" * 64}})),
        ("published.json", _published, PUBLISHED),
        ("imported.json", _file(_imported), PUBLISHED),
        (
            "feeds-imported.json",
            _file(_state),
            _json({"done": True, "source": "https://a.example/feed.xml", "guid": None}),
        ),
        ("approvals.jsonl", _file(clearance.load), _lines(APPROVAL, {**APPROVAL, "is_withdrawn": True})),
        ("review.jsonl", _file(lambda path: Journal(path).read()), _seed(_journal)),
        ("history.jsonl", _file(lambda path: History(path).standing), _seed(_history)),
        ("hearing.jsonl", _file(_hearing), _lines({"key": "key", "plan": "plan"}, {"a": [1]})),
        ("answers.json", _file(_answers), _json({"version": 1, "answers": {"0" * 64: "text"}})),
        ("peaks.json", _file(lambda path: _kept(path, ["a", 1, 2])), _json(PEAKS)),
        ("programme.json", _built("programme.json", _used_programme), _json(PROGRAMME)),
        ("words.json", _built("words.json", _used_transcript), _json(WORDS)),
        ("subtitles.json", _built("subtitles.json", load_tracks), _json(TRACKS)),
        ("uploads.json", _file(_noted), _json(UPLOADS)),
        ("ops of a page", _ops, _json(OPS)),
    )
    for seeds in [tuple(seeds)]
)


@pytest.mark.soak
@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_no_record_makes_the_reader_stumble(parser: fuzzing.Parser) -> None:
    parser.sweep()


@pytest.mark.parametrize(("parser", "data"), fuzzing.cases(PARSERS))
def test_records_found_once_are_refused_in_words(parser: fuzzing.Parser, data: bytes) -> None:
    parser.accepts(data)


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_the_seeds_are_read(parser: fuzzing.Parser) -> None:
    for seed in parser.seeds:
        parser.read(seed)
