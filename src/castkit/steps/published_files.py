"""Which built files of an episode are published, and the names they get in the store.

Rule: nothing is sent or written here; a file that players keep and resume has a hash of its content in its name.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from castkit.errors import CastkitError
from castkit.steps import hls, pictures
from castkit.steps.context import EpisodeContext
from castkit.steps.files import BuiltTrack, load_tracks
from castkit.steps.package import other_formats
from castkit.storage.folder import sha256_of

HASH_LENGTH = 12  # hex digits in a name


def built_tracks(context: EpisodeContext) -> tuple[BuiltTrack, ...]:
    """The tracks to publish, in the show's order: those with words in them."""
    return load_tracks(context).worded


def inputs(context: EpisodeContext) -> Iterator[Path]:
    """Every file that a publication is made of, or would be if it existed."""
    paths = context.paths
    yield from (paths.tracks, paths.programme, paths.report, paths.audio, paths.video)
    yield from (*other_audio_paths(context), *stream_paths(context))
    for track in built_tracks(context):
        yield from (*transcript_paths(context, track.language), paths.transcript_html(track.language))
    yield from pictures.paths(context)
    for language in context.show.languages:
        yield from (paths.chapters_json(language), paths.notes_html(language), paths.notes_markdown(language))
        yield paths.share_image(language)


def transcript_paths(context: EpisodeContext, language: str) -> tuple[Path, ...]:
    """A track's files as listeners get them: VTT, SRT, Podcasting 2.0 JSON."""
    paths = context.paths
    return paths.vtt(language), paths.published_srt(language), paths.transcript_json(language)


def other_audio_paths(context: EpisodeContext) -> tuple[Path, ...]:
    """The sound in the formats made beside the MP3."""
    return tuple(context.paths.audio_in(codec) for codec in other_formats(context))


def stream_paths(context: EpisodeContext) -> tuple[Path, ...]:
    """The files of the video's stream in the order they are sent, the playlist for players last; none without one."""
    return tuple(context.paths.hls / name for name in hls.names(context)) if hls.is_wanted(context) else ()


def stream_names(context: EpisodeContext) -> tuple[tuple[str, str], ...]:
    """Names in the episode's folder of the store and whole SHA-256 of `stream_paths`.

    The files name each other, so that they keep their names: the hash of all is in their folder's, `hls-<hash>/`.
    """
    found = [(path.name, digest_of(context, path)) for path in stream_paths(context)]
    whole = sha256("".join(f"{digest} {name}\n" for name, digest in found).encode()).hexdigest()
    return tuple((f"hls-{whole[:HASH_LENGTH]}/{name}", digest) for name, digest in found)


def hashed_name(context: EpisodeContext, path: Path, content: Path | None = None) -> tuple[str, str]:
    """A built file's name in the episode's folder of the store, `<slug>-<hash>.en.vtt`, and its whole SHA-256.

    `content` is where the file lies while it is being made.
    """
    digest = digest_of(context, content or path)
    ending = path.name.removeprefix(context.slug)
    return f"{context.slug}-{digest[:HASH_LENGTH]}{ending}", digest


def episode_key(slug: str, name: str) -> str:
    """Where a file of an episode lies in the store."""
    return f"episodes/{slug}/{name}"


def digest_of(context: EpisodeContext, path: Path) -> str:
    """The SHA-256 of a built file; CastkitError where it is not there."""
    try:
        return sha256_of(path)
    except FileNotFoundError:
        raise _not_built(context, path) from None


def _not_built(context: EpisodeContext, path: Path) -> CastkitError:
    return CastkitError(f"{context.slug} is not built yet: {path.name} is missing", f"castkit build {context.slug}")
