"""Noise is a pure function of (seed, position, code): the same bits on every machine, forever."""

import os
import subprocess
import sys

import numpy as np
import pytest
import torch

from dalle_explore import seeds
from dalle_explore.errors import InputError

EDGES = [0, 1, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**53 + 1, 2**63 - 2, 2**63 - 1]


def chi_square_sigmas(counts: np.ndarray, expected: np.ndarray | float) -> float:
    """How many standard deviations the chi-square statistic lies from its mean."""
    freedom = counts.size - 1
    statistic = ((counts - expected) ** 2 / expected).sum()
    return float((statistic - freedom) / np.sqrt(2 * freedom))


def test_golden_values_never_change():
    # Every picture ever drawn hangs on these numbers; a change here breaks all records.
    seed = np.array([0, 0, 1, 7, 2**32, 2**63 - 1])[:, None]
    position = np.array([0, 1, 0, 255, 0, 2**32 - 1])[:, None]
    assert seeds.hash_bits(seed, position, np.array([0, 1, 1023])).tolist() == [
        [12329219, 14944448, 7153039],
        [7144328, 2096579, 11212320],
        [15592490, 13033240, 4955275],
        [1207247, 6863689, 15815719],
        [4137307, 15840002, 4505753],
        [15707935, 8589666, 5985467],
    ]
    assert seeds.uniform(0, 0, 0) == (12329219 + 0.5) / 2**24


def test_numpy_torch_and_python_integers_give_the_same_bits(device):
    random = np.random.default_rng(0)
    seed = np.concatenate([EDGES, random.integers(0, 2**63 - 1, 23)])[:, None, None]
    position = np.array([0, 1, 17, 255, 1023, 2**32 - 1])[:, None]
    code = np.concatenate([np.arange(64), [1023, 16383, 2**32 - 1]])
    in_numpy = seeds.hash_bits(seed, position, code)
    in_torch = seeds.hash_bits(*(torch.tensor(a, device=device) for a in (seed, position, code)))
    assert in_numpy.dtype == np.int64 and in_torch.dtype == torch.int64
    assert in_torch.device.type == torch.device(device).type
    assert np.array_equal(in_numpy, in_torch.cpu().numpy())
    for i, j, k in [(0, 0, 0), (8, 5, 66), (7, 3, 64), (20, 1, 10)]:
        plain = seeds.hash_bits(int(seed[i, 0, 0]), int(position[j, 0]), int(code[k]))
        assert plain == in_numpy[i, j, k]


def test_uniforms_are_the_exact_formula_on_numpy_and_torch(device):
    position, code = np.arange(16)[:, None], np.arange(1024)
    expected = (seeds.hash_bits(3, position, code) + 0.5) / 2**24
    in_numpy = seeds.uniform(3, position, code)
    in_torch = seeds.uniform(
        3, torch.tensor(position, device=device), torch.tensor(code, device=device)
    )
    assert in_numpy.dtype == np.float64 and in_torch.dtype == torch.float64
    assert np.array_equal(in_numpy, expected)
    assert np.array_equal(in_torch.cpu().numpy(), expected)
    assert 0 < in_numpy.min() and in_numpy.max() < 1


def test_the_largest_uniform_gives_finite_gumbel_noise_in_float64_and_would_not_in_float32():
    largest = (2**24 - 1 + 0.5) / 2**24
    assert np.isfinite(-np.log(-np.log(largest)))
    assert np.float32(largest) == 1  # why uniform() does not return float32


class Int64(int):
    """An int that refuses to leave the range that int64 has on every platform."""


def watched(name):
    def operate(self, other):
        result = getattr(int, name)(self, other)
        assert 0 <= result < 2**63, f"{name} of {int(self)} and {int(other)} leaves int64"
        return Int64(result)

    return operate


for _name in ("add", "mul", "xor", "and", "rshift"):
    setattr(Int64, f"__{_name}__", watched(f"__{_name}__"))
    setattr(Int64, f"__r{_name}__", watched(f"__r{_name}__"))


