"""What belongs to the whole show: all of it is swept after a kill."""

from __future__ import annotations

from pathlib import Path

import publisher
from castkit.cli import road
from castkit.config import load_show
from castkit.engine.fleet_of_one import run
from castkit.pipeline import SHOW
from castkit.steps.show_context import ShowContext

STORE = 'kind = "folder"\npath = "public"\nbase_url = "http://127.0.0.1:8000"\n'


def test_what_a_killed_run_left_is_removed_where_nothing_has_to_run(tmp_path: Path) -> None:
    """Killed between the last receipt and the last of its own temporary files."""
    workspace = publisher.make_workspace(tmp_path / "show", STORE)
    publisher.make_episode(workspace, "talk")
    context = ShowContext.open(workspace, load_show(workspace))
    run(SHOW, context, road.show_place(workspace), lambda _: None)
    left = {path.with_name(f".part-{path.name}") for stage in SHOW for path in stage.writes(context)}
    assert {path.parent.name for path in left} >= {"feeds", "site"}
    for path in left:
        path.write_bytes(b"half")
    run(SHOW, context, road.show_place(workspace), lambda _: None)
    assert [path for path in left if path.exists()] == []
