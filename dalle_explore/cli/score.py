"""``python -m dalle_explore score``: pictures and a text in; how well they fit, in order, out."""

import argparse
import csv
import dataclasses
import functools
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dalle_explore.errors import InputError

if TYPE_CHECKING:
    import numpy as np

    from dalle_explore.judging.judge import Judge
    from dalle_explore.scoring.clip import ClipScorer
    from dalle_explore.session.model import Model
    from dalle_explore.session.record import Record

__all__ = ["add_arguments", "run"]

_LARGEST_PATCH = 32  # pixels along the side of a code, in any model


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be given."""
    add = parser.add_argument
    add("pictures", nargs="+", metavar="IMAGE", help=_PICTURES)
    add("--text", action="append", metavar="TEXT", help="what they should show; may be repeated")
    add("--scorer", metavar="NAME", help=_SCORER)
    add("--contrast", action="store_true", help=_CONTRAST)
    add("--judge", action="store_true", help="also let the model's judge read the stated facts")
    add("--csv", metavar="FILE", help="write the table there as well")
    add("--model", metavar="FOLDER", help="whose CLIP and judge, and who drew (the bundled model)")
    add("--device", default="cpu", metavar="DEVICE", help="cpu, cuda or cuda:0 (cpu)")


_PICTURES = (
    "a PNG, JPEG, WEBP, GIF or BMP; PNGs and .json that dalle_explore saved know their own text, "
    "and a sheet counts as the pictures on it"
)
_SCORER = (
    "another CLIP: a folder, or an architecture of open_clip and its weights such as "
    "ViT-B-32/laion2b_s34b_b79k (the model's own)"
)
_CONTRAST = (
    "order by how likely the text is among sentences with one fact changed, instead of by cosine"
)


@dataclasses.dataclass(eq=False)
class _Picture:
    """A picture to score."""

    name: str
    pixels: "np.ndarray"  # uint8 [y x 3]
    prompt: str | None = None  # of its record
    seed: int | None = None


def run(args: argparse.Namespace) -> int:
    """Check all that can be checked before torch is imported; then score, and print tables."""
    count = len(args.pictures)
    print(f"scoring {count} {'file' if count == 1 else 'files'}", flush=True)
    records = _check(args)

    import numpy as np

    from dalle_explore.scoring.scorers import load_scorer
    from dalle_explore.session.model import load

    @functools.cache
    def model() -> "Model":
        return load(args.model, args.device)

    judge = model().judge if args.judge else None
    pictures = [
        one
        for path, record in zip(args.pictures, records, strict=True)
        for one in _pictures(path, record, model)
    ]
    named = args.scorer is not None
    scorer = load_scorer(args.scorer, args.device) if named else model().scorer
    # One pass over each picture, for all texts; sizes may differ.
    vectors = np.concatenate([scorer.encode_image(one.pixels[None]) for one in pictures])
    asked = dict.fromkeys(args.text or [one.prompt or "" for one in pictures])
    rows = []
    for text in asked:
        chosen = [j for j, one in enumerate(pictures) if args.text or one.prompt == text]
        found = _scored(scorer, text, vectors[chosen], args.contrast)
        among = [pictures[j] for j in chosen]
        _judged(judge, text, among, found)
        table = [{"text": text, **row} for row in _rows(among, found)]
        _tell(text, scorer.name, table)
        rows += table
    if args.csv:
        from dalle_explore.files import write_atomic

        print(f"saved {write_atomic(args.csv, _csv(rows))}")
    return 0


def _check(args: argparse.Namespace) -> "list[Record | None]":
    """Refuse what can be refused without a model; return the records of pictures of ours."""
    from dalle_explore.session.record import read_record
    from dalle_explore.session.save import check_output
    from dalle_explore.text.tokenizer import check_prompt

    for text in args.text or []:
        check_prompt(text)
    if args.csv:
        check_output(args.csv, ("csv",))
    records: list[Record | None] = []
    for path in args.pictures:
        if not Path(path).is_file():
            raise InputError(f"there is no picture {path!r}: give files that are there.")
        try:
            record = read_record(path)
        except InputError as error:
            if Path(path).suffix.lower() == ".json":
                raise
            if not args.text:
                raise InputError(
                    f"{path!r} does not say what it should show, as it carries no record of "
                    f"dalle_explore: give --text."
                ) from error
            record = None
        if record is not None:
            check_prompt(record.recipe.prompt)
        records.append(record)
    return records


def _pictures(path: str, record: "Record | None", model: "Callable[[], Model]") -> list[_Picture]:
    """What a file shows: itself, or the pictures that its record lists."""
    import numpy as np

    from dalle_explore.session.drawing import open
    from dalle_explore.session.uploads import open_picture

    if Path(path).suffix.lower() != ".json":
        opened, frames = open_picture(path)
        if frames > 1:
            print(f"{path} has {frames} frames; the first is scored")
        pixels = np.asarray(opened)
        if record is None:
            return [_Picture(path, pixels)]
        rows, columns = record.recipe.grid
        side = opened.height // rows
        # A picture saved alone is its patches and nothing else; a sheet has margins and words.
        alone = opened.size == (side * columns, side * rows) and side <= _LARGEST_PATCH
        if alone and len(record.samples) == 1:
            return [_Picture(path, pixels, record.recipe.prompt, record.samples[0].seed)]
    return [
        _Picture(f"{path}, seed {one.seed}", np.asarray(one.picture), one.prompt, one.seed)
        for one in open(path, model())
    ]


def _scored(
    scorer: "ClipScorer", text: str, vectors: "np.ndarray", contrast: bool
) -> dict[str, Any]:
    """Cosines, probabilities and the order of some pictures for one text."""
    from dalle_explore.scoring.clip import cosines
    from dalle_explore.scoring.contrast import contrastive
    from dalle_explore.scoring.rerank import rank

    found: dict[str, Any] = {"cosine": cosines(vectors, scorer.encode_text([text])[0]).tolist()}
    if contrast:
        found["probability"] = contrastive(scorer, text, vectors).tolist()
    found["ranking"] = rank(found.get("probability", found["cosine"]))
    return found


def _judged(
    judge: "Judge | None", text: str, pictures: Sequence[_Picture], found: dict[str, Any]
) -> None:
    """Let the judge read the pictures, where the text states facts."""
    if judge is None:
        return
    import numpy as np
    from PIL import Image

    from dalle_explore import world

    reading = world.read(text)
    if reading.scene is None:
        print(f"the judge cannot read “{text}”: {reading.reason}")
        return
    size = (judge.config.size, judge.config.size)
    images = [Image.fromarray(one.pixels) for one in pictures]
    other = sum(image.size != size for image in images)
    if other:
        print(f"for the judge {other} of {len(images)} were resized to {size[0]} x {size[1]}")
    resized = [i if i.size == size else i.resize(size, Image.Resampling.LANCZOS) for i in images]
    verdicts = judge.read(np.stack([np.asarray(image) for image in resized]))
    found["facts"] = [verdict.agrees(reading.scene) for verdict in verdicts]
    found["missed"] = [verdict.reason(reading.scene) for verdict in verdicts]


def _rows(pictures: Sequence[_Picture], found: dict[str, Any]) -> list[dict[str, Any]]:
    """A row a picture, best first."""
    ranking = found["ranking"]
    rows = []
    for j in ranking.order:
        row: dict[str, Any] = {
            "picture": pictures[j].name,
            "seed": pictures[j].seed,
            "place": ranking.places[j],
            "of": len(ranking),
            "standing": ranking.place(j),
            "cosine": found["cosine"][j],
            "probability": found["probability"][j] if "probability" in found else None,
        }
        facts = found["facts"][j] if "facts" in found else None
        row["right"] = None if facts is None else sum(facts.values())
        row["stated"] = None if facts is None else len(facts)
        row["missed"] = None if facts is None else found["missed"][j]
        rows.append(row)
    return rows


def _tell(text: str, name: str, rows: Sequence[dict[str, Any]]) -> None:
    """Print a table."""
    print(f"\n“{text}”, by {name}")
    columns = [("place", [row["standing"] for row in rows])]
    columns.append(("cosine", [f"{row['cosine']:.3f}" for row in rows]))
    if rows[0]["probability"] is not None:
        columns.append(("among foils", [f"{row['probability']:.3f}" for row in rows]))
    if rows[0]["right"] is not None:
        columns.append(("facts right", [f"{row['right']} of {row['stated']}" for row in rows]))
    columns.append(("picture", [_shown(row["picture"]) for row in rows]))
    widths = [max(map(len, [title, *cells])) for title, cells in columns]
    for line in zip(*([title, *cells] for title, cells in columns), strict=True):
        print("  ".join(f"{c:<{w}}" for c, w in zip(line, widths, strict=True)).rstrip())
    for row in rows:
        if row["missed"]:
            print(f"{_shown(row['picture'])}: {row['missed']}")


def _shown(name: str) -> str:
    """The name of a file, with letters that act written out."""
    return name if name.isprintable() else repr(name)


def _csv(rows: Sequence[dict[str, Any]]) -> bytes:
    names = [name for name in rows[0] if name != "standing"]
    text = io.StringIO()
    writer = csv.DictWriter(text, names, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8", "backslashreplace")
