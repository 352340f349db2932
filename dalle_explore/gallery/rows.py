"""What a gallery holds of one picture, as values, and the digests that guard it."""

import dataclasses
import hashlib
import math
import struct
from collections.abc import Sequence

import numpy as np
from jaxtyping import Int64

from dalle_explore.errors import InputError
from dalle_explore.gallery.address import KEY_BYTES, Address
from dalle_explore.seeds import check_seed
from dalle_explore.trace import Recipe

__all__ = [
    "Found",
    "Mark",
    "Row",
    "all_packed",
    "checked",
    "codes_digest",
    "how_digest",
    "packed",
    "row_digest",
    "unpacked",
]

_NUMBERS = struct.Struct("<qddd?q")


@dataclasses.dataclass(frozen=True, eq=False)
class Row:
    """One picture in a gallery: what it is made of, never its pixels."""

    address: Address
    recipe: Recipe
    seed: int
    codes: Int64[np.ndarray, "rows columns"] | None  # None: dropped; its seed draws them again
    log_probability: float  # nats, total over the codes
    entropy: float  # nats, mean over the patches
    fit: float | None = None  # nats: log-probability of kept codes that follow a redrawn one


@dataclasses.dataclass(frozen=True)
class Mark:
    """What a person said about a picture."""

    favourite: bool = False
    note: str = ""


@dataclasses.dataclass(frozen=True, eq=False)
class Found:
    """One picture that a query found."""

    row: Row
    mark: Mark
    scores: dict[str, float]  # scorer's digest -> how well it fits its own prompt


def checked(row: Row, numeric: str) -> None:
    """Check everything about a row but its codes; ``numeric`` is its recipe's numeric class.

    Raises:
        InputError: an address that is none or of another numeric class, a seed or a number that
            is none.
    """
    key, named = row.address
    if not isinstance(key, bytes) or len(key) != KEY_BYTES:
        raise InputError(
            f"the key of a picture is {key!r}, but it is {KEY_BYTES} bytes: make addresses with "
            f"Addresses(recipe, ids).of(seed)."
        )
    if named != numeric:
        raise InputError(
            f"the address names the numeric class {named!r}, but the recipe draws in "
            f"{numeric!r}: make it with Addresses(recipe, ids).of(seed)."
        )
    check_seed(row.seed)
    fit = 0.0 if row.fit is None else row.fit
    numbers = {"log_probability": row.log_probability, "entropy": row.entropy, "fit": fit}
    for name, value in numbers.items():
        if not math.isfinite(value):
            raise InputError(
                f"{name} of the picture with seed {row.seed} is {value!r}, but a gallery holds "
                f"finite numbers: draw it with statistics."
            )


def packed(row: Row) -> bytes | None:
    """Return codes as unsigned 16-bit little-endian integers in raster order, once checked.

    Raises:
        InputError: codes of another shape than the recipe's grid, or outside its codebook.
    """
    if row.codes is None:
        return None
    codes = np.asarray(row.codes)
    if codes.shape != tuple(row.recipe.grid) or codes.dtype.kind not in "iu":
        raise InputError(
            f"the codes of the picture with seed {row.seed} are {codes.dtype} of shape "
            f"{codes.shape}, but its recipe has whole numbers of shape {tuple(row.recipe.grid)}."
        )
    # Seen as unsigned, what is negative is large.
    if codes.astype(np.int64, copy=False).view(np.uint64).max() >= row.recipe.codebook_size:
        raise InputError(
            f"the codes of the picture with seed {row.seed} go from {codes.min()} to "
            f"{codes.max()}, but the codebook has {row.recipe.codebook_size}: they belong to "
            f"another model."
        )
    return np.ascontiguousarray(codes, dtype="<u2").tobytes()


def all_packed(rows: Sequence[Row]) -> list[bytes | None]:
    """Return ``packed`` of every row; the codes of one shape are looked at together."""
    alike: dict[tuple[int, ...], list[int]] = {}
    for place, row in enumerate(rows):
        codes = row.codes
        if isinstance(codes, np.ndarray) and codes.dtype == np.int64:
            if codes.shape == tuple(row.recipe.grid):
                alike.setdefault(codes.shape, []).append(place)
    found: dict[int, bytes] = {}
    for shape, places in alike.items():
        stacked = np.stack([np.asarray(rows[place].codes) for place in places]).reshape(
            len(places), -1
        )
        sizes = np.array([rows[place].recipe.codebook_size for place in places])
        # Seen as unsigned, what is negative is large.
        if (stacked.view(np.uint64).max(axis=1) >= sizes.astype(np.uint64)).any():
            continue  # one by one, for the sentence
        data, size = stacked.astype("<u2").tobytes(), 2 * math.prod(shape)
        found |= {place: data[k * size : (k + 1) * size] for k, place in enumerate(places)}
    return [found[k] if k in found else packed(row) for k, row in enumerate(rows)]


def unpacked(data: bytes, recipe: Recipe) -> Int64[np.ndarray, "rows columns"]:
    """Return codes as an array; ``packed`` made the bytes.

    Raises:
        ValueError: another number of codes than the grid has, or one outside the codebook.
    """
    codes = np.frombuffer(data, dtype="<u2").astype(np.int64).reshape(recipe.grid)
    if codes.max() >= recipe.codebook_size:
        raise ValueError("a code outside the codebook")
    return codes


def codes_digest(codes: bytes) -> int:
    """Return 64 bits that stay when the codes are dropped, so that they can be checked again."""
    return int.from_bytes(hashlib.blake2b(codes, digest_size=8).digest(), "little", signed=True)


def how_digest(how: str) -> bytes:
    """Return the digest of a recipe without its prompt, as JSON text."""
    return hashlib.blake2b(how.encode(), digest_size=16).digest()


def row_digest(
    address: Address,
    prompt: str,
    how: bytes,
    numbers: tuple[int, float, float, float | None],
    codes: int | None,
) -> bytes:
    """Return the 8 bytes that a row carries, of all that it says and refers to.

    Args:
        address: of the picture.
        prompt: of the picture.
        how: ``how_digest`` of the rest of its recipe.
        numbers: seed, log-probability, entropy, fit.
        codes: ``codes_digest``, or None where the codes were never known.
    """
    seed, log_probability, entropy, fit = numbers
    digest = hashlib.blake2b(address.key, digest_size=8)
    digest.update(
        _NUMBERS.pack(
            seed,
            log_probability,
            entropy,
            math.inf if fit is None else fit,
            codes is not None,
            codes or 0,
        )
    )
    digest.update(how)
    digest.update(f"{address.numeric}\0{prompt}".encode())
    return digest.digest()
