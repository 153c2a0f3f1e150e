"""Headings and set phrases of the show notes, by language.

Rule: a language that is not here gets English's; the words about unreviewed text are in `castkit.model.origins`.
"""

from __future__ import annotations

from datetime import datetime

from castkit.model.language import worded_in

LABELS: dict[str, dict[str, str]] = {
    "en": {
        "people": "People", "chapters": "Chapters", "documents": "Related documents", "transcripts": "Transcripts",
        "partners": "Partners", "funding": "Funding", "disclaimer": "Disclaimer", "licence": "Licence",
        "files": "Downloads", "sound": "Sound", "download": "Download sound and transcripts",
        "download_video": "Download video, sound and transcripts",
        "keywords": "Keywords", "listen": "Listen and read more", "comma": ", ", "list": ", ", "colon": ": ",
        "episode": "Episode {number}", "season": "Season {season}, episode {number}",
        "trailer": "Trailer", "bonus": "Bonus",
        "policy-brief": "Policy brief", "study": "Study", "report": "Report", "slides": "Slides", "news": "News",
        "website": "Website", "video": "Video", "other": "Document",
    },
    "zh-Hans": {
        "people": "人物", "chapters": "章节", "documents": "相关资料", "transcripts": "文字稿",
        "partners": "合作伙伴", "funding": "资助", "disclaimer": "免责声明", "licence": "许可协议",
        "files": "下载", "sound": "音频", "download": "下载音频和文字稿", "download_video": "下载视频、音频和文字稿",
        "keywords": "关键词", "listen": "收听并阅读更多", "comma": "，", "list": "、", "colon": "：",
        "episode": "第{number}期", "season": "第{season}季第{number}期",
        "trailer": "预告", "bonus": "特别节目",
        "policy-brief": "政策简报", "study": "研究", "report": "报告", "slides": "幻灯片", "news": "新闻",
        "website": "网站", "video": "视频", "other": "文件",
    },
    "zh-Hant": {
        "people": "人物", "chapters": "章節", "documents": "相關資料", "transcripts": "文字稿",
        "partners": "合作夥伴", "funding": "資助", "disclaimer": "免責聲明", "licence": "授權條款",
        "files": "下載", "sound": "音訊", "download": "下載音訊和文字稿", "download_video": "下載影片、音訊和文字稿",
        "keywords": "關鍵詞", "listen": "收聽並閱讀更多", "comma": "，", "list": "、", "colon": "：",
        "episode": "第{number}集", "season": "第{season}季第{number}集",
        "trailer": "預告", "bonus": "特別節目",
        "policy-brief": "政策簡報", "study": "研究", "report": "報告", "slides": "投影片", "news": "新聞",
        "website": "網站", "video": "影片", "other": "文件",
    },
    "fr": {
        "people": "Intervenants", "chapters": "Chapitres", "documents": "Documents", "transcripts": "Transcriptions",
        "partners": "Partenaires", "funding": "Financement", "disclaimer": "Avertissement", "licence": "Licence",
        "files": "Téléchargements", "sound": "Son", "download": "Télécharger le son et les transcriptions",
        "download_video": "Télécharger la vidéo, le son et les transcriptions",
        "keywords": "Mots-clés", "listen": "Écouter et lire la suite", "comma": ", ", "list": ", ", "colon": " : ",
        "episode": "Épisode {number}", "season": "Saison {season}, épisode {number}",
        "trailer": "Bande-annonce", "bonus": "Bonus",
        "policy-brief": "Note de synthèse", "study": "Étude", "report": "Rapport", "slides": "Diapositives",
        "news": "Actualité", "website": "Site web", "video": "Vidéo", "other": "Document",
    },
    "es": {
        "people": "Participantes", "chapters": "Capítulos", "documents": "Documentos", "transcripts": "Transcripciones",
        "partners": "Socios", "funding": "Financiación", "disclaimer": "Descargo de responsabilidad",
        "files": "Descargas", "sound": "Audio", "download": "Descargar el audio y las transcripciones",
        "download_video": "Descargar el vídeo, el audio y las transcripciones",
        "licence": "Licencia", "keywords": "Palabras clave", "listen": "Escuchar y leer más",
        "comma": ", ", "list": ", ", "colon": ": ",
        "episode": "Episodio {number}", "season": "Temporada {season}, episodio {number}",
        "trailer": "Avance", "bonus": "Extra",
        "policy-brief": "Nota de políticas", "study": "Estudio", "report": "Informe", "slides": "Diapositivas",
        "news": "Noticia", "website": "Sitio web", "video": "Vídeo", "other": "Documento",
    },
}  # fmt: skip

_ZH_DATE = "{year}年{month}月{day}日"
_DATES = {
    "en": "{day} {name} {year}",
    "zh-Hans": _ZH_DATE,
    "zh-Hant": _ZH_DATE,
    "fr": "{day} {name} {year}",
    "es": "{day} de {name} de {year}",
}
_MONTHS = {
    "en": "January February March April May June July August September October November December".split(),
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(),
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split(),
}


def labels_for(language: str) -> dict[str, str]:
    """Every label in this language."""
    return worded_in(LABELS, language)


def date_in_words(date: datetime, language: str) -> str:
    """The day in this language, in the zone it was given in: 2 September 2026, 2026年9月2日."""
    name = worded_in(_MONTHS, language)[date.month - 1]
    return worded_in(_DATES, language).format(day=date.day, month=date.month, name=name, year=date.year)
