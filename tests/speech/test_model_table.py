from __future__ import annotations

import pytest
from weights_made import VARIABLES, model_bin, model_folder

from castkit.errors import CastkitError, ToolMissing
from castkit.speech import weights
from castkit.speech.models import GB, MODELS, by_name, locate, recommend


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("CASTKIT_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


def test_a_known_model_that_is_not_here_names_the_command():
    with pytest.raises(ToolMissing, match="base is not on this machine") as caught:
        locate("base")
    assert caught.value.hint == "run: castkit models fetch base"


@pytest.mark.parametrize(("asked", "near"), [("bas", "base"), ("large-v3-trubo", "large-v3-turbo"), ("smal", "small")])
def test_an_unknown_name_gets_the_nearest(asked, near):
    with pytest.raises(CastkitError) as caught:
        locate(asked)
    assert f"did you mean {near}?" in caught.value.hint


def test_a_folder_by_its_whole_path_and_relative_to_the_show(tmp_path):
    folder = model_folder(tmp_path / "show" / "whisper")
    assert locate(folder) == folder
    assert locate("whisper", tmp_path / "show") == folder
    assert locate("./whisper", tmp_path / "show").samefile(folder)


@pytest.mark.parametrize("name", ["model.bin", "config.json", "tokenizer.json", "vocabulary.json"])
def test_a_folder_that_lacks_a_file(name, tmp_path):
    folder = model_folder(tmp_path / "whisper")
    (folder / name).unlink()
    with pytest.raises(CastkitError, match=name.replace(".", r"\.")):
        locate(folder)


def test_a_folder_that_does_not_exist(tmp_path):
    with pytest.raises(CastkitError, match="nowhere"):
        locate(tmp_path / "nowhere")


def test_half_a_model_in_the_cache_is_none(cache):
    model_folder(cache / "tiny")
    (cache / "tiny" / "model.bin").unlink()
    with pytest.raises(ToolMissing):
        locate("tiny")


def test_other_names_for_the_same():
    assert by_name("turbo").name == "large-v3-turbo"
    assert by_name("large").name == "large-v3"


@pytest.mark.parametrize(
    ("memory", "name"), [(0, "base"), (GB, "tiny"), (2 * GB, "base"), (4 * GB, "small"), (16 * GB, "medium")]
)
def test_a_recommendation_fits_the_memory_and_says_why(memory, name):
    advice = recommend(memory)
    assert advice.name == name
    assert by_name(name).remark in advice.reason


def test_what_base_cannot_do_is_said():
    assert "rough draft" in by_name("base").remark
    assert [model.name for model in MODELS if not model.translates] == ["large-v3-turbo", "distil-large-v3"]


def test_abilities_are_read_from_the_weights(base, tmp_path):
    assert weights.layers(base) == weights.Layers(encoder=6, decoder=6, vocabulary=51865)
    assert weights.layers(base).can_translate
    two = {**VARIABLES, "encoder/layer_1/ffn/linear_0/bias": ((4,), 4), "decoder/embeddings/weight": ((51866, 1), 4)}
    turbo = weights.layers(model_folder(tmp_path / "turbo", model_bin(two)))
    assert not turbo.can_translate
    assert turbo.knows("yue")
    one = {**VARIABLES, "decoder/embeddings/weight": ((51864, 1), 4)}
    english = weights.layers(model_folder(tmp_path / "english", model_bin(one)))
    assert not english.can_translate
    assert english.knows("en")
    assert not english.knows("zh")
    assert not weights.layers(base).knows("yue")


def test_quantised_weights_cannot_be_converted(tmp_path):
    folder = model_folder(tmp_path / "int8", model_bin({**VARIABLES, "encoder/conv1/weight": ((2, 2, 3), 1)}))
    with pytest.raises(CastkitError, match="quantised") as caught:
        list(weights.state(folder))
    assert "faster-whisper" in caught.value.hint


def test_every_weight_is_converted_once_and_none_is_changed(base):
    """The fused ones are cut apart; put together again they are the file's bytes."""
    import numpy as np  # noqa: PLC0415

    state = dict(weights.state(base))
    assert len(state) == 245
    fused = np.concatenate([state[f"encoder.blocks.0.attn.{part}.weight"] for part in ("query", "key", "value")])
    entry = weights.entries(base / "model.bin")["encoder/layer_0/self_attention/linear_0/weight"]
    with (base / "model.bin").open("rb") as file:
        file.seek(entry.offset)
        assert file.read(entry.length) == fused.tobytes()
