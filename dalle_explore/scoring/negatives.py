"""Captions that are almost right: one fact changed, every other word kept.

A scorer trained on random wrong captions can score as if a caption were a bag of words
(Yuksekgonul et al., 2023: more than 50,000 cases). Here the wrong captions hold the same words in
another order (colours or places exchanged), or one other fact. The other fact comes from another
scene of the batch, so that wrong captions are as frequent as right ones and no scorer can tell
them by their words alone (SugarCrepe: Hsieh et al., 2023).
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np

from dalle_explore import world
from dalle_explore.errors import InputError
from dalle_explore.scoring.meaning import may_agree
from dalle_explore.world.captions import caption, phrasings
from dalle_explore.world.facts import SEEN_WORDS, UNSEEN_WORDS
from dalle_explore.world.holdout import CONVERSE, held_out
from dalle_explore.world.phrases import Phrasing

__all__ = ["hard_negatives", "reword", "said_as", "seen", "swaps"]

SWAP_SHARE = 0.6  # of the wrong captions of relations exchange something; the rest replace a fact

_THIRD = ("colour3", "solid3")


def seen(scene: world.Scene) -> bool:
    """Say whether the scene has no held-out combination and no held-out word.

    What training holds out may not come back as a wrong caption either: the scorer would learn
    that it is always wrong.
    """
    return not held_out(scene.family, dict(scene.facts)) and scene.get("word") not in UNSEEN_WORDS


def hard_negatives(
    scenes: Sequence[world.Scene],
    rng: np.random.Generator,
    *,
    allowed: Callable[[world.Scene], bool] = seen,
) -> list[world.Scene]:
    """Return one scene for every scene, false of its picture by a single change.

    Args:
        scenes: those of a batch; the changed facts come from scenes of the same family in it.
        rng: decides; the same generator state gives the same scenes.
        allowed: says which results may be used.

    Raises:
        InputError: a scene has no change that is allowed.
    """
    return [_altered(place, scenes, rng, allowed) for place in range(len(scenes))]


def reword(scene: world.Scene, text: str, altered: world.Scene, rng: np.random.Generator) -> str:
    """Say ``altered`` as ``text`` says ``scene``, in the same phrasing: only the fact differs.

    Args:
        scene: what ``text`` says.
        text: a caption of it.
        altered: what to say instead.
        rng: chooses a phrasing that training may use when the one of ``text`` is unknown or does
            not fit.
    """
    fitting = phrasings(altered)
    for phrasing, options in said_as(scene, text):
        if phrasing in fitting:
            return caption(altered, phrasing, **options)
    usable = [p for p in fitting if not p.held_out and not p.rare]
    manner, setting = (int(form) for form in rng.integers((4, 3)))
    chosen = usable[int(rng.integers(len(usable)))]
    return caption(altered, chosen, manner_form=manner, setting_form=setting)


def said_as(scene: world.Scene, text: str) -> Iterator[tuple[Phrasing, dict[str, Any]]]:
    """Find the phrasings and forms, arguments of ``caption``, in which ``text`` says ``scene``."""
    forms = list(
        product(
            range(4 if scene.get("manner") else 1),
            range(3 if scene.get("setting") else 1),
            (False, True),
        )
    )
    for phrasing in phrasings(scene):
        for manner, setting, grey in forms:
            options: dict[str, Any] = {
                "manner_form": manner,
                "setting_form": setting,
                "grey": grey,
            }
            if caption(scene, phrasing, **options) == text:
                yield phrasing, options


def swaps(scene: world.Scene) -> tuple[world.Scene, ...]:
    """Return the scenes that say the same words about a relation, and something else.

    Colours exchanged, solids exchanged, bodies exchanged (A above B, B above A), and the relation
    turned round (above, below); without those that mean the same. Empty for other families.
    """
    if scene.family != "relations":
        return ()
    facts = dict(scene.facts)
    bodies = [n for n in "123" if f"solid{n}" in facts]
    turned = facts["relation"]
    changes: list[dict[str, str]] = [{"relation": CONVERSE.get(turned, turned)}]
    for left, right in zip(bodies, bodies[1:], strict=False):
        colours = {
            f"colour{left}": facts[f"colour{right}"],
            f"colour{right}": facts[f"colour{left}"],
        }
        solids = {f"solid{left}": facts[f"solid{right}"], f"solid{right}": facts[f"solid{left}"]}
        changes += [colours, solids, colours | solids]
    found = dict.fromkeys(changed(scene, change) for change in changes)
    return tuple(s for s in found if s is not None and not may_agree([scene], [s]).item())


def _altered(
    place: int,
    scenes: Sequence[world.Scene],
    rng: np.random.Generator,
    allowed: Callable[[world.Scene], bool],
) -> world.Scene:
    scene = scenes[place]
    for candidate in _candidates(place, scenes, rng):
        if (
            candidate is not None
            and not may_agree([scene], [candidate]).item()
            and allowed(candidate)
        ):
            return candidate
    raise InputError(
        f"the scene {dict(scene.facts)!r} has no single change that is allowed, so there is no "
        f"almost right caption for it: leave it out, or allow more."
    )


def _candidates(
    place: int, scenes: Sequence[world.Scene], rng: np.random.Generator
) -> Iterator[world.Scene | None]:
    """Changes in the order in which they are tried."""
    scene = scenes[place]
    exchanged = list(swaps(scene))
    rng.shuffle(exchanged)
    first = rng.random() < SWAP_SHARE
    if first:
        yield from exchanged
    kin = [s for k, s in enumerate(scenes) if s.family == scene.family and k != place]
    for number in rng.permutation(len(kin))[:8]:
        donor = kin[int(number)]
        for role in rng.permutation(_replaceable(scene)):
            value = donor.get(str(role))
            if value is not None and value != scene.get(str(role)):
                yield changed(scene, {str(role): value})
    if not first:
        yield from exchanged
    # Nobody in the batch could give a fact: take any from the world's vocabulary.
    for role in rng.permutation(_replaceable(scene)):
        values = SEEN_WORDS if role == "word" else world.ROLES[str(role)]
        for value in rng.permutation(values):
            if value != scene.get(str(role)):
                yield changed(scene, {str(role): str(value)})


def _replaceable(scene: world.Scene) -> list[str]:
    """Roles whose value can be replaced, or added, without touching another."""
    alone = scene.get("solid3") is None
    return [r for r in world.FAMILIES[scene.family] if not (alone and r in _THIRD)]


def changed(scene: world.Scene, change: dict[str, str]) -> world.Scene | None:
    """The scene with some facts replaced or added; None when they cannot stand together."""
    try:
        return world.Scene.of(scene.family, seed=scene.seed, **{**dict(scene.facts), **change})
    except ValueError:
        return None
