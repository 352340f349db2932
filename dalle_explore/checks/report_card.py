"""The report card as a file and as a page: JSON with its commit, and Markdown for people."""

import dataclasses
import functools
import json
import types
import typing
from pathlib import Path
from typing import Any

from dalle_explore.checks.instruments import BOUND, Planted, ReportCard
from dalle_explore.checks.localisation import ABOVE, BASELINES, LARGEST
from dalle_explore.errors import ModelFileError
from dalle_explore.files import read_json, write_json
from dalle_explore.instruments.agreement import SCORES
from dalle_explore.statistics.ranks import Mean

__all__ = [
    "CARD",
    "as_json",
    "as_page",
    "read_card_of_instruments",
    "shipped",
    "text_of",
    "write_card_file",
]

CARD = Path(__file__).with_name("instruments.json")  # of the bundled model
_FORMAT = 1
_DIGITS = 5


def as_json(card: ReportCard) -> dict[str, Any]:
    """Return a card as JSON holds it, with whether each claim holds."""
    values = _rounded(dataclasses.asdict(card))
    return {"dalle_explore_instruments": _FORMAT, **values, "holds": card.holds}


def write_card_file(path: Path, card: ReportCard) -> Path:
    """Write a card as JSON.

    Raises:
        InputError, MachineError: the file cannot be written.
    """
    return write_json(path, as_json(card))


def read_card_of_instruments(path: Path) -> ReportCard:
    """Read what ``write_card_file`` wrote.

    Raises:
        InputError: no such file.
        ModelFileError: it is something else, or damaged.
    """
    found: Any = read_json(path, "a report card of the instruments")
    try:
        if found.pop("dalle_explore_instruments") != _FORMAT:
            raise ValueError("it is of another format")
        found.pop("holds")
        card = _built(ReportCard, found)
        assert isinstance(card, ReportCard)
        return card
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ModelFileError(
            f"{path} is no report card of the instruments ({error}): write one with `python -m "
            f"dalle_explore check instruments --write {path}`."
        ) from error


@functools.cache
def shipped() -> ReportCard | None:
    """Return the card that travels with the package; None: there is none."""
    return read_card_of_instruments(CARD) if CARD.is_file() else None


def as_page(card: ReportCard) -> str:
    """Return a card as a page of Markdown; every number on it is from the card."""
    held = card.holds
    holding = sum(held.values())
    lines = [
        "# The report card of the instruments",
        "",
        "*Written by `python -m dalle_explore check instruments`; do not edit by hand.*",
        "",
        f"Model {card.model} ({card.digest[:8]}), {_settings(card)}, torch "
        f"{card.versions['torch'].partition('+')[0]}, commit {card.commit[:10] or 'unknown'}. "
        f"{holding} of {len(held)} claims hold. "
        f"Replay error: at most {card.replay_error:.1g} nats over {card.pictures} pictures.",
        "",
        "## Planted truth",
        "",
        "Three models whose weights were set by hand, so that it is known which word decides a "
        "patch. In the cells: the word that an instrument puts first at that patch; ✓ where that "
        "is what it has to say, ✗ where not, nothing where nothing is expected.",
        "",
        f"| model | truth | {' | '.join(_called(name) for name in (*SCORES, 'box'))} |",
        f"|---|---|{'---|' * (len(SCORES) + 1)}",
    ]
    lines += [_planted_row(one) for one in card.planted]
    lines += [""]
    lines += [f"- **{one.name}**: “{one.prompt}”. {one.says}" for one in card.planted]
    lines += [
        "",
        "Attention has to name the decoy, and in two hops everything that looks at patches alone "
        "has to name the relay: that is what these quantities are. There, cutting the patches' "
        f"edges to the word costs {_bits(card, 'knockout_image')} bits, and cutting all edges "
        f"{_bits(card, 'knockout')}.",
        "",
        "## Does a word's map lie where the word is?",
        "",
        f"{card.localisation.words} words in {card.localisation.prompts} pictures of the drawn "
        f"world (split {card.localisation.split}, words below {100 * LARGEST:.0f} % of the "
        f"picture). Lift = (mass − area) / (1 − area): 1 when all of a map lies on the word's "
        f"pixels, 0 when it does not know. Means over prompts with 95 % intervals.",
        "",
        "| instrument | lift | interval | above the blob | interval |",
        "|---|---|---|---|---|",
    ]
    for name in (*SCORES, *ABOVE, *BASELINES):
        one, above = card.localisation.lifts[name], card.localisation.above_centre.get(name)
        told = "" if above is None else f"{above.value:+.3f}"
        span = "" if above is None else f"{above.low:+.3f} to {above.high:+.3f}"
        lines.append(
            f"| {_called(name)} | {one.value:.3f} | {one.low:.3f} to {one.high:.3f} | {told} | "
            f"{span} |"
        )
    lines += [
        "",
        "## Deletion",
        "",
        f"Words are taken away (all edges), highest score first, in {card.pictures} pictures of "
        f"captions never trained on (split {card.split}). Area under the curve of lost bits, "
        f"minus that of random orders, as a share of what all words cost: above 0, the score "
        f"knows what matters.{_left_out(card)}",
        "",
        "| ordered by | area above random orders | interval |",
        "|---|---|---|",
        *_means(card.deletion, "{:+.3f}"),
        "",
        "## The untrained twin",
        "",
        f"Rank correlation of the maps of all words with those of the same network with random "
        f"weights, on the same pictures. Bound: the whole interval below {BOUND:g}. The last "
        f"column is the correlation with attention that is even over all that came before: so "
        f"much of a map says where a patch stands, and not what the model has learned.",
        "",
        "| instrument | correlation | interval | with even attention |",
        "|---|---|---|---|",
        *(
            f"{line} {card.mask_alone[name].value:.3f} |"
            for name, line in zip(card.twin, _means(card.twin, "{:.3f}"), strict=True)
        ),
        "",
        "## Arithmetic",
        "",
        "| claim | error | bound |",
        "|---|---|---|",
    ]
    for claim in card.algebra:
        mark = "" if claim.holds else " ✗"
        lines.append(f"| {claim.says}{mark} | {claim.error:.1g} | {claim.bound:g} |")
    broken = [name for name, holds in held.items() if not holds]
    lines += ["", "## What does not hold", ""]
    lines += [f"- {name}" for name in broken] or ["Everything above holds."]
    return "\n".join(lines) + "\n"


