"""The dVAE: local, cheap, able to learn, and started with every code in use."""

import dataclasses
import math

import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch.utils.flop_counter import FlopCounterMode

from dalle_explore.errors import DataError, InputError, ModelFileError
from dalle_explore.models.dvae import DVAE, REACH, laplace_nll, to_logits, to_pictures
from dalle_explore.models.presets import PATCH, PRESETS, DVAEConfig, PriorConfig
from dalle_explore.models.prior import Prior
from dalle_explore.models.relaxation import gumbel, relax
from dalle_explore.models.start import pictures_to_start, start_codes, start_from

TINY = DVAEConfig(
    size=96,
    codebook_size=16,
    code_width=12,
    encoder_widths=(8, 12),
    encoder_blocks=(1, 1),
    decoder_widths=(12, 8, 8),
    decoder_blocks=(2, 2, 3),  # reaches as far as is allowed
)


pytestmark = pytest.mark.usefixtures("one_thread")


def make(config=TINY):
    torch.manual_seed(0)
    return DVAE(config).eval()


def pictures(size=2, config=TINY):
    generator = torch.Generator().manual_seed(1)
    coarse = torch.rand(size, 3, config.rows, config.columns, generator=generator)
    noise = 0.2 * torch.rand(size, 3, config.size, config.size, generator=generator)
    return (0.8 * F.interpolate(coarse, scale_factor=PATCH) + noise).clamp(0, 1)


def grid(size=2, config=TINY):
    generator = torch.Generator().manual_seed(2)
    shape = (size, config.rows, config.columns)
    return torch.randint(config.codebook_size, shape, generator=generator)


def test_shapes_and_ranges():
    dvae, seen = make(), pictures()
    logits = dvae.encode_logits(seen)
    assert logits.shape == (2, 16, 12, 12)
    codes = dvae.encode(seen)
    assert codes.dtype == torch.int64 and torch.equal(codes, logits.argmax(dim=1))
    drawn = dvae.decode(codes)
    assert drawn.shape == seen.shape and 0 <= drawn.min() and drawn.max() <= 1


def test_pixels_survive_the_way_to_the_real_line_and_back():
    seen = torch.linspace(0, 1, 256)
    assert (to_logits(seen).sigmoid() - 0.5).abs().max() <= 0.4 + 1e-6
    torch.testing.assert_close(to_pictures(to_logits(seen)), seen, rtol=0, atol=1e-6)


def test_the_likelihood_is_the_laplace_of_the_logits():
    generator = torch.Generator().manual_seed(0)
    targets, mean, log_scale = torch.randn(3, 50, generator=generator)
    laplace = torch.distributions.Laplace(mean, log_scale.clamp(min=-2).exp())
    torch.testing.assert_close(
        laplace_nll(targets, mean, log_scale), -laplace.log_prob(targets).mean()
    )


TWO_STAGES = dataclasses.replace(TINY, decoder_widths=(12, 8), decoder_blocks=(2, 3))


@pytest.mark.parametrize("config", [TINY, TWO_STAGES])
def test_one_code_changes_at_most_nine_by_nine_patches(config):
    """Exactly: whether a gradient can flow at all does not depend on the weights' values."""
    assert config.decoder_reach == REACH * PATCH
    dvae = make(config)
    vectors = dvae.vectors(grid(1)).requires_grad_()
    mean, _ = dvae.decoder(vectors)
    for row, column in ((6, 6), (0, 0), (11, 3)):
        block = mean[0, :, PATCH * row : PATCH * (row + 1), PATCH * column : PATCH * (column + 1)]
        (gradient,) = torch.autograd.grad(block.sum(), vectors, retain_graph=True)
        rows, columns = gradient[0].abs().sum(dim=0).nonzero(as_tuple=True)
        assert (rows - row).abs().max() <= REACH and (columns - column).abs().max() <= REACH


