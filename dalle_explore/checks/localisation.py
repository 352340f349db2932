"""Does a word's map lie where the word is? The drawn world knows which pixels belong to a word.

On pictures of the world that were never trained on, read with their captions. A map is good as far
as more of its mass lies on the word's pixels than their area says: lift = (mass - area) / (1 -
area). Beside stand a blob in the middle, where pictures of one thing have that thing, and a map of
dice. Words whose pixels are a quarter of the picture or more are left out: any map hits those.
"""

import dataclasses
from collections.abc import Callable, Mapping

import numpy as np
import torch
from jaxtyping import Float64

from dalle_explore.edits import Force
from dalle_explore.generator import EncodedText
from dalle_explore.instruments.agreement import SCORES, word_maps
from dalle_explore.instruments.passes import Passes
from dalle_explore.session.model import Model
from dalle_explore.session.studio import recipe_of
from dalle_explore.settings import Settings
from dalle_explore.statistics.ranks import Mean, mean
from dalle_explore.trace import Trace
from dalle_explore.world.draw import draw, masks
from dalle_explore.world.facts import Scene
from dalle_explore.world.splits import example
from dalle_explore.world.tagging import tag

__all__ = ["BASELINES", "LARGEST", "SPLIT", "Lifts", "lift", "localise", "located_words"]

SPLIT = "seen"  # fresh pictures of the distribution that was trained on
LARGEST = 0.25  # of the picture, that a word's pixels may cover
BASELINES = {"centre": "a blob in the middle", "random": "a map of dice"}
ABOVE = {"above_even": "attention weights, above even"}
"""What attention is above that of a row that reads all that came before alike."""

_DICE = 16  # random maps for one word, averaged


@dataclasses.dataclass(frozen=True)
class Lifts:
    """What was found, over prompts; words of one prompt are averaged first."""

    split: str
    prompts: int
    words: int
    lifts: dict[str, Mean]  # by the names of ``SCORES``, ``ABOVE`` and ``BASELINES``
    above_centre: dict[str, Mean]  # lift minus that of the blob, prompt by prompt


def localise(
    model: Model,
    settings: Settings,
    n: int,
    progress: Callable[[str, int, int], None],
    *,
    split: str = SPLIT,
) -> Lifts:
    """Measure the lift of every instrument over the first ``n`` captions of a split.

    Args:
        model: reads.
        settings: what probabilities are of.
        n: captions.
        progress: called with (what, done, total).
        split: of the drawn world.
    """
    found: dict[str, list[float]] = {name: [] for name in (*SCORES, *ABOVE, *BASELINES)}
    words = prompts = 0
    for number in range(n):
        one = example(split, number)
        passes = world_passes(model, settings, one.caption, one.scene)
        places = located_words(passes.subject.text, one.scene, passes.subject.grid)
        if places:
            maps = word_maps(passes)
            prompts, words = prompts + 1, words + len(places)
            for name, values in _lifts(maps, even_maps(passes), places, number).items():
                found[name].append(values)
        progress("localisation", number + 1, n)
    centre = np.array(found["centre"])
    return Lifts(
        split,
        prompts,
        words,
        {name: mean(values) for name, values in found.items()},
        {name: mean(np.array(found[name]) - centre) for name in (*SCORES, *ABOVE)},
    )


def even_maps(passes: Passes) -> Float64[np.ndarray, "w rows columns"]:
    """Return what words get when every row reads all that came before alike."""
    text = passes.subject.text
    counts = np.array([len(text.tokens([place])) for place in range(len(text.words))])
    read = passes.model.text_length + np.arange(passes.patches).reshape(passes.subject.grid)
    even: Float64[np.ndarray, "w rows columns"] = counts[:, None, None] / read
    return even


