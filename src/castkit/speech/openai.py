"""The second engine: openai-whisper, the reference implementation, with the very weights the first one uses.

Rule: this is the only module that imports whisper and torch; both come with the extra `openai`.
"""

from __future__ import annotations

import uuid
import warnings
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from castkit import atomic
from castkit.errors import CastkitError, ToolMissing
from castkit.speech import models, transcriber, weights
from castkit.speech.sound import RATE
from castkit.speech.transcriber import Attempt, Heard, Task, best_attempt
from castkit.speech.words import TimedText, words_of

if TYPE_CHECKING:
    from castkit.speech.sound import Samples

CHECKPOINT = "openai-whisper.pt"
FRAMES = 3000  # of 10 ms: the 30 s that Whisper hears
HOP = 160  # samples


class OpenAIWhisper:
    """A model in openai-whisper, converted from CTranslate2's form without loss."""

    engine = "openai-whisper"

    def __init__(self, folder: Path, *, device: str = "auto", compute_type: str = "float32") -> None:
        try:
            import torch  # noqa: PLC0415
            import whisper  # noqa: F401, PLC0415
        except ImportError as error:
            hint = 'in the folder of castkit\'s repository run: python -m pip install -c constraints.txt ".[openai]"'
            raise ToolMissing(f"openai-whisper is not installed: {error}", hint) from error
        self.version: str = version("openai-whisper")
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        allowed = ("float32", "float16") if device == "cuda" else ("float32",)
        if compute_type not in allowed:
            raise CastkitError(
                f"openai-whisper does not compute in {compute_type} on {device}",
                f'set [speech] compute_type = "{allowed[0]}", or engine = "faster-whisper"',
            )
        self._half = compute_type == "float16"
        self._model = _load(folder, device)
        self._last: tuple[bytes, Any, Any] = (b"", None, None)

    def language_probabilities(self, samples: Samples) -> Mapping[str, float]:
        if not self._model.is_multilingual:
            return {"en": 1.0}
        _, found = self._model.detect_language(self._encode(samples)[1])
        return {language: float(probability) for language, probability in found[0].items()}

    def hear(self, samples: Samples, task: Task) -> Heard:
        from whisper.timing import find_alignment  # noqa: PLC0415

        mel, encoded = self._encode(samples)
        attempt = best_attempt(self._attempts(encoded, task, len(samples) / RATE), task)
        if attempt.is_silence or not attempt.text.strip():
            return Heard((), attempt.log_probability, attempt.no_speech, repeats_itself=False)
        frames = min(FRAMES, len(samples) // HOP)
        aligned = find_alignment(self._model, self._tokenizer(task), list(attempt.tokens), mel[0], frames)
        timed = (TimedText(item.start, item.end, item.word, item.probability) for item in aligned)
        return Heard(words_of(timed), attempt.log_probability, attempt.no_speech, attempt.repeats_itself)

    def _tokenizer(self, task: Task) -> Any:
        from whisper.tokenizer import get_tokenizer  # noqa: PLC0415

        model = self._model
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # it leaves its vocabulary's file open
            return get_tokenizer(
                model.is_multilingual, num_languages=model.num_languages, language=task.language, task=task.name
            )

    def _encode(self, samples: Samples) -> tuple[Any, Any]:
        """The window's spectrogram (1 × mels × 3000) and its encoding; kept until the next window."""
        import torch  # noqa: PLC0415
        from whisper.audio import log_mel_spectrogram, pad_or_trim  # noqa: PLC0415

        key = samples.tobytes()
        if self._last[0] != key:
            mel = log_mel_spectrogram(samples, self._model.dims.n_mels, padding=HOP, device=self._model.device)
            mel = pad_or_trim(mel[:, : len(samples) // HOP], FRAMES)[None]
            mel = mel.half() if self._half else mel
            with torch.no_grad():
                self._last = (key, mel, self._model.encoder(mel))
        return self._last[1], self._last[2]

    def _attempts(self, encoded: Any, task: Task, seconds: float) -> Iterator[Attempt]:
        import torch  # noqa: PLC0415
        import whisper  # noqa: PLC0415

        tokenizer = self._tokenizer(task)
        prompt = tokenizer.encode(" " + task.prompt.strip())[: transcriber.PROMPT_TOKENS] if task.prompt else None
        torch.manual_seed(transcriber.SEED)
        for temperature in transcriber.TEMPERATURES:
            way: dict[str, Any] = {"best_of": transcriber.BEST_OF} if temperature else {"beam_size": task.beam_size}
            if not temperature and task.beam_size == 1:
                way = {}
            options = whisper.DecodingOptions(
                task=task.name,
                language=task.language,
                temperature=temperature,
                prompt=prompt,
                without_timestamps=True,
                sample_len=transcriber.most_tokens(seconds),
                fp16=self._half,
                **way,
            )
            result = whisper.decode(self._model, encoded, options)[0]
            tokens = tuple(token for token in result.tokens if token < tokenizer.eot)
            yield Attempt(tokens, tokenizer.decode(list(tokens)), result.avg_logprob, result.no_speech_prob)


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
