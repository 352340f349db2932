"""Our model keeps the contract of every model."""

import pytest
import torch
from tiny_model import CODES, rounded_alike, tiny_model

from dalle_explore.errors import InputError, MachineError
from dalle_explore.generator import PAD, Generator
from dalle_explore.models.dvae import DVAE
from dalle_explore.models.native import NativeGenerator
from dalle_explore.models.presets import PRESETS


@pytest.fixture(scope="module")
def model():
    return tiny_model()


def grid(size=3):
    return torch.randint(CODES, (size, 6, 6), generator=torch.Generator().manual_seed(0))


def test_it_is_a_final_class_with_everything_in_place(model):
    assert isinstance(model, Generator) and NativeGenerator.__final__
    assert not NativeGenerator.__abstractmethods__
    assert (model.rows, model.columns, model.patch, model.patches) == (6, 6, 8, 36)
    assert (model.codebook_size, model.text_length) == (CODES, 24)
    assert model.card["name"] == "tiny" and model.supports.word_attention == "valid"
    assert not model.prior.training and not model.dvae.training


def test_text_becomes_padded_rows(model):
    ids = model.encode_text("a red cube").ids
    rows = model.text_rows([ids, model.null])
    assert rows.shape == (2, 24) and rows.dtype == torch.int64
    assert tuple(rows[0, : len(ids)].tolist()) == ids
    assert (rows[0, len(ids) :] == PAD).all() and (rows[1] == PAD).all()
    with pytest.raises(InputError, match="25 tokens, but this model reads at most 24"):
        model.text_rows([[1] * 25])


def test_forward_hands_hook_points_through(model):
    text = model.text_rows([model.null] * 3)
    out = model.forward(text, grid().flatten(1), want=["block.*.attn.pattern"])
    assert set(out.wanted) == {"block.0.attn.pattern", "block.1.attn.pattern"}
    assert out.code_logits.shape == (3, 36, CODES)


def test_pictures_and_codes(model):
    pixels = model.decode_codes(grid())
    assert pixels.shape == (3, 48, 48, 3) and pixels.dtype == torch.uint8
    codes = model.encode_image(pixels)
    assert codes.shape == (3, 6, 6) and codes.dtype == torch.int64
    assert torch.equal(codes[1:2], model.encode_image(pixels[1:2]))


def test_a_picture_has_the_same_pixels_alone_and_in_any_batch(model):
    together = model.decode_codes(grid(5))
    assert torch.equal(model.decode_codes(grid(5)[3:4])[0], together[3])
    assert model.decode_codes(grid()[:0]).shape[0] == 0


def test_a_window_has_the_pixels_of_the_whole(model):
    window = (range(1, 3), range(4, 6))
    whole, part = model.decode_codes(grid()), model.decode_codes(grid(), window=window)
    difference = part.int() - whole[:, 8:24, 32:48].int()
    assert difference.abs().max() <= 1  # the last bit may round the other way
    assert model.footprint(range(1, 3), range(5, 6)) == (range(0, 6), range(1, 6))


def places(size):
    """Every corner that a window of this size can have, int64 [n 2]."""
    return torch.cartesian_prod(torch.arange(7 - size[0]), torch.arange(7 - size[1]))


def cut(model, codes, corners, size, known):
    """The honest way: whole pictures, cut by hand."""
    whole = model.decode_codes(codes, known=known)
    return torch.stack(
        [
            picture[8 * y : 8 * (y + size[0]), 8 * x : 8 * (x + size[1])]
            for picture, (y, x) in zip(whole, corners.tolist(), strict=True)
        ]
    )


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (3, 3), (5, 6), (6, 6)])
@pytest.mark.parametrize("masked", [False, True])
def test_windows_of_different_pictures_have_the_pixels_of_the_whole(model, size, masked):
    corners = places(size)
    codes = grid(len(corners))
    known = (codes % 3 > 0) if masked else None
    found = model.decode_windows(codes, corners, size, known=known)
    assert found.dtype == torch.uint8
    assert rounded_alike(found, cut(model, codes, corners, size, known))
    # The plain way, for models that can do no better.
    plain = Generator.decode_windows(model, codes, corners, size, known=known, reach=0)
    assert torch.equal(plain, cut(model, codes, corners, size, known))


def test_windows_of_one_picture_need_no_copies_of_it(model):
    corners = places((2, 2))
    patches = torch.arange(36)
    codes = grid(1).expand(len(corners), -1, -1)
    known = (patches <= patches[: len(corners), None]).view(-1, 6, 6)
    found = model.decode_windows(codes, corners, (2, 2), known=known)
    assert rounded_alike(found, cut(model, codes, corners, (2, 2), known))


