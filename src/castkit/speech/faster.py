"""The default engine: faster-whisper, on CTranslate2.

Rule: the only module that imports faster_whisper and ctranslate2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from castkit.errors import CastkitError, ToolMissing
from castkit.speech import threads, transcriber
from castkit.speech.sound import RATE
from castkit.speech.transcriber import Attempt, Heard, Task, best_attempt
from castkit.speech.words import TimedText, words_of

if TYPE_CHECKING:
    from castkit.speech.sound import Samples

FRAMES = 3000  # of 10 ms: the 30 s that Whisper hears


class FasterWhisper:
    """A model loaded by faster-whisper.

    Its own `transcribe` is not used: it goes back to what is left of a window after the last word, and there, in a
    third of a second of silence, reads the prompt back or loops. Here a window is decoded once, as a whole.
    """

    engine = "faster-whisper"

    def __init__(self, folder: Path, *, device: str = "auto", compute_type: str = "float32") -> None:
        threads.wait_politely()
        try:
            import ctranslate2  # noqa: PLC0415
            import faster_whisper  # noqa: PLC0415
        except ImportError as error:
            hint = "in the folder of castkit's repository run: python -m pip install -c constraints.txt ."
            raise ToolMissing(f"faster-whisper is not installed: {error}", hint) from error
        self.version: str = faster_whisper.__version__
        if device == "auto":
            device = "cuda" if ctranslate2.get_cuda_device_count() > 0 else "cpu"
        # The generator behind temperatures above 0 is seeded when a model's worker starts, hence before loading it.
        ctranslate2.set_random_seed(transcriber.SEED)
        try:
            self._model = faster_whisper.WhisperModel(
                str(folder), device=device, compute_type=compute_type, cpu_threads=threads.COUNT
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise CastkitError(
                f"cannot load the speech model in {folder} on {device} as {compute_type}: {error}",
                "check device and compute_type under [speech] in castkit.toml, or fetch the model again",
            ) from error
        self._last: tuple[bytes, Any] = (b"", None)

    def language_probabilities(self, samples: Samples) -> Mapping[str, float]:
        if not self._model.model.is_multilingual:
            return {"en": 1.0}
        found = self._model.model.detect_language(self._encode(samples))[0]
        return {token[2:-2]: float(probability) for token, probability in found}

    def hear(self, samples: Samples, task: Task) -> Heard:
        tokenizer = self._tokenizer(task)
        encoded = self._encode(samples)
        attempt = best_attempt(self._attempts(encoded, tokenizer, task, len(samples) / RATE), task)
        if attempt.is_silence or not attempt.text.strip():
            return Heard((), attempt.log_probability, attempt.no_speech, repeats_itself=False)
        frames = min(FRAMES, len(samples) // self._model.feature_extractor.hop_length)
        aligned = self._model.find_alignment(tokenizer, [list(attempt.tokens)], encoded, frames)[0]
        timed = (TimedText(item["start"], item["end"], item["word"], item["probability"]) for item in aligned)
        return Heard(words_of(timed), attempt.log_probability, attempt.no_speech, attempt.repeats_itself)

    def _tokenizer(self, task: Task) -> Any:
        from faster_whisper.tokenizer import Tokenizer  # noqa: PLC0415

        multilingual = self._model.model.is_multilingual
        return Tokenizer(self._model.hf_tokenizer, multilingual, task=task.name, language=task.language)

    def _encode(self, samples: Samples) -> Any:
        """The encoded window; kept until the next one, because detection, transcript and translation all want it."""
        from faster_whisper.audio import pad_or_trim  # noqa: PLC0415

        key = samples.tobytes()
        if self._last[0] != key:
            features = self._model.feature_extractor(samples)
            self._last = (key, self._model.encode(pad_or_trim(features[..., :-1])))
        return self._last[1]

    def _attempts(self, encoded: Any, tokenizer: Any, task: Task, seconds: float) -> Iterator[Attempt]:
        from faster_whisper.transcribe import get_suppressed_tokens  # noqa: PLC0415

        prompt = self._model.get_prompt(tokenizer, [], without_timestamps=True, hotwords=task.prompt)
        suppressed = get_suppressed_tokens(tokenizer, [-1])
        for temperature in transcriber.TEMPERATURES:
            way: dict[str, Any] = (
                {"beam_size": 1, "num_hypotheses": transcriber.BEST_OF, "sampling_topk": 0}
                if temperature
                else {"beam_size": task.beam_size}
            )
            result = self._model.model.generate(
                encoded,
                [prompt],
                sampling_temperature=temperature or 1.0,
                suppress_tokens=suppressed,
                max_length=len(prompt) + transcriber.most_tokens(seconds),
                return_scores=True,
                return_no_speech_prob=True,
                **way,
            )[0]
            tokens = tuple(token for token in result.sequences_ids[0] if token < tokenizer.eot)
            length = len(result.sequences_ids[0])
            # CTranslate2's score is the mean without the end token, Whisper's includes it.
            mean = result.scores[0] * length / (length + 1)
            yield Attempt(tokens, tokenizer.decode(list(tokens)), mean, result.no_speech_prob)
