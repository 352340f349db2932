"""The report card of the instruments: do they say what is true, where the truth is known?

Five questions. *Planted truth*: three models written by hand, in which it is known what decides
what. *Localisation*: the drawn world knows which pixels belong to a word. *Deletion*: taking away
the words with the highest scores has to hurt more than taking away random ones. *Untrained twin*:
a map that looks the same on random weights is not about the model. *Arithmetic*: what has to hold
exactly. What an instrument does not manage stands here too; nothing is left out.
"""

import dataclasses
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from dalle_explore import __version__
from dalle_explore.checks import planted as truth
from dalle_explore.checks.algebra import Claim, algebra
from dalle_explore.checks.localisation import ABOVE, Lifts, even_maps, localise
from dalle_explore.instruments.agreement import SCORES, agreement, word_maps
from dalle_explore.instruments.box import box
from dalle_explore.instruments.passes import Passes
from dalle_explore.instruments.twin import twin
from dalle_explore.session.drawing import draw
from dalle_explore.session.model import Model
from dalle_explore.statistics.ranks import Mean, mean, spearman
from dalle_explore.world.splits import example

__all__ = ["BOUND", "FULL", "QUICK", "Planted", "ReportCard", "Scale", "measure", "planted"]

BOUND = 0.5  # rank correlation of a map with that of the untrained twin, at most
SPLIT = "unseen_pairs"  # captions of the pictures that are drawn for deletion and twin

NONE = Mean(0.0, 0.0, 0.0, 0)  # over no picture
MANY, NOTHING = 3.0, 0.01  # bits: what the truth costs at least, and what is as good as nought


class Scale(NamedTuple):
    """How much is measured."""

    located: int  # pictures of the drawn world
    drawn: int  # pictures of the model's own


FULL, QUICK = Scale(100, 30), Scale(10, 4)


@dataclasses.dataclass(frozen=True)
class Planted:
    """One model of known truth, and which word every instrument puts first at its patch."""

    name: str
    says: str
    prompt: str
    truth: str  # the word that decides
    rival: str  # the decoy or the relay; "": none
    first: dict[str, str]  # by instrument, and "box"
    bits: dict[str, float]  # of the true word, by both knock-outs
    expected: dict[str, str]  # what the instrument has to put first; absent: nothing is expected

    @property
    def holds(self) -> dict[str, bool]:
        """Whether each instrument does what is expected of it."""
        found = {name: self.first[name] == word for name, word in self.expected.items()}
        if self.name == "two hops":
            # The word is not read by any patch: that knock-out has to find nothing.
            found["knockout_image"] = abs(self.bits["knockout_image"]) <= NOTHING
        found["knockout"] = found["knockout"] and self.bits["knockout"] >= MANY
        return found


@dataclasses.dataclass(frozen=True)
class ReportCard:
    """Everything that was measured, of one model at one commit."""

    model: str
    digest: str
    settings: dict[str, Any]
    versions: dict[str, str]
    commit: str
    replay_error: float  # nats, the largest
    planted: tuple[Planted, ...]
    localisation: Lifts
    # Area by score minus that of random orders, a share of the bits of all words; n are the
    # pictures to which their words are worth any.
    deletion: dict[str, Mean]
    twin: dict[str, Mean]  # rank correlation of the maps of all words
    mask_alone: dict[str, Mean]  # the same with attention that is even over all that came before
    algebra: tuple[Claim, ...]
    split: str
    pictures: int

    @property
    def holds(self) -> dict[str, bool]:
        """Every claim of the card, and whether it holds."""
        found = {
            f"planted truth, {one.name}: {name}": held
            for one in self.planted
            for name, held in one.holds.items()
        }
        found |= {f"arithmetic: {claim.says}": claim.holds for claim in self.algebra}
        found |= {
            f"untrained twin: {name} differs (correlation at most {BOUND})": one.high <= BOUND
            for name, one in self.twin.items()
        }
        found |= {
            f"deletion: {name} hurts more than random orders": one.low > 0
            for name, one in self.deletion.items()
        }
        found |= {
            f"localisation: {name} lies better than a blob in the middle": one.low > 0
            for name, one in self.localisation.above_centre.items()
        }
        found["replay error at most 1e-4 nats"] = self.replay_error <= 1e-4
        return found


