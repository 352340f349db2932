"""Muon: the iteration against the singular values it promises, the step against torch's."""

import pytest
import torch
from torch import nn

from dalle_explore.training.muon import Muon, orthogonal


@pytest.mark.parametrize("shape", [(3, 8, 8), (2, 5, 12), (2, 12, 5)])
def test_singular_values_come_near_one_and_directions_stay(shape):
    matrices = torch.randn(*shape, generator=torch.Generator().manual_seed(0))
    made = orthogonal(matrices)
    assert made.shape == matrices.shape
    values = torch.linalg.svdvals(made)
    assert values.min() > 0.5 and values.max() < 1.3
    u, _, v = torch.linalg.svd(matrices, full_matrices=False)
    core = u.mT @ made @ v.mT
    off = core - torch.diag_embed(core.diagonal(dim1=-2, dim2=-1))
    assert off.abs().max() < 1e-3


def test_zeros_stay_zeros():
    assert torch.equal(orthogonal(torch.zeros(1, 4, 4)), torch.zeros(1, 4, 4))


def test_matrices_do_not_touch_each_other():
    both = torch.randn(2, 6, 6, generator=torch.Generator().manual_seed(1))
    alone = torch.cat([orthogonal(both[:1]), orthogonal(both[1:])])
    torch.testing.assert_close(orthogonal(both), alone)


def test_three_steps_are_those_of_torch_within_its_bfloat16():
    torch.manual_seed(2)
    ours = [nn.Parameter(torch.randn(6, 9)), nn.Parameter(torch.randn(6, 9))]
    theirs = [nn.Parameter(p.detach().clone()) for p in ours]
    one = Muon(ours, 0.02, weight_decay=0.1)
    other = torch.optim.Muon(theirs, lr=0.02, weight_decay=0.1, adjust_lr_fn="match_rms_adamw")
    for _ in range(3):
        for mine, reference in zip(ours, theirs, strict=True):
            mine.grad = torch.randn(6, 9)
            reference.grad = mine.grad.clone()
        one.step()
        other.step()
    for mine, reference in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, reference, atol=2e-3, rtol=0)


def test_a_parameter_without_gradient_is_left_alone_and_the_closure_is_called():
    still = nn.Parameter(torch.ones(3, 3))
    moving = nn.Parameter(torch.ones(3, 3))
    optimizer = Muon([still, moving], 0.1, weight_decay=0.5)

    def closure() -> float:
        moving.grad = torch.eye(3)
        return 7.0

    assert optimizer.step(closure) == 7.0
    assert torch.equal(still, torch.ones(3, 3))
    assert not torch.equal(moving, torch.ones(3, 3))
