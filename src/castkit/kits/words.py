"""What checklists and the command line say of a kit, in English and in Chinese.

Rule: one table for each kind of sentence, so that both languages say the same; what is not there falls back to English.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from castkit.kits.checks import Checked, Note
from castkit.kits.counting import UNITS
from castkit.model.cue import Origin
from castkit.model.language import language_name, worded_in
from castkit.model.origins import in_words
from castkit.timecode import clock

Table = Mapping[str, Mapping[str, str]]

HEADINGS: Table = {
    "en": {
        "title": "Handing over to {platform}: {episode}",
        "made": "What castkit has made, and what is left to you. Nothing was sent, and no account was touched.",
        "todo": "What to do", "files": "Files", "checks": "What was checked", "warnings": "Look at these",
        "paste": "To paste", "copy": "Copy", "copied": "Copied", "rich": "With formatting: select and copy",
        "what": "What", "found": "Found", "limit": "Limit", "certainty": "How certain",
        "result": "Result", "remedy": "What to do",
        "passed": "fine", "error": "refused there", "warning": "look at it",
        "rules": "The limits were last held against their sources on {date}.",
        "unpublished": "No figure is published for: {names}.",
        "reported": "reported", "documented": "documented", "house": "castkit's own",
        "reported-note": (
            "“Reported” comes from people who use the platform, not from a page of its own: what the platform's page "
            "says counts."
        ),
        "declaration": "Made by a machine",
        "no-declaration": (
            "Nothing in this kit that a machine translated and no person read. castkit does not know whether a voice "
            "or a picture was made by a machine: you do."
        ),
        "list": ", ",
        "colon": ": ",
        "characters": "{number} characters",
        "utf16": "{number} characters",
        "bytes": "{number} bytes",
        "most": "at most {value}", "least": "at least {value}",
    },
    "zh-Hans": {
        "title": "发布到{platform}：{episode}",
        "made": "下面是 castkit 已经准备好的内容，以及需要你来做的步骤。castkit 没有发送任何东西，也没有动过任何账号。",
        "todo": "操作步骤", "files": "文件", "checks": "已检查的项目", "warnings": "请注意",
        "paste": "粘贴内容", "copy": "复制", "copied": "已复制", "rich": "带格式：选中后复制",
        "what": "项目", "found": "实际", "limit": "限制", "certainty": "依据", "result": "结果", "remedy": "怎么办",
        "passed": "合格", "error": "平台会拒绝", "warning": "请留意",
        "rules": "以上限制最近一次核对来源的日期：{date}。",
        "unpublished": "平台没有公布以下项目的数值：{names}。",
        "reported": "据使用者反映", "documented": "平台文档", "house": "castkit 自定",
        "reported-note": "“据使用者反映”的数值来自使用者，而不是平台自己的页面：以平台页面的提示为准。",
        "declaration": "由机器生成的内容",
        "no-declaration": (
            "这个发布包里没有未经人工审校的机器翻译。"
            "声音或画面是否由人工智能生成，castkit 并不知道，请你如实填写。"
        ),
        "list": "、", "colon": "：", "characters": "{number} 字", "utf16": "{number} 字符", "bytes": "{number} 字节",
        "most": "最多 {value}", "least": "至少 {value}",
    },
}  # fmt: skip

# Blocks to paste, and kinds of files.
NAMES: Table = {
    "en": {
        "title": "Title", "short-title": "Short title", "description": "Description", "shownotes": "Show notes",
        "chapters": "Chapters", "tags": "Tags", "category": "Category (a suggestion)", "language": "Language",
        "licence": "Licence", "declaration": "Declaration", "media": "video or sound", "covers": "cover",
        "captions": "captions", "people": "People", "documents": "Related documents", "partners": "Partners",
        "summary": "Summary",
    },
    "zh-Hans": {
        "title": "标题", "short-title": "短标题", "description": "简介", "shownotes": "Shownotes",
        "chapters": "章节", "tags": "标签", "category": "分类（建议）", "language": "语言",
        "licence": "许可协议", "declaration": "声明", "media": "视频或音频", "covers": "封面",
        "captions": "字幕", "people": "人物", "documents": "相关资料", "partners": "合作伙伴",
        "summary": "摘要",
    },
}  # fmt: skip

# By what is measured: its name, and what to do where it is too much or too little.
MEASURES: Table = {
    "en": {
        "title": "title", "short-title": "short title", "description": "description", "tags-count": "number of tags",
        "tag-length": "longest tag", "tags-total": "all tags together", "length": "length", "size": "file size",
        "width": "width", "height": "height", "short-side": "shorter side of the picture", "fps": "frames a second",
        "video-bitrate": "bit rate of the picture", "audio-bitrate": "bit rate of the sound",
        "audio-rate": "sample rate", "audio-channels": "channels", "loudness": "loudness", "true-peak": "true peak",
        "cover-size": "size of the cover",
    },
    "zh-Hans": {
        "title": "标题", "short-title": "短标题", "description": "简介", "tags-count": "标签数量",
        "tag-length": "最长的标签", "tags-total": "全部标签合计", "length": "时长", "size": "文件大小",
        "width": "宽度", "height": "高度", "short-side": "画面短边", "fps": "帧率",
        "video-bitrate": "视频码率", "audio-bitrate": "音频码率",
        "audio-rate": "采样率", "audio-channels": "声道", "loudness": "响度", "true-peak": "真峰值",
        "cover-size": "封面文件大小",
    },
}  # fmt: skip

REMEDIES: Table = {
    "en": {
        "title": "write a shorter title for this platform",
        "short-title": "write one of the length asked for",
        "description": "shorten summary or description in episode.toml; funding statement and disclaimer have to stay",
        "tags-count": "take some keywords out of episode.toml",
        "tag-length": "shorten the keyword in episode.toml",
        "tags-total": "take some keywords out of episode.toml",
        "length": "publish it in parts (castkit clip), or with [audio] trim and cuts in episode.toml",
        "size": "publish it in parts (castkit clip)",
        "short-side": "larger would be better; castkit does not blow a picture up",
        "audio-bitrate": "set [audio] bitrate in castkit.toml",
        "loudness": "build the episode with [audio] loudness = -16",
        "true-peak": "build the episode with [audio] true_peak = -1",
    },
    "zh-Hans": {
        "title": "为这个平台写一个更短的标题",
        "short-title": "按要求的字数另写一个",
        "description": "在 episode.toml 里缩短摘要或说明；资助说明和免责声明不能省略",
        "tags-count": "在 episode.toml 里减少关键词",
        "tag-length": "在 episode.toml 里缩短这个关键词",
        "tags-total": "在 episode.toml 里减少关键词",
        "length": "分成几段发布（castkit clip），或在 episode.toml 里剪短",
        "size": "分成几段发布（castkit clip）",
        "short-side": "画面更大会更好；castkit 不会放大画面",
        "audio-bitrate": "在 castkit.toml 里设置 [audio] bitrate",
        "loudness": "用 [audio] loudness = -16 重新制作",
        "true-peak": "用 [audio] true_peak = -1 重新制作",
    },
}  # fmt: skip

NOTES: Table = {
    "en": {
        "title-shortened": "The title was shortened. In full: {title}",
        "short-title-shortened": (
            "The short title was cut off; write one that says it in so few characters. In full: {title}"
        ),
        "short-title-too-short": "The title is too short for a short title, which is left empty: {title}",
        "tags-left-out": "Keywords without room among the tags: {tags}",
        "forbidden-characters": "The platform refuses {characters}; something like it stands there instead.",
        "chapters-left-out": (
            "The chapters are left out: the platform wants {fewest} at least, each {seconds} s or longer, the first "
            "at 00:00."
        ),
        "section-left-out": "No room in the description for: {section} (or a part of it).",
        "summary-shortened": "Even the summary had to be shortened in the description.",
        "description-no-room": (
            "Funding statement, disclaimer and declaration alone are longer than {most}: shorten them, or put them "
            "into a comment."
        ),
        "links-left-out": "The platform takes no links: documents are named without their addresses.",
        "links-in-text": (
            "There is an address in the text, which the platform does not allow or make a link of: {address}. Take "
            "it out."
        ),
        "language-missing": (
            "Not there in {language}: {fields}. What there is stands instead, in another language: translate it "
            "before you publish."
        ),
        "script-converted": "The texts were converted from the other Chinese script by a machine: read them.",
        "captions-missing": "There are no captions in {language}; there are: {others}.",
        "captions-unread": "No person has read the captions in {language} ({origin}).",
        "cover-undrawn": (
            "No font on this machine draws {characters} in the titles of the cover; install fonts-noto-cjk."
        ),
        "note": "{text}",
        "outdated": "The rules are more than a year old: hold them against the platform's pages.",
    },
    "zh-Hans": {
        "title-shortened": "标题已缩短，完整标题：{title}",
        "short-title-shortened": "短标题被截断，请另写一个能说清楚的。完整标题：{title}",
        "short-title-too-short": "标题太短，不能用作短标题，短标题留空：{title}",
        "tags-left-out": "以下关键词没有放进标签：{tags}",
        "forbidden-characters": "平台不接受 {characters}，已换成相近的符号。",
        "chapters-left-out": "没有写入章节：平台要求至少 {fewest} 个，每个不短于 {seconds} 秒，第一个从 00:00 开始。",
        "section-left-out": "简介放不下：{section}（或其中一部分）。",
        "summary-shortened": "简介里连摘要也不得不缩短。",
        "description-no-room": "仅资助说明、免责声明和声明就超过 {most}：请缩短，或放进评论。",
        "links-left-out": "平台不接受链接：资料只写名称，不写网址。",
        "links-in-text": "文字里有网址，平台不允许或不会变成链接：{address}。请删去。",
        "language-missing": "没有{language}的内容：{fields}。暂以其他语言代替，请翻译后再发布。",
        "script-converted": "文字由机器转换简繁字体，请读一遍。",
        "captions-missing": "没有{language}字幕；现有：{others}。",
        "captions-unread": "{language}字幕未经人工审校（{origin}）。",
        "cover-undrawn": "本机没有能显示封面标题中 {characters} 的字体，请安装 fonts-noto-cjk。",
        "note": "{text}",
        "outdated": "这些规则已超过一年，请对照平台页面核对。",
    },
}  # fmt: skip

_UNITS = {
    "length": "",
    "size": "",
    "cover-size": "",
    "width": "px",
    "height": "px",
    "short-side": "px",
    "fps": "",
    "tags-count": "",
    "video-bitrate": "kbit/s", "audio-bitrate": "kbit/s", "audio-rate": "Hz", "audio-channels": "",
    "loudness": "LUFS", "true-peak": "dBTP",
}  # fmt: skip


def heading(code: str, language: str) -> str:
    """A heading or set phrase; KeyError for a code that is none."""
    return _in(HEADINGS, code, language)


def name_of(code: str, language: str) -> str:
    """What a block to paste, a kind of file or a section is called."""
    return _in(NAMES, code, language)


# What stands in a note as codes, parted by spaces, and is named in the reader's words.
_PLACED: Mapping[str, Callable[[str, str], str]] = {
    "section": name_of,
    "fields": name_of,
    "language": language_name,
    "others": language_name,
    "origin": lambda code, language: in_words(Origin(code), language),
}


def note_text(note: Note, language: str) -> str:
    """The sentence of a note; sections and languages in it are named in the reader's words."""
    between = heading("list", language)
    values = {
        name: between.join(_PLACED[name](one, language) for one in value.split()) if name in _PLACED else value
        for name, value in note.values.items()
    }
    return _in(NOTES, note.code, language).format(**values)


