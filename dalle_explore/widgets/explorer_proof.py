"""What the report card of the instruments says of an explorer's maps, for its sheet of proof."""

from typing import Any

from dalle_explore.checks.localisation import ABOVE, BASELINES
from dalle_explore.checks.report_card import shipped
from dalle_explore.instruments.agreement import SCORES
from dalle_explore.statistics.ranks import Mean

__all__ = ["proof_of"]

# As the page calls them; what it does not know keeps the name of the report card.
_NAMES = {**SCORES, **ABOVE, **BASELINES, "box": "box"} | {
    "attention": "raw attention",
    "contribution": "contribution",
    "knockout_image": "knock-out (patches)",
    "knockout": "knock-out (everything)",
}


def proof_of(digest: str) -> dict[str, Any]:
    """Return the planted truth, lifts and twin that were measured; nothing where none were.

    Args:
        digest: of the model whose maps are shown. A card of another model says so.

    Raises:
        ModelFileError: the card that travels with the package is damaged.
    """
    card = shipped()
    if card is None:
        return {}
    held = card.holds
    made = (
        f"Report card of model {card.model} ({card.digest[:8]}), commit "
        f"{card.commit[:10] or 'unknown'}: {sum(held.values())} of {len(held)} claims hold."
    )
    if card.digest != digest:
        made += " The model here is another: for it, planted truth holds, and nothing else."
    return {
        "planted": [
            {
                "name": one.name,
                "says": one.says,
                "truth": one.truth,
                "first": {_NAMES[name]: word for name, word in one.first.items()},
                "holds": {_NAMES[name]: bool(holds) for name, holds in one.holds.items()},
            }
            for one in card.planted
        ],
        "localisation": _measured(card.localisation.lifts),
        "twin": _measured(card.twin),
        "made": made,
    }


def _measured(means: dict[str, Mean]) -> list[dict[str, Any]]:
    return [
        {"instrument": _NAMES[name], "value": one.value, "low": one.low, "high": one.high}
        | {"n": one.n}
        for name, one in means.items()
    ]
