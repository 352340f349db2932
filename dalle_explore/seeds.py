"""Randomness that is addressed, never consumed.

A picture is drawn with noise that is a pure function of (seed, position, code): no generator is
carried along, so the noise of one picture does not depend on the batch it sits in, on its
neighbours, or on what was drawn before (counter-based numbers: Salmon et al., "Parallel random
numbers: as easy as 1, 2, 3", 2011).

Everything is made of integer operations whose intermediate values stay below 2**63, so that Python
integers, numpy int64 arrays and torch int64 tensors, on a CPU or on a GPU, give identical bits.
This module imports no torch: it only uses operators that all of them share.

Three steps, all on 32-bit words held in wider integers:

1. the seed (63 bits, two words) goes through four Feistel rounds: a permutation, so no two seeds
   share a state (Luby and Rackoff, 1988: four rounds of good functions look random);
2. the position is added and four more rounds follow: no two positions of one seed share a state;
3. the code is mixed with both words of the state: no two codes of one position share a result.

The round function is a 32-bit mixer, ``x ^= x >> 16; x *= 0x21f0aaad; x ^= x >> 15;
x *= 0x735a2d97; x ^= x >> 15``, found by automatic search (C. Wellons, hash-prospector, since
2018). Both multipliers are below 2**31: a product with a 32-bit word stays below 2**63.
"""

import hashlib
from typing import Any

import numpy as np

from dalle_explore.errors import InputError

__all__ = ["SEED_LIMIT", "check_seed", "sample_seeds", "hash_bits", "uniform", "uniform_at", "rng"]

SEED_LIMIT = 2**63  # seeds are int64 on every device

_WORD = 2**32 - 1
_ROUND_KEYS = (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344)  # the binary digits of pi


def check_seed(seed: object, name: str = "seed") -> int:
    """Return ``seed`` as an int, or say why it cannot be one.

    Raises:
        InputError: not a whole number, or outside 0 <= seed < 2**63.
    """
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer):
        raise InputError(
            f"{name} is {seed!r} ({type(seed).__name__}), but it has to be a whole number: "
            f"give an int such as {name}=0."
        )
    if not 0 <= int(seed) < SEED_LIMIT:
        raise InputError(
            f"{name} is {int(seed)}, but it has to be at least 0 and below 2**63: "
            f"choose a number in that range."
        )
    return int(seed)


def sample_seeds(seed: object, n: object) -> tuple[int, ...]:
    """Return the seeds of ``n`` samples: sample j of ``seed`` is the picture of ``seed + j``.

    Raises:
        InputError: ``n`` is not a whole number of at least 1, or a seed leaves 0 <= seed < 2**63.
    """
    first = check_seed(seed)
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 1:
        raise InputError(
            f"n is {n!r}, but the number of samples has to be a whole number of at least 1: "
            f"give an int such as n=16."
        )
    check_seed(first + int(n) - 1, name="the last seed (seed + n - 1)")
    return tuple(range(first, first + int(n)))


def hash_bits(seed: Any, position: Any, code: Any) -> Any:
    """Return 24 random bits for every (seed, position, code), the same on every kind of array.

    Args:
        seed: 0 <= seed < 2**63; an int, or int64 numpy array or torch tensor.
        position: which draw of the picture (the patch in raster order), 0 <= position < 2**32.
        code: which value of the codebook, 0 <= code < 2**32.

    The three broadcast against each other; arrays may be numpy or torch but not both at once.

    Returns:
        int64 of the broadcast shape, 0 <= bits < 2**24 (a Python int for three Python ints).

    Raises:
        InputError: a number out of range, or an array that is not int64. Seeds that already lie on
            a GPU are not looked at, because reading them back would stall it: check those with
            ``check_seed`` before they go there.
    """
    return _bits(_state(_seeds(seed), _counters(position, "position")), _counters(code, "code"))