def world_passes(model: Model, settings: Settings, caption: str, scene: Scene) -> Passes:
    """Return a picture of the drawn world, as codes of this model, ready to be read."""
    generator = model.generator
    size = generator.rows * generator.patch
    pixels = torch.from_numpy(np.array(draw(scene, size)))[None]
    codes = generator.encode_image(pixels)[0].cpu().numpy()
    force = Force.where(codes, np.ones(codes.shape, dtype=bool))
    trace = Trace(
        recipe=recipe_of(model, caption, settings, [force]),
        seed=0,
        ids=generator.encode_text(caption).ids,
        codes=codes.flatten(),
        forced=np.ones(codes.size, dtype=bool),
    )
    return Passes(generator, trace)


def located_words(
    text: EncodedText, scene: Scene, grid: tuple[int, int]
) -> dict[tuple[int, ...], Float64[np.ndarray, "rows columns"]]:
    """Return, for words that are somewhere in a scene, which share of each patch is theirs.

    Left out are words whose pixels cover ``LARGEST`` or more, those that are nowhere to be seen,
    and values that two bodies share.

    Args:
        text: the caption.
        scene: what it says.
        grid: rows and columns of patches.
    """
    drawn = masks(scene, 8 * max(grid))
    tagged = tag(text.prompt)
    values = [value for _, value in scene.facts]
    found = {}
    for role, value in scene.facts:
        if role not in drawn or values.count(value) > 1:
            continue
        kind = role.rstrip("123")
        meant = [t for t in tagged.tags if t.value == value and kind in t.roles and not t.soft]
        if len(meant) != 1:
            continue
        start = tagged.words[meant[0].first].start
        end = tagged.words[meant[0].last - 1].end
        places = tuple(
            place
            for place, word in enumerate(text.words)
            if start <= word.characters[0] and word.characters[1] <= end
        )
        share = np.asarray(drawn[role], dtype=float) / 255
        rows, columns = grid
        share = share.reshape(rows, len(share) // rows, columns, -1).mean(axis=(1, 3))
        if places and 0 < share.mean() < LARGEST:
            found[places] = share
    return found


def lift(values: np.ndarray, share: np.ndarray) -> float:
    """Return how much more of a map's mass lies on some pixels than their area says.

    (mass - area) / (1 - area): 1 when all of it does, 0 when it does not know, below 0 when it
    avoids them. What is negative in a map has no mass; a map without any has a lift of 0.

    Args:
        values: float [rows columns].
        share: float [rows columns], 0..1 of each patch.
    """
    positive = np.where(np.isnan(values), 0, np.maximum(values, 0))
    total, area = float(positive.sum()), float(share.mean())
    if total <= 0:
        return 0.0
    return (float((positive * share).sum()) / total - area) / (1 - area)


def _lifts(
    maps: Mapping[str, np.ndarray],
    even: np.ndarray,
    places: Mapping[tuple[int, ...], np.ndarray],
    seed: int,
) -> dict[str, float]:
    """Lifts of one picture, averaged over its words."""
    found: dict[str, list[float]] = {name: [] for name in (*maps, *ABOVE, *BASELINES)}
    dice = np.random.default_rng(seed)
    for words, share in places.items():
        for name, values in maps.items():
            found[name].append(lift(values[list(words)].sum(axis=0), share))
        alike = maps["attention"][list(words)].sum(axis=0) / even[list(words)].sum(axis=0)
        found["above_even"].append(lift(alike - 1, share))
        found["centre"].append(lift(_blob(share.shape), share))
        random = [lift(dice.random(share.shape), share) for _ in range(_DICE)]
        found["random"].append(float(np.mean(random)))
    return {name: float(np.mean(values)) for name, values in found.items()}


def _blob(grid: tuple[int, ...]) -> Float64[np.ndarray, "rows columns"]:
    """A Gaussian in the middle, a quarter of the side wide."""
    rows, columns = (np.linspace(-2, 2, size) for size in grid)
    blob: Float64[np.ndarray, "rows columns"] = np.exp(
        -(rows[:, None] ** 2 + columns[None] ** 2) / 2
    )
    return blob
