"""Worn pictures stay readable, spoiled ones are marked, and a generator decides all of it."""

import pytest
import torch

from dalle_explore.judging.augment import mixed, prepare, shuffled, worn


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def pictures():
    """Each picture has one grey of its own, with a dark upper left corner."""
    grey = torch.linspace(0.3, 0.9, 32)[:, None, None, None].expand(-1, 3, 128, 128).clone()
    grey[:, :, :64, :64] *= 0.3
    return grey


FAMILIES = ["signs", "writing", "relations", "textures"] * 8


def test_worn_pictures_are_close_to_what_they_were(pictures):
    found = worn(pictures, generator())
    assert found.shape == pictures.shape and found.min() >= 0 and found.max() <= 1
    change = (found - pictures).abs().mean((1, 2, 3))
    assert change.min() > 0 and change.max() < 0.08
    assert not torch.equal(found[0], worn(pictures, generator(1))[0])
    assert torch.equal(found, worn(pictures, generator()))


def test_softening_keeps_the_mean_and_lowers_edges():
    stripes = torch.zeros(64, 3, 32, 32)
    stripes[..., ::2] = 1
    found = worn(stripes, generator())
    contrast = found[..., 1:-1].std((1, 2, 3))
    # A third stays sharp; the strongest blur leaves no stripes at all.
    assert (contrast > 0.45).float().mean() > 0.2 and contrast.min() < 0.1
    assert abs(found.mean() - 0.5) < 0.02


def test_halves_come_from_two_pictures():
    left, right = torch.zeros(40, 3, 32, 32), torch.ones(40, 3, 32, 32)
    found = mixed(left, right, generator())
    share = found.mean((1, 2, 3))
    assert share.min() > 0.35 and share.max() < 0.65
    upright = (found == found[:, :, :1]).flatten(1).all(1)
    level = (found == found[:, :, :, :1]).flatten(1).all(1)
    assert (upright ^ level).all() and 5 < upright.sum() < 35


def test_shuffled_pictures_have_the_same_patches_elsewhere(pictures):
    ramp = torch.arange(256.0).view(1, 1, 16, 16).repeat_interleave(8, 2).repeat_interleave(8, 3)
    found = shuffled(ramp.expand(3, 3, -1, -1), generator())
    corner = found[:, 0, ::8, ::8].flatten(1)
    assert torch.equal(corner.sort(1).values, torch.arange(256.0).expand(3, -1))
    assert (corner == torch.arange(256.0)).float().mean() < 0.05
    assert not torch.equal(found[0], found[1])
    assert torch.equal(found[:, 0], found[:, 2])


def test_a_share_is_spoiled_and_said_to_be(pictures):
    flags = torch.stack(
        [prepare(pictures, FAMILIES, generator(k), unclear=0.25)[1] for k in range(8)]
    )
    assert 0.18 < flags.float().mean() < 0.32
    found, unclear = prepare(pictures, FAMILIES, generator(3), unclear=0.5)
    change = (found - pictures).abs().mean((1, 2, 3))
    assert unclear.any() and not unclear.all()
    assert change[~unclear].max() < 0.08 < change[unclear].max()
    none, flags = prepare(pictures, FAMILIES, generator(3), unclear=0.0)
    assert not flags.any() and none.shape == pictures.shape


def test_the_pictures_given_are_not_touched(pictures):
    before = pictures.clone()
    prepare(pictures, FAMILIES, generator(), unclear=1.0)
    assert torch.equal(pictures, before)


def test_halves_are_only_joined_across_families(pictures):
    same = ["relations"] * 32
    found, unclear = prepare(pictures, same, generator(1), unclear=1.0)
    assert unclear.all()
    # Nothing to mix with: every picture is shuffled instead, so its own greys remain.
    assert (found.mean((1, 2, 3)) - pictures.mean((1, 2, 3))).abs().max() < 0.06


def test_a_dvae_redraws_half_and_shuffles_the_unreadable(pictures):
    redrawn, scattered = [], []

    def reconstruct(batch):
        redrawn.append(len(batch))
        return batch * 0

    def shuffle(batch):
        scattered.append(len(batch))
        return torch.ones_like(batch)

    found, unclear = prepare(
        pictures, FAMILIES, generator(5), reconstruct=reconstruct, shuffle=shuffle, unclear=0.4
    )
    mean = found.mean((1, 2, 3))
    assert 8 <= sum(redrawn) <= 24 and (mean < 0.07).sum() == sum(redrawn)
    assert scattered and (mean > 0.9).sum() >= sum(scattered)
    assert unclear[mean > 0.93].all()
