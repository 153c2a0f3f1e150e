"""castkit with faults, in processes that have its modules from the beginning: a run costs its work, not its start.

A process imports what a publish needs and then forks for each run; the fork gets its plan of faults as
faulty_castkit.py does, does its work and is killed or ends. A sweep over thousands of points takes half as long so.
POSIX only.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from faulty_castkit import Plan, install

if TYPE_CHECKING:
    from castkit_cli import Ended

LIMIT_S = 600  # a run that takes longer is ended, by SIGALRM
ROOTS = ("castkit", "boto3", "botocore", "urllib3", "s3transfer", "numpy", "pydantic", "jinja2", "feedgen", "lxml")


class Forks:
    """The process that forks, spoken to a line at a time."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process, self._folder = process, folder
        self._modules: list[str] = []

    def run(self, plan: Plan, *arguments: str, cwd: Path, **environment: str) -> Ended:
        """As `faulty_castkit.run`."""
        from castkit_cli import Ended  # noqa: PLC0415 - the program itself has not the tests' paths

        out, err, modules = (self._folder / name for name in ("out", "err", "modules"))
        asked = {
            "plan": asdict(plan),
            "arguments": arguments,
            "cwd": str(cwd),
            "environment": environment,
            "modules": self._modules,
            "files": [str(one) for one in (out, err, modules)],
        }
        code = int(self._said(json.dumps(asked)))
        if modules.exists():
            self._modules = modules.read_text("utf-8").split()
        return Ended(code, *(one.read_text("utf-8", errors="replace") for one in (out, err)))

    def _said(self, line: str) -> str:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()


@contextmanager
def forks() -> Iterator[Forks]:
    command = [sys.executable, __file__]
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
        with process:
            try:
                yield Forks(process, Path(folder))
            finally:
                process.kill()


def _serve() -> None:
    """Forks for each line; says the exit code of each fork, negative where a signal ended it."""
    for line in sys.stdin:
        asked = json.loads(line)
        for name in asked["modules"]:
            importlib.import_module(name)
        child = os.fork()
        if not child:
            _work(asked)
        _, status = os.waitpid(child, 0)
        sys.__stdout__.write(f"{os.waitstatus_to_exitcode(status)}\n")  # type: ignore[union-attr]
        sys.__stdout__.flush()  # type: ignore[union-attr]


def _work(asked: dict[str, Any]) -> NoReturn:
    """castkit's command line in this fork; names the modules it took at the end, for the forks that follow."""
    signal.alarm(LIMIT_S)
    out, err, modules = asked["files"]
    for number, path, flags in ((0, os.devnull, os.O_RDONLY), (1, out, _NEW), (2, err, _NEW)):
        os.dup2(os.open(path, flags, 0o600), number)
    os.chdir(asked["cwd"])
    os.environ.update(asked["environment"])
    tempfile.tempdir = None  # as the environment has it
    install(Plan(**asked["plan"]))
    sys.argv = ["castkit", *asked["arguments"]]
    code = 1
    try:
        from castkit.cli.main import main  # noqa: PLC0415

        main()
    except SystemExit as error:
        code = int(error.code or 0)
        if not code and not asked["modules"]:
            named = [name for name in sys.modules if name.partition(".")[0] in ROOTS]
            Path(modules).write_text("\n".join(named), "utf-8")
    except BaseException:  # noqa: BLE001 - told as a process of its own would
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC

if __name__ == "__main__":
    _serve()
