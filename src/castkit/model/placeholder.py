"""What `castkit init` writes so that a new show publishes at once, and that a person should replace.

Rule: a placeholder is recognised by being exactly one of these; whatever a person changed is theirs.
"""

from __future__ import annotations

from castkit.model.language import best_match

EMAIL = "podcast@example.org"
BASE_URL = "http://127.0.0.1:8000"  # where `castkit serve` answers
LINK = "https://example.org/"
DESCRIPTIONS = {
    "en": "A podcast. Say here in two or three sentences what it is about, for whom, and how often it appears.",
    "zh-Hans": "一档播客节目。请用两三句话在此说明节目的内容、听众和更新频率。",
    "zh-Hant": "一檔播客節目。請用兩三句話在此說明節目的內容、聽眾和更新頻率。",
    "fr": "Un podcast. Dites ici en deux ou trois phrases de quoi il parle, pour qui, et à quel rythme il paraît.",
    "es": "Un pódcast. Diga aquí en dos o tres frases de qué trata, para quién y con qué frecuencia aparece.",
    "de": "Ein Podcast. Hier steht in zwei oder drei Sätzen, worum es geht, für wen, und wie oft er erscheint.",
}


def description_for(language: str) -> str:
    """The placeholder description in this language, else in English."""
    return DESCRIPTIONS[best_match(language, DESCRIPTIONS) or "en"]
