"""How much does choosing by CLIP help? 50 prompts, 64 pictures each: ``python docs/best_of.py``.

The essay that this project began with says that filtering by CLIP helps dramatically. Here is that
as a number for the bundled model: of ten prompts of each family of the drawn world, pictures are
drawn, scored by the model's CLIP and read by its judge; the curves are those of
``Scores.best_of``. The figure goes to ``docs/pictures/best-of-k.png``, the numbers are printed.
Stopped, it goes on where it was: what is drawn lies in a gallery.
"""

import argparse
import json
from pathlib import Path

import dalle_explore as dx
from dalle_explore.checks.questions import prompts
from dalle_explore.session.scores import Scores
from dalle_explore.world import FAMILIES

PICTURES = Path(__file__).resolve().parent / "pictures"
OF_EACH = 10  # prompts


def main() -> None:
    """Draw what is missing, and say what the best of k is worth."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gallery", default=None, help="where to keep the pictures")
    parser.add_argument("-n", type=int, default=64, help="pictures of each prompt")
    parser.add_argument("--prompts", type=int, default=OF_EACH, help="of each family")
    args = parser.parse_args()
    asked = [one.caption for family in FAMILIES for one in prompts("seen", family, args.prompts)]
    run = dx.gridding(dx.load(), "{prompt}", {"prompt": asked}, n=args.n, gallery=args.gallery)
    print(run.in_words(), flush=True)
    grid = run.run()
    best = Scores.of(grid).best_of()
    print(best.caption())
    print(best.table().to_string(index=False))
    best.save(PICTURES / "best-of-k.png")
    print(json.dumps(best.rows(), default=str))


if __name__ == "__main__":
    main()
