"""What search engines are told: schema.org's own names, whole addresses, and no way out of the element."""

from __future__ import annotations

import json

import episode_samples as samples
import pytest
from episode_samples import AT

from castkit.site.structured import Media, iso_duration, json_ld, podcast_episode


def test_an_episode_of_sound() -> None:
    found = podcast_episode(samples.facts())
    media = {
        "@type": "AudioObject", "contentUrl": f"{AT}/talk-aaaaaaaaaaaa.mp3", "encodingFormat": "audio/mpeg",
        "duration": "PT1H2M3S", "inLanguage": "en", "name": "Who pays?", "description": "One idea.",
        "uploadDate": "2026-09-02T09:00:00+02:00", "thumbnailUrl": f"{AT}/talk-cccccccccccc.share.en.png",
        "transcript": f"{AT}/talk-1.en.transcript.html",
    }  # fmt: skip
    assert found["associatedMedia"] == [media]
    assert (found["@type"], found["@context"]) == ("PodcastEpisode", "https://schema.org")
    assert (found["url"], found["duration"], found["inLanguage"]) == (f"{AT}/notes.en.html", "PT1H2M3S", "en")
    assert found["partOfSeries"] == {
        "@type": "PodcastSeries", "name": "Dialogues", "url": "https://cdn.example.org/a/index.html",
        "webFeed": "https://cdn.example.org/a/en.xml",
    }  # fmt: skip
    assert found["partOfSeason"] == {"@type": "PodcastSeason", "seasonNumber": 1}
    assert [person["name"] for person in found["actor"]] == ["A. Host"]
    assert [person["jobTitle"] for person in found["contributor"]] == ["Translator"]
    assert found["author"] == {"@type": "Organization", "name": "Us"}


def test_a_video_has_its_captions_and_the_chapters_as_moments() -> None:
    video = Media(f"{AT}/a.mp4", "video/mp4", True, captions=((f"{AT}/a.zh-Hans.vtt", "zh-Hans"),))
    (media,) = podcast_episode(samples.facts(media=[video]))["associatedMedia"]
    assert media["@type"] == "VideoObject"
    assert media["caption"][0]["inLanguage"] == "zh-Hans"
    assert [(clip["startOffset"], clip["endOffset"]) for clip in media["hasPart"]] == [(0, 90), (90, 3723)]
    assert media["hasPart"][1]["url"] == f"{AT}/notes.en.html#t=90"


def test_what_is_not_known_is_left_out() -> None:
    found = podcast_episode(samples.facts(season=None, number=None, licence="", keywords=(), people=()))
    assert not {"partOfSeason", "episodeNumber", "license", "keywords", "actor", "contributor"} & found.keys()
    assert "caption" not in found["associatedMedia"][0]
    bare = podcast_episode(samples.facts(chapters=(), media=[Media(f"{AT}/a.mp4", "video/mp4", True)]))
    assert "hasPart" not in bare["associatedMedia"][0]


@pytest.mark.parametrize(
    ("ms", "text"), [(0, "PT0S"), (59_600, "PT1M"), (61_000, "PT1M1S"), (3_600_000, "PT1H"), (90_061_000, "PT25H1M1S")]
)
def test_durations(ms: int, text: str) -> None:
    assert iso_duration(ms) == text


def test_no_text_ends_the_element() -> None:
    text = "</script><!-- & \u2028 谁"
    made = str(json_ld({"name": text}))
    assert json.loads(made) == {"name": text}
    assert not {"<", ">", "&", "\u2028"} & set(made)
    assert "谁" in made
