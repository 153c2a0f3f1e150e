"""One track to a mastered MP3: castkit's ingest and master against ffmpeg-normalize's two passes, in turn.

episode-02 and a ten-minute programme made of it; prints seconds, the loudness reached as measured on the encoded file
(target -16 LUFS, at most -1 dBTP), and the ratio. Needs the peer: pip install ffmpeg-normalize
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from castkit.audio.listen import measure
from castkit.ffmpeg import find_tools, probe

ROOT = Path(__file__).parent.parent
REPEATS = (1, 4)  # 167 s each time


def castkit(folder: Path, raw: Path) -> Path:
    show = folder / "show"
    command = [sys.executable, "-m", "castkit"]
    if not show.exists():
        options = ["--title", "T", "--language", "zh-Hans", "--model", "base"]
        subprocess.run([*command, "init", str(show), *options], check=True, capture_output=True)
    slug = raw.stem
    new = ["new", slug, "--recording", str(raw), "--language", "zh", "--title", "T"]
    subprocess.run([*command, "-C", str(show), *new], check=True, capture_output=True)
    program = (
        "import sys; from castkit.cli import road, app; from castkit.pipeline import EPISODE\n"
        "from pathlib import Path\n"
        "context = road.load_contexts(app.App(Path(sys.argv[1])), [sys.argv[2]])[0]\n"
        "steps = [step for step in EPISODE if step.name in ('ingest', 'master')]\n"
        "road.run_episode(context, steps, lambda event: None, ())\n"
    )
    subprocess.run([sys.executable, "-c", program, str(show), slug], check=True)
    return show / "episodes" / slug / "build/master" / f"{slug}.mp3"


def peer(folder: Path, raw: Path) -> Path:
    target = folder / f"{raw.stem}-peer.mp3"
    options = ["-t", "-16", "-tp", "-1", "-c:a", "libmp3lame", "-b:a", "128k", "-f", "-o", str(target)]
    subprocess.run([str(Path(sys.executable).with_name("ffmpeg-normalize")), str(raw), *options], check=True)
    return target


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = ROOT / "episodes/episode-02/raw/interview.mp3"
        for times in REPEATS:
            raw = folder / f"talk-{times}.mp3"
            loop = ["-stream_loop", str(times - 1), "-i", str(source), "-c", "copy", str(raw)]
            subprocess.run([str(find_tools().ffmpeg), "-v", "error", *loop], check=True)
            figures = []
            for tool in (castkit, peer):
                began = time.perf_counter()
                made = tool(folder, raw)
                seconds = time.perf_counter() - began
                found = measure(made, probe(made).duration_ms).loudness
                figures.append(seconds)
                print(
                    f"{times * 167} s, {tool.__name__}: {seconds:.1f} s, {found.integrated_lufs:.1f} LUFS, "
                    f"{found.true_peak_dbtp:.1f} dBTP, range {found.range_lu:.1f} LU"
                )
            print(f"{times * 167} s: ratio {figures[0] / figures[1]:.2f}")


if __name__ == "__main__":
    main()