def planted() -> tuple[Planted, ...]:
    """Point every instrument at the models whose truth is known."""
    found = []
    for one in truth.planted():
        passes = Passes(one.model, truth.trace(one))
        words = passes.subject.words
        right = words[one.word]
        rival = "" if one.rival is None else words[one.rival]
        row, column = one.patch
        boxed = box(passes, range(row, row + 1), range(column, column + 1))
        first = {name: boxed.first(name) for name in SCORES}
        first["box"] = boxed.first()
        looks = rival if one.name in ("decoy", "two hops") else right
        values = rival if one.name == "two hops" else right
        expected = {"attention": looks, "contribution": values, "knockout": right, "box": right}
        if one.name != "two hops":
            expected |= {"knockout_image": right, "gradient": right}
        found.append(
            Planted(
                name=one.name,
                says=one.says,
                prompt=one.prompt,
                truth=right,
                rival=rival,
                first=first,
                bits={
                    name: float(boxed.scores[name][one.word])
                    for name in ("knockout_image", "knockout")
                },
                expected=expected,
            )
        )
    return tuple(found)


def measure(
    model: Model,
    scale: Scale,
    progress: Callable[[str, int, int], None],
    *,
    commit: str = "",
) -> ReportCard:
    """Measure the report card of a model.

    Args:
        model: has to allow edits inside, to encode pictures, and to know the drawn world.
        scale: how much; ``FULL`` takes some minutes on two cores.
        progress: called with (what, done, total).
        commit: of this code.
    """
    claims, errors = None, []
    deletion: dict[str, list[float]] = {name: [] for name in SCORES}
    alike: dict[str, list[float]] = {name: [] for name in (*SCORES, *ABOVE)}
    even: dict[str, list[float]] = {name: [] for name in (*SCORES, *ABOVE)}
    for number in range(scale.drawn):
        caption = example(SPLIT, number).caption
        (sample,) = draw(model, caption, n=1, seed=number, score=False)
        with model.lock:
            passes = sample.inspect().passes
            if claims is None:
                claims = algebra(passes)
            assert passes.replay_error is not None  # it was just drawn
            errors.append(passes.replay_error)
            compared = agreement(passes)
            assert compared.deletion is not None
            by_chance = np.mean([compared.deletion.area(c) for c in compared.deletion.random])
            maps, others = word_maps(passes), word_maps(twin(passes, seed=number))
            flat = even_maps(passes)
            for found in (maps, others):
                found["above_even"] = found["attention"] / flat
            for name in alike:
                alike[name].append(spearman(maps[name], others[name]))
                even[name].append(spearman(maps[name], flat))
            for name in SCORES:
                area = compared.deletion.area(compared.deletion.curves[name])
                deletion[name].append(float(area - by_chance))
        progress("deletion and twin", number + 1, scale.drawn)
    assert claims is not None
    recipe = sample.recipe
    with model.lock:
        lifts = localise(model, model.settings, scale.located, progress)
    return ReportCard(
        model=recipe.model,
        digest=model.digest,
        settings=model.settings.to_json(),
        versions={"dalle_explore": __version__, "torch": recipe.versions["torch"]},
        commit=commit,
        replay_error=max(errors),
        planted=planted(),
        localisation=lifts,
        # Where all words together cost nothing, there is nothing to take a share of.
        deletion={
            name: mean(known) if (known := [v for v in values if np.isfinite(v)]) else NONE
            for name, values in deletion.items()
        },
        twin={name: mean(values) for name, values in alike.items()},
        mask_alone={name: mean(values) for name, values in even.items()},
        algebra=claims,
        split=SPLIT,
        pictures=scale.drawn,
    )