@pytest.mark.parametrize("place", [(5, 6), (0, 0), (11, 2)])
def test_pixels_outside_the_footprint_stay_bit_equal(place):
    dvae = make()
    codes = grid(1)
    changed = codes.clone()
    changed[0, place[0], place[1]] = (codes[0, place[0], place[1]] + 1) % TINY.codebook_size
    rows, columns = dvae.footprint(range(place[0], place[0] + 1), range(place[1], place[1] + 1))
    assert max(len(rows), len(columns)) <= 2 * REACH + 1
    moved = (dvae.decode(codes) != dvae.decode(changed)).any(dim=1)[0]
    assert moved.any()
    inside = torch.zeros_like(moved)
    inside[
        PATCH * rows.start : PATCH * rows.stop, PATCH * columns.start : PATCH * columns.stop
    ] = True
    assert not (moved & ~inside).any()


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        (range(5, 6), range(6, 7)),
        (range(0, 2), range(3, 12)),
        (range(11, 12), range(0, 1)),
        (range(0, 12), range(0, 12)),
    ],
)
def test_a_window_has_the_pixels_of_the_whole(rows, columns):
    dvae = make()
    codes = grid()
    known = torch.rand(codes.shape, generator=torch.Generator().manual_seed(3)) < 0.7
    for told in (None, known):
        whole = dvae.decode(codes, told)
        window = dvae.decode_window(codes, rows, columns, known=told)
        part = whole[
            :,
            :,
            PATCH * rows.start : PATCH * rows.stop,
            PATCH * columns.start : PATCH * columns.stop,
        ]
        torch.testing.assert_close(window, part, rtol=0, atol=1e-6)


SHAPES = [
    TINY,
    TWO_STAGES,
    # Reaches of 13 and 2 pixels, which are no whole patches, and a single resolution.
    dataclasses.replace(TINY, decoder_widths=(12, 8, 8), decoder_blocks=(0, 2, 3)),
    dataclasses.replace(TINY, decoder_widths=(12, 8, 8), decoder_blocks=(0, 0, 0)),
    dataclasses.replace(TINY, decoder_widths=(12,), decoder_blocks=(2,)),
]


@pytest.mark.parametrize("config", SHAPES)
@pytest.mark.parametrize("size", [(1, 1), (3, 2), (12, 5), (12, 12)])
def test_one_window_of_every_picture_has_the_pixels_of_the_whole_at_every_place(config, size):
    dvae = make(config)
    corners = torch.cartesian_prod(torch.arange(13 - size[0]), torch.arange(13 - size[1]))
    corners = torch.stack([*corners[::7], corners[-1]])
    codes = grid(len(corners), config)
    known = torch.rand(codes.shape, generator=torch.Generator().manual_seed(3)) < 0.7
    for told in (None, known):
        whole = dvae.decode(codes, told)
        windows = dvae.decode_windows(codes, corners, size, known=told)
        for picture, window, corner in zip(whole, windows, PATCH * corners, strict=True):
            y, x = (slice(c, c + PATCH * n) for c, n in zip(corner.tolist(), size, strict=True))
            torch.testing.assert_close(window, picture[:, y, x], rtol=0, atol=1e-6)


@pytest.mark.parametrize("reach", range(REACH + 2))
def test_windows_read_no_farther_than_they_are_told(reach):
    dvae = make()
    corners = torch.tensor([[5, 4]])
    codes = grid(1)
    near = torch.zeros(12, 12, dtype=torch.bool)
    near[max(5 - reach, 0) : 7 + reach, max(4 - reach, 0) : 6 + reach] = True
    other = torch.where(near, codes, (codes + 1) % TINY.codebook_size)
    one, two = (dvae.decode_windows(c, corners, (2, 2), reach=reach) for c in (codes, other))
    assert torch.equal(one, two)


def test_windows_are_nearer_to_the_truth_the_more_they_read():
    dvae = make()
    for weight in (part.outer.weight for stage in dvae.decoder.stages for part in stage):
        weight.data *= 5  # blocks that matter, as in a trained decoder
    corners = torch.cartesian_prod(torch.arange(0, 10, 3), torch.arange(0, 10, 3))
    codes = grid(len(corners))
    exact = dvae.decode_windows(codes, corners, (3, 3))
    off = [
        (dvae.decode_windows(codes, corners, (3, 3), reach=reach) - exact).abs().mean().item()
        for reach in range(REACH + 2)
    ]
    assert off[0] > 2 * off[1] > 4 * off[2] and off[2] > off[3] > off[4] == off[5] == 0


def test_the_means_alone_are_those_of_the_whole_decoder():
    dvae = make()
    vectors = dvae.vectors(grid())
    torch.testing.assert_close(
        dvae.decoder.mean(vectors), dvae.decoder(vectors)[0], rtol=0, atol=1e-6
    )


def test_unknown_codes_are_not_read():
    dvae = make()
    codes = grid(1)
    known = torch.zeros_like(codes, dtype=torch.bool)
    known[0, :5] = True
    other = torch.where(known, codes, (codes + 1) % TINY.codebook_size)
    assert torch.equal(dvae.decode(codes, known), dvae.decode(other, known))


