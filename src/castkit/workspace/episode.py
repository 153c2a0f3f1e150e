"""The files of one episode: what a person writes, what castkit keeps, and what it makes in `build/`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class EpisodePaths:
    """Every file of one episode; `root` is its folder and its name the slug."""

    root: Path

    @property
    def slug(self) -> str:
        return self.root.name

    @property
    def toml(self) -> Path:
        return self.root / "episode.toml"

    @property
    def raw(self) -> Path:
        return self.root / "raw"

    @property
    def build(self) -> Path:
        return self.root / "build"

    @property
    def imported(self) -> Path:
        """What the feed of another host said of an episode brought from there: a source, written by import alone."""
        return self.root / "imported.json"

    @property
    def imported_media(self) -> Path:
        """The folder of what was downloaded from that host: a source."""
        return self.root / "imported"

    @property
    def approvals(self) -> Path:
        """Who cleared what for publishing: a source, to which `castkit approve` alone adds."""
        return self.root / "approvals.jsonl"

    def accepted(self, language: str) -> Path:
        """Subtitles a person accepted: a source, never written by a step."""
        return self.root / "subtitles" / f"{self.slug}.{language}.srt"

    def track(self, number: int) -> Path:
        """Recording `number` (from 0) as 16 kHz mono PCM, for recognition."""
        return self.build / "tracks" / f"{number}.wav"

    def levels(self, number: int) -> Path:
        """Recording `number`: loudness and true peak every 100 ms."""
        return self.build / "tracks" / f"{number}.levels.npy"

    def activity(self, number: int) -> Path:
        """Recording `number`: who speaks, every 32 ms."""
        return self.build / "tracks" / f"{number}.activity.npy"

    @property
    def own_master(self) -> Path:
        """An engineer's own master as 16 kHz mono PCM, to find the recordings in it."""
        return self.build / "tracks" / "master.wav"

    @property
    def own_master_levels(self) -> Path:
        return self.build / "tracks" / "master.levels.npy"

    @property
    def ingest(self) -> Path:
        """The recordings as decoded."""
        return self.build / "ingest.json"

    @property
    def survey(self) -> Path:
        """The recordings in their places, and in what condition they are."""
        return self.build / "survey.json"

    @property
    def programme(self) -> Path:
        """What is kept of the recordings, and where it lies in the finished programme."""
        return self.build / "programme.json"

    @property
    def clocks(self) -> Path:
        """On which edit of the recordings each accepted file was made: a source, kept with them."""
        return self.root / "subtitles" / "clocks.json"

    @property
    def subtitle_history(self) -> Path:
        """The folder of what was handed out, came back and was accepted: a source, of which nothing is removed."""
        return self.root / "subtitles" / "history"

    def subtitle_log(self, language: str) -> Path:
        """The lines of that history for one language."""
        return self.subtitle_history / f"{language}.jsonl"

    def review_journal(self, language: str) -> Path:
        """What was typed into the review page of one language and is in no revision yet: a source like the history."""
        return self.subtitle_history / f"{language}.review.jsonl"

    def review_lock(self, language: str) -> Path:
        """Held by the one review page of a language that is open."""
        return self.build / f".review.{language}.lock"

    def review_place(self, language: str) -> Path:
        """Where that page is served."""
        return self.build / f".review.{language}.json"

    @property
    def review_peaks(self) -> Path:
        """The waveform of the review page; made again where it is missing."""
        return self.build / ".review.peaks.json"

    def handed_out(self, language: str, suffix: str) -> Path:
        """A file for a translator, where no other place is named."""
        return self.build / "hand-out" / f"{self.slug}.{language}.{suffix}"

    def light_copy(self, suffix: str) -> Path:
        """The finished sound (m4a) or video (mp4), small, as it goes into packages; made again where it is missing."""
        return self.build / "hand-out" / f".light.{suffix}"

    @property
    def notes_draft(self) -> Path:
        """Proposals for the notes, for a person to correct and accept; no step reads it."""
        return self.root / "notes-draft.toml"

    @property
    def master(self) -> Path:
        """The mastered programme, encoded, without tags."""
        return self.build / "master" / f"{self.slug}.mp3"

    @property
    def master_report(self) -> Path:
        return self.build / "master" / "report.json"

    def master_in(self, codec: str) -> Path:
        """The mastered programme as m4a or opus, without tags."""
        return self.master.with_suffix(f".{codec}")

    @property
    def master_curves(self) -> Path:
        """The mastered programme: loudness and true peak every 100 ms."""
        return self.build / "master" / "levels.npy"

    @property
    def transcript(self) -> Path:
        """The words recognised, on the recordings' clock."""
        return self.build / "transcript.json"

    @property
    def hearing(self) -> Path:
        """What was heard so far of a recognition that is under way or was killed."""
        return self.build / ".hearing.jsonl"

    @property
    def unfinished_uploads(self) -> Path:
        """Uploads in parts that broke off, for the next run to go on with; gone when all is sent."""
        return self.build / ".uploads.json"

    @property
    def words(self) -> Path:
        """The same as they are read: proofread by machine, turns named."""
        return self.build / "words.json"

    @property
    def proofread(self) -> Path:
        """What proofreading changed, and why."""
        return self.build / "proofread.json"

    def srt(self, language: str) -> Path:
        return self._named(f"{language}.srt")

    @property
    def spoken_track(self) -> Path:
        """The spoken language's cues: tag, origin and exceptions."""
        return self.build / "spoken.json"

    @property
    def tracks(self) -> Path:
        """Which subtitle tracks there are, where they come from, and their exceptions."""
        return self.build / "subtitles.json"

    def to_translate(self, language: str) -> Path:
        """The source cues laid out for a person to translate, where no engine here can."""
        return self._named(f"{language}.to-translate.srt")

    def published_srt(self, language: str) -> Path:
        """The SRT as listeners get it: labelled where no person has read it."""
        return self.build / "public" / f"{self.slug}.{language}.srt"

    def vtt(self, language: str) -> Path:
        return self._named(f"{language}.vtt")

    def transcript_json(self, language: str) -> Path:
        """Podcasting 2.0 JSON transcript."""
        return self._named(f"{language}.json")

    def transcript_html(self, language: str) -> Path:
        """The words as a page of plain text, for apps that show no other transcript."""
        return self._named(f"{language}.transcript.html")

    @property
    def bilingual_srt(self) -> Path:
        return self._named("bilingual.srt")

    @property
    def bilingual_vtt(self) -> Path:
        return self._named("bilingual.vtt")

    @property
    def bilingual_ass(self) -> Path:
        """Both languages with fonts and places, for players that draw them and for burning in elsewhere."""
        return self._named("bilingual.ass")

    def chapters_json(self, language: str) -> Path:
        return self._named(f"{language}.chapters.json")

    def published_chapters(self, language: str) -> Path:
        """The same as listeners get it where chapters have pictures or links, whose addresses are known last."""
        return self.build / "public" / f"{self.slug}.{language}.chapters.json"

    def notes_markdown(self, language: str) -> Path:
        return self.build / f"notes.{language}.md"

    def notes_html(self, language: str) -> Path:
        """The episode's page; its name is its address, which people link to."""
        return self.build / f"notes.{language}.html"

    def share_image(self, language: str) -> Path:
        """The picture that a chat shows beside a link to that page."""
        return self._named(f"share.{language}.png")

    @property
    def audio(self) -> Path:
        return self._named("mp3")

    @property
    def video(self) -> Path:
        return self._named("mp4")

    def audio_in(self, codec: str) -> Path:
        """The finished programme as m4a or opus."""
        return self._named(codec)

    @property
    def burnt(self) -> Path:
        """The video with subtitles in its picture."""
        return self._named("burnt.mp4")

    @property
    def audiogram(self) -> Path:
        """A video of cover, waveform and captions, where there is no picture."""
        return self._named("audiogram.mp4")

    @property
    def hls(self) -> Path:
        """The folder of the video's HLS ladder."""
        return self.build / "hls"

    @property
    def stems(self) -> Path:
        """The folder of levelled recordings for an audio workstation."""
        return self.build / "stems"

    @property
    def preview(self) -> Path:
        """The episode as it is built, for those who must clear it, where no other place is named."""
        return self.build / f"{self.slug}-PREVIEW-not-published.zip"

    @property
    def clips(self) -> Path:
        """The folder of clips for social media."""
        return self.build / "clips"

    @property
    def kits(self) -> Path:
        """The folder of kits for platforms without a feed."""
        return self.build / "kits"

    @property
    def report(self) -> Path:
        return self.build / "report.json"

    @property
    def report_page(self) -> Path:
        """The same for a person to look at."""
        return self.build / "report.html"

    @property
    def published(self) -> Path:
        return self.build / "published.json"

    @property
    def receipts(self) -> Path:
        return self.build / "receipts.json"

    @property
    def lock(self) -> Path:
        return self.build / ".lock"

    def _named(self, suffix: str) -> Path:
        return self.build / f"{self.slug}.{suffix}"
