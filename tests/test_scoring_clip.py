"""Our CLIP is open_clip's: the same class, the same files, the same numbers."""

import json

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from dalle_explore import world
from dalle_explore.errors import InputError, MachineError, ModelFileError
from dalle_explore.files import sha256
from dalle_explore.judging.table import LETTERS
from dalle_explore.pretrained.card import Card, FileEntry
from dalle_explore.scoring.clip import ClipScorer, load_open_clip, make_clip
from dalle_explore.scoring.merges import learn_merges
from dalle_explore.scoring.network import (
    CLIP_FILES,
    CLIP_SIZES,
    ClipConfig,
    encode_pictures,
    encode_texts,
    prepare_pictures,
    save_clip,
)

TINY = ClipConfig(
    image_size=32,
    vision_width=4,
    text_width=16,
    text_layers=2,
    text_heads=2,
    embedding=12,
    merges=60,
)
CAPTIONS = [world.example("train", index).caption for index in range(200)]
MERGES = learn_merges(CAPTIONS, TINY.merges)
PICTURES = np.stack([np.asarray(world.draw(world.example("train", k).scene)) for k in range(5)])
FLOATS = torch.from_numpy(PICTURES).permute(0, 3, 1, 2).float() / 255


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    torch.manual_seed(0)
    model = make_clip(TINY, MERGES)
    norms = [m for m in model.visual.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    with torch.no_grad():
        for norm in norms:
            # Zero gains, as in a fresh network, would hide half of it.
            norm.weight.uniform_(0.5, 1.5)
            norm.momentum = None
        # Statistics of real pictures; without them all pictures look nearly the same.
        encode_pictures(model, FLOATS)
        model.logit_scale.fill_(3.21)
    folder = tmp_path_factory.mktemp("clip")
    save_clip(folder, model, TINY, MERGES)
    return folder


@pytest.fixture(scope="module")
def scorer(folder):
    return ClipScorer.load(folder)


def broken(folder, tmp_path, change):
    """A copy of the folder with its configuration changed."""
    for name in CLIP_FILES:
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    config = json.loads((tmp_path / CLIP_FILES[0]).read_text(encoding="utf-8"))
    change(config)
    (tmp_path / CLIP_FILES[0]).write_text(json.dumps(config), encoding="utf-8")
    return tmp_path


def test_plain_open_clip_opens_the_folder_and_gives_the_same_features(folder, scorer):
    import open_clip

    model, _, prepare = open_clip.create_model_and_transforms(
        f"local-dir:{folder}", require_pretrained=True
    )
    assert type(model) is open_clip.model.CLIP
    model.eval()
    tokens = scorer.tokenizer(CAPTIONS[:5])
    with torch.no_grad():
        images = torch.stack([prepare(Image.fromarray(picture)) for picture in PICTURES])
        image = model.encode_image(images, normalize=True).numpy()
        text = model.encode_text(tokens, normalize=True).numpy()
    np.testing.assert_allclose(scorer.encode_image(PICTURES), image, atol=1e-5)
    np.testing.assert_allclose(scorer.encode_text(CAPTIONS[:5]), text, atol=1e-5)
    assert scorer.logit_scale == pytest.approx(np.exp(3.21), rel=1e-3)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_plain_open_clip_reads_our_merges(folder, scorer):
    import open_clip

    tokenizer = open_clip.get_tokenizer(
        f"local-dir:{folder}", bpe_path=str(folder / "merges.txt.gz")
    )
    assert torch.equal(tokenizer(CAPTIONS[:50]), scorer.tokenizer(CAPTIONS[:50]))


def test_vectors_are_unit_length_and_alone_or_together_the_same(scorer):
    image, text = scorer.encode_image(PICTURES), scorer.encode_text(CAPTIONS[:5])
    for vectors in (image, text):
        assert vectors.shape == (5, 12) and vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    for k in range(5):
        assert np.array_equal(scorer.encode_image(PICTURES[k : k + 1])[0], image[k])
        assert np.array_equal(scorer.encode_text(CAPTIONS[k : k + 1])[0], text[k])
    scores = scorer.score(CAPTIONS[2], PICTURES)
    np.testing.assert_allclose(scores, image @ text[2], atol=1e-6)
    assert [scorer.score(CAPTIONS[2], one[None])[0] for one in PICTURES] == scores.tolist()


def test_pictures_of_any_size_are_squeezed_whole(scorer):
    wide = np.zeros((1, 64, 200, 3), dtype=np.uint8)
    marked = wide.copy()
    marked[:, :, :20] = 255  # a centre crop would not see it
    assert np.abs(scorer.encode_image(wide) - scorer.encode_image(marked)).max() > 0.01


def test_the_training_path_sees_what_the_scorer_sees(scorer):
    model = scorer._model
    ours = prepare_pictures(model, FLOATS)
    theirs = torch.stack([scorer._prepare(Image.fromarray(picture)) for picture in PICTURES])
    # Pillow rounds to whole numbers (of 2 / 255 each) after each direction, tensors do not.
    assert (ours - theirs).abs().max() < 8 * 2 / 255
    assert (ours - theirs).abs().mean() < 0.5 * 2 / 255
    cosines = encode_pictures(model, FLOATS).numpy() @ scorer.encode_image(PICTURES).T
    assert cosines.diagonal().min() > 0.99 > cosines[~np.eye(5, dtype=bool)].max()
    text = encode_texts(model, scorer.tokenizer(CAPTIONS[:9], trim=True)).numpy()
    np.testing.assert_allclose(text, scorer.encode_text(CAPTIONS[:9]), atol=1e-6)


def test_matrices_are_half_precision_on_disk_and_nothing_else_is(folder):
    with safe_open(folder / "open_clip_model.safetensors", "pt") as file:
        kinds = {name: file.get_tensor(name) for name in file.keys()}
    for name, tensor in kinds.items():
        if tensor.is_floating_point():
            half = tensor.dtype == torch.float16
            assert half == (tensor.ndim >= 2), name
    assert kinds["logit_scale"].dtype == torch.float32


def test_the_digest_is_that_of_the_card_and_changes_with_every_file(folder, scorer, tmp_path):
    files = {
        f"clip/{name}": FileEntry((folder / name).stat().st_size, sha256(folder / name))
        for name in CLIP_FILES
    }
    assert scorer.digest == Card(name="x", files=files).scorer_digest

    def later(config):
        config["preprocess_cfg"]["fill_color"] = 1

    assert ClipScorer.load(broken(folder, tmp_path, later)).digest != scorer.digest


def test_the_folder_may_be_elsewhere_than_where_people_work(folder, monkeypatch, tmp_path, scorer):
    monkeypatch.chdir(folder.parent)
    assert ClipScorer.load(folder.name).digest == scorer.digest


@pytest.mark.parametrize("name", CLIP_FILES)
def test_a_missing_file_is_named(folder, tmp_path, name):
    broken(folder, tmp_path, lambda config: None)
    (tmp_path / name).unlink()
    with pytest.raises(ModelFileError, match=name.split(".")[0]):
        ClipScorer.load(tmp_path)


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda c: c.pop("model_cfg"), "describes no CLIP"),
        (lambda c: c["model_cfg"].pop("vision_cfg"), "describes no CLIP"),
        (lambda c: c["model_cfg"]["text_cfg"].update(hf_model_name="x"), "from the internet"),
        (lambda c: c["model_cfg"]["text_cfg"].update(vocab_size=99), "do not belong together"),
        (lambda c: c["model_cfg"]["text_cfg"].update(width=32), "cannot be opened as a CLIP"),
        (lambda c: c["model_cfg"].update(surprise=1), "cannot be opened as a CLIP"),
        (
            lambda c: c["model_cfg"]["text_cfg"].update(tokenizer_kwargs={"bpe_path": "../x"}),
            "have to be a file in",
        ),
    ],
)
def test_a_foreign_configuration_is_refused(folder, tmp_path, change, words):
    with pytest.raises(ModelFileError, match=words):
        ClipScorer.load(broken(folder, tmp_path, change))