def _planted_row(one: Planted) -> str:
    cells = []
    for name in (*SCORES, "box"):
        mark = {True: " ✓", False: " ✗", None: ""}[one.holds.get(name)]
        cells.append(f"{one.first[name]}{mark}")
    return f"| {one.name} | {one.truth} | {' | '.join(cells)} |"


def _bits(card: ReportCard, name: str) -> str:
    (hops,) = (one for one in card.planted if one.name == "two hops")
    return f"{hops.bits[name]:.2f}"


def _means(means: dict[str, Mean], form: str) -> list[str]:
    return [
        f"| {_called(name)} | {form.format(one.value)} | {form.format(one.low)} to "
        f"{form.format(one.high)} |"
        for name, one in means.items()
    ]


def _left_out(card: ReportCard) -> str:
    """Say in how many pictures there was nothing to take a share of."""
    left = card.pictures - min(one.n for one in card.deletion.values())
    return f" Left out, as all words together cost nothing there: {left}." if left else ""


def _called(name: str) -> str:
    return {**SCORES, **ABOVE, **BASELINES, "box": "box"}[name]


def _settings(card: ReportCard) -> str:
    return ", ".join(f"{name} {card.settings[name]:g}" for name in ("temperature", "guidance"))


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}")
    if isinstance(value, dict):
        return {name: _rounded(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(inner) for inner in value]
    return value


def _built(kind: Any, value: Any) -> Any:
    """A value of a type of the card, from what JSON holds of it; anything else raises."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        if not isinstance(value, dict) or set(value) != set(hints):
            raise ValueError(f"a {getattr(kind, '__name__', kind)} has other fields")
        return kind(**{name: _built(hints[name], value[name]) for name in hints})  # type: ignore[operator]
    if origin is tuple:
        if not isinstance(value, list):
            raise ValueError(f"{value!r} is no list")
        return tuple(_built(inner[0], one) for one in value)
    if origin is dict:
        if not isinstance(value, dict):
            raise ValueError(f"{value!r} is no object")
        return {str(name): _built(inner[1], one) for name, one in value.items()}
    if kind is float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"{value!r} is no number")
        return float(value)
    if kind is Any or isinstance(kind, types.UnionType):
        return value
    if type(value) is not kind:
        raise ValueError(f"{value!r} is no {getattr(kind, '__name__', kind)}")
    return value


def text_of(card: ReportCard) -> str:
    """Return the claims of a card for a terminal, and last one JSON line."""
    lines = [f"{'holds ' if held else 'BROKEN'}  {name}" for name, held in card.holds.items()]
    brief = {
        "check": "instruments",
        "digest": card.digest,
        "holds": sum(card.holds.values()),
        "claims": len(card.holds),
        "lift": {n: round(m.value, 4) for n, m in card.localisation.lifts.items()},
        "deletion": {n: round(m.value, 4) for n, m in card.deletion.items()},
        "twin": {n: round(m.value, 4) for n, m in card.twin.items()},
        "replay_error": card.replay_error,
    }
    return "\n".join([*lines, json.dumps(brief)])
