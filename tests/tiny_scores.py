"""Scores of a tiny model: real pictures, scored by functions, with verdicts that are planted."""

import dataclasses

import numpy as np
from tiny import make_tiny_bundle

import dalle_explore as dx
from dalle_explore.scoring.scorers import FunctionScorer
from dalle_explore.session.scores import Scores

PROMPTS = ("a hedgehog drinking $x$ tea", "a red cube on a sphere", "a sphere on a red cube")


def tiny_model(folder):
    if not (folder / "card.json").is_file():
        make_tiny_bundle(folder, clip=False)
    return dx.load(folder)


def brightness(texts, pictures):
    """Something that differs from picture to picture, with an offset for every text."""
    return pictures.mean(axis=(1, 2, 3)) / 255 + 0.01 * np.array([len(text) for text in texts])


BRIGHTNESS = FunctionScorer(brightness, "brightness", "version 1")


def tiny_draws(folder, n=8, prompts=PROMPTS):
    model = tiny_model(folder)
    return [dx.draw(model, prompt, n=n, seed=3, score=False) for prompt in prompts]


def judged(scores, right=None, judge="0" * 64):
    """The same scores with verdicts: those given, or every third picture right."""
    cells = []
    for place, cell in enumerate(scores.cells):
        given = (cell.seeds + place) % 3 == 0 if right is None else right[place]
        told = {
            int(seed): {"subject": bool(yes), "worn": True}
            for seed, yes in zip(cell.seeds, given, strict=True)
        }
        verdicts = np.array(given, dtype=np.float64)
        cells.append(dataclasses.replace(cell, right=verdicts, judge=judge, ticks=told.get))
    return dataclasses.replace(scores, cells=tuple(cells))


def planted(scores, values, right=None):
    """The same pictures with other scores, and other verdicts where they are given."""
    cells = tuple(
        dataclasses.replace(cell, scores=np.array(one, dtype=np.float64))
        for cell, one in zip(scores.cells, values, strict=True)
    )
    found = dataclasses.replace(scores, cells=cells)
    return found if right is None else judged(found, right)


def many_prompts(scores, prompts, n):
    """As many prompts as wanted, with n pictures each, drawn from a fixed seed."""
    rng = np.random.default_rng(5)
    first = scores.cells[0]
    cells = []
    for place, prompt in enumerate(prompts):
        values = rng.normal(0.2 + 0.01 * (place % 7), 0.05, n)
        right = (rng.random(n) < 0.4).astype(float)
        cells.append(
            dataclasses.replace(
                first,
                recipe=dataclasses.replace(first.recipe, prompt=prompt),
                judge="0" * 64,
                seeds=np.arange(n),
                scores=values,
                right=right,
                held={seed: first.held[seed] for seed in first.held if seed < n},
            )
        )
    return Scores(tuple(cells))
