"""Headings and set phrases of the show's pages, by language.

Rule: a language that is not here gets English's; dates, licences and roles are worded elsewhere and handed in.
"""

from __future__ import annotations

from castkit.model.language import worded_in

LABELS: dict[str, dict[str, str]] = {
    "en": {
        "skip": "To the episodes", "languages": "This page in other languages", "by": "By {author}",
        "website": "The show’s website", "rhythm": "How often", "episodes": "Episodes", "trailer": "Trailer",
        "bonus": "Bonus", "episode": "Episode {number}", "season": "Season {season}", "others": "Other episodes",
        "video": "Video", "sound": "Sound file", "elsewhere": "on another site", "people": "With",
        "transcripts": "Transcript", "aside": " ({text})", "unread": "{language} – {how}",
        "list": ", ", "parts": "; ", "colon": ": ",
        "hours": "{hours} h {minutes} min", "minutes": "{minutes} min",
        "search": "Search", "search_long": "Search these episodes", "hint": "Title, summary or name",
        "found": "{shown} of {all} episodes",
        "none": "No episode is published yet.",
        "more": "More episodes", "newer": "Newer episodes", "older": "Older episodes", "newest": "Newest episodes",
        "range": "{newest} – {oldest}",
        "partners": "Partners", "funders": "Supported by", "funding": "Funding", "disclaimer": "Disclaimer",
        "licence": "Licence", "contact": "Contact", "support": "Support the show", "cover": "Cover of {title}",
        "draft": "not published",
        "draft_note": "These episodes are not all published; nobody but you sees this page.",
        "lost": "This page is not here", "lost_text": "It may have moved. Here are the show and all its episodes:",
    },
    "zh-Hans": {
        "skip": "跳到节目列表", "languages": "本页的其他语言版本", "by": "{author}",
        "website": "节目网站", "rhythm": "更新频率", "episodes": "各期节目", "trailer": "预告",
        "bonus": "特别节目", "episode": "第{number}期", "season": "第{season}季", "others": "其他各期",
        "video": "视频", "sound": "音频文件", "elsewhere": "在其他网站", "people": "人物",
        "transcripts": "文字稿", "aside": "（{text}）", "unread": "{language}—{how}",
        "list": "、", "parts": "；", "colon": "：",
        "hours": "{hours}小时{minutes}分钟", "minutes": "{minutes}分钟",
        "search": "搜索", "search_long": "搜索本页各期节目", "hint": "标题、简介或人名",
        "found": "{shown}期，共{all}期",
        "none": "尚无已发布的节目。",
        "more": "更多节目", "newer": "较新的节目", "older": "较早的节目", "newest": "最新节目",
        "range": "{newest}至{oldest}",
        "partners": "合作伙伴", "funders": "资助方", "funding": "资助说明", "disclaimer": "免责声明",
        "licence": "许可协议", "contact": "联系方式", "support": "支持本节目", "cover": "{title}封面",
        "draft": "未发布",
        "draft_note": "这些节目尚未全部发布，此页只有您能看到。",
        "lost": "此页不存在", "lost_text": "页面可能已移走。节目及各期内容见：",
    },
    "zh-Hant": {
        "skip": "跳到節目列表", "languages": "本頁的其他語言版本", "by": "{author}",
        "website": "節目網站", "rhythm": "更新頻率", "episodes": "各集節目", "trailer": "預告",
        "bonus": "特別節目", "episode": "第{number}集", "season": "第{season}季", "others": "其他各集",
        "video": "影片", "sound": "音訊檔", "elsewhere": "在其他網站", "people": "人物",
        "transcripts": "文字稿", "aside": "（{text}）", "unread": "{language}—{how}",
        "list": "、", "parts": "；", "colon": "：",
        "hours": "{hours}小時{minutes}分鐘", "minutes": "{minutes}分鐘",
        "search": "搜尋", "search_long": "搜尋本頁各集節目", "hint": "標題、簡介或人名",
        "found": "{shown}集，共{all}集",
        "none": "尚無已發布的節目。",
        "more": "更多節目", "newer": "較新的節目", "older": "較早的節目", "newest": "最新節目",
        "range": "{newest}至{oldest}",
        "partners": "合作夥伴", "funders": "資助方", "funding": "資助說明", "disclaimer": "免責聲明",
        "licence": "授權條款", "contact": "聯絡方式", "support": "支持本節目", "cover": "{title}封面",
        "draft": "未發布",
        "draft_note": "這些節目尚未全部發布，此頁只有您能看到。",
        "lost": "此頁不存在", "lost_text": "頁面可能已移走。節目及各集內容見：",
    },
    "fr": {
        "skip": "Aller aux épisodes", "languages": "Cette page dans d’autres langues", "by": "Par {author}",
        "website": "Le site de l’émission", "rhythm": "Fréquence", "episodes": "Épisodes", "trailer": "Bande-annonce",
        "bonus": "Bonus", "episode": "Épisode {number}", "season": "Saison {season}", "others": "Autres épisodes",
        "video": "Vidéo", "sound": "Fichier son", "elsewhere": "sur un autre site", "people": "Avec",
        "transcripts": "Transcription", "aside": " ({text})", "unread": "{language} – {how}",
        "list": ", ", "parts": "; ", "colon": " : ",
        "hours": "{hours} h {minutes} min", "minutes": "{minutes} min",
        "search": "Rechercher", "search_long": "Rechercher parmi ces épisodes", "hint": "Titre, résumé ou nom",
        "found": "{shown} épisodes sur {all}",
        "none": "Aucun épisode n’est encore publié.",
        "more": "Plus d’épisodes", "newer": "Épisodes plus récents", "older": "Épisodes plus anciens",
        "newest": "Derniers épisodes", "range": "{newest} – {oldest}",
        "partners": "Partenaires", "funders": "Avec le soutien de", "funding": "Financement",
        "disclaimer": "Avertissement", "licence": "Licence", "contact": "Contact", "support": "Soutenir l’émission",
        "cover": "Couverture de {title}", "draft": "non publié",
        "draft_note": "Ces épisodes ne sont pas tous publiés ; vous seul voyez cette page.",
        "lost": "Cette page n’existe pas",
        "lost_text": "Elle a peut-être été déplacée. Voici l’émission et tous ses épisodes :",
    },
    "es": {
        "skip": "Ir a los episodios", "languages": "Esta página en otros idiomas", "by": "De {author}",
        "website": "El sitio del programa", "rhythm": "Frecuencia", "episodes": "Episodios", "trailer": "Avance",
        "bonus": "Extra", "episode": "Episodio {number}", "season": "Temporada {season}", "others": "Otros episodios",
        "video": "Vídeo", "sound": "Archivo de sonido", "elsewhere": "en otro sitio", "people": "Con",
        "transcripts": "Transcripción", "aside": " ({text})", "unread": "{language} – {how}",
        "list": ", ", "parts": "; ", "colon": ": ",
        "hours": "{hours} h {minutes} min", "minutes": "{minutes} min",
        "search": "Buscar", "search_long": "Buscar en estos episodios", "hint": "Título, resumen o nombre",
        "found": "{shown} de {all} episodios",
        "none": "Todavía no hay episodios publicados.",
        "more": "Más episodios", "newer": "Episodios más recientes", "older": "Episodios anteriores",
        "newest": "Últimos episodios", "range": "{newest} – {oldest}",
        "partners": "Socios", "funders": "Con el apoyo de", "funding": "Financiación",
        "disclaimer": "Descargo de responsabilidad", "licence": "Licencia", "contact": "Contacto",
        "support": "Apoyar el programa", "cover": "Portada de {title}", "draft": "no publicado",
        "draft_note": "No todos estos episodios están publicados; solo usted ve esta página.",
        "lost": "Esta página no está aquí",
        "lost_text": "Puede que se haya movido. Aquí están el programa y todos sus episodios:",
    },
}  # fmt: skip


def show_labels(language: str) -> dict[str, str]:
    """Every label in this language."""
    return worded_in(LABELS, language)


def duration_in_words(ms: int, language: str) -> str:
    """A length in whole minutes, rounded, one at least; empty for 0 ms, which an imported feed means by “not said”."""
    if ms <= 0:
        return ""
    labels = show_labels(language)
    hours, minutes = divmod(max((ms + 30_000) // 60_000, 1), 60)
    return labels["hours" if hours else "minutes"].format(hours=hours, minutes=minutes)
