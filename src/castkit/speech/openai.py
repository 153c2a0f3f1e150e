"""The second engine: openai-whisper, the reference implementation, with the very weights the first one uses.

Rule: this is the only module that imports whisper and torch; both come with the extra `openai`.
"""

from __future__ import annotations

import uuid
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from castkit import atomic
from castkit.errors import CastkitError, ToolMissing
from castkit.speech import models, weights
from castkit.speech.attempts import SEED, Attempt, Rung, most_tokens
from castkit.speech.sound import RATE
from castkit.speech.transcriber import PROMPT_MS, PROMPT_TOKENS, STAMP_MS, Order, Task
from castkit.speech.words import TimedText

if TYPE_CHECKING:
    from castkit.speech.sound import Samples

CHECKPOINT = "openai-whisper.pt"
FRAMES = 3000  # of 10 ms: the 30 s that Whisper hears
HOP = 160  # samples


def _torch() -> Any:
    """torch; ToolMissing where it or openai-whisper is not installed."""
    try:
        import torch  # noqa: PLC0415
        import whisper  # noqa: F401, PLC0415
    except ImportError as error:
        hint = 'in the folder of castkit\'s repository run: python -m pip install -c constraints.txt ".[openai]"'
        raise ToolMissing(f"openai-whisper is not installed: {error}", hint) from error
    return torch


def has_gpu() -> bool:
    """Whether torch finds a GPU."""
    return bool(_torch().cuda.is_available())


def compute_types(device: str) -> tuple[str, ...]:
    """The numbers that openai-whisper can compute with, the usual ones of a CPU first."""
    return ("float32", "float16") if device == "cuda" else ("float32",)


def open_model(folder: Path, *, device: str, compute_type: str) -> OpenAIWhisper:
    """The model in this folder, loaded; CastkitError where device or weights do not fit it."""
    return OpenAIWhisper(folder, device=device, compute_type=compute_type)


