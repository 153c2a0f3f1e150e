"""What the newsletter says besides the labels of the show notes, by language.

Rule: a language that is not here gets English's.
"""

from __future__ import annotations

from castkit.model.language import worded_in

NEWSLETTER_LABELS: dict[str, dict[str, str]] = {
    "en": {
        "subject": "{show}: {title}", "new_one": "New episode", "new_many": "{count} new episodes",
        "duration": "{minutes} min", "below": "English below", "feeds": "Subscribe in a podcast app",
        "feeds_how": "Copy this address into the search field of your app.",
        "audio": "Sound", "video": "Video", "elsewhere": "Listen",
    },
    "zh-Hans": {
        "subject": "{show}：{title}", "new_one": "新一期节目", "new_many": "{count}期新节目",
        "duration": "{minutes}分钟", "below": "下文为中文", "feeds": "在播客应用中订阅",
        "feeds_how": "把下面的地址复制到应用的搜索框中。",
        "audio": "音频", "video": "视频", "elsewhere": "收听",
    },
    "zh-Hant": {
        "subject": "{show}：{title}", "new_one": "新一集節目", "new_many": "{count}集新節目",
        "duration": "{minutes}分鐘", "below": "下文為中文", "feeds": "在播客應用程式中訂閱",
        "feeds_how": "把下面的網址複製到應用程式的搜尋欄中。",
        "audio": "音訊", "video": "影片", "elsewhere": "收聽",
    },
    "fr": {
        "subject": "{show} : {title}", "new_one": "Nouvel épisode", "new_many": "{count} nouveaux épisodes",
        "duration": "{minutes} min", "below": "En français ci-dessous", "feeds": "S’abonner dans une application",
        "feeds_how": "Copiez cette adresse dans le champ de recherche de votre application.",
        "audio": "Son", "video": "Vidéo", "elsewhere": "Écouter",
    },
    "es": {
        "subject": "{show}: {title}", "new_one": "Nuevo episodio", "new_many": "{count} episodios nuevos",
        "duration": "{minutes} min", "below": "En español más abajo", "feeds": "Suscribirse en una aplicación",
        "feeds_how": "Copie esta dirección en el buscador de su aplicación.",
        "audio": "Audio", "video": "Vídeo", "elsewhere": "Escuchar",
    },
}  # fmt: skip


def newsletter_labels(language: str) -> dict[str, str]:
    """Every label of the newsletter's own in this language."""
    return worded_in(NEWSLETTER_LABELS, language)