@pytest.mark.parametrize("seed", EDGES)
def test_no_intermediate_value_relies_on_overflow(seed):
    with pytest.raises(AssertionError, match="leaves int64"):
        Int64(2**32) * Int64(2**31)
    # check_seed makes plain ints, so the watched ones enter where the arithmetic begins.
    word = 2**32 - 1
    for position in (0, 255, word):
        left, right = seeds._state(Int64(seed), Int64(position))
        for code in (0, 1023, word):
            bits = seeds._mix(seeds._mix((Int64(code) + left) & word) ^ right) >> 8
            assert type(bits) is Int64
            assert bits == seeds.hash_bits(seed, position, code)


def test_a_sample_has_the_same_noise_alone_in_a_batch_and_in_any_order():
    batch = np.array([5, 900, 6, 2**40])
    code = np.arange(1024)
    together = seeds.hash_bits(batch[:, None], 31, code)
    for row, seed in enumerate(batch):
        assert np.array_equal(together[row], seeds.hash_bits(int(seed), 31, code))
    assert np.array_equal(together[::-1], seeds.hash_bits(batch[::-1, None], 31, code))


def test_bits_are_uniform():
    bits = seeds.hash_bits(11, np.arange(256)[:, None], np.arange(1024)).ravel()
    assert 0 <= bits.min() and bits.max() < 2**24
    for shift in (0, 8, 16):
        counts = np.bincount((bits >> shift) & 255, minlength=256)
        assert abs(chi_square_sigmas(counts, bits.size / 256)) < 4
    shares = [((bits >> bit) & 1).mean() for bit in range(24)]
    assert np.abs(np.array(shares) - 0.5).max() < 4.5 * 0.5 / np.sqrt(bits.size)


@pytest.mark.parametrize("moved", ["seed", "position", "code", "diagonal"])
def test_neighbours_are_independent(moved):
    seed, position = np.arange(64)[:, None, None], np.arange(64)[:, None]
    code = np.arange(64)
    here = seeds.hash_bits(seed, position, code)
    there = seeds.hash_bits(
        seed + (moved in ("seed", "diagonal")),
        position + (moved in ("position", "diagonal")),
        code + (moved in ("code", "diagonal")),
    )
    for shift in (0, 10, 20):  # low, middle and high bits
        table = np.bincount(
            (((here >> shift) & 15) * 16 + ((there >> shift) & 15)).ravel(), minlength=256
        )
        assert abs(chi_square_sigmas(table, here.size / 256)) < 4


@pytest.mark.parametrize(("argument", "width"), [("seed", 63), ("position", 32), ("code", 32)])
def test_every_input_bit_flips_every_output_bit_half_of_the_time(argument, width):
    random = np.random.default_rng(width)
    key = {
        "seed": random.integers(0, 2**62, 4096),
        "position": random.integers(0, 2**31, 4096),
        "code": random.integers(0, 2**31, 4096),
    }
    before = seeds.hash_bits(**key)
    for bit in range(width):
        changed = before ^ seeds.hash_bits(**{**key, argument: key[argument] ^ (1 << bit)})
        flips = [((changed >> out) & 1).mean() for out in range(24)]
        # 24 * 63 shares are looked at, so 5.5 standard deviations leave room for luck.
        assert np.abs(np.array(flips) - 0.5).max() < 5.5 * 0.5 / np.sqrt(4096), f"bit {bit}"


def test_no_two_seeds_and_no_two_positions_share_a_state():
    many = np.concatenate([np.arange(100_000), 2**63 - 1 - np.arange(100_000)])
    for state in (seeds._state(many, 3), seeds._state(12345, np.arange(200_000))):
        names = state[0] * 2**31 ^ state[1]
        assert len(np.unique(names)) == 200_000


def test_gumbel_max_picks_codes_as_often_as_the_model_says():
    # Gumbel-max trick (Gumbel, 1954): argmax(log p + noise) is a draw from p.
    wanted = np.array([0.5, 0.25, 0.15, 0.09, 0.01])
    u = seeds.uniform(np.arange(40_000)[:, None], 9, np.arange(5))
    picked = (np.log(wanted) - np.log(-np.log(u))).argmax(axis=1)
    counts = np.bincount(picked, minlength=5)
    assert abs(chi_square_sigmas(counts, 40_000 * wanted)) < 4


