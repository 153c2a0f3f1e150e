"""`castkit init` leaves a show that loads as it stands, and takes nothing away from what was there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from castkit.artwork import check_cover
from castkit.cli.app import App
from castkit.cli.init import init
from castkit.config import load_all, load_glossary, placeholders
from castkit.engine.machine import memory_bytes
from castkit.errors import CastkitError
from castkit.scaffold.show import IGNORED
from castkit.speech.models import recommend
from castkit.workspace import Workspace


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(init, [str(folder), *arguments], obj=App(folder.parent), catch_exceptions=False)


def test_a_new_show_loads_and_lists_its_placeholders(tmp_path: Path) -> None:
    ended = run(tmp_path / "my show", "--title", "Our Dialogues", "--language", "en", "--also", "zh-Hans")
    assert ended.exit_code == 0
    workspace = Workspace(tmp_path / "my show")
    assert ended.stdout == f"{workspace.root}\n"
    assert "castkit publish" in ended.stderr
    show, episodes = load_all(workspace)
    assert episodes == {}
    assert show.languages == ("en", "zh-Hans")
    assert show.show.title.in_("zh-Hans") == "Our Dialogues"
    assert show.show.description.own("zh-Hans") != show.show.description.own("en")
    assert show.store.kind == "folder"
    check_cover(workspace.root / show.show.image)
    left = " ".join(placeholders(workspace, show))
    for key in ("show.description", "show.owner_email", "show.link", "store.base_url", "show.image"):
        assert key in left
    assert workspace.episodes.is_dir()
    assert workspace.feeds.is_dir()
    assert not workspace.templates.exists()
    assert set(IGNORED) <= set((workspace.root / ".gitignore").read_text("utf-8").splitlines())


def test_the_recommended_model_is_written_and_base_is_explained(tmp_path: Path) -> None:
    ended = run(tmp_path / "show", "--title", "T", "--language", "en")
    model = recommend(memory_bytes()).name
    assert load_all(Workspace(tmp_path / "show"))[0].speech.model == model
    assert f"castkit models fetch {model}" in ended.stderr
    assert "base" in ended.stderr
    assert "rough draft" in ended.stderr


def test_what_a_person_replaced_is_no_placeholder(tmp_path: Path) -> None:
    run(tmp_path / "show", "--title", "T", "--language", "en")
    workspace = Workspace(tmp_path / "show")
    text = workspace.toml.read_text("utf-8").replace("podcast@example.org", "podcast@institute.org")
    workspace.toml.write_text(text.replace("http://127.0.0.1:8000", "https://media.institute.org"), "utf-8")
    left = " ".join(placeholders(workspace, load_all(workspace)[0]))
    assert "owner_email" not in left
    assert "base_url" not in left
    assert "show.image" in left


def without_marks(path: Path, *, but: tuple[str, ...] = ()) -> None:
    """Takes the # away from every setting of a file, those of these names excepted."""
    found = []
    for line in path.read_text("utf-8").splitlines():
        setting = re.match(r"# (\[|([\w-]+) = )", line)
        found.append(line.removeprefix("# ") if setting and setting[2] not in but else line)
    path.write_text("\n".join(found), "utf-8")


def test_every_remark_that_is_a_setting_is_a_valid_one(tmp_path: Path) -> None:
    """The settings not in use can be put to use by taking away the #; of the stores there is only one at a time."""
    run(tmp_path / "show", "--title", "T", "--language", "en", "--also", "zh-Hans")
    workspace = Workspace(tmp_path / "show")
    without_marks(workspace.toml, but=("kind", "bucket", "endpoint", "base_url"))
    show, _ = load_all(workspace)
    assert show.people[0].id == "host"
    assert show.subtitles.require_review == ("zh-Hans",)
    assert show.show.disclaimer
    assert len(show.partners) == len(show.funders) == 1
    defaults = load_all(_fresh(tmp_path))[0]
    assert show.subtitles.profile == defaults.subtitles.profile
    assert show.subtitles.numbers == defaults.subtitles.numbers
    assert show.translation.url
    assert show.translation.model
    assert not defaults.translation.url


