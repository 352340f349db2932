"""A picture under the instruments as bytes: what the browser needs to show it with no kernel.

The byte layout is read by ``widgets/src/attention_explorer/data.ts``; little-endian everywhere.
What is large is packed with zlib, and its header says so.
Letters as in the house, and c columns: every word, then start, pad and earlier patches.
"""

import io
import zlib
from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float, UInt8

from dalle_explore.instruments.agreement import Agreement
from dalle_explore.instruments.attention import BY, Attention
from dalle_explore.instruments.heads import Heads
from dalle_explore.instruments.knockout import Dependence
from dalle_explore.instruments.lens import Lens
from dalle_explore.widgets.parts import Part

__all__ = [
    "PARTS",
    "agreement",
    "deletion",
    "depends",
    "earlier",
    "heads",
    "lens",
    "looks",
    "picture",
    "root_bytes",
    "signed_root_bytes",
    "twin",
]

PARTS = (
    "picture",
    "looks",
    "earlier",
    "depends",
    "agreement",
    "twin",
    "deletion",
    "heads",
    "lens",
)
"""In the order in which people miss them."""


def picture(pixels: UInt8[np.ndarray, "y x 3"], codes: np.ndarray) -> Part:
    """Pack the picture and its codes, by which two pictures are compared."""
    return Part({}, [_png(pixels), codes.flatten().astype("<u2").tobytes()])


def looks(found: Attention) -> Part:
    """Pack what every head read at every patch, in all three quantities.

    Shares are of one head and sum to 1 over the columns; with them travels what the head brought
    in all, so that any heads can be added up: Σ weight · share / Σ weight.
    """
    shares: dict[str, list[np.ndarray]] = {by: [] for by in BY}
    weights: dict[str, list[np.ndarray]] = {by: [] for by in BY}
    for head in found.heads():
        for by in BY:
            read, whole = found.of_head(head, by)
            columns = found.by_word(read.astype(np.float64))  # [p c]
            shares[by].append((columns / np.maximum(whole, 1e-30)[:, None]).T)
            weights[by].append(whole)
    layers, patches = len(found.numbers), len(weights["attention"][0])
    header = {
        "packed": True,
        "layers": layers,
        "heads": len(shares["attention"]) // layers,
        "columns_w": len(shares["attention"][0]),
        "patches": patches,
    }
    buffers = [
        root_bytes(np.stack(shares["attention"])),
        root_bytes(np.stack(shares["contribution"])),
        signed_root_bytes(np.stack(shares["signed"])),
        _half(np.stack(weights["contribution"])),
        _half(np.stack(weights["signed"])),
    ]
    return Part(header, [zlib.compress(one) for one in buffers])


def earlier(found: Attention) -> Part:
    """Pack what every patch read of the patches before it: a layer's heads together.

    For patch i the i numbers of the patches before it, so p (p - 1) / 2 for each layer.
    """
    first = found.subject.text_length
    packed: dict[str, list[bytes]] = {"attention": [], "contribution": []}
    weights = []
    for number in found.numbers:
        heads = [head for head in found.heads() if head[0] == number]
        for by in packed:
            shares = found.shares(by, heads)[:, first:]  # type: ignore[arg-type]
            patches = len(shares)
            below = np.tril_indices(patches, -1)
            packed[by].append(root_bytes(shares[:, :patches][below]))
        weights.append(sum(found.of_head(head, "contribution")[1] for head in heads))
    buffers = [b"".join(packed[by]) for by in ("attention", "contribution")]
    buffers.append(_half(np.stack(weights)))
    return Part({"packed": True}, [zlib.compress(one) for one in buffers])


def depends(found: Mapping[str, Dependence], words: int) -> Part:
    """Pack the bits that every patch loses without each word, in all modes that could be asked.

    Args:
        found: by mode; each of all words in their order, and perhaps of the padding after them.
        words: how many words there are.
    """
    rows = max((len(one.bits) for one in found.values()), default=words)
    buffers: list[bytes] = []
    replaced: list[list[str]] = []
    for one in found.values():
        bits = np.full((rows, one.bits[0].size), np.nan)
        bits[: len(one.bits)] = one.bits.reshape(len(one.bits), -1)
        buffers.append(_half(bits))
        replaced = [list(others) for others in one.replaced] or replaced
    header = {"modes": list(found), "rows": rows, "padding": rows > words, "replaced": replaced}
    return Part(header, buffers)


def lens(found: Lens) -> Part:
    """Pack what would have been drawn after each layer, and how far that is from the end."""
    kl = found.kl.reshape(len(found.kl), -1)
    header = {
        "names": list(found.names),
        "kl": [round(float(one), 4) for one in kl.mean(axis=1)],
        "agrees": [round(float(one), 4) for one in found.agrees],
    }
    return Part(header, [*(_png(pixels) for pixels in found.pixels), _half(kl)])


def twin(found: Attention, correlation: Mapping[str, float]) -> Part:
    """Pack what the heads of the twin with random weights read, all together."""
    shares = {by: found.by_word(found.shares(by)).T for by in ("attention", "contribution")}
    header = {
        "correlation": dict(zip(correlation, _numbers(list(correlation.values())), strict=True))
    }
    return Part(header, [root_bytes(one) for one in shares.values()])


def heads(found: Heads) -> Part:
    """Pack the table of heads, layer by layer."""
    effect = None
    if found.effect is not None:
        effect = {"kind": found.effect_kind, "bits": _numbers(found.effect)}
    names = ("text", "earlier", "entropy", "distance", "push")
    return Part({"effect": effect, **{name: _numbers(getattr(found, name)) for name in names}}, [])


def agreement(found: Agreement) -> Part:
    """Pack the scores of the words by every instrument, and how far they agree."""
    header = {
        "places": list(found.places),
        "scores": {name: _numbers(values) for name, values in found.scores.items()},
        "correlations": [list(found.scores), [_numbers(row) for row in found.correlations]],
        "disagree": found.disagree,
        "top": {name: found.places[int(values.argmax())] for name, values in found.scores.items()},
    }
    return Part(header, [])


def deletion(found: Agreement) -> Part:
    """Pack the bits that are lost as words go one after another, by looks and by chance.

    Args:
        found: of which deletion was measured.
    """
    assert found.deletion is not None
    random = found.deletion.random
    header = {
        "steps": list(range(random.shape[1])),
        "top": _numbers(found.deletion.curves["contribution"]),
        "knockout": _numbers(found.deletion.curves["knockout"]),
        "random": _numbers(random.mean(axis=0)),
    }
    return Part(header, [])


def root_bytes(shares: Float[np.ndarray, "..."]) -> bytes:
    """Pack shares of 1 as bytes of their square roots: small ones keep their digits."""
    return np.round(255 * np.sqrt(np.clip(shares, 0, 1))).astype(np.uint8).tobytes()


def signed_root_bytes(shares: Float[np.ndarray, "..."]) -> bytes:
    """Pack shares that may be negative, or beyond 1 (which becomes 1), with their signs."""
    roots = np.sqrt(np.minimum(np.abs(shares), 1))
    return np.round(127 * np.sign(shares) * roots).astype(np.int8).tobytes()


def _half(values: Float[np.ndarray, "..."]) -> bytes:
    return np.ascontiguousarray(values).astype("<f2").tobytes()


def _numbers(values: Sequence[float] | np.ndarray) -> list[float | None]:
    """Numbers as JSON knows them: what is none is null."""
    return [round(float(one), 5) if np.isfinite(one) else None for one in values]


def _png(pixels: UInt8[np.ndarray, "y x 3"]) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()
