"""A recognition that may be killed, run as a program: every sound of a folder is a voice, every window a batch."""

from __future__ import annotations

import sys
from pathlib import Path

from tracks_made import together

from castkit.speech.checkpoint import Checkpoint
from castkit.speech.engines import open_transcriber
from castkit.speech.models import locate
from castkit.speech.recognise import Recognition, Wish, recognise
from castkit.speech.sound import Sound
from castkit.speech.transcriber import Transcriber

KEPT = "hearing.jsonl"


def run(folder: Path, transcriber: Transcriber, kept: Checkpoint) -> Recognition:
    """What is heard in the sounds of the folder, in their language, with its English."""
    voices = [together([Sound.open(path)], [path.stem])[0] for path in sorted(folder.glob("*.wav"))]
    return recognise(voices, transcriber, Wish("auto", english=True, batch_size=1), kept=kept)


if __name__ == "__main__":
    place = Path(sys.argv[1])
    run(place, open_transcriber("faster-whisper", locate("base")), Checkpoint(place / KEPT, "base"))
