"""The show, as a person describes it in castkit.toml.

Rule: every key is known, typed and documented here; the JSON Schema for editors is made from these classes.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from castkit.model.backup import BackupSettings, Service
from castkit.model.cluster import ClusterSettings
from castkit.model.feeds import FeedSettings, NotifySettings
from castkit.model.section import EMPTY, Array, Category, Id, Language, Licence, Role, Section, Url
from castkit.model.text import LocalText


class Person(Section):
    """Somebody heard on the show, or who worked on it."""

    id: Id = Field(description="short name used in recordings and episodes: small letters, digits and hyphens")
    name: LocalText
    role: Role = "host"
    organisation: LocalText = EMPTY
    href: Url = Field("", description="a page about the person")
    img: Url = Field("", description="address of a picture of the person")


class Organisation(Section):
    """A partner or funder that the show must name."""

    name: LocalText
    href: Url = Field("", description="the organisation's page")


class ShowInfo(Section):
    """`[show]`: what a listener sees."""

    title: LocalText
    description: LocalText = Field(description="what the show is about; at most 4000 bytes in each language")
    author: LocalText = Field(description="the organisation or person behind the show")
    owner_email: str = Field(
        description="where podcast directories reach you; it stands in the feed for all to read",
        json_schema_extra={"pattern": r"^[^@\s]+@[^@\s]+\.[^@\s]+$"},
    )
    link: str = Field(description="the show's page on the web", json_schema_extra={"pattern": "^https?://.+"})
    image: str = Field("cover.png", description="square PNG or JPEG of 1400 to 3000 pixels, relative to castkit.toml")
    categories: Array[Category] = Field(
        min_length=1, description='Apple\'s names, a subcategory as "Education > Courses"; the first counts most'
    )
    explicit: bool = Field(False, description="whether the show is unsuitable for children")
    languages: Array[Language] = Field(min_length=1, description="BCP 47 tags, the main language first; one feed each")
    type: Literal["episodic", "serial"] = "episodic"
    licence: Licence = ""
    locked: bool = Field(True, description="whether other hosts may import the feed without asking the owner")
    funding_statement: LocalText = Field(EMPTY, description="printed in the notes of every episode")
    disclaimer: LocalText = Field(EMPTY, description="printed in the notes of every episode")
    copyright: str = ""


class StoreSettings(Section):
    """`[store]`: where published files go, and the address listeners fetch them from."""

    kind: Literal["folder", "s3"] = "folder"
    base_url: str = Field(
        "http://127.0.0.1:8000",
        description="public address of the store's root",
        json_schema_extra={"pattern": "^https?://[^?#]+$"},
    )
    path: str = Field("public", min_length=1, description="kind = folder: relative to castkit.toml")
    bucket: str = Field("", description="kind = s3: the bucket's name")
    prefix: str = Field("", description="kind = s3: folder within the bucket, without a slash at either end")
    endpoint: Url = Field("", description="kind = s3: address of an S3-compatible service; empty for AWS")
    region: str = Field("", description="kind = s3")
    preset: Service = Field(
        "",
        description="the service, whose ways castkit knows; makes kind = s3; empty: castkit finds out what it can do",
    )
    bandwidth_limit: float = Field(
        0.0, ge=0, le=10_000, description="kind = s3: megabytes a second sent at most; 0: no limit"
    )
    deadline_s: float = Field(
        14_400.0, gt=0, le=604_800, description="kind = s3: for one episode's upload, and for the feeds"
    )

    # Left out of what steps depend on: how long superseded objects stay changes nothing that is published.
    grace_days: int = Field(
        30, ge=1, le=3650, exclude=True, description="how long castkit prune leaves objects that are superseded"
    )

    @model_validator(mode="before")
    @classmethod
    def _preset_is_s3(cls, given: Any) -> Any:
        """One line is enough: a preset names a service that speaks S3."""
        if isinstance(given, dict) and given.get("preset") and "kind" not in given:
            return {**given, "kind": "s3"}
        return given


class SpeechSettings(Section):
    """`[speech]`: recognition."""

    engine: Literal["faster-whisper", "openai-whisper"] = "faster-whisper"
    model: str = Field(
        "base", min_length=1, description="a Whisper model's name, or a folder with one in CTranslate2 form"
    )
    device: Literal["auto", "cpu", "cuda"] = "auto"
    compute_type: (
        Literal[
            "float32",
            "int8",
            "int8_float32",
            "int8_float16",
            "int8_bfloat16",
            "int16",
            "float16",
            "bfloat16",
            "auto",
            "default",
        ]
        | None
    ) = Field(None, description="the numbers CTranslate2 computes with; else float32 on a CPU, float16 on a GPU")
    beam_size: int | None = Field(None, ge=1, le=10, description="texts weighed at once; else by device")
    batch_size: int | None = Field(None, ge=1, le=64, description="windows of 30 s heard at once; else by device")
    hints: Array[str] = Field((), description="names and terms the recogniser should expect")


class AudioSettings(Section):
    """`[audio]`: the finished sound."""

    preset: Literal["interview", "music", "untouched"] = Field(
        "interview",
        description="interview: speakers levelled, cleaned where it is needed; music: recordings brought to one level,"
        " nothing else; untouched: one gain for the whole",
    )
    level_speakers: bool | None = Field(
        None, description="whether speech within a recording is brought to one level; else by preset"
    )
    levelling_range_db: float = Field(
        12.0, ge=0, le=24, description="how far levelling may go from a recording's overall gain, dB"
    )
    cleaning: Literal["auto", "off", "gentle", "strong"] | None = Field(
        None,
        description="rumble, hum, noise, and microphones whose speaker is silent; auto measures first; else by preset",
    )
    loudness: float = Field(-16.0, ge=-31, le=-8, description="integrated loudness, LUFS")
    true_peak: float = Field(-1.0, ge=-9, le=0, description="highest true peak, dBTP")
    formats: Array[Literal["mp3", "m4a", "opus"]] = Field(
        ("mp3",), description="files made beside the MP3, which is made always"
    )
    bitrate: int = Field(128, ge=48, le=320, description="MP3, kbit/s")
    m4a_bitrate: int = Field(128, ge=48, le=320, description="M4A (AAC), kbit/s")
    opus_bitrate: int = Field(96, ge=24, le=256, description="Opus, kbit/s")
    trim: bool = Field(False, description="whether silence before the first and after the last sound is left out")
    longest_pause_ms: int = Field(
        0, ge=0, le=60_000, description="longer pauses are shortened to this, at least 1000; 0 leaves them alone"
    )
    intro: str = Field("", description="sound file before the programme, relative to castkit.toml")
    outro: str = Field("", description="sound file after the programme, relative to castkit.toml")
    intro_gain_db: float = Field(0.0, ge=-40, le=12, description="on top of the programme's loudness, dB")
    outro_gain_db: float = Field(0.0, ge=-40, le=12, description="on top of the programme's loudness, dB")
    fade_ms: int = Field(0, ge=0, le=30_000, description="fade of the intro's beginning and the outro's end")
    crossfade_ms: int = Field(500, ge=0, le=10_000)
    bed: str = Field("", description="music under the whole programme, repeated as needed, relative to castkit.toml")
    bed_gain_db: float = Field(-14.0, ge=-60, le=0, description="the bed's loudness against the programme's, dB")
    duck_db: float = Field(8.0, ge=0, le=40, description="how much further the bed goes down while somebody speaks, dB")

    @property
    def is_levelled(self) -> bool:
        """Whether every speaker is brought to one level."""
        return self.preset == "interview" if self.level_speakers is None else self.level_speakers

    @property
    def cleaning_strength(self) -> Literal["auto", "off", "gentle", "strong"]:
        return self.cleaning or ("auto" if self.preset == "interview" else "off")


class VideoSettings(Section):
    """`[video]`: the video-cast, where a recording has a picture."""

    burn: str = Field("", description='a copy with subtitles in the picture: a language, or "bilingual"; empty: none')
    shape: Literal["source", "16:9", "1:1", "9:16"] = Field("source", description="the shape of copies made for it")
    audiogram: bool = Field(False, description="a video of cover, waveform and captions where there is no picture")
    hls: bool = Field(False, description="the video as an HLS ladder, for players on the web")


class TranslationSettings(Section):
    """`[translation]`: how machine drafts of other languages come about, where no person has translated yet."""

    use: Literal["auto", "whisper", "local", "endpoint", "none"] = Field(
        "auto",
        description="auto: the endpoint where one is named, else a local model of the pair, else Whisper's English",
    )
    models: Array[str] = Field(
        (), description="Argos packages (.argosmodel) or folders of the same shape, relative to castkit.toml"
    )
    url: Url = Field("", description="base address of an OpenAI-compatible service, such as http://127.0.0.1:11434/v1")
    model: str = Field("", description="the service's name for its model")
    key_variable: str = Field(
        "CASTKIT_TRANSLATION_KEY", description="the environment variable that holds the service's key; never the key"
    )
    sentences_per_request: int = Field(12, ge=1, le=100)
    requests_per_minute: int = Field(60, ge=1, le=6000)
    timeout_s: float = Field(60.0, gt=0, le=3600, description="for one request")
    deadline_s: float = Field(1800.0, gt=0, le=86_400, description="for one language of one episode")
    memory: bool = Field(True, description="whether sentences a person accepted in this show come back")


class OwnProfile(Section):
    """`[subtitles.profiles.NAME]`: limits of a show's own, on top of `base`; what is not given is the base's."""

    base: Literal["netflix", "bbc", "ted", "podcast"] = "netflix"
    line_width: int | None = Field(None, ge=8, le=120, description="characters")
    lines: int | None = Field(None, ge=1, le=3)
    characters_per_second: float | None = Field(None, ge=1, le=60, description="punctuation and spaces included")
    shortest_ms: int | None = Field(None, ge=200, le=5_000)
    longest_ms: int | None = Field(None, ge=1_000, le=20_000)
    gap_ms: int | None = Field(None, ge=0, le=2_000)


class SubtitleSettings(Section):
    """`[subtitles]`."""

    require_review: Array[Language] = Field((), description="languages a person must accept before publishing")
    profile: str = Field("netflix", description="limits of cues: netflix, bbc, ted, podcast, or one of profiles")
    profiles: dict[Id, OwnProfile] = Field({}, description="limits of your own, by name")
    punctuation: bool = Field(
        True, description="whether Chinese punctuation is restored where the recogniser left it out"
    )
    bilingual_order: Literal["source-first", "translation-first"] = Field(
        "source-first", description="which language stands above in files that translators are handed with both"
    )
    numbers: Literal["as-heard", "digits", "words"] = Field(
        "as-heard", description="numbers as the recogniser wrote them, in digits, or as they are spoken"
    )


class ClearanceSettings(Section):
    """`[clearance]`: who must approve an episode before anything of it is sent."""

    required: Array[Id] = Field(
        (), description='roles such as "lead"; each says so with castkit approve SLUG --by ROLE'
    )


class SiteSettings(Section):
    """`[site]`: the show's own pages in the store, beside those of its episodes."""

    enabled: bool = Field(
        True,
        description="whether index.html, sitemap.xml, robots.txt and 404.html are made and kept up to date; "
        "once it is false, castkit prune removes those that castkit made",
    )
    page_size: int = Field(
        100,
        ge=10,
        le=1000,
        description="episodes of a page of older ones; the first page has the newest, this many up to twice as many",
    )


