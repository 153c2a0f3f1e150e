"""The command line's root and its one error boundary.

Rule: a command's module is imported only when that command is asked for, so `castkit --help` is instant.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import signal
import sys
from pathlib import Path
from types import ModuleType
from typing import NoReturn

import click

from castkit import __version__
from castkit.cli.app import App
from castkit.errors import CastkitError

EXIT_ERROR, EXIT_USAGE, EXIT_SOME_FAILED, EXIT_BUG, EXIT_INTERRUPTED = 1, 2, 3, 70, 130

# name: (module below castkit.cli and the command in it, what `castkit --help` says); in the order of a newcomer's day
COMMANDS = {
    "init": ("init", "Start a show in a folder."),
    "import": ("import_show", "Bring a show here from another host, by its feed."),
    "new": ("new", "Start an episode from its recordings."),
    "status": ("status", "Say what is stale, and why."),
    "build": ("build", "Make everything, send nothing."),
    "preview": ("preview", "Put a built episode into a zip, to send round."),
    "approve": ("approve", "Clear an episode for publishing, in a role."),
    "publish": ("publish", "Make what is stale, upload it, renew the feed."),
    "unpublish": ("unpublish", "Take an episode out of the feeds, and keep it out."),
    "rollback": ("rollback", "Take the latest publication back: the feeds as before."),
    "export": ("export", "Hand levelled tracks to an audio workstation."),
    "turns": ("turns", "List who speaks when on a recording that several share."),
    "subs": ("subs", "Subtitles to translators and back; check and compare."),
    "review": ("review", "Correct subtitles in a browser, beside their sound."),
    "clip": ("clip", "Cut a short clip with captions, for social media."),
    "kit": ("kit", "Make an episode ready for platforms without a feed."),
    "notes": ("notes", "Have notes proposed, and accept them."),
    "newsletter": ("newsletter", "Write an e-mail about new episodes."),
    "feed": ("feed", "Renew the feeds from what is published."),
    "verify": ("verify", "Check what is live against what was published."),
    "prune": ("prune", "Remove files from the store that were replaced long ago."),
    "backup": ("backup", "Keep what a lost laptop would take with it in a private place."),
    "restore": ("restore", "Take a show's folder back from a backup."),
    "serve": ("serve", "Serve the store over HTTP, to listen and look."),
    "doctor": ("doctor", "Check this machine, with a remedy for each problem."),
    "worker": ("worker", "Lend this machine to a cluster that makes episodes."),
    "models": ("models", "List and fetch Whisper models."),
    "schema": ("schema", "JSON Schema of castkit.toml, glossary.toml and episode.toml."),
}


def _imported(name: str) -> ModuleType:
    """The module; modules stay to the end, so nobody looks them over for garbage, which takes as long as their work."""
    gc.disable()
    try:
        return importlib.import_module(name)
    finally:
        gc.freeze()
        gc.enable()


class LazyGroup(click.Group):
    """A group whose commands are imported when used; the table above stands in for their help."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        name = COMMANDS[cmd_name][0]  # of the module, and of the command in it
        module = _imported(f"castkit.cli.{name}")
        command = getattr(module, name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{module.__name__}.{name} is no command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib  # noqa: PLC0415

            near = difflib.get_close_matches(args[0], COMMANDS, 1)
            guess = f" Did you mean {near[0]!r}?" if near else ""
            raise click.UsageError(f"No such command {args[0]!r}.{guess}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("-C", "directory", metavar="DIR", type=click.Path(path_type=Path), help="Work in this folder.")
@click.option("-v", "--verbose", is_flag=True, help="Say more about what is done.")
@click.option("--debug", is_flag=True, help="Say everything; show the traceback of a bug.")
@click.version_option(__version__, prog_name="castkit")
@click.pass_context
def cli(ctx: click.Context, *, directory: Path | None, verbose: bool, debug: bool) -> None:
    """From raw interview recordings to a published podcast: sound, bilingual subtitles, show notes, feed.

    Example: castkit -C my-show publish episode-02
    """
    if directory is not None and not directory.is_dir():
        raise CastkitError(f"-C {directory}: no such folder", "name the folder that holds castkit.toml")
    _log_to_stderr(verbose=verbose, debug=debug)
    folder = directory or Path.cwd()
    # Receipts name files from the workspace's root, which must be spelt the same from wherever it is named.
    ctx.obj = App(folder.resolve() if ".." in folder.parts else folder.absolute())


def _log_to_stderr(*, verbose: bool, debug: bool) -> None:
    import logging  # noqa: PLC0415 - a tenth of the start-up time, and `--help` logs nothing

    level = logging.DEBUG if debug else logging.INFO if verbose else logging.WARNING
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("castkit").setLevel(level)


def main() -> NoReturn:
    """Runs the command line and exits: 0 done, 1 an error, 2 grammar, 3 some failed, 70 a bug, 130 interrupted."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal or pipe in cp936 or cp1252 cannot write every title: a mark in its place beats a traceback.
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    # `kill PID` ends castkit as Ctrl-C does: the encoders it started end with it, and nothing is left half-written.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    code = _run()
    gc.freeze()  # the system takes back what is left: Python would first look at each object three times
    sys.exit(code)


def _run() -> int:
    try:
        result = cli.main(prog_name="castkit", standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("castkit: interrupted; run the same command again to go on", err=True)
        return EXIT_INTERRUPTED
    except CastkitError as error:
        show_error(error)
        return EXIT_ERROR
    except BrokenPipeError:
        sys.stderr.close()
        return EXIT_ERROR
    except Exception:  # noqa: BLE001 - the boundary: whatever else comes up is a bug, and is said to be one
        return _report_bug()
    return result if isinstance(result, int) else 0


def show_error(error: CastkitError) -> None:
    """Says on stderr what went wrong and what to do about it."""
    click.echo(f"castkit: {quiet(error.message)}", err=True)
    if error.hint:
        click.echo(f"  hint: {quiet(error.hint)}", err=True)


def quiet(text: str) -> str:
    """The text without what a terminal would obey: errors quote files and servers that somebody else wrote."""
    return "".join(one if one.isprintable() or one == "\n" else "\ufffd" for one in text)


def _report_bug() -> int:
    import traceback  # noqa: PLC0415

    import platformdirs  # noqa: PLC0415

    text = traceback.format_exc()
    where = ""
    with contextlib.suppress(OSError):
        log = Path(platformdirs.user_log_dir("castkit", appauthor=False, ensure_exists=True)) / "last-error.log"
        log.write_text(text, "utf-8")
        where = f"; the details are in {log}"
    if "--debug" in sys.argv:
        click.echo(text, err=True)
    click.echo(f"castkit: this is a bug in castkit{where}", err=True)
    return EXIT_BUG
