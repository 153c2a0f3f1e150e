"""The default engine: Whisper on CTranslate2, a batch of windows at a time.

Rule: the only module that imports faster_whisper and ctranslate2.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from castkit.errors import CastkitError, ToolMissing
from castkit.speech import threads
from castkit.speech.attempts import SEED, Attempt, Rung, most_tokens
from castkit.speech.sound import RATE
from castkit.speech.spare import give_back
from castkit.speech.transcriber import PROMPT_MS, PROMPT_TOKENS, STAMP_MS, Order, Task
from castkit.speech.words import TimedText

if TYPE_CHECKING:
    from castkit.speech.sound import Samples

FRAMES = 3000  # of 10 ms: the 30 s that Whisper hears
CONTEXT = 448  # tokens, prompt included
AT_ONCE = {"cpu": 1}  # windows the encoder takes: it is no faster with more, and each takes 75 MB and up
TEXTS_AT_ONCE = {"cpu": 40}  # beams or draws of all windows the decoder holds: each takes 15 MB and more
_DRAWN_AS = 8  # texts: what one that is drawn takes, with every token's chance beside it and a model of its own
_ALIGNED_AS = 10  # texts: what one window takes while its words are placed, with all its attention kept


def _libraries() -> tuple[Any, Any]:
    """ctranslate2 and faster_whisper; ToolMissing where they are not installed."""
    threads.wait_politely()
    try:
        import ctranslate2  # noqa: PLC0415
        import faster_whisper  # noqa: PLC0415
    except ImportError as error:
        hint = "in the folder of castkit's repository run: python -m pip install -c constraints.txt ."
        raise ToolMissing(f"faster-whisper is not installed: {error}", hint) from error
    return ctranslate2, faster_whisper


def has_gpu() -> bool:
    """Whether CTranslate2 finds a GPU."""
    return bool(_libraries()[0].get_cuda_device_count() > 0)


def compute_types(device: str) -> frozenset[str]:
    """The numbers that CTranslate2 can compute with on this machine."""
    return frozenset(_libraries()[0].get_supported_compute_types(device))


def open_model(folder: Path, *, device: str, compute_type: str) -> FasterWhisper:
    """The model in this folder, loaded; CastkitError where device or weights do not fit it."""
    return FasterWhisper(folder, device=device, compute_type=compute_type)


class FasterWhisper:
    """A model on CTranslate2, with faster-whisper's spectrogram and tokenizer.

    Its `transcribe` is not used: that decodes window by window, and encodes again for every task.
    """

    engine = "faster-whisper"

    def __init__(self, folder: Path, *, device: str = "cpu", compute_type: str = "float32") -> None:
        _, faster_whisper = _libraries()
        self.version: str = faster_whisper.__version__
        self._folder = folder
        self._way: dict[str, Any] = {"device": device, "compute_type": compute_type}
        try:
            self._model = faster_whisper.WhisperModel(str(folder), cpu_threads=threads.COUNT, **self._way)
        except (RuntimeError, ValueError, OSError) as error:
            raise CastkitError(
                f"cannot load the speech model in {folder} on {device} as {compute_type}: {error}",
                "check device and compute_type under [speech] in castkit.toml, or fetch the model again",
            ) from error

    def encode(self, windows: Sequence[Samples]) -> FasterEncoded:
        import numpy as np  # noqa: PLC0415
        from ctranslate2 import DataType, StorageView  # noqa: PLC0415
        from faster_whisper.audio import pad_or_trim  # noqa: PLC0415

        extract = self._model.feature_extractor
        features = [pad_or_trim(extract(samples)[..., :-1]) for samples in windows]
        at_once = AT_ONCE.get(self._way["device"], len(features))
        states = []
        for start in range(0, len(features), at_once):
            view = StorageView.from_array(np.ascontiguousarray(np.stack(features[start : start + at_once])))
            # Kept in main memory: a part of a batch is decoded again, and a GPU has better things to hold.
            encoded = self._model.model.encode(view, to_cpu=True)
            states.append(np.array(encoded.to(DataType.float32)))
        texts = TEXTS_AT_ONCE.get(self._way["device"], 0)
        lengths = tuple(len(samples) for samples in windows)
        return FasterEncoded(self._model, np.concatenate(states), lengths, self._drawing, texts)

    def _drawing(self) -> Any:
        """The same model in a thread of its own, whose generator of random numbers is at its beginning.

        CTranslate2 seeds it when the thread first draws and never again: what a batch gets would depend on all that
        was drawn before it, and a resumed run would not be the same.
        """
        from ctranslate2 import models, set_random_seed  # noqa: PLC0415

        set_random_seed(SEED)
        return models.Whisper(str(self._folder), intra_threads=threads.COUNT, **self._way)


@dataclass(slots=True)
class FasterEncoded:
    """Windows after the encoder; `states` is an array (windows × 1500 × width), `lengths` in samples.

    `texts` is how many texts the decoder holds at once, 0 for any number.
    """

    model: Any
    states: Any
    lengths: tuple[int, ...]
    open_drawing: Callable[[], Any]
    texts: int = 0
    _drawing: Any = None
    _tokenizers: dict[tuple[str, bool], Any] = field(default_factory=dict)

    @property
    def first_stamp(self) -> int:
        return int(self._tokenizer(Task("en")).timestamp_begin)

    def languages(self) -> tuple[Mapping[str, float], ...]:
        if not self.model.model.is_multilingual:
            return tuple({"en": 1.0} for _ in self.lengths)
        found = self.model.model.detect_language(self._states(range(len(self.lengths))))
        return tuple({token[2:-2]: float(probability) for token, probability in one} for one in found)

    def decode(self, orders: Sequence[Order], rung: Rung) -> tuple[Attempt, ...]:
        prompts = [self._prompt(order) for order in orders]
        found: dict[int, Attempt] = {}
        # CTranslate2 takes prompts of one length at a time; of one language they are.
        takes = rung.beam_size * (_DRAWN_AS if rung.temperature else 1)
        at_once = max(1, self.texts // takes) if self.texts else len(orders)
        groups = _groups([len(prompt) for prompt in prompts])
        for numbers in (part for group in groups for part in _parts(group, at_once)):
            some = [orders[number] for number in numbers]
            results = self._generate(some, [prompts[number] for number in numbers], rung)
            for number, result in zip(numbers, results, strict=True):
                found[number] = self._attempt(result, orders[number].task)
        return tuple(found[number] for number in range(len(orders)))

    def align(self, orders: Sequence[Order], texts: Sequence[Sequence[int]]) -> tuple[tuple[TimedText, ...], ...]:
        found: dict[int, tuple[TimedText, ...]] = dict.fromkeys(range(len(orders)), ())
        kinds: list[Hashable] = [(order.task.language, order.task.translate) for order in orders]
        at_once = self.texts // _ALIGNED_AS or len(orders)
        give_back()
        groups = ([number for number in group if texts[number]] for group in _groups(kinds))
        for numbers in (part for group in groups for part in _parts(group, at_once)):
            some = [orders[number] for number in numbers]
            hop = self.model.feature_extractor.hop_length
            aligned = self.model.find_alignment(
                self._tokenizer(some[0].task),
                [list(texts[number]) for number in numbers],
                self._states([order.window for order in some]),
                [min(FRAMES, self.lengths[order.window] // hop) for order in some],
            )
            for number, words in zip(numbers, aligned, strict=True):
                found[number] = tuple(TimedText(w["start"], w["end"], w["word"], w["probability"]) for w in words)
        return tuple(found[number] for number in range(len(orders)))

    def _generate(self, orders: Sequence[Order], prompts: Sequence[Sequence[int]], rung: Rung) -> Any:
        from faster_whisper.transcribe import get_suppressed_tokens  # noqa: PLC0415

        way: dict[str, Any] = {"beam_size": rung.beam_size}
        model = self.model.model
        if rung.temperature:
            way = {"beam_size": 1, "num_hypotheses": rung.beam_size, "sampling_topk": 0}
            way["sampling_temperature"] = rung.temperature
            give_back()
            model = self._drawing = self._drawing or self.open_drawing()
        length = len(prompts[0])
        text = min(CONTEXT - length, most_tokens(max(self.lengths[order.window] for order in orders) / RATE))
        return model.generate(
            self._states([order.window for order in orders]),
            [list(prompt) for prompt in prompts],
            suppress_tokens=get_suppressed_tokens(self._tokenizer(orders[0].task), [-1]),
            # CTranslate2 gives the text the smaller of half of this and what the prompt leaves of it.
            max_length=max(2 * text, text + length),
            return_scores=True,
            return_no_speech_prob=True,
            **way,
        )

    def _attempt(self, result: Any, task: Task) -> Attempt:
        tokenizer = self._tokenizer(task)
        tokens = tuple(token for token in result.sequences_ids[0] if token != tokenizer.eot)
        length = len(result.sequences_ids[0])
        # CTranslate2's score is the mean without the end token, Whisper's includes it.
        mean = result.scores[0] * length / (length + 1)
        return Attempt(tokens, tokenizer.decode(list(tokens)), mean, result.no_speech_prob)

    def _states(self, windows: Sequence[int]) -> Any:
        """The encoded windows of these numbers, in their order."""
        import numpy as np  # noqa: PLC0415
        from ctranslate2 import StorageView  # noqa: PLC0415

        return StorageView.from_array(np.ascontiguousarray(self.states[list(windows)]))

    def _prompt(self, order: Order) -> list[int]:
        tokenizer = self._tokenizer(order.task)
        tokens: list[int] = []
        if order.task.prompt:
            stamp = tokenizer.timestamp_begin
            text = tokenizer.encode(order.task.prompt)[:PROMPT_TOKENS]
            tokens = [tokenizer.sot_prev, stamp, *text, stamp + PROMPT_MS // STAMP_MS]
        tokens += tokenizer.sot_sequence
        if order.start_ms is not None:
            tokens.append(tokenizer.timestamp_begin + order.start_ms // STAMP_MS)
        return tokens

    def _tokenizer(self, task: Task) -> Any:
        from faster_whisper.tokenizer import Tokenizer  # noqa: PLC0415

        key = (task.language, task.translate)
        if key not in self._tokenizers:
            multilingual = self.model.model.is_multilingual
            made = Tokenizer(self.model.hf_tokenizer, multilingual, task=task.name, language=task.language)
            self._tokenizers[key] = made
        return self._tokenizers[key]


def _groups(kinds: Sequence[Hashable]) -> Iterator[list[int]]:
    """The numbers of those of one kind, kind by kind in the order of their first."""
    for kind in dict.fromkeys(kinds):
        yield [number for number, one in enumerate(kinds) if one == kind]


def _parts(numbers: Sequence[int], most: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), most):
        yield numbers[start : start + most]