def measured(of: str, value: float, unit: str, language: str) -> str:
    """A value with its unit: `00:12:30`, `4.5 MB`, `21 characters`, `-16 LUFS`."""
    if of == "length":
        return clock(round(value * 1000))
    if of in ("size", "cover-size"):
        return _size(value)
    if of in _UNITS:
        return f"{_number(value)} {_UNITS[of]}".rstrip()
    return heading(unit if unit in UNITS else "characters", language).format(number=_number(value))


def limit_text(checked: Checked, language: str) -> str:
    """`at most 80 characters`."""
    limit = checked.limit
    kind, value = ("most", limit.most) if limit.most is not None else ("least", limit.least)
    return heading(kind, language).format(value=measured(limit.of, value or 0, limit.unit, language))


def what(checked: Checked, language: str) -> str:
    """What was measured, in words."""
    return measure_name(checked.limit.of, language)


def measure_name(code: str, language: str) -> str:
    """What is measured, in words."""
    return _in(MEASURES, code, language)


def remedy(checked: Checked, language: str) -> str:
    """What to do about a limit that is not met; empty where nothing better than the limit itself can be said."""
    return worded_in(REMEDIES, language).get(checked.limit.of, "")


def _in(table: Table, code: str, language: str) -> str:
    found = worded_in(table, "zh-Hans" if language.startswith("zh") else language)
    return found.get(code) or table["en"][code]


def _size(value: float) -> str:
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if value >= size:
            return f"{_number(round(value / size, 1))} {unit}"
    return f"{_number(value)} B"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:.2f}".rstrip("0")
