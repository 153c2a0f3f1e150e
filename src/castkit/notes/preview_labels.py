"""What the first page of a preview says, by language.

Rule: a language that is not here gets English's.
"""

from __future__ import annotations

from castkit.model.language import worded_in

PREVIEW_LABELS: dict[str, dict[str, str]] = {
    "en": {
        "notice": "Preview, not published: please do not pass it on.", "all": "about this preview",
        "earlier": "An earlier version of this episode is published; this one may differ from it.",
        "what": "This folder holds the episode as it is going to be published, to be looked at and listened to by "
        "those who must agree to it. It needs no network. If you see this page inside a zip, unpack all of it first.",
        "open": "Open the episode", "clearance": "Clearance", "role": "Role", "state": "State",
        "cleared": "approved by {who}, {when}", "waiting": "not approved yet",
        "changed": "approved by {who}, {when}, and changed since", "nobody": "Nobody is asked to approve it.",
        "published": "What will be published", "title": "Title", "date": "Date", "duration": "Length",
        "guid": "Identity", "words": "Transcripts", "files": "Files in this preview", "left_out": "Not in this preview",
        "light": "Sound and video are light copies, smaller and plainer than what will be published.",
        "dead": "Links to these files lead nowhere here.",
    },
    "zh-Hans": {
        "notice": "预览，尚未发布：请勿转发。", "all": "关于本预览",
        "earlier": "本期节目的早前版本已经发布；此版本可能与之不同。",
        "what": "本文件夹收录即将发布的节目，供审核人员查看和收听，无需联网。"
        "如果您是在压缩包内看到本页，请先解压整个压缩包。",
        "open": "打开节目", "clearance": "审批", "role": "角色", "state": "状态",
        "cleared": "{who} 已于 {when} 批准", "waiting": "尚未批准",
        "changed": "{who} 曾于 {when} 批准，此后内容有改动", "nobody": "无需任何人批准。",
        "published": "将要发布的内容", "title": "标题", "date": "日期", "duration": "时长", "guid": "标识",
        "words": "文字稿", "files": "本预览中的文件", "left_out": "本预览不含",
        "light": "音频和视频为精简版，比将要发布的文件更小、质量更低。",
        "dead": "此处指向这些文件的链接无法打开。",
    },
    "zh-Hant": {
        "notice": "預覽，尚未發布：請勿轉發。", "all": "關於本預覽",
        "earlier": "本集節目的先前版本已經發布；此版本可能與之不同。",
        "what": "本資料夾收錄即將發布的節目，供審核人員查看和收聽，無需連網。"
        "如果您是在壓縮檔內看到本頁，請先解壓縮整個檔案。",
        "open": "開啟節目", "clearance": "審批", "role": "角色", "state": "狀態",
        "cleared": "{who} 已於 {when} 核准", "waiting": "尚未核准",
        "changed": "{who} 曾於 {when} 核准，此後內容有變動", "nobody": "無需任何人核准。",
        "published": "將要發布的內容", "title": "標題", "date": "日期", "duration": "長度", "guid": "識別碼",
        "words": "文字稿", "files": "本預覽中的檔案", "left_out": "本預覽不含",
        "light": "音訊和影片為精簡版，比將要發布的檔案更小、品質更低。",
        "dead": "此處指向這些檔案的連結無法開啟。",
    },
    "fr": {
        "notice": "Aperçu, non publié : merci de ne pas le diffuser.", "all": "à propos de cet aperçu",
        "earlier": "Une version antérieure de cet épisode est publiée ; celle-ci peut en différer.",
        "what": "Ce dossier contient l’épisode tel qu’il va être publié, pour que les personnes qui doivent donner "
        "leur accord le voient et l’écoutent. Aucun réseau n’est nécessaire. Si vous voyez cette page dans un zip, "
        "décompressez d’abord tout le zip.",
        "open": "Ouvrir l’épisode", "clearance": "Accord", "role": "Rôle", "state": "État",
        "cleared": "approuvé par {who}, {when}", "waiting": "pas encore approuvé",
        "changed": "approuvé par {who}, {when}, et modifié depuis", "nobody": "Aucun accord n’est demandé.",
        "published": "Ce qui sera publié", "title": "Titre", "date": "Date", "duration": "Durée", "guid": "Identité",
        "words": "Transcriptions", "files": "Fichiers de cet aperçu", "left_out": "Absent de cet aperçu",
        "light": "Le son et la vidéo sont des copies légères, plus petites et plus simples que ce qui sera publié.",
        "dead": "Les liens vers ces fichiers ne mènent nulle part ici.",
    },
    "es": {
        "notice": "Vista previa, sin publicar: no la difunda, por favor.", "all": "sobre esta vista previa",
        "earlier": "Hay publicada una versión anterior de este episodio; esta puede ser distinta.",
        "what": "Esta carpeta contiene el episodio tal como se va a publicar, para que lo vean y lo escuchen quienes "
        "deben dar su acuerdo. No necesita red. Si ve esta página dentro de un zip, descomprima antes todo el zip.",
        "open": "Abrir el episodio", "clearance": "Autorización", "role": "Función", "state": "Estado",
        "cleared": "aprobado por {who}, {when}", "waiting": "sin aprobar todavía",
        "changed": "aprobado por {who}, {when}, y modificado después", "nobody": "No se pide la aprobación de nadie.",
        "published": "Lo que se publicará", "title": "Título", "date": "Fecha", "duration": "Duración",
        "guid": "Identidad", "words": "Transcripciones", "files": "Archivos de esta vista previa",
        "left_out": "No está en esta vista previa",
        "light": "El sonido y el vídeo son copias ligeras, más pequeñas y sencillas que lo que se publicará.",
        "dead": "Los enlaces a estos archivos no llevan a ninguna parte aquí.",
    },
}  # fmt: skip


def preview_labels(language: str) -> dict[str, str]:
    """Every label of the preview in this language."""
    return worded_in(PREVIEW_LABELS, language)