class Show(Section):
    """The whole castkit.toml."""

    version: int = Field(1, ge=1, description="of this file's format; a castkit that knows only older ones says so")
    show: ShowInfo
    people: Array[Person] = Field((), description="everybody who is heard on the show")
    partners: Array[Organisation] = Field((), description="organisations named in the notes of every episode")
    funders: Array[Organisation] = Field((), description="organisations named in the notes of every episode")
    store: StoreSettings = StoreSettings()
    speech: SpeechSettings = SpeechSettings()
    audio: AudioSettings = AudioSettings()
    video: VideoSettings = VideoSettings()
    subtitles: SubtitleSettings = SubtitleSettings()
    translation: TranslationSettings = TranslationSettings()
    clearance: ClearanceSettings = ClearanceSettings()
    feeds: FeedSettings = FeedSettings()
    notify: NotifySettings = NotifySettings()
    site: SiteSettings = SiteSettings()
    backup: BackupSettings = BackupSettings()
    cluster: ClusterSettings = ClusterSettings()

    @property
    def languages(self) -> tuple[str, ...]:
        return self.show.languages

    @property
    def main_language(self) -> str:
        return self.show.languages[0]

    @property
    def feed_languages(self) -> tuple[str, ...]:
        """The languages that have a feed, in the show's order."""
        return tuple(one for one in self.languages if not self.feeds.languages or one in self.feeds.languages)

    def person(self, person_id: str) -> Person | None:
        return next((person for person in self.people if person.id == person_id), None)