@pytest.mark.parametrize(
    ("seed", "said"),
    [(-1, "-1"), (2**63, "2**63"), (1.0, "1.0"), (True, "True"), ("7", "'7'"), (None, "None")],
)
def test_a_seed_out_of_range_is_refused_in_a_sentence(seed, said):
    for call in (seeds.check_seed, lambda seed: seeds.hash_bits(seed, 0, 0)):
        with pytest.raises(InputError, match="seed is .* has to be") as caught:
            call(seed)
        assert said in str(caught.value)


def test_arrays_that_would_overflow_or_are_out_of_range_are_refused():
    with pytest.raises(InputError, match="code has the type int32"):
        seeds.hash_bits(0, 0, np.arange(4, dtype=np.int32))
    with pytest.raises(InputError, match="seed has the type torch.float32"):
        seeds.hash_bits(torch.zeros(2), 0, 0)
    with pytest.raises(InputError, match="position has the type list"):
        seeds.hash_bits(0, [1, 2], 0)
    with pytest.raises(InputError, match="seed is -5"):
        seeds.hash_bits(np.array([3, -5]), 0, 0)
    with pytest.raises(InputError, match="seed is -5"):
        seeds.hash_bits(torch.tensor([3, -5]), 0, 0)
    with pytest.raises(InputError, match="position is -1"):
        seeds.hash_bits(0, -1, 0)
    with pytest.raises(InputError, match="code is 4294967296"):
        seeds.hash_bits(0, 0, 2**32)


def test_sample_j_of_seed_s_is_the_picture_of_seed_s_plus_j():
    assert seeds.sample_seeds(7, 3) == (7, 8, 9)
    assert seeds.sample_seeds(np.int64(7), np.int64(1)) == (7,)
    assert seeds.sample_seeds(2**63 - 2, 2) == (2**63 - 2, 2**63 - 1)
    for n in (0, -3, 1.5, True, None):
        with pytest.raises(InputError, match="n is .*at least 1"):
            seeds.sample_seeds(0, n)
    with pytest.raises(InputError, match="the last seed"):
        seeds.sample_seeds(2**63 - 2, 3)


def test_named_streams_are_stable():
    stream = seeds.rng("world", "train", 17)
    assert stream.integers(0, 2**63, 3).tolist() == [
        6561610927781633208,
        1436843628194467571,
        7341698368190369554,
    ]
    assert seeds.rng(0).random(2).tolist() == [0.04800031481878342, 0.177478518773713]
    assert seeds.rng(np.int64(0)).random() == seeds.rng(0).random()


def test_different_keys_name_different_streams():
    keys = [
        ("ab", "c"),
        ("a", "bc"),
        ("abc",),
        (1,),
        ("1",),
        (1, 2),
        (12,),
        ("1", 2),
        (-1,),
        ("",),
    ]
    first = [seeds.rng(*key).integers(0, 2**63) for key in keys]
    assert len(set(first)) == len(keys)
    neighbours = np.array([seeds.rng("train", i).random() for i in range(2000)])
    assert abs(np.corrcoef(neighbours[:-1], neighbours[1:])[0, 1]) < 0.1


@pytest.mark.parametrize("key", [(), (1.5,), ("a", None), (True,), (b"a",)])
def test_keys_of_other_kinds_are_refused(key):
    with pytest.raises(InputError, match=r"rng\(\) received"):
        seeds.rng(*key)


def test_the_streams_do_not_depend_on_the_hash_seed_of_the_process():
    program = "from dalle_explore import seeds; print(seeds.rng('a', 1).integers(0, 2**63))"
    answers = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            check=True,
            encoding="utf-8",
        ).stdout
        for hash_seed in ("1", "2")
    }
    assert answers == {f"{seeds.rng('a', 1).integers(0, 2**63)}\n"}


def test_uniform_at_places_is_uniform_there():
    own = torch.tensor([3, 2**62, 9])
    rows, codes = torch.tensor([0, 2, 2, 1]), torch.tensor([5, 0, 4095, 7])
    there = seeds.uniform_at(own, 11, rows, codes)
    assert torch.equal(there, seeds.uniform(own[rows], 11, codes))
