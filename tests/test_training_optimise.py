import pytest
import torch
from torch import nn

from dalle_explore.models.presets import PriorConfig
from dalle_explore.models.prior import Prior
from dalle_explore.training.optimise import (
    Average,
    adamw,
    hidden_matrices,
    muon,
    schedule,
    set_rate,
    split,
)

TINY = PriorConfig(
    layers=2,
    width=8,
    heads=2,
    text_vocabulary=300,
    text_length=4,
    codebook_size=8,
    rows=2,
    columns=2,
)


def test_the_rate_climbs_then_falls_to_nothing():
    rates = [schedule(step, 1000) for step in range(1000)]
    assert rates[0] == pytest.approx(1 / 50)
    assert max(rates) == rates[49] == rates[50] == 1
    assert all(a > b for a, b in zip(rates[50:], rates[51:], strict=False))
    assert 0 < rates[-1] < 1e-4
    assert schedule(525, 1000) == pytest.approx(0.5)


def test_even_one_step_is_taken_at_a_rate_above_nothing():
    assert schedule(0, 1) == 1
    assert all(schedule(step, 3) > 0 for step in range(3))


def test_the_warm_up_of_a_long_run_is_bounded():
    assert schedule(499, 10**6) == 1


def test_embeddings_norms_and_biases_are_not_decayed():
    prior = Prior(TINY)
    decayed, plain = split(prior)
    names = {id(p): name for name, p in prior.named_parameters()}
    free = {names[id(p)] for p in plain}
    assert len(decayed) + len(plain) == len(names)
    assert {"text.weight", "code.weight", "pad", "text_position", "row", "column"} <= free
    assert all(p.ndim >= 2 for p in decayed)
    assert any(name.endswith("norm.weight") for name in free)
    groups = adamw(prior, 1e-3, decay=0.1)[0].param_groups
    assert [group["weight_decay"] for group in groups] == [0.1, 0.0]


def test_muon_takes_exactly_the_matrices_inside_blocks():
    prior = Prior(TINY)
    hidden = {name for name, _ in hidden_matrices(prior)}
    assert hidden and all(name.startswith("blocks.") for name in hidden)
    matrices, rest = muon(prior, 1e-3, matrix_rate=2e-3)
    inside = {id(p) for group in matrices.param_groups for p in group["params"]}
    outside = {id(p) for group in rest.param_groups for p in group["params"]}
    assert not inside & outside
    assert inside | outside == {id(p) for p in prior.parameters()}
    assert len(inside) == len(hidden)


def test_every_group_keeps_its_own_full_rate():
    optimizers = muon(Prior(TINY), 1e-3, matrix_rate=2e-3)
    assert set_rate(optimizers, 0.5) == 0.5e-3
    assert optimizers[0].param_groups[0]["lr"] == 1e-3
    set_rate(optimizers, 1.0)
    assert optimizers[0].param_groups[0]["lr"] == 2e-3


def test_the_average_follows_quickly_first_and_slowly_later():
    model = nn.Linear(1, 1, bias=False)
    nn.init.zeros_(model.weight)
    average = Average(model, decay=0.99)
    nn.init.ones_(model.weight)
    average.update(model, 0)
    assert average.tensors["weight"].item() == pytest.approx(0.9)
    before = average.tensors["weight"].item()
    nn.init.zeros_(model.weight)
    average.update(model, 10_000)
    assert average.tensors["weight"].item() == pytest.approx(0.99 * before)


def test_the_average_copies_counters_and_leaves_the_model_alone():
    model = nn.BatchNorm1d(2)
    average = Average(model, decay=0.9)
    model(torch.randn(4, 2))
    weight = model.weight.clone()
    average.update(model, 0)
    assert average.tensors["num_batches_tracked"].item() == 1
    assert torch.equal(model.weight, weight)
    assert set(average.named()) == {f"average.{name}" for name in model.state_dict()}
