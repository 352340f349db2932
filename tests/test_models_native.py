"""Our model keeps the contract of every model."""

import pytest
import torch
from tiny_model import CODES, tiny_model

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