@pytest.mark.parametrize("reach", [None, 1])
def test_windows_do_not_depend_on_how_many_are_decoded_at_once(model, monkeypatch, reach):
    corners, codes = places((2, 2)), grid(25)
    together = model.decode_windows(codes, corners, (2, 2), reach=reach)
    for at_once in (1, 100, 500):
        monkeypatch.setattr(NativeGenerator, "_patches_at_once", lambda self, n=at_once: n)
        assert rounded_alike(model.decode_windows(codes, corners, (2, 2), reach=reach), together)
    assert model.decode_windows(codes[:0], corners[:0], (2, 2)).shape == (0, 16, 16, 3)


def test_windows_that_read_less_differ_and_those_that_read_more_do_not(model):
    corners, codes = places((2, 2)), grid(25)
    exact = model.decode_windows(codes, corners, (2, 2))
    off = [
        (model.decode_windows(codes, corners, (2, 2), reach=reach).int() - exact.int())
        .abs()
        .float()
        .mean()
        for reach in (0, 1, 2, 4, 99)
    ]
    assert off[0] > off[1] > 0 and max(off[2:]) < 1e-3  # this tiny decoder reaches two patches


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"codes": grid(2).flatten(1)}, r"shape \(2, 36\)"),
        ({"codes": grid(2) + CODES}, "come from another model"),
        ({"corners": torch.zeros(1, 2, dtype=torch.int64)}, r"int64 of shape \(2, 2\)"),
        ({"corners": torch.zeros(2, 2)}, "corners are torch.float32"),
        ({"corners": torch.tensor([[0, 0], [0, 5]])}, r"at \(0, 5\) reaches out of picture 1"),
        ({"corners": torch.tensor([[-1, 0], [0, 0]])}, r"at \(-1, 0\) reaches out of picture 0"),
        ({"size": (0, 2)}, r"size is \(0, 2\)"),
        ({"size": (2, 7)}, r"size is \(2, 7\)"),
        ({"size": (True, 2)}, r"size is \(True, 2\)"),
        ({"size": (2,)}, r"size is \(2,\)"),
        ({"size": 2}, "size is 2, but a window"),
        ({"known": torch.ones(2, 36, dtype=torch.bool)}, "known is torch.bool of shape"),
        ({"known": torch.ones(2, 6, 6)}, "known is torch.float32"),
        ({"reach": -1}, "reach is -1"),
        ({"reach": 1.5}, "reach is 1.5"),
        ({"reach": True}, "reach is True"),
    ],
)
def test_windows_that_cannot_be_are_refused(model, changes, words):
    asked = {"codes": grid(2), "corners": torch.zeros(2, 2, dtype=torch.int64), "size": (2, 2)}
    asked |= changes
    with pytest.raises(InputError, match=words):
        model.decode_windows(**asked)


def test_the_plain_way_refuses_the_same(model):
    corners = torch.tensor([[0, 0], [0, 5]])
    with pytest.raises(InputError, match="reaches out of picture 1"):
        Generator.decode_windows(model, grid(2), corners, (2, 2))
    with pytest.raises(InputError, match="reach is -1"):
        Generator.decode_windows(model, grid(2), 0 * corners, (2, 2), reach=-1)
    with pytest.raises(InputError, match="come from another model"):
        Generator.decode_windows(model, grid(2) + CODES, 0 * corners, (2, 2))
    other = torch.zeros(2, 4, 9, dtype=torch.int64)
    with pytest.raises(InputError, match=r"shape \(2, 4, 9\)"):
        Generator.decode_windows(model, other, 0 * corners, (2, 2))


def test_unknown_codes_are_not_read(model):
    known = torch.zeros(3, 6, 6, dtype=torch.bool)
    known[:, :2] = True
    other = torch.where(known, grid(), (grid() + 1) % CODES)
    one, two = (model.decode_codes(codes, known=known) for codes in (grid(), other))
    assert torch.equal(one, two)


def test_foreign_codes_pictures_and_windows_are_refused(model):
    with pytest.raises(InputError, match=r"shape \(3, 36\)"):
        model.decode_codes(grid().flatten(1))
    with pytest.raises(InputError, match="come from another model"):
        model.decode_codes(grid() + CODES)
    with pytest.raises(InputError, match="the window's columns"):
        model.decode_codes(grid(), window=(range(2), range(5, 8)))
    with pytest.raises(InputError, match="resize them"):
        model.encode_image(torch.zeros(1, 64, 64, 3, dtype=torch.uint8))
    with pytest.raises(InputError, match="torch.float32"):
        model.encode_image(torch.zeros(1, 48, 48, 3))


def test_a_gpu_that_is_not_there_is_the_machines_fault(model):
    with pytest.raises(MachineError, match="choose device='cpu'"):
        model.to("cuda:99")


def test_parts_that_do_not_fit_are_refused(model):
    dvae = DVAE(PRESETS["thumb"].dvae)
    with pytest.raises(InputError, match=r"1024 \(codebook\) and the prior 40"):
        NativeGenerator(model.tokenizer, dvae, model.prior, {})