def test_damaged_weights_are_refused(folder, tmp_path):
    broken(folder, tmp_path, lambda config: None)
    path = tmp_path / "open_clip_model.safetensors"
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(ModelFileError, match="cannot be opened as a CLIP"):
        ClipScorer.load(tmp_path)


def test_weights_of_another_shape_are_refused(folder, tmp_path):
    broken(folder, tmp_path, lambda config: None)
    path = tmp_path / "open_clip_model.safetensors"
    tensors = load_file(path)
    tensors.pop("ln_final.weight")
    save_file(tensors, path)
    with pytest.raises(ModelFileError, match="cannot be opened as a CLIP"):
        ClipScorer.load(tmp_path)


def test_bad_pictures_and_texts_are_refused(scorer):
    for bad in (PICTURES[0], PICTURES.astype(np.float32), PICTURES[..., :1], PICTURES[:0]):
        with pytest.raises(InputError, match="pictures is"):
            scorer.encode_image(bad)
    for empty in ("a cat", []):
        with pytest.raises(InputError, match="a list of at least one caption"):
            scorer.encode_text(empty)
    with pytest.raises(InputError, match="CLIP tokens"):
        scorer.encode_text(["word " * 70])


def test_presets_fit_into_one_file_of_a_bundle(tmp_path):
    merges = [(left, right) for left in LETTERS for right in LETTERS][:512]
    for name, config in CLIP_SIZES.items():
        saved = save_clip(tmp_path / name, make_clip(config, merges), config, merges)
        assert max(path.stat().st_size for path in saved) < 15e6, name


