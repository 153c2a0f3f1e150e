"""The roads of an episode, of an imported episode and of the show, as three tables: read this first.

Each row is a step, in a module of its own under `steps/`, that says what it reads, what it writes, on which settings
it depends and how it is run. A row runs when the rows named in its `after` are up to date; rows that do not wait for
each other run side by side. An episode's road ends in `published.json`; the show's road reads only those files.

    raw ─ ingest ─ survey ─┬─ edit ───────────────────┬─ master
                           └─ transcribe ─ proofread ─┴─ subtitle ─ translate ─┬─ transcripts
                                                                               └─ notes
    master ──────┬─┬─ burn
    transcripts ─┘ └─ package ─┬─ report
                               └─ hls ─┬─ pages ─ upload ─▶ published.json
    notes ─────────────────────────────┘
    the feed of another host ─ carry ─▶ published.json
    all published.json ─ feed ─▶ feeds/<language>.xml ─ site ─▶ index.html, sitemap.xml
"""

from __future__ import annotations

from castkit.engine.stage import Stage
from castkit.steps import (
    burn,
    carry,
    edit,
    feed,
    hls,
    ingest,
    master,
    notes,
    package,
    pages,
    proofread,
    report,
    site,
    subtitle,
    survey,
    transcribe,
    transcripts,
    translate,
    upload,
)
from castkit.steps.context import EpisodeContext
from castkit.steps.show_context import ShowContext

EPISODE: tuple[Stage[EpisodeContext], ...] = (
    ingest.STEP,  # recordings decoded once: loudness measured, 16 kHz for recognition
    survey.STEP,  # where each recording lies, who speaks when, noise, hum, faults
    edit.STEP,  # the edit list: what is kept, and where it lies in the programme
    master.STEP,  # cleaned, levelled, mixed, cut, limited; the encoded files measured and corrected
    transcribe.STEP,  # words with times and speakers, Whisper's English where wanted
    proofread.STEP,  # the words as they are read: terms, punctuation, numbers, named turns; every change listed
    subtitle.STEP,  # cues in the spoken language; an accepted SRT wins
    translate.STEP,  # cues in the show's other languages
    transcripts.STEP,  # SRT, VTT, JSON and bilingual files as listeners get them
    notes.STEP,  # show notes (Markdown) in every language
    package.STEP,  # tagged MP3, MP4 with subtitle tracks, chapters, report
    hls.STEP,  # on request: the video as a ladder of streams
    burn.STEP,  # on request: a copy with subtitles in its picture, or an audiogram
    report.STEP,  # one page to see and hear what was done to the sound
    pages.STEP,  # a page per language: player, transcript, chapters, notes as a person left them; its share picture
    upload.STEP,  # to the store, checked; published.json last
)

# The road of an episode that was imported and has no recordings: what its feed said of it, to the store.
CARRIED: tuple[Stage[EpisodeContext], ...] = (carry.STEP,)

SHOW: tuple[Stage[ShowContext], ...] = (
    feed.STEP,  # a feed per language from every published.json; uploaded when all that it names is there
    site.STEP,  # the show's pages, which lead to the feeds and to every episode
)

# What `castkit build` does: everything before a byte leaves this machine.
BUILD: tuple[Stage[EpisodeContext], ...] = tuple(step for step in EPISODE if not step.sends)

STEP_NAMES: tuple[str, ...] = tuple(step.name for road in (EPISODE, CARRIED, SHOW) for step in road)