@pytest.mark.parametrize(
    "rows", [range(0), range(3, 1), range(0, 4, 2), range(-1, 2), range(8, 13)]
)
def test_windows_outside_the_grid_are_refused(rows):
    with pytest.raises(InputError, match=r"rows is range.*inside\s+range\(0, 12\)"):
        make().decode_window(grid(), rows, range(2))


def decoder_flops(config):
    """Counted, two per multiply-add, for one picture."""
    with torch.device("meta"):
        dvae = DVAE(config)
        vectors = torch.empty(1, config.code_width, config.rows, config.columns)
    with FlopCounterMode(display=False) as counter:
        dvae.decoder(vectors)
    return counter.get_total_flops()


@pytest.mark.parametrize(("name", "limit"), [("thumb", 1.5), ("pocket", 1.5), ("studio", 5.0)])
def test_the_decoder_keeps_its_budget(name, limit):
    assert 0.05 < decoder_flops(PRESETS[name].dvae) / 1e9 <= limit


def test_presets_share_the_worlds_geometry():
    for preset in PRESETS.values():
        assert (preset.dvae.size, preset.dvae.rows, preset.dvae.columns) == (128, 16, 16)
        assert preset.dvae.codebook_size == preset.prior.codebook_size >= 1024
        assert DVAEConfig.from_json(preset.dvae.to_json()) == preset.dvae


def test_configurations_that_cannot_be_built_are_refused():
    with pytest.raises(ModelFileError, match=r"decoder_blocks is \(4, 4, 4\)"):
        dataclasses.replace(TINY, decoder_blocks=(4, 4, 4))
    with pytest.raises(ModelFileError, match=r"size is 100"):
        dataclasses.replace(TINY, size=100)


def relax_slowly(logits, codebook, temperature, generator):
    """The definition, composed of library calls."""
    choice = ((logits.log_softmax(-1) + gumbel(logits, generator)) / temperature).softmax(-1)
    q = logits.softmax(-1)
    kl = math.log(logits.shape[-1]) - torch.special.entr(q).sum(-1).mean()
    return choice @ codebook, kl, torch.special.entr(q.mean(0)).sum()


def test_the_relaxation_and_its_gradients_are_those_of_the_definition():
    generator = torch.Generator().manual_seed(0)
    logits = (3 * torch.randn(700, 24, generator=generator)).requires_grad_()
    codebook = torch.randn(24, 8, generator=generator).requires_grad_()
    aim = torch.randn(700, 8, generator=generator)

    def gradients(function):
        # Blocks of noise are drawn in the order of the patches: 512 fill one word-aligned block.
        vectors, kl, usage = function(logits, codebook, 0.5, torch.Generator().manual_seed(9))
        loss = (vectors * aim).sum() + 5.0 * kl - 3.0 * usage
        return (vectors, kl, usage, *torch.autograd.grad(loss, (logits, codebook)))

    for found, true in zip(gradients(relax), gradients(relax_slowly), strict=True):
        torch.testing.assert_close(found, true, rtol=1e-4, atol=1e-5)


def test_the_noise_is_gumbel_noise():
    noise = gumbel(torch.empty(100_003), torch.Generator().manual_seed(0)).sort().values
    assert noise.shape == (100_003,) and torch.isfinite(noise).all()
    quantiles = (
        -(-noise).exp()
    ).exp()  # the distribution function; uniform if it is the right one
    even = (torch.arange(100_003) + 0.5) / 100_003
    assert (quantiles - even).abs().max() < 0.01


def test_a_cold_relaxation_is_a_choice():
    logits = torch.randn(50, 16, generator=torch.Generator().manual_seed(0))
    vectors = relax(logits, torch.eye(16), 1e-3, torch.Generator().manual_seed(1)).vectors
    assert (vectors.max(dim=-1).values > 0.99).float().mean() > 0.9


def test_choices_far_from_every_other_stay_exact():
    logits = (1e4 * torch.eye(6, 16)).requires_grad_()
    book = torch.randn(16, 3, generator=torch.Generator().manual_seed(2))
    relaxed = relax(logits, book, 0.1, torch.Generator().manual_seed(3))
    torch.testing.assert_close(relaxed.vectors, book[:6])
    assert relaxed.kl.item() == pytest.approx(math.log(16), rel=1e-6)
    assert relaxed.usage.item() == pytest.approx(math.log(6), rel=1e-6)
    (relaxed.vectors.sum() + relaxed.kl + relaxed.usage).backward()
    assert torch.isfinite(logits.grad).all()


