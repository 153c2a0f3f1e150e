"""castkit: from raw interview recordings to a published podcast with bilingual subtitles."""

__version__ = "0.1.0"
