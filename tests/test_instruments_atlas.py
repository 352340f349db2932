"""The atlas: what needs a population, measured, kept in one file, read back strictly."""

import dataclasses
import json
import math

import numpy as np
import pytest
import safetensors.numpy
import torch
from tiny import make_tiny_bundle
from tiny_model import tiny_model

import dalle_explore as dx
from dalle_explore import cli
from dalle_explore.errors import InputError, ModelFileError
from dalle_explore.files import write_atomic
from dalle_explore.instruments import atlas as atlases
from dalle_explore.instruments import population, usage
from dalle_explore.instruments.atlas import PACKAGED, Atlas, atlas_path, find_atlas, measure
from dalle_explore.instruments.learned import training_pictures
from dalle_explore.instruments.population import means_of
from dalle_explore.instruments.usage import usage_of
from dalle_explore.pretrained.bundle import load_bundle
from dalle_explore.pretrained.card import read_card
from dalle_explore.session.average import average
from dalle_explore.world import example
from dalle_explore.world.splits import planted

pytestmark = pytest.mark.usefixtures("one_thread")

N, PICTURES = 3, 12


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("atlas") / "tiny"
    make_tiny_bundle(path, clip=False)
    return path


@pytest.fixture(scope="module")
def model(folder):
    return dx.load(folder)


