"""The codebook: real places first, tiles marked artificial, like codes, and one exchanged."""

import dataclasses

import numpy as np
import pytest
import torch
from tiny import make_tiny_bundle

import dalle_explore as dx
from dalle_explore.errors import InputError
from dalle_explore.generator import Generator
from dalle_explore.instruments import codebook
from dalle_explore.instruments.atlas import measure
from dalle_explore.instruments.usage import usage_of
from dalle_explore.world import draw, example

pytestmark = pytest.mark.usefixtures("one_thread")

PICTURES = 12


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("codebook") / "tiny"
    make_tiny_bundle(folder, clip=False, side=6, codebook_size=40)
    return dx.load(folder)


@pytest.fixture(scope="module")
def atlas(model):
    return measure(model.generator, model.settings, n=2, pictures=PICTURES)


@pytest.fixture(scope="module")
def sheet(model, atlas):
    return codebook.codes(model.generator, atlas)


@pytest.fixture(scope="module")
def every(model, atlas):
    return codebook.codes(model.generator, atlas, range(40), crops=8, neighbours=39)


@pytest.fixture(scope="module")
def sample(model):
    return dx.draw(model, "a red cube on top of a blue sphere", n=1, score=False)[0]


def encoded(model):
    pixels = [np.asarray(draw(example("train", j).scene, size=48)) for j in range(PICTURES)]
    return model.generator.encode_image(torch.from_numpy(np.stack(pixels))).numpy()


def test_crops_are_pixels_of_training_pictures_where_the_code_stands(model, every):
    codes = encoded(model)
    seen = 0
    for entry in every.entries:
        for crop in entry.crops:
            row, column = crop.patch
            assert codes[crop.index, row, column] == entry.code
            picture = np.asarray(draw(example("train", crop.index).scene, size=48))
            assert crop.caption == example("train", crop.index).caption
            top, left = (8 * (p - q) for p, q in zip(crop.patch, crop.place, strict=True))
            assert crop.pixels.shape == (24, 24, 3)
            assert np.array_equal(crop.pixels, picture[top : top + 24, left : left + 24])
            seen += 1
        assert len(entry.crops) == min(entry.count, 8)
    assert seen > 20


def test_counts_and_ranks_are_those_of_the_atlas(model, atlas, every):
    codes = encoded(model)
    for entry in every.entries:
        assert entry.count == (codes == entry.code).sum() == atlas.usage.counts[entry.code]
        assert entry.share == pytest.approx(entry.count / codes.size)
    ranked = sorted((e for e in every.entries if e.rank), key=lambda e: e.rank)
    assert [entry.rank for entry in ranked] == list(range(1, every.used + 1))
    assert [e.count for e in ranked] == sorted((e.count for e in ranked), reverse=True)


def test_a_tile_is_the_middle_of_a_picture_of_one_code(model, every):
    for entry in every.entries[:5]:
        whole = model.generator.decode_codes(torch.full((1, 6, 6), entry.code))[0].numpy()
        apart = np.abs(entry.tile.astype(int) - whole[16:40, 16:40])
        assert entry.tile.shape == (24, 24, 3) and apart.max() <= 1


def test_nearest_codes_are_those_of_the_nearest_vectors(model, every):
    vectors = model.generator.code_vectors().double().numpy()
    for entry in every.entries:
        apart = np.linalg.norm(vectors - vectors[entry.code], axis=1)
        assert len(entry.near) == 39 and entry.code not in {n.code for n in entry.near}
        distances = [near.distance for near in entry.near]
        assert distances == sorted(distances)
        assert distances == pytest.approx([apart[near.code] for near in entry.near])
        assert entry.typical == pytest.approx(np.median(np.delete(apart, entry.code)))
        by_code = {other.code: other for other in every.entries}
        for near in entry.near:
            assert near.count == by_code[near.code].count
            assert np.array_equal(near.tile, by_code[near.code].tile)
            assert (near.crop is None) == (near.count == 0)


def test_codes_that_never_occur_are_said_to_be_dead(model, atlas):
    counts = np.array([[0, 0, 1, 1], [3, 3, 3, 3]], dtype=np.uint16)
    small = usage_of(np.tile(counts, 9), 40)
    known = dataclasses.replace(atlas, usage=small)
    found = codebook.codes(model.generator, known, [3, 5])
    assert (found.used, found.dead) == (3, 37)
    live, dead = found.entries
    assert live.rank == 1 and len(live.crops) == 6
    assert (dead.rank, dead.count, dead.crops) == (None, 0, ()) and dead.tile.any()
    assert "codes that occur, 3; that never do, 37 (here: 5)" in found.caption()
    assert "code 5 never occurs" in found.alt()


def test_without_asking_codes_come_from_the_commonest_to_the_rarest(sheet):
    ranks = [entry.rank for entry in sheet.entries]
    assert len(ranks) <= 12 and ranks[0] == 1 and ranks[-1] == sheet.used
    assert ranks == sorted(set(ranks)) and not sheet.asked
    assert "from the commonest to the rarest" in sheet.caption()


