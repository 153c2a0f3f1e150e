"""What a feed says in its own words, by language.

Rule: what a machine made and no person read is said plainly, in the language of the feed.
"""

from __future__ import annotations

from castkit.feed.address import FeedAddress
from castkit.model import origins
from castkit.model.cue import Origin
from castkit.model.language import is_chinese, language_name, worded_in
from castkit.model.published import Published

# Titles of other audio files among an episode's enclosures, in every language.
AUDIO_TITLES = {"audio/mpeg": "MP3", "audio/mp4": "M4A (AAC)", "audio/ogg": "Opus"}
# Title of the video among an episode's enclosures: 32 characters at most.
_VIDEO = {"en": "Video", "zh-Hans": "视频", "zh-Hant": "影片", "fr": "Vidéo", "es": "Vídeo"}
# Of a file that is much shorter than the enclosure, after its format; with it 32 characters at most.
_SMALL = {"en": "less data", "zh-Hans": "省流量", "zh-Hant": "省流量", "fr": "moins de données", "es": "menos datos"}

_EPISODE = {
    "en": "Made by a machine: {parts}.",
    "zh-Hans": "以下内容由机器生成：{parts}。",
    "zh-Hant": "以下內容由機器生成：{parts}。",
    "fr": "Produit par une machine : {parts}.",
    "es": "Hecho por una máquina: {parts}.",
}
_TRANSCRIPT = {
    "en": "{language} transcript ({how})",
    "zh-Hans": "{language}文字稿（{how}）",
    "zh-Hant": "{language}文字稿（{how}）",
    "fr": "transcription en {language} ({how})",
    "es": "transcripción en {language} ({how})",
}
_SHOW = {
    "en": "Some transcripts of this show are made by a machine and not reviewed by a person; each episode says which.",
    "zh-Hans": "本节目的部分文字稿由机器生成，未经人工审校；每期节目均注明是哪些。",
    "zh-Hant": "本節目的部分文字稿由機器生成，未經人工審校；每期節目均註明是哪些。",
    "fr": "Certaines transcriptions de cette émission sont produites par une machine et non relues ; chaque épisode "
    "dit lesquelles.",
    "es": "Algunas transcripciones de este programa están hechas por una máquina y sin revisar; cada episodio dice "
    "cuáles.",
}


def video_title(reader: str) -> str:
    return worded_in(_VIDEO, reader)


def small(title: str, reader: str) -> str:
    """The title of a file for listeners whose data is dear."""
    return _aside(title, worded_in(_SMALL, reader), reader)


def feed_title(title: str, address: FeedAddress) -> str:
    """The show's title; that of its video feed says so, because directories list both."""
    if address.kind != "video":
        return title
    return _aside(title, worded_in(_VIDEO, address.language), address.language)


def _aside(text: str, aside: str, reader: str) -> str:
    return f"{text}（{aside}）" if is_chinese(reader) else f"{text} ({aside})"


def machine_made(episode: Published, reader: str) -> str:
    """A sentence on the transcripts of an episode that no person has read, or an empty string."""
    unread: dict[str, Origin] = {}
    for transcript in episode.transcripts:
        if not transcript.origin.is_reviewed:
            unread.setdefault(transcript.language, transcript.origin)
    parts = [
        worded_in(_TRANSCRIPT, reader).format(
            language=language_name(language, reader), how=origins.in_words(origin, reader)
        )
        for language, origin in sorted(unread.items())
    ]
    separator = "；" if is_chinese(reader) else "; "
    return worded_in(_EPISODE, reader).format(parts=separator.join(parts)) if parts else ""


def machine_made_show(episodes: tuple[Published, ...], reader: str) -> str:
    """The same of a whole show."""
    is_so = any(not transcript.origin.is_reviewed for episode in episodes for transcript in episode.transcripts)
    return worded_in(_SHOW, reader) if is_so else ""
