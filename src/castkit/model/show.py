"""The show, as a person describes it in castkit.toml.

Rule: every key is known, typed and documented here; the JSON Schema for editors is made from these classes.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from castkit.model.text import LocalText

EMPTY = LocalText({})


class Section(BaseModel):
    """A table in one of castkit's TOML files: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Person(Section):
    """Somebody heard on the show, or who worked on it."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="short name used in recordings and episodes")]
    name: LocalText
    role: str = Field("host", description="a role of the Podcasting 2.0 taxonomy, such as host or guest")
    organisation: LocalText = EMPTY
    href: str = ""
    img: str = ""


class Organisation(Section):
    """A partner or funder that the show must name."""

    name: LocalText
    href: str = ""


class ShowInfo(Section):
    """`[show]`: what a listener sees."""

    title: LocalText
    description: LocalText
    author: LocalText
    owner_email: str
    link: str
    image: str = Field("cover.png", description="square PNG or JPEG of 1400 to 3000 pixels, relative to castkit.toml")
    categories: tuple[str, ...] = Field(description='Apple\'s names, a subcategory as "Education > Courses"')
    explicit: bool = False
    languages: tuple[str, ...] = Field(min_length=1, description="BCP 47 tags, the main language first")
    type: Literal["episodic", "serial"] = "episodic"
    licence: str = Field("", description="SPDX identifier in lower case, such as cc-by-4.0")
    locked: bool = Field(True, description="whether other hosts may import the feed without asking the owner")
    funding_statement: LocalText = EMPTY
    disclaimer: LocalText = EMPTY
    copyright: str = ""


class StoreSettings(Section):
    """`[store]`: where published files go, and the address listeners fetch them from."""

    kind: Literal["folder", "s3"] = "folder"
    base_url: str = Field("http://127.0.0.1:8000", description="public address of the store's root")
    path: str = Field("public", description="kind = folder: relative to castkit.toml")
    bucket: str = ""
    prefix: str = ""
    endpoint: str = Field("", description="kind = s3: address of an S3-compatible service; empty for AWS")
    region: str = ""


class SpeechSettings(Section):
    """`[speech]`: recognition."""

    engine: Literal["faster-whisper", "openai-whisper"] = "faster-whisper"
    model: str = Field("base", description="a Whisper model's name, or a folder with one in CTranslate2 form")
    device: Literal["auto", "cpu", "cuda"] = "auto"
    compute_type: str = "float32"
    beam_size: int = Field(5, ge=1, le=10)
    hints: tuple[str, ...] = Field((), description="names and terms the recogniser should expect")


class AudioSettings(Section):
    """`[audio]`: the finished sound."""

    loudness: float = Field(-16.0, ge=-31, le=-8, description="integrated loudness, LUFS")
    true_peak: float = Field(-1.0, ge=-9, le=0, description="highest true peak, dBTP")
    bitrate: int = Field(128, ge=48, le=320, description="MP3, kbit/s")
    intro: str = Field("", description="sound file before the programme, relative to castkit.toml")
    outro: str = ""
    crossfade_ms: int = Field(500, ge=0, le=10_000)


class SubtitleSettings(Section):
    """`[subtitles]`."""

    require_review: tuple[str, ...] = Field((), description="languages a person must accept before publishing")


class Show(Section):
    """The whole castkit.toml."""

    show: ShowInfo
    people: tuple[Person, ...] = ()
    partners: tuple[Organisation, ...] = ()
    funders: tuple[Organisation, ...] = ()
    store: StoreSettings = StoreSettings()
    speech: SpeechSettings = SpeechSettings()
    audio: AudioSettings = AudioSettings()
    subtitles: SubtitleSettings = SubtitleSettings()

    @property
    def languages(self) -> tuple[str, ...]:
        return self.show.languages

    @property
    def main_language(self) -> str:
        return self.show.languages[0]

    def person(self, person_id: str) -> Person | None:
        return next((person for person in self.people if person.id == person_id), None)
