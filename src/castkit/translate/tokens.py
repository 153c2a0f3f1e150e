"""The tokens by which a model of several languages is told which ones are meant.

Rule: a token is taken from the model's own vocabulary; a language that is not in it is an error, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from castkit.model.language import is_chinese, is_traditional, iso639_2

# FLORES-200 writes macrolanguages as the one language meant (ISO 639-3); those of its list that differ from a tag's
# three letters. Source: the language table of facebook/flores, README.
_FLORES = {
    "ara": "arb", "aze": "azj", "fas": "pes", "kur": "kmr", "lav": "lvs", "mlg": "plt", "mon": "khk",
    "msa": "zsm", "nep": "npi", "nor": "nob", "ori": "ory", "orm": "gaz", "pus": "pbt", "sqi": "als", "swa": "swh",
    "uzb": "uzn", "yid": "ydd",
}  # fmt: skip
_FLORES_TOKEN = re.compile(r"[a-z]{3}_[A-Z][a-z]{3}")
_OPUS_TOKEN = re.compile(r">>(.+)<<")
_CHINESE = ("cmn", "zho", "zh", "yue")


def flores_token(tag: str, known: Collection[str]) -> str | None:
    """NLLB's token for a BCP 47 tag, such as `zho_Hans`; None where the model does not know the language."""
    code = iso639_2(tag)
    code = _FLORES.get(code, code)
    found = sorted(token for token in known if _FLORES_TOKEN.fullmatch(token) and token.startswith(f"{code}_"))
    return next((token for token in found if token[4:] == _script(tag)), found[0] if found else None)


def opus_token(tag: str, known: Collection[str]) -> str | None:
    """OPUS-MT's token for a target, such as `>>cmn_Hans<<`; empty where the model has one target and needs none.

    None where it has several and not this one.
    """
    names = {found[1]: token for token in known if (found := _OPUS_TOKEN.fullmatch(token))}
    if not names:
        return ""
    codes = _CHINESE if is_chinese(tag) else (iso639_2(tag), tag.split("-", maxsplit=1)[0])
    wanted = [f"{code}_{_script(tag)}" for code in codes] + list(codes)
    return next((names[name] for name in wanted if name in names), None)


def _script(tag: str) -> str:
    if is_chinese(tag):
        return "Hant" if is_traditional(tag) else "Hans"
    return next((part for part in tag.split("-")[1:] if len(part) == 4), "Latn")