def uniform(seed: Any, position: Any, code: Any) -> Any:
    """Return (bits + 0.5) / 2**24: uniform numbers strictly between 0 and 1, bit-equal everywhere.

    Arguments, broadcasting and errors as in ``hash_bits``. The result is float64: the numbers have
    25 significant bits, and rounding them to float32 would turn the largest into 1.0, whose Gumbel
    noise -log(-log(u)) is infinite. Take the logarithms first, then round.
    """
    return _between(hash_bits(seed, position, code))


def uniform_at(seeds: Any, position: Any, rows: Any, codes: Any) -> Any:
    """Return ``uniform(seeds[rows], position, codes)``, where rows repeat: sooner, the same bits.

    Args:
        seeds: int64 [b].
        position: as in ``hash_bits``.
        rows: int64 [m], places in ``seeds``.
        codes: int64 [m].

    Returns:
        float64 [m].
    """
    left, right = _state(_seeds(seeds), _counters(position, "position"))
    return _between(_bits((left[rows], right[rows]), _counters(codes, "code")))


def _bits(state: tuple[Any, Any], code: Any) -> Any:
    left, right = state
    return _mix(_mix((code + left) & _WORD) ^ right) >> 8


def _between(bits: Any) -> Any:
    if not isinstance(bits, int | np.ndarray | np.integer):
        bits = bits.double()  # a torch integer plus 0.5 would be float32
    return (bits + 0.5) / 2**24


def rng(*key: int | str) -> np.random.Generator:
    """Return numpy's PCG64 generator for a key such as ``("world", "train", 17)``.

    The key is hashed with BLAKE2b (RFC 7693), each part with its type and length, so different
    keys never share a generator by accident and example 17 needs none of the sixteen before it.

    Raises:
        InputError: an empty key, or a part that is neither int nor str.
    """
    if not key:
        raise InputError("rng() received no key: give at least one int or str to name the stream.")
    digest = hashlib.blake2b(digest_size=16, person=b"dalle_explore")
    for part in key:
        if isinstance(part, bool) or not isinstance(part, int | np.integer | str):
            raise InputError(
                f"rng() received the key part {part!r} ({type(part).__name__}), but parts have to "
                f"be int or str: convert it first."
            )
        kind, text = ("s", part) if isinstance(part, str) else ("i", str(int(part)))
        data = text.encode("utf-8")
        digest.update(f"{kind}{len(data)}:".encode("ascii") + data)
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest.digest(), "big")))


def _mix(word: Any) -> Any:
    """A permutation of 32-bit words: every bit that goes in moves every bit that comes out."""
    word = word ^ (word >> 16)
    word = (word * 0x21F0AAAD) & _WORD
    word = word ^ (word >> 15)
    word = (word * 0x735A2D97) & _WORD
    return word ^ (word >> 15)


def _state(seed: Any, position: Any) -> tuple[Any, Any]:
    """Two 32-bit words that name the noise of one draw of one picture (steps 1 and 2 above)."""
    left, right = _feistel(seed & _WORD, seed >> 32)
    return _feistel((left + position) & _WORD, right)


def _feistel(left: Any, right: Any) -> tuple[Any, Any]:
    for key in _ROUND_KEYS:
        left, right = right, left ^ _mix((right + key) & _WORD)
    return left, right


def _seeds(seed: Any) -> Any:
    if isinstance(seed, int | np.integer) or not hasattr(seed, "dtype"):
        return check_seed(seed)
    seed = _counters(seed, "seed")
    on_this_machine = isinstance(seed, np.ndarray) or seed.device.type == "cpu"
    if on_this_machine and (seed < 0).any():
        check_seed(int(seed.min()))
    return seed


def _counters(values: Any, name: str) -> Any:
    if isinstance(values, int | np.integer):
        if not 0 <= values <= _WORD:
            raise InputError(
                f"{name} is {values}, but it has to be at least 0 and below 2**32: count from 0."
            )
        return values if isinstance(values, int) else int(values)
    # str() because numpy says "int64" and torch says "torch.int64".
    if str(getattr(values, "dtype", type(values).__name__)).removeprefix("torch.") != "int64":
        raise InputError(
            f"{name} has the type {getattr(values, 'dtype', type(values).__name__)}, but noise is "
            f"keyed by int64 (anything narrower would overflow): convert it to int64 first."
        )
    return values
