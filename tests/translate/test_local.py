"""A local model's text is CTranslate2's own, whatever stands around it, and nothing is cut short in silence."""

from __future__ import annotations

import shutil
from pathlib import Path

import ctranslate2
import pytest
import sentencepiece
from models_made import Kind, argos_folder

from castkit.errors import CastkitError
from castkit.model.sentence import Sentence
from castkit.translate.local import BATCH, LocalModel, local_translator
from castkit.translate.packages import open_package
from castkit.translate.translator import Request, Translator

ZH_EN = Request("zh-Hans", "en")


def spoken(*texts: str) -> list[Sentence]:
    return [Sentence(number * 1000, number * 1000 + 900, text) for number, text in enumerate(texts)]


def test_text_is_the_models_own(argos: Path) -> None:
    texts = ("谢您，好。", "good day 12, you.", "hello", "a b c")
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(argos / "sentencepiece.model"))
    engine = ctranslate2.Translator(str(argos / "model"), compute_type="float32")
    direct = [
        pieces.decode(engine.translate_batch([pieces.encode(text, out_type=str)])[0].hypotheses[0]) for text in texts
    ]
    model: Translator = LocalModel(open_package(argos))
    assert list(model.translate(spoken(*texts), ZH_EN)) == direct
    assert direct[0] == "thanks you, good."
    assert model.name == "local model zh-en 1.9"


def test_order_is_kept_over_batches_and_lengths(argos: Path) -> None:
    texts = [("ab " * (number * 7 % 9 + 1)).strip() + f" {number}" for number in range(BATCH * 2 + 5)]
    shares: list[float] = []
    found = LocalModel(open_package(argos)).translate(
        spoken(*texts), Request("zh", "en", progress=shares.append, note=pytest.fail)
    )
    assert list(found) == [text.upper() for text in texts]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) == 3


def test_characters_that_the_model_never_saw_are_kept(argos: Path) -> None:
    assert LocalModel(open_package(argos)).translate(spoken("a 鸟 b"), ZH_EN) == ("A 鸟 B",)


def test_nothing_to_translate(argos: Path) -> None:
    model = LocalModel(open_package(argos))
    assert model.translate([], ZH_EN) == ()
    assert model.translate(spoken(" "), ZH_EN) == ("",)


def test_text_in_the_other_script_is_read_in_the_models(argos: Path) -> None:
    assert LocalModel(open_package(argos)).translate(spoken("謝您，車"), Request("zh-Hant", "en")) == (
        "thanks you, car",
    )


def test_chinese_comes_in_the_script_asked_for(argos: Path) -> None:
    assert LocalModel(open_package(argos)).translate(spoken("鸟"), Request("zh-Hans", "zh-Hant")) == ("鳥",)


def test_a_sentence_too_long_for_the_model_is_parted_and_said(argos: Path) -> None:
    notes: list[str] = []
    text = ", ".join(["abcdefg"] * 40)
    request = Request("zh", "en", note=notes.append)
    found = LocalModel(open_package(argos)).translate([Sentence(65_000, 70_000, text), *spoken("b")], request)
    assert found == (text.upper(), "B")
    assert len(notes) == 1
    assert "in 4 parts" in notes[0]
    assert "00:01:05" in notes[0]


def test_a_model_that_comes_to_no_end_is_said(tmp_path: Path) -> None:
    notes: list[str] = []
    model = LocalModel(open_package(argos_folder(tmp_path / "never", kind=Kind(never_ends=True))))
    (found,) = model.translate(spoken("abcd efgh, ijkl mnop, qrst"), Request("zh", "en", note=notes.append))
    assert found.startswith("ABCD EFGH,")
    assert len(notes) == 2
    assert "in 2 parts" in notes[0]
    assert "no end" in notes[1]


def test_the_prefix_is_given_and_taken_away(tmp_path: Path) -> None:
    """The made model's answer begins with 1 unless it is made to begin with the prefix."""
    kind = Kind(spoken={"▁": "1"})
    package = open_package(argos_folder(tmp_path / "prefixed", prefix="Z", kind=kind))
    assert package.prefix == "Z"
    assert LocalModel(package).translate(spoken("abc"), ZH_EN) == ("ABC",)
    plain = open_package(argos_folder(tmp_path / "plain", kind=kind))
    assert LocalModel(plain).translate(spoken("abc"), ZH_EN) == ("1ABC",)


def test_opus_reads_and_writes_by_its_own_pieces(opus: Path) -> None:
    model = LocalModel(open_package(opus))
    assert model.translate(spoken("谢您，好。", "abc"), ZH_EN) == ("thanks you, good.", "ABC")
    assert model.name == "local model zh-en"


@pytest.mark.parametrize(("target", "token"), [("zh-Hans", "1"), ("zh-Hant", "2"), ("zh-TW", "2")])
def test_opus_is_told_the_target(opus_many: Path, target: str, token: str) -> None:
    (found,) = LocalModel(open_package(opus_many)).translate(spoken("abc"), Request("en", target))
    assert found.replace(" ", "") == f"{token}ABC"


def test_nllb_is_told_both_languages(nllb: Path) -> None:
    model = LocalModel(open_package(nllb))
    assert model.translate(spoken("谢您", "abc"), Request("zh-Hans", "fr")) == ("thanks you", "ABC")
    with pytest.raises(CastkitError, match=r"does not know German \(de\)"):
        model.translate(spoken("abc"), Request("en", "de"))


def test_two_models_make_a_way(argos: Path, tmp_path: Path) -> None:
    kind = Kind(spoken={"▁thanks": "▁good"})
    second = argos_folder(tmp_path / "en_fr", source="en", target="fr", kind=kind)
    packages = (open_package(argos), open_package(second))
    translator = local_translator(packages)
    shares: list[float] = []
    request = Request("zh-Hans", "fr", progress=shares.append)
    assert translator.translate(spoken("谢您", "abc"), request) == ("good you", "ABC")
    assert translator.name == "local model zh-en 1.9, then local model en-fr 1.9"
    assert shares == [0.5, 1.0]


def test_a_damaged_model_is_an_error(argos: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(argos, broken)
    (broken / "model" / "model.bin").write_bytes(b"\x06\0\0\0 not a model")
    with pytest.raises(CastkitError, match=r"cannot load the translation model zh-en 1\.9"):
        LocalModel(open_package(broken))
    shutil.copyfile(argos / "model" / "model.bin", broken / "model" / "model.bin")
    (broken / "sentencepiece.model").write_bytes(b"nothing")
    with pytest.raises(CastkitError, match=r"cannot load the translation model zh-en 1\.9"):
        LocalModel(open_package(broken))