def _fresh(folder: Path) -> Workspace:
    run(folder / "fresh", "--title", "T", "--language", "en", "--also", "zh-Hans")
    return Workspace(folder / "fresh")


def test_a_new_glossary_is_empty_and_says_how_to_fill_it(tmp_path: Path) -> None:
    workspace = _fresh(tmp_path)
    show, _ = load_all(workspace)
    assert load_glossary(workspace, show).terms == ()
    words = iter(("welfare", "福利", "in the remark", "wellbeing", "福祉", "well fair", "福力"))
    text = re.sub("…", lambda _: next(words), workspace.glossary.read_text("utf-8"))
    workspace.glossary.write_text(text, "utf-8")
    without_marks(workspace.glossary)
    (term,) = load_glossary(workspace, show).terms
    assert term.case
    assert term.note.in_("en") == "for translators"


def test_a_glossary_that_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "glossary.toml").write_text('[[terms]]\nterm = "mine"\n', "utf-8")
    run(tmp_path, "--title", "T", "--language", "en")
    assert (tmp_path / "glossary.toml").read_text("utf-8") == '[[terms]]\nterm = "mine"\n'


@pytest.mark.parametrize("title", ['Quotes " and \\ back', "社会保障对话", "# [show]", "'''", "{}", "%s {0}"])
def test_any_title_survives(tmp_path: Path, title: str) -> None:
    run(tmp_path / "show", "--title", title, "--language", "zh-Hans")
    assert load_all(Workspace(tmp_path / "show"))[0].show.title.in_("zh-Hans") == title


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--title", "T", "--language", "english"), 'did you mean "en"?'),
        (("--title", "T", "--language", "en", "--also", "zh-hans"), 'did you mean "zh-Hans"?'),
        (("--title", "T", "--language", "en us"), "not a language tag"),
        (("--title", "  ", "--language", "en"), "not empty"),
        (("--title", "T\x07", "--language", "en"), "U+0007"),
        (("--title", "T", "--language", "en", "--also", "en"), "each language once"),
    ],
)
def test_what_cannot_be_a_show_leaves_nothing(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(CastkitError) as caught:
        run(tmp_path / "show", *arguments)
    assert said in caught.value.message
    assert caught.value.hint
    assert not (tmp_path / "show").exists()


def test_a_folder_with_a_show_is_refused_and_unchanged(tmp_path: Path) -> None:
    run(tmp_path / "show", "--title", "First", "--language", "en")
    before = {path: path.read_bytes() for path in (tmp_path / "show").rglob("*") if path.is_file()}
    with pytest.raises(CastkitError, match="already exists"):
        run(tmp_path / "show", "--title", "Second", "--language", "en")
    assert before == {path: path.read_bytes() for path in (tmp_path / "show").rglob("*") if path.is_file()}


def test_what_is_in_the_folder_stays(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.log\n/public/", "utf-8")
    (tmp_path / "cover.png").write_bytes(b"mine")
    (tmp_path / "README").write_text("mine", "utf-8")
    run(tmp_path, "--title", "T", "--language", "en")
    assert (tmp_path / "cover.png").read_bytes() == b"mine"
    ignored = (tmp_path / ".gitignore").read_text("utf-8").splitlines()
    assert ignored[:2] == ["*.log", "/public/"]
    assert ignored.count("/public/") == 1
    assert (tmp_path / "castkit.toml").exists()


def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "show").mkdir()
    (tmp_path / "show/episodes").touch()
    with pytest.raises(CastkitError, match="cannot be made into a show"):
        run(tmp_path / "show", "--title", "T", "--language", "en")
    assert not (tmp_path / "show/castkit.toml").exists()


def test_the_new_file_is_toml_with_remarks(tmp_path: Path) -> None:
    run(tmp_path / "show", "--title", "T", "--language", "en")
    text = (tmp_path / "show/castkit.toml").read_text("utf-8")
    assert tomllib.loads(text)["show"]["title"] == "T"
    assert text.count("#") > 20


def test_this_machine_has_memory() -> None:
    assert 2**28 < memory_bytes() < 2**50
