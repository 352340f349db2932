"""Picking a code: filters in vocabulary order, noise that belongs to (seed, patch, code)."""

import math

import pytest
import torch

from dalle_explore.sampling.pick import MOST_NOISE, allowed, guide, gumbel, pick
from dalle_explore.settings import Settings


def logits(b=4, k=50, spread=2.0):
    return spread * torch.randn(b, k, generator=torch.Generator().manual_seed(0))


def seeds(b=4):
    return torch.arange(b)


def test_temperature_nought_takes_the_likeliest():
    assert torch.equal(pick(logits(), seeds(), 3, Settings(temperature=0)), logits().argmax(dim=1))


def test_picks_follow_the_softmax():
    row = logits(1, 6)
    many = row.expand(20_000, 6)
    for temperature in (0.5, 1.0):
        drawn = pick(many, seeds(20_000), 0, Settings(temperature=temperature))
        share = torch.bincount(drawn, minlength=6) / 20_000
        torch.testing.assert_close(share, (row[0] / temperature).softmax(0), rtol=0, atol=0.015)


def test_a_picture_does_not_notice_its_neighbours():
    settings = Settings(top_k=20, top_p=0.9)
    together = pick(logits(), seeds(), 7, settings)
    apart = [pick(logits()[i : i + 1], seeds()[i : i + 1], 7, settings) for i in range(4)]
    assert torch.equal(together, torch.cat(apart))


def test_noise_differs_by_seed_patch_and_code():
    noise = torch.stack([gumbel(seeds(), position, 50) for position in range(3)])
    assert torch.isfinite(noise).all() and noise.dtype == torch.float32
    assert len(noise.unique()) > 0.99 * noise.numel()
    # And a larger codebook gives the codes they share the same noise.
    assert torch.equal(gumbel(seeds(), 1, 80)[:, :50], noise[1])


def test_top_k_keeps_k_and_ties():
    assert (allowed(logits(), Settings(top_k=5)).sum(dim=1) == 5).all()
    tied = torch.tensor([[0.0, 1.0, 1.0, 1.0, 2.0]])
    assert allowed(tied, Settings(top_k=2)).tolist() == [[False, True, True, True, True]]
    assert allowed(tied, Settings(top_k=5)).all() and allowed(tied, Settings()).all()


@pytest.mark.parametrize("top_p", [0.1, 0.5, 0.9, 0.999])
def test_top_p_keeps_the_smallest_set_that_holds_the_share(top_p):
    keep = allowed(logits(), Settings(top_p=top_p))
    share = logits().softmax(dim=1)
    for kept, p in zip(keep, share, strict=True):
        mass = float(p[kept].sum())
        assert mass >= top_p - 1e-6
        assert mass - float(p[kept].min()) < top_p
        assert not (~kept).any() or p[kept].min() >= p[~kept].max()


def test_top_p_counts_after_temperature_and_top_k():
    row = torch.tensor([[0.5, 0.3, 0.2]]).log()
    assert allowed(row, Settings(top_p=0.75)).tolist() == [[True, True, False]]
    assert allowed(row, Settings(top_p=0.75, temperature=0.3)).tolist() == [[True, False, False]]
    assert allowed(row, Settings(top_p=0.6, top_k=2)).tolist() == [[True, False, False]]


def test_filters_take_codes_away_and_move_nothing_else():
    free = pick(logits(), seeds(), 2, Settings())
    settings = Settings(top_k=25)
    kept = allowed(logits(), settings).gather(1, free[:, None])[:, 0]
    assert kept.any()
    assert torch.equal(pick(logits(), seeds(), 2, settings)[kept], free[kept])


def test_picks_are_allowed():
    settings = Settings(top_k=7, top_p=0.8, temperature=1.5)
    for position in range(30):
        drawn = pick(logits(), seeds(), position, settings)
        assert allowed(logits(), settings).gather(1, drawn[:, None]).all()


def test_a_small_change_of_the_logits_changes_few_codes():
    many = logits(2000, 1024)
    moved = many + 0.05 * torch.randn(many.shape, generator=torch.Generator().manual_seed(1))
    settings = Settings(top_k=256)
    same = pick(many, seeds(2000), 0, settings) == pick(moved, seeds(2000), 0, settings)
    assert same.float().mean() > 0.93


def test_guidance_moves_away_from_the_null():
    a, b = logits()[:2], logits()[2:]
    torch.testing.assert_close(guide(a, b, 1.0), a)
    torch.testing.assert_close(guide(a, b, 0.0), b)
    torch.testing.assert_close(guide(a, b, 3.0), b + 3 * (a - b))


def test_the_largest_noise_is_finite():
    assert math.isfinite(-math.log(-math.log(1 - 2**-25)))


@pytest.mark.parametrize("spread", [0.0, 0.3, 3.0, 30.0])
@pytest.mark.parametrize("settings", [Settings(), Settings(temperature=0.2, top_k=50, top_p=0.9)])
def test_noise_only_where_it_matters_picks_what_noise_everywhere_picks(spread, settings):
    torch.manual_seed(0)
    many = torch.arange(40) * 1_000_003
    for position in range(5):
        logits = spread * torch.randn(40, 700)
        noisy = logits / settings.temperature + gumbel(many, position, 700)
        everywhere = noisy.masked_fill(~allowed(logits, settings), -torch.inf).argmax(dim=-1)
        assert torch.equal(pick(logits, many, position, settings), everywhere)


def test_no_noise_is_larger_than_the_bound():
    largest = (2**24 - 0.5) / 2**24
    assert -math.log(-math.log(largest)) < MOST_NOISE - 0.01


def test_temperatures_of_single_pictures_are_those_of_the_settings():
    torch.manual_seed(0)
    logits, own = torch.randn(6, 50), torch.arange(6)
    warmth = torch.tensor([0.0, 0.5, 1.0, 0.5, 0.0, 2.0])
    drawn = pick(logits, own, 3, Settings(top_k=9), warmth)
    for row, value in enumerate(warmth.tolist()):
        alone = pick(logits[row : row + 1], own[row : row + 1], 3, Settings(value, top_k=9))
        assert drawn[row] == alone[0]
