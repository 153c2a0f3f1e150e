"""What a role of the Podcast Taxonomy is called in other languages.

Rule: a language or role that is not here gets the English word.
"""

from __future__ import annotations

from castkit.model.language import worded_in
from castkit.model.roles import canonical

# role: simplified Chinese | traditional Chinese | French | Spanish
_TABLE = """
director: 导演 | 導演 | réalisation | dirección
assistant director: 助理导演 | 助理導演 | assistance à la réalisation | asistencia de dirección
executive producer: 执行制片人 | 執行製作人 | production exécutive | producción ejecutiva
senior producer: 高级制片人 | 資深製作人 | production principale | producción sénior
producer: 制片人 | 製作人 | production | producción
associate producer: 联合制片人 | 聯合製作人 | production associée | producción asociada
development producer: 策划制片人 | 策劃製作人 | développement | desarrollo
creative director: 创意总监 | 創意總監 | direction créative | dirección creativa
host: 主持人 | 主持人 | animation | presentación
co-host: 联合主持人 | 共同主持人 | coanimation | copresentación
guest host: 客座主持人 | 客座主持人 | animation invitée | presentación invitada
guest: 嘉宾 | 來賓 | invité·e | persona invitada
voice actor: 配音演员 | 配音員 | voix | voz
narrator: 旁白 | 旁白 | narration | narración
announcer: 播音员 | 播音員 | annonce | locución
reporter: 记者 | 記者 | reportage | reportaje
author: 作者 | 作者 | auteur·rice | autoría
editorial director: 编辑总监 | 編輯總監 | direction éditoriale | dirección editorial
co-writer: 联合撰稿人 | 共同撰稿人 | coécriture | coescritura
writer: 撰稿人 | 撰稿人 | écriture | guion
songwriter: 词曲作者 | 詞曲作者 | chanson | canción
guest writer: 特约撰稿人 | 特約撰稿人 | plume invitée | guion invitado
story editor: 故事编辑 | 故事編輯 | édition du récit | edición de la historia
managing editor: 执行主编 | 執行主編 | rédaction en chef | redacción jefe
script editor: 脚本编辑 | 腳本編輯 | édition du script | edición del guion
script coordinator: 脚本统筹 | 腳本統籌 | coordination du script | coordinación del guion
researcher: 资料研究 | 資料研究 | recherche | documentación
editor: 编辑 | 編輯 | édition | edición
fact checker: 事实核查 | 事實查核 | vérification des faits | verificación
translator: 翻译 | 翻譯 | traduction | traducción
transcriber: 文字稿整理 | 文字稿整理 | transcription | transcripción
logger: 场记 | 場記 | dérushage | registro
studio coordinator: 录音棚统筹 | 錄音室統籌 | coordination du studio | coordinación de estudio
technical director: 技术总监 | 技術總監 | direction technique | dirección técnica
technical manager: 技术经理 | 技術經理 | régie technique | gestión técnica
audio engineer: 录音师 | 錄音師 | prise de son | sonido
remote recording engineer: 远程录音师 | 遠端錄音師 | prise de son à distance | grabación remota
post production engineer: 后期工程师 | 後製工程師 | postproduction | posproducción
audio editor: 音频剪辑 | 音訊剪輯 | montage son | edición de sonido
sound designer: 声音设计 | 聲音設計 | conception sonore | diseño de sonido
foley artist: 拟音 | 擬音 | bruitage | efectos de sala
composer: 作曲 | 作曲 | composition | composición
theme music: 主题音乐 | 主題音樂 | générique | sintonía
music production: 音乐制作 | 音樂製作 | production musicale | producción musical
music contributor: 音乐提供 | 音樂提供 | musique | música
production coordinator: 制作统筹 | 製作統籌 | coordination | coordinación
booking coordinator: 嘉宾联络 | 來賓聯絡 | programmation | invitados
production assistant: 制作助理 | 製作助理 | assistance de production | asistencia de producción
content manager: 内容经理 | 內容經理 | gestion du contenu | gestión de contenidos
marketing manager: 市场经理 | 行銷經理 | marketing | márketing
sales representative: 销售代表 | 業務代表 | vente | ventas
sales manager: 销售经理 | 業務經理 | direction des ventes | dirección de ventas
graphic designer: 平面设计 | 平面設計 | graphisme | diseño gráfico
cover art designer: 封面设计 | 封面設計 | couverture | portada
social media manager: 社交媒体运营 | 社群經營 | réseaux sociaux | redes sociales
consultant: 顾问 | 顧問 | conseil | asesoría
intern: 实习生 | 實習生 | stage | prácticas
camera operator: 摄像 | 攝影 | cadrage | cámara
lighting designer: 灯光设计 | 燈光設計 | lumière | iluminación
camera grip: 摄影器械 | 攝影器材 | machinerie | maquinista
assistant camera: 摄像助理 | 攝影助理 | assistance caméra | ayudante de cámara
assistant editor: 剪辑助理 | 剪輯助理 | assistance au montage | ayudante de edición
"""
_LANGUAGES = ("zh-Hans", "zh-Hant", "fr", "es")


def _read(table: str) -> dict[str, dict[str, str]]:
    found = {}
    for line in table.strip().splitlines():
        role, _, names = line.partition(": ")
        cells = (name.strip() for name in names.split("|"))
        found[role] = {"en": role.capitalize(), **dict(zip(_LANGUAGES, cells, strict=True))}
    return found


_NAMES = _read(_TABLE)


def role_name(role: str, language: str) -> str:
    """What to call somebody of this role in this language; a role of no taxonomy is given back as it was written."""
    known = canonical(role)
    if known is None:
        return role
    name = worded_in(_NAMES[known], language)
    return name[:1].upper() + name[1:]
