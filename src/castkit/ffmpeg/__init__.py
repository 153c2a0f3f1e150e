"""ffmpeg and ffprobe: where they are, what they can do, what a file holds, and running them.

Rule: the only package that starts them or imports ffmpeg-python; nothing they are given can make them open another file
or the network.
"""

from castkit.ffmpeg.graph import BITEXACT, RECORDING_FORMATS, address, join, raw, safe_input, source, together
from castkit.ffmpeg.metadata import metadata
from castkit.ffmpeg.probing import AudioStream, Probe, VideoStream, probe
from castkit.ffmpeg.running import blocks, run
from castkit.ffmpeg.starting import INSTALL_HINT
from castkit.ffmpeg.tools import FEATURES, Tools, features, find_tools, version

__all__ = [
    "BITEXACT",
    "FEATURES",
    "INSTALL_HINT",
    "RECORDING_FORMATS",
    "AudioStream",
    "Probe",
    "Tools",
    "VideoStream",
    "address",
    "blocks",
    "features",
    "find_tools",
    "join",
    "metadata",
    "probe",
    "raw",
    "run",
    "safe_input",
    "source",
    "together",
    "version",
]
