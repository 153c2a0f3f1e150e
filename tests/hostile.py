"""Files that no recorder writes: each is made by a function of its path, from small sound ones or byte by byte."""

from __future__ import annotations

import gzip
import io
import random
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import sounds

Make = Callable[[Path, "Lure"], None]
HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class Lure:
    """What a hostile file may use: sound ones by format in `folder`, a `secret` it must not reach, a port that listens.

    The secret is a recording, so that a player that follows a list to it would play it.
    """

    folder: Path
    secret: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/host.flac"

    def sound(self, suffix: str) -> Path:
        """Two seconds of speech in the format of the suffix, with a small picture in MP4, MOV, MKV, TS, FLV and AVI."""
        path = self.folder / f"speech.{suffix}"
        if not path.exists():
            options = ["-ac", "2", "-c:a", "pcm_s16le"] if suffix in ("mka", "avi") else []
            wav = self.folder / "speech.wav"
            if not wav.exists():
                sounds.speech(wav, seconds=2)
            inputs = ["-i", wav]
            if suffix in ("mp4", "mov", "mkv", "ts", "flv", "avi"):
                inputs = ["-f", "lavfi", "-i", "testsrc=d=2:s=64x48:r=10", *inputs]
            sounds.ffmpeg.run([*inputs, *options, path], doing="making a clip")
        return path

    def read(self, suffix: str) -> bytes:
        return self.sound(suffix).read_bytes()


# --- Lists that name other files


def text(words: str) -> Make:
    """A text in which {secret} and {url} stand for what it lures to."""

    def make(path: Path, lure: Lure) -> None:
        path.write_text(words.format(secret=lure.secret, url=lure.url), "utf-8")

    return make


M3U = "#EXTM3U\n#EXTINF:9,\n{secret}\n"
BARE_M3U = "{secret}\n{url}\n"
HLS = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile://{secret}\n#EXT-X-ENDLIST\n"
HLS_URL = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{url}\n#EXT-X-ENDLIST\n"
HLS_PASSWD = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
HLS_CONCAT = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nconcat:{url}|file:///etc/passwd\n#EXT-X-ENDLIST\n"
HLS_KEY = '#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXT-X-KEY:METHOD=AES-128,URI="{url}"\n#EXTINF:9,\n{secret}\n'
HLS_MASTER = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{url}\n"
PLS = "[playlist]\nFile1={url}\nFile2={secret}\nNumberOfEntries=2\nVersion=2\n"
CONCAT = "ffconcat version 1.0\nfile '{secret}'\n"
CONCAT_URL = "ffconcat version 1.0\nfile '{url}'\n"
BARE_CONCAT = "file '{secret}'\nfile '{url}'\n"
SDP = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 5004 RTP/AVP 0\r\n"
DASH = (
    '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><AdaptationSet>'
    '<Representation id="1"><BaseURL>{url}</BaseURL></Representation></AdaptationSet></Period></MPD>'
)
XSPF = (
    '<?xml version="1.0"?><playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList><track>'
    "<location>file://{secret}</location></track></trackList></playlist>"
)
SMIL = '<smil><body><seq><audio src="{url}"/><audio src="file://{secret}"/></seq></body></smil>'
ASX = '<asx version="3.0"><entry><ref href="{url}"/></entry></asx>'
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="{url}"/>'
    "</svg>"
)
TTML = '<?xml version="1.0"?><tt xmlns="http://www.w3.org/ns/ttml"><body><div><p begin="0s">Hi</p></div></body></tt>'
HTML = '<!DOCTYPE html><html><body><audio src="{url}"></audio></body></html>'
IMF = '<?xml version="1.0"?><CompositionPlaylist xmlns="http://www.smpte-ra.org/schemas/2067-3/2016"/>'


def hls_behind_id3(path: Path, lure: Lure) -> None:
    """A tag as of an MP3, and then a list."""
    text(HLS)(path, lure)
    path.write_bytes(b"ID3\3\0\0\0\0\0\12" + bytes(10) + path.read_bytes())


def hls_in_a_transport_stream(path: Path, lure: Lure) -> None:
    """A list that begins with the sync bytes of a transport stream."""
    path.write_bytes(lure.read("ts")[:188] + HLS.format(secret=lure.secret).encode())


def reference_movie(path: Path, lure: Lure) -> None:
    """QuickTime's way to name another movie: rmra, rmda, rdrf."""
    rdrf = box(b"rdrf", bytes(4) + b"url " + struct.pack(">I", len(lure.url) + 1) + lure.url.encode() + b"\0")
    path.write_bytes(box(b"ftyp", b"qt  " + bytes(4) + b"qt  ") + box(b"moov", box(b"rmra", box(b"rmda", rdrf))))