def test_presets_stay_small_and_unlike_the_prior():
    for name, config in CLIP_SIZES.items():
        model = make_clip(config)
        weights = sum(p.numel() for p in model.parameters())
        assert weights < {"thumb": 2.5e6, "pocket": 6e6, "studio": 7.5e6}[name]
        assert type(model.visual).__name__ == "ModifiedResNet"
        assert ClipConfig.from_json(json.loads(json.dumps(config.to_json()))) == config


def test_impossible_sizes_are_refused(tmp_path):
    for bad in ({"image_size": 100}, {"text_heads": 5}, {"vision_layers": (1, 1)}):
        with pytest.raises(ModelFileError, match="no CLIP can have"):
            ClipConfig(**bad)
    with pytest.raises(ModelFileError, match="unknown entry 'colour'"):
        ClipConfig.from_json({**TINY.to_json(), "colour": 3})
    with pytest.raises(InputError, match="give those it was built with"):
        save_clip(tmp_path / "clip", make_clip(TINY, 7), TINY, MERGES)
    assert not list(tmp_path.iterdir())


def test_unknown_checkpoints_are_refused_with_a_choice():
    with pytest.raises(InputError, match="laion2b_s34b_b79k"):
        load_open_clip("ViT-B-32", "laion3b")
    with pytest.raises(InputError, match="no weights of that name"):
        load_open_clip("ViT-Z-99")


def test_without_a_network_a_real_checkpoint_says_so():
    with pytest.raises(MachineError, match="cannot be fetched"):
        load_open_clip("ViT-B-32", "laion2b_s34b_b79k")


def test_open_clips_own_merges_are_used_where_none_are_named(folder, tmp_path, scorer):
    model = make_clip(TINY, 49_408 - 514)
    for name in CLIP_FILES[:2]:
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    config = json.loads((folder / CLIP_FILES[0]).read_text(encoding="utf-8"))
    config["model_cfg"]["text_cfg"]["vocab_size"] = 49_408
    del config["model_cfg"]["text_cfg"]["tokenizer_kwargs"]
    (tmp_path / CLIP_FILES[0]).write_text(json.dumps(config), encoding="utf-8")
    save_file(
        {name: t.contiguous() for name, t in model.state_dict().items()}, tmp_path / CLIP_FILES[1]
    )
    found = ClipScorer.load(tmp_path)
    assert found.tokenizer.vocabulary_size == 49_408
    assert found.encode_text(["a photo of a cat"]).shape == (1, 12)
