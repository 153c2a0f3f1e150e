"""What a podcaster writes who does by hand what castkit does: two transcripts by faster-whisper, a feed by feedgen.

Rule: nothing of castkit is imported, and every tool is called as its own page shows it, so that nobody is made slow.

    python benchmarks/by_hand.py hear talk.wav zh MODEL DIR      # DIR/talk.zh.srt; Whisper's English: DIR/talk.en.srt
    python benchmarks/by_hand.py feed talk.mp3 DIR URL EPISODES  # DIR/feed.xml
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path


def hear(sound: Path, language: str, model: str, folder: Path) -> None:
    """Writes both subtitle files: what is said, and once more for Whisper's English of it."""
    from faster_whisper import WhisperModel  # noqa: PLC0415

    whisper = WhisperModel(model, device="cpu", compute_type="float32")
    for task, told in (("transcribe", language), ("translate", "en")):
        segments, _ = whisper.transcribe(str(sound), language=language, task=task, vad_filter=True)  # beam 5
        cues = [
            f"{number}\n{clock(one.start)} --> {clock(one.end)}\n{one.text.strip()}\n"
            for number, one in enumerate(segments, start=1)
        ]
        (folder / f"{sound.stem}.{told}.srt").write_text("\n".join(cues), "utf-8")


def clock(seconds: float) -> str:
    """As SRT writes it."""
    ms = round(seconds * 1000)
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02},{ms % 1000:03}"


def feed(mp3: Path, folder: Path, url: str, episodes: int) -> None:
    """Writes the feed of a show of so many episodes, all with this sound."""
    from feedgen.feed import FeedGenerator  # noqa: PLC0415

    show = FeedGenerator()
    show.load_extension("podcast")
    show.title("Our Dialogues")
    show.link(href=url)
    show.description("Talks of our institute.")
    show.language("zh-Hans")
    show.image(f"{url}/cover.png")
    show.podcast.itunes_author("Our Institute")
    show.podcast.itunes_category("Education")
    show.podcast.itunes_explicit("no")
    show.podcast.itunes_image(f"{url}/cover.png")
    show.podcast.itunes_owner("Our Institute", "talks@institute.example.net")
    for number in range(episodes):
        entry = show.add_entry()
        entry.id(f"{url}/{number}")
        entry.title(f"Talk {number}")
        entry.description("A talk.")
        entry.link(href=f"{url}/{number}")
        entry.published(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number))
        entry.enclosure(f"{url}/{number}/{mp3.name}", str(mp3.stat().st_size), "audio/mpeg")
    show.rss_file(str(folder / "feed.xml"), pretty=True)


def main(*given: str) -> None:
    match given:
        case ("hear", sound, language, model, folder):
            hear(Path(sound), language, model, Path(folder))
        case ("feed", mp3, folder, url, episodes):
            feed(Path(mp3), Path(folder), url, int(episodes))
        case _:
            print(__doc__)


if __name__ == "__main__":
    main(*sys.argv[1:])