@pytest.fixture(scope="module")
def atlas(model):
    return measure(model.generator, model.settings, n=N, seed=5, pictures=PICTURES)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A cache folder that no other test writes to."""
    monkeypatch.setenv("DALLE_EXPLORE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="module")
def drawn(model):
    captions = [example("unseen_pairs", j).caption for j in range(N)]
    return [
        dx.draw(model, caption, n=1, seed=5 + j, score=False)[0]
        for j, caption in enumerate(captions)
    ]


def test_the_average_is_that_of_single_pictures_of_held_out_captions(atlas, drawn):
    bits = np.stack([sample.steps.entropy.astype(float) for sample in drawn]) / math.log(2)
    assert atlas.average.entropy == pytest.approx(bits.mean(axis=0))
    assert atlas.average.sd == pytest.approx(bits.std(axis=0, ddof=1))


def test_means_are_of_the_rows_that_explain_each_patch_of_those_pictures(model, atlas, drawn):
    generator = model.generator
    points = ["block.1.attn.head", "block.1.mlp.out", "block.1.attn.out"]
    first = generator.text_length - 1
    seen = []
    for sample in drawn:
        text = generator.text_rows([generator.encode_text(sample.prompt).ids])
        codes = torch.from_numpy(sample.codes.reshape(1, -1))
        with torch.inference_mode():
            found = generator.forward(text, codes, want=points).wanted
        seen.append([found[p][0].numpy()[..., first : first + 16, :] for p in points])
    heads, mlp, out = (np.mean(parts, axis=0) for parts in zip(*seen, strict=True))
    assert atlas.means.heads.shape == (2, 2, 16, 8) and atlas.means.mlp.shape == (2, 16, 16)
    assert atlas.means.heads[1] == pytest.approx(heads, rel=2e-3, abs=1e-3)
    assert atlas.means.mlp[1] == pytest.approx(mlp, rel=2e-3, abs=1e-3)
    assert atlas.means.attention[1] == pytest.approx(out.mean(axis=0), rel=2e-3, abs=1e-3)


def test_what_a_whole_layer_of_attention_writes_follows_from_its_heads(model, atlas):
    matrices, bias = model.generator.output_projection(0)
    heads = torch.from_numpy(atlas.means.heads[0].astype(np.float32))
    written = (torch.einsum("hpc,hcd->pd", heads, matrices) + bias).mean(dim=0).detach().numpy()
    assert atlas.means.attention[0] == pytest.approx(written, rel=5e-3, abs=5e-3)


def test_chunks_do_not_change_the_means(model, atlas, drawn, monkeypatch):
    ids = [model.generator.encode_text(sample.prompt).ids for sample in drawn]
    codes = np.stack([sample.codes.ravel() for sample in drawn])
    monkeypatch.setattr(population, "_ROOM", 1)  # one picture at a time
    told = []
    alone = means_of(model.generator, ids, codes, lambda *step: told.append(step))
    assert told == [("passes", j + 1, 3) for j in range(3)]
    for field in ("heads", "mlp", "attention"):
        ours, theirs = getattr(alone, field), getattr(atlas.means, field)
        assert ours.astype(float) == pytest.approx(theirs.astype(float), rel=2e-3, abs=1e-4)


def test_counts_are_of_the_first_training_pictures(model, atlas):
    pixels = torch.from_numpy(training_pictures(model.generator, range(PICTURES)))
    codes = model.generator.encode_image(pixels).reshape(PICTURES, -1).numpy()
    found = atlas.usage
    assert np.array_equal(found.counts, np.bincount(codes.ravel(), minlength=16))
    assert found.used == len(np.unique(codes)) and found.pictures == PICTURES
    for code in range(16):
        places = found.places(code)
        assert len(places) == min(int(found.counts[code]), 8)
        assert len(set(places)) == len(places) and places == sorted(places)
        assert all(codes[index, patch] == code for index, patch in places)
    for patch in range(16):
        commonest = (codes[:, patch] == found.common[patch]).sum()
        assert commonest == np.bincount(codes[:, patch]).max()


def test_ranks_count_from_the_commonest_and_dead_codes_have_none():
    found = usage_of(np.array([[3, 3, 1], [3, 1, 0]], dtype=np.uint16), codebook_size=5)
    assert found.ranks().tolist() == [3, 2, 0, 1, 0] and found.used == 3
    assert found.places(2) == [] and found.places(0) == [(1, 2)]


def test_places_are_in_different_pictures_as_far_as_there_are_some():
    codes = np.zeros((20, 4), dtype=np.uint16)
    assert len({index for index, _ in usage_of(codes, 1).places(0)}) == 8
    few = usage_of(codes[:3], 1).places(0)
    assert [sum(index == j for index, _ in few) for j in range(3)] == [3, 3, 2]


def test_a_picture_that_the_split_has_twice_is_one_picture():
    group = next(g for g in planted() if g.level >= 64)
    first, second = sorted(group.indices)[:2]
    codes = np.zeros((second + 1, 2), dtype=np.uint16)
    codes[[first, second], 0] = 1
    codes[0, 0] = 1
    indices = [index for index, _ in usage_of(codes, 2).places(1)]
    assert len(indices) == 3  # few enough that nothing is left out
    codes[: second + 1 : second // 20, 0] = 1
    indices = [index for index, _ in usage_of(codes, 2).places(1)]
    assert len(indices) == 8 and not {first, second} <= set(indices)


def test_what_is_saved_is_read_back(atlas, tmp_path):
    path = atlas.save(tmp_path / "x.safetensors")
    found = Atlas.load(path)
    assert found.about == atlas.about and found.in_words() == atlas.in_words()
    assert found.average.entropy == pytest.approx(atlas.average.entropy, abs=1e-6)
    assert found.average.in_words() == atlas.average.in_words()
    for part, fields in (("means", 3), ("usage", 6)):
        ours, theirs = (dataclasses.asdict(getattr(one, part)) for one in (atlas, found))
        assert len(ours) == fields
        assert all(np.array_equal(ours[name], theirs[name]) for name in ours)
    assert path.read_bytes() == found.save(tmp_path / "y.safetensors").read_bytes()


def rewritten(atlas, path, change=None, header=None):
    """Save an atlas, and change its arrays or its header."""
    atlas.save(path)
    data = path.read_bytes()
    arrays = {name: array.copy() for name, array in safetensors.numpy.load(data).items()}
    length = int.from_bytes(data[:8], "little")
    about = json.loads(json.loads(data[8 : 8 + length])["__metadata__"]["atlas"])
    if header is not None:
        header(about)
    if change is not None:
        change(arrays)
    return write_atomic(path, safetensors.numpy.save(arrays, {"atlas": json.dumps(about)}))


def put(name, place, value):
    return lambda arrays: arrays[name].__setitem__(place, value)


@pytest.mark.parametrize(
    "change",
    [
        lambda arrays: arrays.pop("average.sd"),
        lambda arrays: [arrays.pop(name) for name in list(arrays) if name.startswith("means")],
        lambda arrays: arrays.update(extra=np.zeros(2)),
        lambda arrays: arrays.update({"average.entropy": arrays["average.entropy"][:-1].copy()}),
        lambda arrays: arrays.update({"average.sd": arrays["average.sd"].astype(np.float64)}),
        lambda arrays: arrays.update({"usage.counts": np.zeros(0, np.uint32)}),
        lambda arrays: arrays.update({"means.heads": arrays["means.heads"][:, :, :-1].copy()}),
        put("average.entropy", 0, np.nan),
        put("average.sd", 0, -1),
        put("means.heads", (0, 0, 0, 0), np.inf),
        put("usage.counts", 0, 9999),
        put("usage.common", 0, 16),
        put("usage.codes", 0, 15),
        put("usage.indices", 0, PICTURES),
        put("usage.patches", 0, 16),
    ],
)
def test_a_damaged_atlas_is_refused(change, atlas, tmp_path):
    path = rewritten(atlas, tmp_path / "x.safetensors", change)
    with pytest.raises(ModelFileError, match="no atlas of a model.*check atlas"):
        Atlas.load(path)


@pytest.mark.parametrize(
    "header",
    [
        lambda about: about.pop("digest"),
        lambda about: about.update(digest="abc"),
        lambda about: about.update(dalle_explore_atlas=2),
        lambda about: about.update(n=2.5),
        lambda about: about.update(n=1),
        lambda about: about.update(seed=-1),
        lambda about: about.update(pictures=0),
        lambda about: about.update(split=None),
        lambda about: about.update(more=1),
        lambda about: about["settings"].update(temperature=-1),
        lambda about: about["refused"].update(means="for no reason"),
    ],
)
def test_an_atlas_that_says_nonsense_of_itself_is_refused(header, atlas, tmp_path):
    path = rewritten(atlas, tmp_path / "x.safetensors", header=header)
    with pytest.raises(ModelFileError, match="no atlas of a model.*check atlas"):
        Atlas.load(path)


@pytest.mark.parametrize("kept", [0, 4, 100, -1])
def test_a_truncated_atlas_and_another_file_are_refused(kept, atlas, tmp_path):
    path = atlas.save(tmp_path / "x.safetensors")
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(ModelFileError, match="no atlas of a model"):
        Atlas.load(path)
    path.write_bytes(safetensors.numpy.save({"x": np.zeros(3)}))
    with pytest.raises(ModelFileError, match="no atlas of a model"):
        Atlas.load(path)


def test_the_atlas_of_a_model_is_found_by_its_digest(model, atlas, home):
    assert find_atlas(model.digest) is None and average(model) is None
    with pytest.raises(InputError, match="ablation needs .* `python -m dalle_explore check atlas"):
        atlases.need_atlas(model.digest, "ablation")
    path = atlas_path(model.digest)
    path.parent.mkdir(parents=True)
    atlas.save(path)
    assert find_atlas(model.digest).about == atlas.about
    assert atlases.need_atlas(model.digest, "ablation") is find_atlas(model.digest)
    assert average(model).entropy == pytest.approx(atlas.average.entropy)
    changed = dataclasses.replace(atlas, about=dataclasses.replace(atlas.about, made="again"))
    changed.save(path)
    assert find_atlas(model.digest).about.made == "again"


def test_an_atlas_in_the_place_of_another_is_refused(atlas, home):
    path = atlas_path("0" * 64)
    path.parent.mkdir(parents=True)
    atlas.save(path)
    with pytest.raises(ModelFileError, match="is the atlas of another model"):
        find_atlas("0" * 64)


def test_no_path_is_made_of_a_text_that_is_no_digest(atlas, home):
    atlas.save(home.parent / "x.safetensors")
    assert find_atlas("../../x") is None and find_atlas("") is None


def test_a_package_without_one_has_none(monkeypatch, tmp_path, home):
    monkeypatch.setattr(atlases, "PACKAGED", tmp_path / "none.safetensors")
    assert find_atlas(load_bundle(None).card.digest) is None


def with_card(generator, change=None, **supports):
    """The same networks with another card, or supporting less."""
    model = tiny_model()
    for name in ("tokenizer", "dvae", "prior", "rows", "columns", "codebook_size", "points"):
        setattr(model, name, getattr(generator, name))
    for name in ("text_length", "layers", "heads", "width"):
        setattr(model, name, getattr(generator, name))
    card = json.loads(json.dumps(generator.card))
    if change is not None:
        change(card["networks"])
    model.card = card
    model.supports = dataclasses.replace(generator.supports, **supports)
    return model


@pytest.mark.parametrize(
    "change, reason",
    [
        (
            lambda n: n["prior"]["training"].update(world_version=None),
            "learned from nothing: random",
        ),
        (lambda n: n["prior"].update(training=None), "has random weights, and this takes one"),
        (lambda n: n.pop("prior"), "says nothing of what it learned from"),
        (lambda n: n["prior"]["training"].update(world_version=2), "learned from version 2"),
    ],
)
def test_a_model_that_learned_from_something_else_is_refused(change, reason, model):
    with pytest.raises(InputError, match=reason):
        measure(with_card(model.generator, change), model.settings, n=2, pictures=1)


def test_a_model_without_a_card_is_refused(model):
    bare = tiny_model()
    bare.card = {}
    with pytest.raises(InputError, match="carries no card"):
        measure(bare, model.settings, n=2, pictures=1)


def test_what_a_model_cannot_give_is_left_out_with_the_reason(model, tmp_path):
    generator = with_card(model.generator, image_encoding=False)
    generator.points = {"logits": "b p k"}
    found = measure(generator, model.settings, n=2, pictures=1)
    found = Atlas.load(found.save(tmp_path / "x.safetensors"))
    assert found.usage is None and found.means is None and found.about.pictures == 0
    with pytest.raises(InputError, match="has no usage: .*supports.image_encoding is False"):
        found.need_usage()
    with pytest.raises(InputError, match="has no means: .*no hook point 'block.0.attn.head'"):
        found.need_means()
    assert found.need_average() is found.average and "training" not in found.in_words()


@pytest.mark.parametrize("pictures", [0, -1, 2.0, True, 200_001])
def test_a_number_of_pictures_that_there_is_not_is_refused(pictures, model):
    with pytest.raises(InputError, match="the training split has 200000"):
        measure(model.generator, model.settings, n=2, pictures=pictures)


def test_means_too_large_for_the_file_are_refused(model, atlas, monkeypatch):
    codes = np.zeros((1, 16), dtype=np.int64)
    monkeypatch.setattr(torch.Tensor, "half", lambda mean: mean * torch.inf)
    with pytest.raises(InputError, match="below 65504"):
        means_of(model.generator, [(1,)], codes)


def test_pictures_without_captions_have_no_means(model):
    with pytest.raises(InputError, match="1 captions and 2 pictures"):
        means_of(model.generator, [(1,)], np.zeros((2, 16), dtype=np.int64))


def test_the_command_writes_it_where_it_is_looked_for(folder, home, capsys):
    arguments = ["check", "atlas", "--model", str(folder), "-n", "2", "--pictures", "3"]
    assert cli.main(arguments) == 0
    said = capsys.readouterr().out.splitlines()
    digest = read_card(folder).digest
    found = find_atlas(digest)
    assert said[0] == found.in_words() and f"wrote {atlas_path(digest)}" in said
    line = json.loads(said[-1])
    assert (line["check"], line["digest"], line["n"], line["pictures"]) == ("atlas", digest, 2, 3)
    assert line["bytes"] == atlas_path(digest).stat().st_size
    assert line["codes_used"] == found.usage.used


def test_the_command_writes_it_where_it_is_told_to(folder, home, tmp_path, capsys):
    path = tmp_path / "new" / "x.safetensors"
    arguments = ["check", "atlas", "--model", str(folder), "-n", "2", "--pictures", "3"]
    assert cli.main([*arguments, "--seed", "4", "--write", str(path)]) == 0
    assert Atlas.load(path).about.seed == 4 and not home.exists()


def test_where_to_write_is_tried_before_anything_is_drawn(folder, tmp_path, capsys, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(atlases, "measure", lambda *a, **k: pytest.fail("it was measured"))
    place = str(tmp_path / "file" / "x.safetensors")
    assert cli.main(["check", "atlas", "--model", str(folder), "--write", place]) == 2
    assert "cannot make the folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["atlas", "--quick"], "--quick"),
        (["atlas", "--reference", "x"], "--reference belongs to `check same`"),
        (["same", "--pictures", "5"], "--pictures belongs to `check atlas`"),
        (["atlas", "--pictures", "0"], "the training split has 200000"),
    ],
)
def test_options_that_do_not_fit_are_refused(arguments, said, folder, home, capsys):
    assert cli.main(["check", *arguments, "--model", str(folder)]) == 2
    assert said in capsys.readouterr().err


def test_the_one_that_travels_belongs_to_the_bundled_model():
    """New weights need a new one: python -m dalle_explore check atlas --write (its place)."""
    bundle, found = load_bundle(None), Atlas.load(PACKAGED)
    assert found.digest == bundle.card.digest and not found.about.refused
    assert found.average.fits(bundle.card.settings)
    assert (found.about.n, found.about.split) == (population.N, population.SPLIT)
    assert found.usage.pictures == usage.PICTURES
    prior = bundle.prior.config
    sizes = (prior.layers, prior.heads, prior.patches, prior.width // prior.heads)
    assert found.means.heads.shape == sizes and len(found.usage.counts) == prior.codebook_size
    assert len(found.average.entropy) == len(found.average.sd) == prior.patches
    assert 0 <= found.average.entropy.max() <= math.log2(prior.codebook_size)


def test_the_one_that_travels_is_small():
    assert PACKAGED.stat().st_size <= 2 * 2**20
