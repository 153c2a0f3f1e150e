"""Where a track of words comes from, and so how far it can be trusted, said in the reader's language.

Rule: words that no person has read are called so wherever a listener meets them.
"""

from __future__ import annotations

from castkit.model.cue import Origin
from castkit.model.language import worded_in

_WORDS: dict[str, dict[Origin, str]] = {
    "en": {
        Origin.RECOGNITION: "machine transcript, not reviewed",
        Origin.MACHINE_TRANSLATION: "unreviewed machine translation",
        Origin.SCRIPT_CONVERSION: "converted by a machine from the other script, not reviewed",
        Origin.ACCEPTED: "reviewed by a person",
        Origin.ELSEWHERE: "from another host",
    },
    "zh-Hans": {
        Origin.RECOGNITION: "机器听写，未经审校",
        Origin.MACHINE_TRANSLATION: "机器翻译，未经审校",
        Origin.SCRIPT_CONVERSION: "由机器转换简繁字体，未经审校",
        Origin.ACCEPTED: "已由人工审校",
        Origin.ELSEWHERE: "来自其他平台",
    },
    "zh-Hant": {
        Origin.RECOGNITION: "機器聽寫，未經審校",
        Origin.MACHINE_TRANSLATION: "機器翻譯，未經審校",
        Origin.SCRIPT_CONVERSION: "由機器轉換簡繁字體，未經審校",
        Origin.ACCEPTED: "已由人工審校",
        Origin.ELSEWHERE: "來自其他平台",
    },
    "fr": {
        Origin.RECOGNITION: "transcription automatique, non relue",
        Origin.MACHINE_TRANSLATION: "traduction automatique, non relue",
        Origin.SCRIPT_CONVERSION: "conversion automatique depuis l’autre écriture, non relue",
        Origin.ACCEPTED: "relue par une personne",
        Origin.ELSEWHERE: "venue d’un autre hébergeur",
    },
    "es": {
        Origin.RECOGNITION: "transcripción automática, sin revisar",
        Origin.MACHINE_TRANSLATION: "traducción automática, sin revisar",
        Origin.SCRIPT_CONVERSION: "conversión automática desde la otra escritura, sin revisar",
        Origin.ACCEPTED: "revisada por una persona",
        Origin.ELSEWHERE: "de otro alojamiento",
    },
}


def in_words(origin: Origin, reader: str) -> str:
    """What to tell readers of this language about words of this origin."""
    return worded_in(_WORDS, reader)[origin]
