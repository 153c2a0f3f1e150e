"""What an episode's page says around the words of the episode, by language.

Rule: a language that is not here gets English's; headings of the notes themselves are in `castkit.notes.labels`.
"""

from __future__ import annotations

from castkit.model.language import worded_in

LABELS: dict[str, dict[str, str]] = {
    "en": {
        "skip": "Skip to the transcript", "languages": "Languages", "all_episodes": "All episodes",
        "website": "Website",
        "subscribe": "Subscribe",
        "minutes": "{n} min", "transcript": "Transcript", "chapters": "Chapters", "both": "Both",
        "view": "Languages shown", "search": "Search the transcript", "found": "{n} of {all}", "none": "nothing found",
        "next": "Next match", "previous": "Previous match", "link": "Copy a link to this moment",
        "copied": "Link copied", "back": "Back to what is said now",
        "more": "More about it", "hint": "Click on a sentence to hear it.",
        "cover": "Cover of {title}",
    },
    "zh-Hans": {
        "skip": "跳到文字稿", "languages": "语言", "all_episodes": "全部节目",
        "website": "网站",
        "subscribe": "订阅",
        "minutes": "{n}分钟", "transcript": "文字稿", "chapters": "章节", "both": "双语",
        "view": "显示语言", "search": "在文字稿中查找", "found": "第{n}处，共{all}处", "none": "没有找到",
        "next": "下一处", "previous": "上一处", "link": "复制此处的链接",
        "copied": "链接已复制", "back": "回到正在播放的位置",
        "more": "了解更多", "hint": "点击句子即可从该处播放。",
        "cover": "{title}的封面",
    },
    "zh-Hant": {
        "skip": "跳到文字稿", "languages": "語言", "all_episodes": "全部節目",
        "website": "網站",
        "subscribe": "訂閱",
        "minutes": "{n}分鐘", "transcript": "文字稿", "chapters": "章節", "both": "雙語",
        "view": "顯示語言", "search": "在文字稿中尋找", "found": "第{n}處，共{all}處", "none": "沒有找到",
        "next": "下一處", "previous": "上一處", "link": "複製此處的連結",
        "copied": "連結已複製", "back": "回到正在播放的位置",
        "more": "瞭解更多", "hint": "點擊句子即可從該處播放。",
        "cover": "{title}的封面",
    },
    "fr": {
        "skip": "Aller à la transcription", "languages": "Langues", "all_episodes": "Tous les épisodes",
        "website": "Site web",
        "subscribe": "S’abonner",
        "minutes": "{n} min", "transcript": "Transcription", "chapters": "Chapitres", "both": "Les deux",
        "view": "Langues affichées", "search": "Chercher dans la transcription", "found": "{n} sur {all}",
        "none": "rien trouvé", "next": "Résultat suivant", "previous": "Résultat précédent",
        "link": "Copier un lien vers ce moment", "copied": "Lien copié",
        "back": "Revenir à ce qui est dit", "more": "En savoir plus",
        "hint": "Cliquez sur une phrase pour l’entendre.",
        "cover": "Couverture de {title}",
    },
    "es": {
        "skip": "Ir a la transcripción", "languages": "Idiomas", "all_episodes": "Todos los episodios",
        "website": "Sitio web",
        "subscribe": "Suscribirse",
        "minutes": "{n} min", "transcript": "Transcripción", "chapters": "Capítulos", "both": "Ambos",
        "view": "Idiomas que se muestran", "search": "Buscar en la transcripción", "found": "{n} de {all}",
        "none": "nada encontrado", "next": "Resultado siguiente", "previous": "Resultado anterior",
        "link": "Copiar un enlace a este momento", "copied": "Enlace copiado",
        "back": "Volver a lo que se dice ahora",
        "more": "Más información", "hint": "Haga clic en una frase para oírla.",
        "cover": "Portada de {title}",
    },
}  # fmt: skip


def episode_labels(language: str) -> dict[str, str]:
    """Every label of the page in this language."""
    return worded_in(LABELS, language)
