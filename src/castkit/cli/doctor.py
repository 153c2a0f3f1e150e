"""`castkit doctor`: checks this machine and the show's store, with a remedy for each thing that is wrong.

Rule: each check stands alone; whatever happens in one is its finding, and the others go on.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import click

from castkit.cli.app import App
from castkit.cli.console import echo_json, echo_table
from castkit.engine.machine import memory_bytes
from castkit.errors import CastkitError

OK, WARNING, PROBLEM = "ok", "warning", "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about one thing; `remedy` is empty where there is nothing to do."""

    check: str
    state: str
    found: str
    remedy: str = ""


@click.command()
@click.option("--tune", "is_tuning", is_flag=True, help="Measure recognition; write what is fastest to castkit.toml.")
@click.option("--fix-bucket", "is_fixing", is_flag=True, help="Show what the bucket lacks to serve a podcast; set it.")
@click.option("--yes", "is_sure", is_flag=True, help="With --fix-bucket: set it without asking.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.pass_obj
def doctor(app: App, /, *, is_tuning: bool, is_fixing: bool, is_sure: bool, as_json: bool) -> None:
    """Check this machine: ffmpeg, fonts, engines, models, memory, and the store of the show it is run in.

    Ends with exit code 1 where something must be done before castkit can publish.

    With --tune some minutes of the show's own speech are heard in every way this machine can, and the fastest that
    gives the same words is written to [speech]; the show needs a built episode for that.

    With --fix-bucket the show's bucket is looked at: whether everybody may read it, web players on any page too (CORS),
    and whether unfinished uploads go away. What is missing is shown, and set after a yes. In a script, for example:
    castkit doctor --fix-bucket --yes

    Example: castkit doctor --tune
    """
    if is_fixing:
        from castkit.cli.fix_bucket import fix_bucket  # noqa: PLC0415

        fix_bucket(app, is_sure=is_sure, as_json=as_json)
        return
    if is_tuning:
        from castkit.cli.tune import tune  # noqa: PLC0415

        tune(app, as_json=as_json)
        return
    findings = list(examine(app))
    if as_json:
        for one in findings:
            echo_json({"event": "check", **asdict(one)})
    else:
        echo_table([(one.state, one.check, one.found) for one in findings], ("state", "check", "found"))
        for one in findings:
            if one.remedy:
                click.echo(f"{one.state}, {one.check}: {one.remedy}")
    if any(one.state == PROBLEM for one in findings):
        raise click.exceptions.Exit(1)


def examine(app: App) -> Iterator[Finding]:
    """What every check finds, in the order of the table below."""
    for name, check in CHECKS:
        try:
            yield from check(app)
        except CastkitError as error:
            yield Finding(name, PROBLEM, error.message, error.hint)
        except Exception as error:  # noqa: BLE001 - a check that breaks is a finding too, and the rest still counts
            yield Finding(name, PROBLEM, f"cannot be checked: {error!r}", "please report this as a bug in castkit")


def _python(_: App) -> Iterator[Finding]:
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    yield Finding("python", OK, found)


def _ffmpeg(_: App) -> Iterator[Finding]:
    from castkit.ffmpeg import find_tools, version  # noqa: PLC0415

    tools = find_tools()
    for program in (tools.ffmpeg, tools.ffprobe):
        yield Finding(program.stem, OK, f"{version(program)} ({program})")


def _features(_: App) -> Iterator[Finding]:
    """An encoder or filter that this ffmpeg lacks; only what mastering needs is a problem."""
    from castkit.ffmpeg import FEATURES, INSTALL_HINT, features  # noqa: PLC0415

    has = features()
    purposes = {name: purpose for _, name, purpose in FEATURES}
    for name in (name for name, is_there in has.items() if not is_there):
        state = PROBLEM if name in NEEDED else WARNING
        yield Finding(f"ffmpeg: {name}", state, "missing", f"needed for {purposes[name]}; {INSTALL_HINT}")
    there = [name for name, is_there in has.items() if is_there]
    yield Finding("ffmpeg features", OK, ", ".join(there))


# Without these an audio episode cannot be made; the rest is for video and other formats.
NEEDED = frozenset({"libmp3lame", "ebur128", "alimiter"})


def _fonts(_: App) -> Iterator[Finding]:
    from castkit.artwork.fonts import CJK_FONTS, find_fonts  # noqa: PLC0415

    found = next(find_fonts(CJK_FONTS), None)
    if found:
        yield Finding("fonts", OK, f"Chinese: {found[0]}")
    else:
        remedy = "for Chinese on covers and in video: apt-get install fonts-noto-cjk, or install Noto Sans CJK"
        yield Finding("fonts", WARNING, "no font with Chinese characters", remedy)


_INSTALL = "in the folder of castkit's repository run: python -m pip install -c constraints.txt"
# (package to import, its name on PyPI, the engine's name in castkit.toml, how to get it)
ENGINES = (
    ("faster_whisper", "faster-whisper", "faster-whisper", f"{_INSTALL} ."),
    ("whisper", "openai-whisper", "openai-whisper", f'{_INSTALL} ".[openai]"'),
)


def _engines(app: App) -> Iterator[Finding]:
    wanted = _wanted_engine(app)
    for package, distribution, engine, remedy in ENGINES:
        if find_spec(package) is not None:
            yield Finding(engine, OK, metadata.version(distribution))
        elif engine == wanted:
            yield Finding(engine, PROBLEM, "not installed", f"castkit.toml asks for it: {remedy}")
        else:
            yield Finding(engine, OK, "not installed; not needed as the show is set up")


def _wanted_engine(app: App) -> str:
    try:
        _, show = app.load()
    except CastkitError:
        return "faster-whisper"
    return show.speech.engine


def _models(app: App) -> Iterator[Finding]:
    """The models fetched, and whether the one that the show names is among them."""
    from castkit.speech.models import MODELS, cache, is_here, locate  # noqa: PLC0415

    here = [model.name for model in MODELS if is_here(model.name)]
    found = ", ".join(here) or "none"
    remedy = "" if here else "castkit models fetch base, or the model recommended below"
    yield Finding("models here", OK if here else WARNING, f"{found} ({cache()})", remedy)
    if not _is_in_show(app):
        return
    workspace, show = app.load()
    locate(show.speech.model, workspace.root)
    remark = next((f": {model.remark}" for model in MODELS if model.name == show.speech.model), "")
    yield Finding("models", OK, f"the show's model is {show.speech.model}{remark}")


def _memory(_: App) -> Iterator[Finding]:
    from castkit.speech.models import recommend  # noqa: PLC0415

    memory = memory_bytes()
    advice = recommend(memory)
    size = f"{memory / 2**30:.1f} GiB" if memory else "unknown"
    yield Finding("memory", OK, f"{size}; recommended speech model: {advice.name} ({advice.reason})")


def _show(app: App) -> Iterator[Finding]:
    """The show's files, where this is run inside a show."""
    from castkit.config import load_all, placeholders  # noqa: PLC0415

    try:
        workspace = app.workspace()
    except CastkitError:
        yield Finding("show", OK, f"no show in {app.directory} or above it; the machine alone was checked")
        return
    show, episodes = load_all(workspace)
    yield Finding("show", OK, f"{show.show.title.in_(show.main_language)}, {len(episodes)} episodes ({workspace.root})")
    if left := placeholders(workspace, show):
        yield Finding("placeholders", WARNING, "; ".join(left), "replace them before the show goes to a public place")


def _cover(app: App) -> Iterator[Finding]:
    from castkit.artwork import check_cover  # noqa: PLC0415

    if not _is_in_show(app):
        return
    workspace, show = app.load()
    check_cover(workspace.root / show.show.image)
    yield Finding("cover", OK, show.show.image)


def _store(app: App) -> Iterator[Finding]:
    """Whether the store answers and takes files. Credentials are looked for, and never shown."""
    from castkit.storage.open import open_store  # noqa: PLC0415

    if not _is_in_show(app):
        return
    workspace, show = app.load()
    if show.store.kind == "s3":
        yield _credentials()
    store = open_store(show.store, workspace.root)
    store.check()
    yield Finding("store", OK, f"{store.name} can be reached and written to")
    for remark in store.remarks:
        yield Finding("store", WARNING, remark)


def _credentials() -> Finding:
    """Where the standard places hold credentials: the environment, then the files of the AWS tools."""
    if os.environ.get("AWS_ACCESS_KEY_ID") and os.environ.get("AWS_SECRET_ACCESS_KEY"):
        return Finding("credentials", OK, "in the environment")
    for variable, default in (("AWS_SHARED_CREDENTIALS_FILE", "credentials"), ("AWS_CONFIG_FILE", "config")):
        path = Path(os.environ.get(variable) or Path.home() / ".aws" / default)
        if path.is_file():
            profile = os.environ.get("AWS_PROFILE", "default")
            return Finding("credentials", OK, f"profile {profile}, in {path}")
    remedy = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run: aws configure"
    return Finding("credentials", WARNING, "none in the environment or in ~/.aws", remedy)


def _is_in_show(app: App) -> bool:
    try:
        app.load()
    except CastkitError:
        return False  # told by the check of the show
    return True


Check = Callable[[App], Iterator[Finding]]
CHECKS: tuple[tuple[str, Check], ...] = (
    ("python", _python),
    ("ffmpeg", _ffmpeg),
    ("ffmpeg features", _features),
    ("fonts", _fonts),
    ("engines", _engines),
    ("models", _models),
    ("memory", _memory),
    ("show", _show),
    ("cover", _cover),
    ("store", _store),
)