def test_gradients_reach_every_parameter():
    dvae = make()
    loss, _ = dvae.loss(pictures(), temperature=1.0, kl_weight=1.0, usage_weight=1.0)
    loss.backward()
    still = [n for n, p in dvae.named_parameters() if p.grad is None or not p.grad.abs().max() > 0]
    assert not still


def test_mixed_precision_gives_nearly_the_same_loss_and_gradients():
    dvae, seen = make(), pictures()

    def step(mixed):
        dvae.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=mixed):
            loss, _ = dvae.loss(
                seen,
                temperature=0.5,
                kl_weight=1.0,
                usage_weight=1.0,
                generator=torch.Generator().manual_seed(0),
            )
        loss.backward()
        return loss.detach(), torch.cat([p.grad.flatten() for p in dvae.parameters()])

    (exact, fine), (close, coarse) = step(False), step(True)
    assert close.dtype == torch.float32
    torch.testing.assert_close(close, exact, rtol=0.02, atol=0.02)
    assert F.cosine_similarity(fine, coarse, dim=0) > 0.98


def test_the_loss_is_a_function_of_its_generator():
    dvae, seen = make(), pictures()

    def loss(seed):
        return dvae.loss(
            seen,
            temperature=0.5,
            kl_weight=1.0,
            generator=torch.Generator().manual_seed(seed),
        )[0]

    assert torch.equal(loss(3), loss(3)) and not torch.equal(loss(3), loss(4))


def test_the_loss_falls_on_a_tiny_set():
    small = dataclasses.replace(TINY, size=32)
    dvae, seen = make(small), pictures(4, small)
    optimizer = torch.optim.AdamW(dvae.parameters(), lr=5e-3)
    history = []
    for _ in range(60):
        optimizer.zero_grad()
        loss, metrics = dvae.loss(seen, temperature=0.3, kl_weight=0.1, usage_weight=1.0)
        loss.backward()
        optimizer.step()
        history.append(float(metrics["nll"]))
    assert history[-1] < history[0] - 0.3
    assert set(metrics) == {"nll", "kl", "usage", "psnr"}
    assert 0 < metrics["usage"] <= 1


def test_the_start_uses_every_code_and_already_paints():
    dvae, seen = make(), pictures(8)
    blank = F.mse_loss(dvae.decode(dvae.encode(seen)), seen)
    start_from(dvae, seen, torch.Generator().manual_seed(0))
    codes = dvae.encode(seen)
    assert len(codes.unique()) == TINY.codebook_size
    assert F.mse_loss(dvae.decode(codes), seen) < 0.5 * blank
    again = make()
    start_from(again, seen, torch.Generator().manual_seed(0))
    assert all(
        torch.equal(a, b) for a, b in zip(dvae.parameters(), again.parameters(), strict=True)
    )


def test_a_start_from_too_little_is_refused():
    with pytest.raises(DataError, match="different patches, but 16 codes"):
        start_from(make(), torch.full((2, 3, 96, 96), 0.5))


def test_saving_and_reading_back_is_exact(tmp_path):
    dvae = make()
    save_file({k: v.contiguous() for k, v in dvae.state_dict().items()}, tmp_path / "dvae")
    other = DVAE(DVAEConfig.from_json(TINY.to_json()))
    other.load_state_dict(load_file(tmp_path / "dvae"))
    assert torch.equal(other.eval().decode(grid()), dvae.decode(grid()))
    assert torch.equal(other.encode_logits(pictures()), dvae.encode_logits(pictures()))


def test_as_many_pictures_start_a_codebook_as_it_has_use_for():
    assert pictures_to_start(DVAEConfig(codebook_size=1024)) == 240
    assert pictures_to_start(DVAEConfig(codebook_size=4096)) == 960


def test_codes_that_look_alike_begin_alike_and_none_the_same():
    torch.manual_seed(0)
    prior = Prior(PriorConfig(layers=1, width=64, codebook_size=40, text_length=4))
    width = prior.code.weight.std().item()
    book = torch.randn(20, 16).repeat_interleave(2, dim=0)  # codes 2i and 2i + 1 look the same
    start_codes(prior, book, torch.Generator().manual_seed(1))
    for table in (prior.code.weight, prior.code_head.weight):
        assert table.std().item() == pytest.approx(width, rel=0.1)
        alike = F.cosine_similarity(table[::2], table[1::2]).mean().item()
        unlike = F.cosine_similarity(table[::2], table[1::2].roll(1, dims=0)).mean().item()
        assert alike == pytest.approx(0.5, abs=0.1) and abs(unlike) < 0.1
        assert not torch.equal(table[0], table[1])
