"""What the subscribe block of a page says: every feed's address as text, and a QR code of the page's own feed.

Rule: https addresses only; a link with a scheme of its own (podcast:, feed:) opens nothing in a chat's browser.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from castkit.model.language import best_match, language_name, worded_in
from castkit.site.codes import qr_svg
from castkit.templating import safe

_LABELS: dict[str, dict[str, str]] = {
    "en": {
        "title": "Subscribe",
        "how": "Copy an address into your podcast app, and new episodes come by themselves.",
        "to_copy": "Copy", "copied": "Copied", "colon": ": ", "video": ", video",
        "in_others": "Feeds in other languages", "scan": "Or scan this with a phone: {feed}",
        "qr_label": "QR code of the feed’s address: {feed}",
    },
    "zh-Hans": {
        "title": "订阅",
        "how": "把地址复制到播客应用中，即可自动收到新节目。",
        "to_copy": "复制", "copied": "已复制", "colon": "：", "video": "，视频",
        "in_others": "其他语言的订阅地址", "scan": "或用手机扫描：{feed}",
        "qr_label": "订阅地址的二维码：{feed}",
    },
    "zh-Hant": {
        "title": "訂閱",
        "how": "把網址複製到播客應用程式中，即可自動收到新節目。",
        "to_copy": "複製", "copied": "已複製", "colon": "：", "video": "，影片",
        "in_others": "其他語言的訂閱網址", "scan": "或用手機掃描：{feed}",
        "qr_label": "訂閱網址的 QR 碼：{feed}",
    },
    "fr": {
        "title": "S’abonner",
        "how": "Copiez une adresse dans votre application de podcasts : les nouveaux épisodes arrivent d’eux-mêmes.",
        "to_copy": "Copier", "copied": "Copié", "colon": " : ", "video": ", vidéo",
        "in_others": "Flux dans d’autres langues", "scan": "Ou scannez ceci avec un téléphone : {feed}",
        "qr_label": "Code QR de l’adresse du flux : {feed}",
    },
    "es": {
        "title": "Suscribirse",
        "how": "Copie una dirección en su aplicación de pódcast y los nuevos episodios llegarán solos.",
        "to_copy": "Copiar", "copied": "Copiado", "colon": ": ", "video": ", vídeo",
        "in_others": "Feeds en otros idiomas", "scan": "O escanee esto con un teléfono: {feed}",
        "qr_label": "Código QR de la dirección del feed: {feed}",
    },
}  # fmt: skip


def subscribe_view(feeds: Mapping[str, str], language: str) -> dict[str, Any]:
    """What `subscribe.html.j2` prints on a page in this language, the page's own feeds first.

    `feeds` are public addresses by feed name (`en`, `en.video`). Without feeds the block is left out.
    """
    labels = worded_in(_LABELS, language)
    listed = [_feed(name, feeds[name], language) for name in page_order(feeds, language)]
    if not listed:
        return {"feeds": ()}
    first = listed[0]
    return {
        **{key: labels[key] for key in ("title", "how", "to_copy", "copied", "colon", "in_others")},
        "feeds": tuple(one for one in listed if one["language"] == first["language"]),
        "others": tuple(one for one in listed if one["language"] != first["language"]),
        "qr": safe(qr_svg(first["url"])),
        "qr_label": labels["qr_label"].format(feed=first["name"]),
        "scan": labels["scan"].format(feed=first["name"]),
    }


def page_order(feeds: Mapping[str, str], language: str) -> list[str]:
    """The feeds' names, those of the page's language first, and sound before video within a language."""
    tags = list(dict.fromkeys(map(_tag, feeds)))
    own = best_match(language, tags)
    return sorted(feeds, key=lambda name: (_tag(name) != own, tags.index(_tag(name)), "." in name))


def _tag(name: str) -> str:
    return name.partition(".")[0]


def _feed(name: str, url: str, reader: str) -> dict[str, str]:
    kind = worded_in(_LABELS, reader)["video"] if name.endswith(".video") else ""
    return {"name": language_name(_tag(name), reader) + kind, "url": url, "language": _tag(name)}