class OpenAIWhisper:
    """A model in openai-whisper, converted from CTranslate2's form without loss."""

    engine = "openai-whisper"

    def __init__(self, folder: Path, *, device: str = "cpu", compute_type: str = "float32") -> None:
        _torch()
        self.version: str = version("openai-whisper")
        allowed = compute_types(device)
        if compute_type not in allowed:
            raise CastkitError(
                f"openai-whisper does not compute in {compute_type} on {device}",
                f'set [speech] compute_type = "{allowed[0]}", or engine = "faster-whisper"',
            )
        self._half = compute_type == "float16"
        self.model = _load(folder, device)

    def encode(self, windows: Sequence[Samples]) -> OpenAIEncoded:
        """The windows one after the other: this is the reference, and its memory stays small."""
        import torch  # noqa: PLC0415
        from whisper.audio import log_mel_spectrogram, pad_or_trim  # noqa: PLC0415

        found = OpenAIEncoded(self.model, tuple(len(samples) for samples in windows), is_half=self._half)
        for samples in windows:
            mel = log_mel_spectrogram(samples, self.model.dims.n_mels, padding=HOP, device=self.model.device)
            mel = pad_or_trim(mel[:, : len(samples) // HOP], FRAMES)[None]
            mel = mel.half() if self._half else mel
            with torch.no_grad():
                found.spectrograms.append(mel)
                found.states.append(self.model.encoder(mel))
        torch.manual_seed(SEED)
        return found


@dataclass(slots=True)
class OpenAIEncoded:
    """Windows after the encoder (each 1 × 1500 × width) with their spectrograms; `lengths` in samples."""

    model: Any
    lengths: tuple[int, ...]
    spectrograms: list[Any] = field(default_factory=list)
    states: list[Any] = field(default_factory=list)
    is_half: bool = False
    _tokenizers: dict[tuple[str, bool], Any] = field(default_factory=dict)

    @property
    def first_stamp(self) -> int:
        return int(self._tokenizer(Task("en")).timestamp_begin)

    def languages(self) -> tuple[Mapping[str, float], ...]:
        if not self.model.is_multilingual:
            return tuple({"en": 1.0} for _ in self.lengths)
        found = [self.model.detect_language(states)[1][0] for states in self.states]
        return tuple({language: float(probability) for language, probability in one.items()} for one in found)

    def decode(self, orders: Sequence[Order], rung: Rung) -> tuple[Attempt, ...]:
        longest = max(self.lengths[order.window] for order in orders) / RATE
        return tuple(self._decode(order, rung, most_tokens(longest)) for order in orders)

    def align(self, orders: Sequence[Order], texts: Sequence[Sequence[int]]) -> tuple[tuple[TimedText, ...], ...]:
        from whisper.timing import find_alignment  # noqa: PLC0415

        found = []
        for order, tokens in zip(orders, texts, strict=True):
            frames = min(FRAMES, self.lengths[order.window] // HOP)
            mel, tokenizer = self.spectrograms[order.window][0], self._tokenizer(order.task)
            aligned = find_alignment(self.model, tokenizer, list(tokens), mel, frames) if tokens else ()
            found.append(tuple(TimedText(item.start, item.end, item.word, item.probability) for item in aligned))
        return tuple(found)

    def _decode(self, order: Order, rung: Rung, longest: int) -> Attempt:
        from whisper.decoding import ApplyTimestampRules, DecodingOptions, DecodingTask  # noqa: PLC0415

        tokenizer = self._tokenizer(order.task)
        stamp = tokenizer.timestamp_begin
        way: dict[str, Any] = {"best_of": rung.beam_size} if rung.temperature else {"beam_size": rung.beam_size}
        if way == {"beam_size": 1}:
            way = {}
        if order.task.prompt:
            text = tokenizer.encode(order.task.prompt)[:PROMPT_TOKENS]
            way["prompt"] = [stamp, *text, stamp + PROMPT_MS // STAMP_MS]
        begun = order.start_ms is not None
        if order.start_ms is not None:
            way["prefix"] = [stamp + order.start_ms // STAMP_MS]
        options = DecodingOptions(
            task=order.task.name,
            language=order.task.language,
            temperature=rung.temperature,
            sample_len=longest - begun,
            fp16=self.is_half,
            **way,
        )
        task = DecodingTask(self.model, options)
        for rule in task.logit_filters:
            if begun and isinstance(rule, ApplyTimestampRules):
                rule.sample_begin -= 1  # a given start is a timestamp like one that was decoded: text follows it
        result = task.run(self.states[order.window])[0]
        tokens = tuple(token for token in result.tokens if token != tokenizer.eot)
        return Attempt(tokens, tokenizer.decode(list(tokens)), result.avg_logprob, result.no_speech_prob)

    def _tokenizer(self, task: Task) -> Any:
        from whisper.tokenizer import get_tokenizer  # noqa: PLC0415

        model, key = self.model, (task.language, task.translate)
        if key not in self._tokenizers:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ResourceWarning)  # it leaves its vocabulary's file open
                made = get_tokenizer(
                    model.is_multilingual, num_languages=model.num_languages, language=task.language, task=task.name
                )
            self._tokenizers[key] = made
        return self._tokenizers[key]


def _load(folder: Path, device: str) -> Any:
    import torch  # noqa: PLC0415
    from whisper.model import ModelDimensions, Whisper  # noqa: PLC0415

    checkpoint = _checkpoint(folder)
    model = Whisper(ModelDimensions(**checkpoint["dims"]))
    model.load_state_dict(checkpoint["model_state_dict"])
    if heads := weights.alignment_heads(folder):
        mask = torch.zeros(model.dims.n_text_layer, model.dims.n_text_head, dtype=torch.bool)
        for layer, head in heads:
            mask[layer, head] = True
        model.register_buffer("alignment_heads", mask.to_sparse(), persistent=False)
    return model.eval().to(device)


def _checkpoint(folder: Path) -> dict[str, Any]:
    """The model as an openai-whisper checkpoint; kept beside model.bin, and made anew where it is not of that file."""
    import torch  # noqa: PLC0415

    source = models.sha256(folder / "model.bin")
    kept = folder / CHECKPOINT
    try:
        checkpoint: dict[str, Any] = torch.load(kept, map_location="cpu", weights_only=True)
        if checkpoint.get("source_sha256") == source:
            return checkpoint
    except (OSError, RuntimeError, ValueError, EOFError, AttributeError, KeyError, ImportError):
        pass  # missing or damaged: it can be made again
    checkpoint = {
        "dims": weights.dimensions(folder),
        "model_state_dict": {name: _tensor(array) for name, array in weights.state(folder)},
        "source_sha256": source,
    }
    _keep(checkpoint, kept)
    return checkpoint


def _tensor(array: Any) -> Any:
    import torch  # noqa: PLC0415

    return torch.from_numpy(array.copy())


def _keep(checkpoint: dict[str, Any], target: Path) -> None:
    import torch  # noqa: PLC0415

    beside = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        torch.save(checkpoint, beside)
        atomic.replace(beside, target)
    except (OSError, RuntimeError):
        beside.unlink(missing_ok=True)  # a folder one may only read: the conversion serves this run alone