def external_data(kind: bytes, what: str) -> Make:
    """A movie whose samples lie in another file: a data reference by `url ` or an alias."""

    def make(path: Path, lure: Lure) -> None:
        where = what.format(secret=lure.secret, url=lure.url).encode()
        if kind == b"alis":
            where = alias(where)
        old = box(b"url ", b"\0\0\0\1")
        entry = box(kind, bytes(4) + where + (b"\0" if kind == b"url " else b""))
        path.write_bytes(grown(lure.read("m4a"), (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref"), old, entry))

    return make


def alias(where: bytes) -> bytes:
    """A Mac alias record of version 2 with an absolute path (type 18) in it."""
    name = where.rsplit(b"/", 1)[-1][:63]
    head = struct.pack(">IHHH", 0, 0, 2, 0) + bytes(28) + bytes(12) + bytes([len(name)]) + name.ljust(63, b"\0")
    head += bytes(16) + struct.pack(">HH", 1, 1) + bytes(20)
    padded = where + b"\0" * (len(where) % 2)
    return head + struct.pack(">HH", 18, len(where)) + padded + struct.pack(">HH", 0xFFFF, 0)


def linked_segments(path: Path, lure: Lure) -> None:
    """Matroska with an ordered chapter that lies in another file, named by SegmentFilename and UID."""
    uid = ebml(0x73A4, bytes(range(16)))
    name = str(lure.secret).encode()
    info = uid + ebml(0x3CB923, bytes(16)) + ebml(0x3C83AB, name) + ebml(0x3EB923, bytes(16)) + ebml(0x3E83BB, name)
    info += ebml(0x2AD7B1, (1_000_000).to_bytes(4, "big"))
    atom = ebml(0x73C4, b"\1") + ebml(0x91, b"\0") + ebml(0x92, b"\x7f\xff\xff\xff") + ebml(0x6E67, bytes(16))
    chapters = ebml(0x1043A770, ebml(0x45B9, ebml(0x45DD, b"\1") + ebml(0xB6, atom)))
    head = ebml(0x1A45DFA3, ebml(0x4282, b"matroska") + ebml(0x4287, b"\4") + ebml(0x4285, b"\2"))
    audio = ebml(0xB5, struct.pack(">d", 48000.0)) + ebml(0x9F, b"\1") + ebml(0x6264, b"\x10")
    track = (
        ebml(0xD7, b"\1") + ebml(0x73C5, b"\1") + ebml(0x83, b"\2") + ebml(0x86, b"A_PCM/INT/LIT") + ebml(0xE1, audio)
    )
    tracks = ebml(0x1654AE6B, ebml(0xAE, track))
    sound = ebml(0x1F43B675, ebml(0xE7, b"\0") + ebml(0xA3, b"\x81\0\0\x80" + noise(96_000)))
    path.write_bytes(head + ebml(0x18538067, ebml(0x1549A966, info) + tracks + chapters + sound))


def ebml(ident: int, content: bytes) -> bytes:
    """An element of Matroska, its length in eight bytes."""
    return ident.to_bytes((ident.bit_length() + 7) // 8, "big") + b"\1" + len(content).to_bytes(7, "big") + content


# --- Boxes of MP4


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + kind + content


def grown(movie: bytes, path: Sequence[bytes], old: bytes, new: bytes) -> bytes:
    """A movie in which `old`, somewhere in the boxes of `path`, became `new`; boxes and chunk offsets grow with it."""
    at = movie.index(old, movie.rindex(path[-1]))
    more = len(new) - len(old)
    changed = bytearray(movie[:at] + new + movie[at + len(old) :])
    start = 0
    for kind in path:
        start = movie.index(kind, start)
        size = struct.unpack_from(">I", movie, start - 4)[0]
        struct.pack_into(">I", changed, start - 4, size + more)
    return bytes(changed)


def patched(suffix: str, kind: bytes, offset: int, value: bytes) -> Make:
    """A movie with other bytes at `offset` behind the name of its last box of a kind."""

    def make(path: Path, lure: Lure) -> None:
        data = bytearray(lure.read(suffix))
        at = data.rindex(kind) + len(kind) + offset
        assert 4 <= at <= len(data) - len(value)
        data[at : at + len(value)] = value
        path.write_bytes(data)

    return make


def long_samples(path: Path, lure: Lure) -> None:
    """Every sample lasts a day, as mdhd and stts say."""
    data = bytearray(lure.read("m4a"))
    for kind, offset in ((b"stts", 12), (b"mdhd", 16)):
        at = data.rindex(kind) + 4 + offset
        struct.pack_into(">I", data, at, 0x7FFFFFFF if kind == b"mdhd" else 48_000 * 86_400 // 2)
    path.write_bytes(data)


def empty_edit(seconds: int) -> Make:
    """A camera's file whose sound begins hours after its picture: an empty edit."""

    def make(path: Path, lure: Lure) -> None:
        ffmpeg_run("-i", lure.sound("mp4"), "-itsoffset", seconds, "-i", lure.sound("mp4"), "-map", "0:v", "-map",
                   "1:a", "-c", "copy", path)  # fmt: skip

    return make


def shifted(suffix: str, seconds: int) -> Make:
    """A recording whose time stamps jump forward by so many seconds after its first half."""

    def make(path: Path, lure: Lure) -> None:
        jump = f"setts=ts='if(gte(TS*TB,1),TS+{seconds}/TB,TS)'"
        out = path.with_suffix(f".{suffix}")
        ffmpeg_run("-i", lure.sound(suffix), "-c", "copy", "-bsf", jump, "-max_interleave_delta", 0, out)
        out.replace(path)

    return make


def ffmpeg_run(*arguments: object) -> None:
    sounds.ffmpeg.run(list(map(str, arguments)), doing="making a hostile file")


# --- Headers that lie


def wav_header(rate: int, channels: int, size: int, bits: int = 16) -> bytes:
    frame = channels * bits // 8
    form = struct.pack("<HHIIHH", 1, channels, rate, min(rate * frame, 2**32 - 1), frame & 0xFFFF, bits)
    return (
        b"RIFF"
        + struct.pack("<I", min(size + 36, 2**32 - 1))
        + b"WAVEfmt \20\0\0\0"
        + form
        + b"data"
        + struct.pack("<I", size)
    )


def wav(rate: int = 48_000, channels: int = 1, *, claims: int | None = None, content: int = 96_000) -> Make:
    """A WAV file of noise; `claims` is what its header says of the `content` bytes there are."""

    def make(path: Path, lure: Lure) -> None:
        size = content if claims is None else claims
        path.write_bytes(wav_header(rate, channels, size) + noise(content))

    return make


def noise(size: int) -> bytes:
    """Bytes whose 16-bit samples are loud enough to be sound, the same every time."""
    return random.Random(7).randbytes(size)


def rf64(path: Path, lure: Lure) -> None:
    ds64 = struct.pack("<QQQI", 2**62, 2**62, 2**61, 0)
    head = wav_header(48_000, 1, 2**32 - 1)
    path.write_bytes(b"RF64\xff\xff\xff\xffWAVEds64" + struct.pack("<I", 28) + ds64 + head[12:] + noise(96_000))


def w64(path: Path, lure: Lure) -> None:
    data = bytearray(lure.read("w64"))
    at = data.index(b"data\xf3\xac\xd3\x11") + 16
    data[at : at + 8] = struct.pack("<q", 2**62)
    path.write_bytes(data)


def aiff(path: Path, lure: Lure) -> None:
    data = bytearray(lure.read("aiff"))
    comm, ssnd = data.index(b"COMM") + 10, data.index(b"SSND") + 4
    data[comm : comm + 4] = b"\xff\xff\xff\xff"
    data[ssnd : ssnd + 4] = b"\xff\xff\xff\xf0"
    path.write_bytes(data)


def flac(samples: int) -> Make:
    """FLAC whose STREAMINFO claims so many samples (36 bits)."""

    def make(path: Path, lure: Lure) -> None:
        data = bytearray(lure.read("flac"))
        data[21] = data[21] & 0xF0 | samples >> 32
        data[22:26] = struct.pack(">I", samples & 0xFFFFFFFF)
        path.write_bytes(data)

    return make


def xing(frames: int) -> Make:
    """MP3 whose Xing header claims so many frames; its size in bytes is left out."""

    def make(path: Path, lure: Lure) -> None:
        data = bytearray(lure.read("mp3"))
        at = max(data.find(b"Xing"), data.find(b"Info"))
        assert at > 0
        data[at + 8 : at + 12] = struct.pack(">I", frames)
        path.write_bytes(data)

    return make


def ogg_jump(seconds: int) -> Make:
    """Ogg whose last page claims a position far ahead."""

    def make(path: Path, lure: Lure) -> None:
        data = bytearray(lure.read("ogg"))
        last = data.rindex(b"OggS")
        struct.pack_into("<q", data, last + 6, seconds * 48_000)
        struct.pack_into("<I", data, last + 22, 0)
        struct.pack_into("<I", data, last + 22, ogg_crc(data[last:]))
        path.write_bytes(data)

    return make


def ogg_crc(page: bytes) -> int:
    """RFC 3533: CRC-32 with the polynomial 04c11db7, unreflected, from 0."""
    crc = 0
    for byte in page:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ 0x04C11DB7 if crc & 0x80000000 else crc << 1) & 0xFFFFFFFF
    return crc


def mkv_duration(path: Path, lure: Lure) -> None:
    """Matroska whose header says ten hours."""
    data = bytearray(lure.read("mka"))
    at = data.index(b"\x44\x89\x88") + 3
    struct.pack_into(">d", data, at, HOUR_S * 10_000.0)
    path.write_bytes(data)


def many_samples(path: Path, lure: Lure) -> None:
    """A table of a hundred million samples of one byte, in twenty bytes."""
    data = bytearray(lure.read("m4a"))
    for kind, offset, value in ((b"stsz", 8, 1), (b"stsz", 12, 10**8), (b"stsc", 16, 10**8), (b"stts", 12, 10**8)):
        struct.pack_into(">I", data, data.rindex(kind) + offset, value)
    path.write_bytes(data)


# --- Bombs


def png(width: int, height: int) -> bytes:
    """A black picture; its rows are packed a thousand to one."""
    packer = zlib.compressobj(9)
    rows = b"".join([*(packer.compress(bytes(1 + 3 * width)) for _ in range(height)), packer.flush()])
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def claimed_png() -> bytes:
    """A picture of 30000 x 30000 by its header, and a few rows of it."""
    whole = png(30_000, 30)
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return whole[:16] + header + struct.pack(">I", zlib.crc32(b"IHDR" + header)) + whole[33:]


def cover_in_mp3(path: Path, lure: Lure) -> None:
    frame = b"\0image/png\0\3\0" + claimed_png()
    frame = b"APIC" + struct.pack(">I", len(frame)) + b"\0\0" + frame
    size = bytes(len(frame) >> shift & 0x7F for shift in (21, 14, 7, 0))
    path.write_bytes(b"ID3\3\0\0" + size + frame + lure.read("mp3"))


def id3_bomb(path: Path, lure: Lure) -> None:
    """A compressed frame of ID3v2.3 that says that it unpacks to four gigabytes."""
    packed = zlib.compress(bytes(10_000_000), 9)
    frame = b"APIC" + struct.pack(">I", len(packed) + 4) + b"\0\x80" + struct.pack(">I", 0xFFFFFFF0) + packed
    size = bytes(len(frame) >> shift & 0x7F for shift in (21, 14, 7, 0))
    path.write_bytes(b"ID3\3\0\0" + size + frame + lure.read("mp3"))


def cover_in_flac(path: Path, lure: Lure) -> None:
    picture = claimed_png()
    block = struct.pack(">II", 3, 9) + b"image/png" + bytes(4) + struct.pack(">IIII", 30_000, 30_000, 24, 0)
    block += struct.pack(">I", len(picture)) + picture
    data = lure.read("flac")
    path.write_bytes(
        data[:42].replace(data[4:5], b"\0", 1)[:42] + b"\6" + len(block).to_bytes(3, "big") + block + data[42:]
    )


def cmov_bomb(path: Path, lure: Lure) -> None:
    """A movie header packed by zlib that says that it unpacks to four gigabytes."""
    packed = zlib.compress(bytes(10_000_000), 9)
    content = box(b"dcom", b"zlib") + box(b"cmvd", struct.pack(">I", 0xFFFFFFF0) + packed)
    path.write_bytes(box(b"ftyp", b"qt  " + bytes(4) + b"qt  ") + box(b"moov", box(b"cmov", content)))


def packed_track(path: Path, lure: Lure) -> None:
    """Matroska whose packets are packed by zlib a thousand to one: an hour of silence in some kB."""
    head = ebml(0x1A45DFA3, ebml(0x4282, b"matroska") + ebml(0x4287, b"\4") + ebml(0x4285, b"\2"))
    info = ebml(0x1549A966, ebml(0x2AD7B1, (1_000_000).to_bytes(4, "big")))
    audio = ebml(0xB5, struct.pack(">d", 48000.0)) + ebml(0x9F, b"\1") + ebml(0x6264, b"\x10")
    packing = ebml(0x6D80, ebml(0x6240, ebml(0x5034, ebml(0x4254, b"\0"))))
    track = ebml(0xD7, b"\1") + ebml(0x73C5, b"\1") + ebml(0x83, b"\2") + ebml(0x86, b"A_PCM/INT/LIT")
    tracks = ebml(0x1654AE6B, ebml(0xAE, track + ebml(0xE1, audio) + packing))
    packet = zlib.compress(bytes(9_600_000), 9)  # 100 s
    clusters = b"".join(
        ebml(0x1F43B675, ebml(0xE7, (number * 100_000).to_bytes(4, "big")) + ebml(0xA3, b"\x81\0\0\x80" + packet))
        for number in range(3)
    )
    path.write_bytes(head + ebml(0x18538067, info + tracks + clusters))


def silence(suffix: str, seconds: int, options: Sequence[str] = ()) -> Make:
    """So many seconds of nothing, packed as the format packs nothing."""

    def make(path: Path, lure: Lure) -> None:
        sounds.synthetic(path, f"anullsrc=r=8000:cl=mono:d={seconds}", options)

    return make


def changing_size(path: Path, lure: Lure) -> None:
    """Video whose every frame has another size."""
    parts = []
    for number in range(8):
        part = path.with_name(f"part{number}.ts")
        size = f"{64 + 32 * number}x{48 + 16 * number}"
        ffmpeg_run("-f", "lavfi", "-i", f"testsrc=d=0.1:s={size}:r=10", "-ss", number / 4, "-t", 0.25, "-i",
                   lure.sound("wav"), "-output_ts_offset", number / 4, part)  # fmt: skip
        parts.append(part.read_bytes())
        part.unlink()
    path.write_bytes(b"".join(parts))


# --- Other things by a recording's name


def archive(path: Path, lure: Lure) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("speech.wav", lure.read("wav"))


def zipped(path: Path, lure: Lure) -> None:
    path.write_bytes(gzip.compress(lure.read("wav"), mtime=0))


def tarred(path: Path, lure: Lure) -> None:
    with tarfile.open(path, "w") as file:
        member = tarfile.TarInfo("speech.wav")
        member.size = len(lure.read("wav"))
        file.addfile(member, io.BytesIO(lure.read("wav")))


def picture(path: Path, lure: Lure) -> None:
    path.write_bytes(png(64, 48))


def truncated(suffix: str, percent: int) -> Make:
    """So much of a sound recording."""

    def make(path: Path, lure: Lure) -> None:
        data = lure.read(suffix)
        path.write_bytes(data[: len(data) * percent // 100])

    return make


MAGIC = {
    "wav": b"RIFF\0\0\1\0WAVEfmt ", "flac": b"fLaC\0\0\0\x22", "mp3": b"ID3\4\0\0\0\0\1\0", "ogg": b"OggS\0\2",
    "m4a": b"\0\0\0\x20ftypM4A ", "mkv": b"\x1a\x45\xdf\xa3\xa3\x42\x82\x88matroska", "au": b".snd\0\0\0\x18",
    "aiff": b"FORM\0\0\1\0AIFFCOMM", "w64": b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\4\xc1\0\0", "amr": b"#!AMR\n",
    "caf": b"caff\0\1\0\0desc", "flv": b"FLV\1\5\0\0\0\x09", "avi": b"RIFF\0\0\1\0AVI LIST", "ts": b"\x47\x40\0\x10",
    "wma": bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"), "mpg": b"\0\0\1\xba\x44", "ac3": b"\x0b\x77",
    "aac": b"\xff\xf1\x50\x80",
}  # fmt: skip


def magic(suffix: str) -> Make:
    """The first bytes of a format, and then noise."""

    def make(path: Path, lure: Lure) -> None:
        path.write_bytes(MAGIC[suffix] + noise(20_000))

    return make


def copied(suffix: str) -> Make:
    """A sound recording; its name is what is odd."""

    def make(path: Path, lure: Lure) -> None:
        path.write_bytes(lure.read(suffix))

    return make


def tagged(**tags: str) -> Make:
    """A sound recording whose tags are made to be mistaken for ffmpeg's own words."""

    def make(path: Path, lure: Lure) -> None:
        options = [part for key, value in tags.items() for part in ("-metadata", f"{key}={value}")]
        ffmpeg_run("-i", lure.sound("wav"), *options, path)

    return make
