"""The media of an item: what every app plays, and the same in other forms.

Rule: the enclosure is a progressive MP3, or the MP4 in a video feed; what else there is stands beside it with its
address, its length and its checksum.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator

from castkit.feed import wording
from castkit.feed.address import FeedAddress
from castkit.feed.tags import Tag, bare_type, tag
from castkit.model.feeds import Kind
from castkit.model.published import Published, StoredFile
from castkit.model.show import Show

_STREAM_TYPE = "application/x-mpegURL"  # what feeds call a playlist of HLS, whatever the server says of it
_SMALL = 0.7  # of the enclosure's length: less data than this is worth telling


def enclosure(episode: Published, kind: Kind) -> StoredFile:
    """The file that a feed of this kind plays."""
    return episode.video if kind == "video" and episode.video else episode.audio


def counted(file: StoredFile, show: Show) -> str:
    """The file's address, by way of the service that counts downloads where the show wants one.

    Such services (OP3, Podtrac and others) take the address without its https:// after their own.
    """
    prefix = show.feeds.statistics_prefix
    return prefix + file.url.removeprefix("https://") if prefix else file.url


def alternates(show: Show, episode: Published, address: FeedAddress) -> Iterator[Tag]:
    """The episode in other forms than the enclosure: sound in other formats, video, the video as a stream."""
    main, video_title = enclosure(episode, address.kind), wording.video_title(address.language)
    sounds = (episode.audio, *episode.other_audio)
    for audio in sounds:
        if audio != main:
            title = wording.AUDIO_TITLES.get(bare_type(audio.type), "")
            is_small = audio.length < main.length * _SMALL
            yield _file(show, episode, audio, wording.small(title, address.language) if is_small else title)
    if episode.video and episode.video != main:
        yield _file(show, episode, episode.video, video_title, height=episode.video_height)
    if episode.hls:
        yield _stream(show, episode, episode.hls, f"{video_title} (HLS)")


def _file(show: Show, episode: Published, file: StoredFile, title: str, *, height: int = 0) -> Tag:
    _, _, codecs = file.type.partition("codecs=")
    facts = {
        "type": bare_type(file.type),
        "length": file.length,
        "bitrate": file.length * 8000 // max(episode.duration_ms, 1),
        "height": height or "",
        "lang": episode.spoken,
        "title": title,
        "codecs": codecs,
    }
    children = [tag("podcast:source", uri=counted(file, show), contentType=bare_type(file.type))]
    if file.sha256:  # a file on another host has none that we know
        digest = b64encode(bytes.fromhex(file.sha256)).decode()
        children.append(tag("podcast:integrity", type="sri", value=f"sha256-{digest}"))
    return Tag("podcast:alternateEnclosure", "", tag("", **facts).attributes, tuple(children))


def _stream(show: Show, episode: Published, playlist: StoredFile, title: str) -> Tag:
    """Without length, bit rate and checksum: those of a playlist say nothing of what it plays."""
    height = episode.video_height or ""
    facts = {"type": _STREAM_TYPE, "height": height, "lang": episode.spoken, "title": title}
    source = tag("podcast:source", uri=counted(playlist, show), contentType=_STREAM_TYPE)
    return Tag("podcast:alternateEnclosure", "", tag("", **facts).attributes, (source,))