def test_the_caption_tells_what_is_real_and_what_is_artificial(model, every, sheet):
    said = sheet.caption()
    assert "Tile: artificial" in said and "real places in training pictures" in said
    assert "the first 12 training pictures of world 1, 432 patches" in said
    assert model.digest[:8] in said and said.endswith("Pictures: CC0-1.0.")
    assert "those that were asked for" in every.caption()
    assert sheet.caption() in sheet.alt()


def test_the_table_has_a_row_a_code(every):
    table = every.table()
    assert list(table["code"]) == list(range(40)) and table["count"].sum() == 36 * PICTURES
    assert [len(row) for row in table["nearest"]] == [39] * 40
    assert repr(every).startswith("CodeSheet('tiny', codes=[0, 1, ")


def test_no_crops_and_no_neighbours_may_be_asked_for(model, atlas):
    (entry,) = codebook.codes(model.generator, atlas, [7], crops=0, neighbours=0).entries
    assert entry.crops == () and entry.near == ()


@pytest.mark.parametrize(
    "arguments, said",
    [
        ({"codes": [40]}, "whole numbers from 0 to 39"),
        ({"codes": [-1]}, "whole numbers from 0 to 39"),
        ({"codes": [True]}, "whole numbers from 0 to 39"),
        ({"codes": []}, "at least one code"),
        ({"codes": [3, 3]}, "each once"),
        ({"codes": "3"}, "at least one code"),
        ({"crops": 9}, "0 to 8 of each code"),
        ({"crops": True}, "0 to 8 of each code"),
        ({"neighbours": 40}, "0 to 39 of each code"),
    ],
)
def test_what_cannot_be_shown_is_refused(arguments, said, model, atlas):
    with pytest.raises(InputError, match=said):
        codebook.codes(model.generator, atlas, **arguments)


def test_the_atlas_of_another_model_is_refused(model, atlas, tmp_path):
    make_tiny_bundle(tmp_path / "other", clip=False, seed=1)
    with pytest.raises(InputError, match="the atlas is of the model 'tiny'"):
        codebook.codes(dx.load(tmp_path / "other").generator, atlas)


def test_an_atlas_without_usage_is_refused_with_its_reason(model, atlas):
    about = dataclasses.replace(atlas.about, refused={"usage": "it cannot encode."})
    bare = dataclasses.replace(atlas, about=about, usage=None)
    with pytest.raises(InputError, match="has no usage: it cannot encode."):
        codebook.codes(model.generator, bare)


def test_a_code_exchanged_gives_the_picture_with_that_code(model, sample):
    pixels = codebook.swap(model.generator, sample.trace, (2, 3), 11)
    codes = sample.codes.copy()
    codes[2, 3] = 11
    assert np.array_equal(pixels, model.decode(codes))
    same = codebook.swap(model.generator, sample.trace, (2, 3), int(sample.codes[2, 3]))
    assert np.array_equal(same, model.decode(sample.codes))


def test_a_model_that_decodes_no_windows_decodes_the_whole(model, sample, monkeypatch):
    generator = model.generator
    monkeypatch.setattr(
        generator, "supports", dataclasses.replace(generator.supports, window=False)
    )
    codes = sample.codes.copy()
    codes[0, 0] = 11
    found = codebook.swap(generator, sample.trace, (0, 0), 11)
    assert np.array_equal(found, model.decode(codes))


def test_patches_that_are_not_drawn_yet_are_neither_read_nor_exchanged(model, sample):
    trace = sample.trace
    half = dataclasses.replace(trace, codes=trace.codes[:20], forced=trace.forced[:20], steps=None)
    grid = torch.from_numpy(np.maximum(half.grid, 0))[None]
    grid[0, 1, 1] = 11
    known = torch.from_numpy(half.grid >= 0)[None]
    expected = model.generator.decode_codes(grid, known=known)[0].numpy()
    assert np.array_equal(codebook.swap(model.generator, half, (1, 1), 11), expected)
    with pytest.raises(InputError, match="not drawn yet"):
        codebook.swap(model.generator, half, (5, 5), 11)


@pytest.mark.parametrize(
    "patch, code, said",
    [
        ((6, 0), 1, "rows 0 to 5 and columns 0 to 5"),
        ((0, -1), 1, "rows 0 to 5 and columns 0 to 5"),
        (7, 1, "has to be .row, column."),
        ((0.5, 1), 1, "has to be .row, column."),
        ((0, 0), 40, "whole numbers from 0 to 39"),
    ],
)
def test_a_patch_or_code_that_there_is_not_is_refused(patch, code, said, model, sample):
    with pytest.raises(InputError, match=said):
        codebook.swap(model.generator, sample.trace, patch, code)


def test_a_trace_of_another_grid_is_refused(sample, tmp_path):
    make_tiny_bundle(tmp_path / "other", clip=False)
    with pytest.raises(InputError, match="give the model that drew it"):
        codebook.swap(dx.load(tmp_path / "other").generator, sample.trace, (0, 0), 1)


def test_the_vectors_of_codes_belong_to_the_contract(model):
    assert "code_vectors" in Generator.__abstractmethods__
    vectors = model.generator.code_vectors()
    assert vectors.shape == (40, 4) and not vectors.requires_grad
