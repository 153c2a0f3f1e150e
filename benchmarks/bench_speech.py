"""Chinese heard and rendered in English: castkit's one encoding against faster-whisper run twice, in turn.

episode-02, Whisper base, float32, beam 5; each engine in a process of its own, model loading included. Prints the ratio
of seconds and of peak memory.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from castkit.ffmpeg import find_tools
from castkit.speech.models import locate

ROOT = Path(__file__).parent.parent
ROUNDS = 3

CASTKIT = """
import sys
from pathlib import Path
from castkit.speech.bleed import Placement
from castkit.speech.recognise import Voice, Wish, recognise
from castkit.speech.sound import Sound
from castkit.speech.transcriber import open_transcriber
from castkit.speech.vad import activity
engine = open_transcriber("faster-whisper", Path(sys.argv[2]))
sound = Sound.open(Path(sys.argv[1]))
found = recognise([Voice(sound, None, Placement(0), activity(sound).probability)], engine, Wish("zh", 5, (), True))
assert found.utterances and found.translation
"""
PEER = """
import sys
from faster_whisper import WhisperModel
model = WhisperModel(sys.argv[2], device="cpu", compute_type="float32")
for task in ("transcribe", "translate"):
    options = {"language": "zh", "task": task, "beam_size": 5, "word_timestamps": True, "vad_filter": True}
    segments, _ = model.transcribe(sys.argv[1], **options)
    assert list(segments)
"""


def measure(program: str, sound: Path) -> tuple[float, float]:
    """Seconds and peak memory in MB of a program in a process of its own."""
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-W", "ignore", "-c", program, str(sound), str(locate("base"))])
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"it ended with {status}")
    return time.perf_counter() - began, usage.ru_maxrss / 1024


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder) / "track.wav"
        raw = ROOT / "episodes/episode-02/raw/interview.mp3"
        command = [str(find_tools().ffmpeg), "-v", "error", "-i", str(raw), "-ar", "16000", "-ac", "1", str(sound)]
        subprocess.run(command, check=True)
        for number in range(1, ROUNDS + 1):
            (ours, our_memory), (peer, peer_memory) = measure(CASTKIT, sound), measure(PEER, sound)
            print(
                f"round {number}: castkit {ours:.1f} s, {our_memory:.0f} MB; faster-whisper twice {peer:.1f} s, "
                f"{peer_memory:.0f} MB; ratio of time {ours / peer:.2f}, of memory {our_memory / peer_memory:.2f}"
            )


if __name__ == "__main__":
    main()
