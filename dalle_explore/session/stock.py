"""The stock gallery: what the published grids of January 2021 showed, with every loser's score.

The announcement of DALL-E let people choose words in a sentence and see the best 32 of 512
pictures. Four such sentences come with the package, filled in every way, so that the first grids
open without drawing: codes, scores and verdicts of all 32 pictures of every cell.
"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from dalle_explore.gallery import Gallery
from dalle_explore.gallery.shipped import pack
from dalle_explore.judging.verdict import brief
from dalle_explore.session.grid import gridding
from dalle_explore.session.grids import Grid
from dalle_explore.session.model import Model

__all__ = ["BEST", "DRAWN", "STOCK_TEMPLATES", "make_stock"]

STOCK_TEMPLATES = (
    "an illustration of a baby {creature=penguin|hedgehog|panda|daikon radish|bok choy} "
    "{worn=with headphones|in a tutu|wearing a cape|with a top hat} "
    "{activity=skating on ice|drinking tea|flying a kite|walking a dog}",
    "a {object=cube|sphere|teapot|purse|armchair|vase|snail|mug} with the texture of "
    "{texture=a mango|a strawberry|a watermelon|a pineapple|bricks|wood|honeycomb|a zebra|"
    "a giraffe|a pig}",
    "a {colour=red|blue} {sign=stop sign|clock|plate|mirror} in the shape of a "
    "{shape=triangle|square|pentagon|hexagon|heptagon|octagon|star|heart}",
    "a {colour=red|green|blue} {solid=cube|sphere|cylinder} "
    "{relation=on top of|to the left of|in front of} a yellow {other=cube|sphere|cone}",
)
DRAWN = 32  # pictures of each cell
BEST = 32  # of which the codes travel: packed, there is room for all of them


def make_stock(
    model: Model,
    path: str | os.PathLike[str],
    work: str | os.PathLike[str],
    *,
    n: int = DRAWN,
    best: int = BEST,
    templates: tuple[str, ...] = STOCK_TEMPLATES,
    progress: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> Path:
    """Draw the stock gallery and write it.

    Killed, it goes on where it was when it is called again with the same ``work``.

    Args:
        model: draws, scores and judges.
        path: of the packed gallery, ending in .xz; written in one step, when everything is there.
        work: of a gallery that holds everything while it is drawn.
        n: pictures of each cell.
        best: how many of them keep their codes.
        templates: sentences with slots.
        progress: called with a sentence, pictures drawn and pictures in all.

    Raises:
        InputError, MachineError: a path that cannot be used, or no memory.
    """
    grids = []
    with Gallery.open(work) as gallery:
        for template in templates:
            run = gridding(model, template, n=n, gallery=gallery)
            known = run.known
            count = [known]

            def tell(step: object, run=run, count=count, template=template) -> None:  # type: ignore[no-untyped-def]
                if getattr(step, "kind", "") == "drawn":
                    count[0] += len(step.pictures)  # type: ignore[attr-defined]
                    progress(template, count[0], run.plan.pictures)

            run.watch(tell)
            grids.append(run.run())
        return _write(gallery, grids, Path(path), best)


def _write(work: Gallery, grids: list[Grid], path: Path, best: int) -> Path:
    """Write a gallery of these grids alone: everything, but codes of the best only."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        with Gallery.open(Path(folder) / "stock.sqlite") as fresh:
            for grid in grids:
                for cell in grid.cells:
                    addresses = {one.seed: cell.address(one.seed) for one in cell.pictures}
                    there = {s: a for s, a in addresses.items() if a is not None}
                    rows = work.find(there.values())
                    fresh.put([rows[address] for address in there.values()])
                    scorer = cell.model.card.scorer_digest
                    if scorer is not None:
                        scores = {
                            there[one.seed]: one.score
                            for one in cell.pictures
                            if one.score is not None
                        }
                        fresh.put_scores(scorer, cell.prompt, scores)
                    if cell.model.judge_digest is not None:
                        facts = {
                            there[one.seed]: brief(one.facts)
                            for one in cell.pictures
                            if one.facts is not None
                        }
                        fresh.put_readings(cell.model.judge_digest, facts)
                    losers = [cell.pictures[place].seed for place in cell.order[best:]]
                    fresh.drop_codes([there[seed] for seed in losers])
            made = pack(fresh, Path(folder) / "stock.sqlite.xz")
        os.replace(made, path)
    return path
