"""What a codebook browser says of what it shows: generated, never written."""

from collections.abc import Mapping
from typing import Any

from dalle_explore.session.model import Model

__all__ = ["words_of"]


def words_of(model: Model, about: Mapping[str, Any], painted: int) -> tuple[str, str]:
    """Return the caption and the alt text of a browser.

    Args:
        model: whose codes they are.
        about: the trait of that name (see ``CodebookTable``).
        painted: how many patches are others than at the start.
    """
    card, total = model.card, model.generator.codebook_size
    only = about["only"]
    which = f"{total:,} codes" if only is None else f"{len(only):,} codes of {total:,}"
    counted = "How often they occur was not counted. "
    if not about["refused"]:
        counted = (
            f"Counted in the first {about['pictures']:,} training pictures of world "
            f"{about['world']}, {about['patches']:,} patches: codes that occur, "
            f"{about['used']:,}; that never do, {total - about['used']:,}. Crops: real places in "
            f"training pictures, as the world draws them, where the encoder chose the code, "
            f"framed. "
        )
    by_hand = ""
    if painted:
        by_hand = f"Patches painted by hand, which no model chose: {painted}. "
    caption = (
        f"{which}. {counted}Tiles: artificial, the middle of a whole picture of one code, which "
        f"the decoder never learned from. Nearest codes: by the Euclidean distance of the vectors "
        f"that the decoder reads. {by_hand}Model {card.name} ({model.digest[:8]}). "
        f"Pictures: {card.licences.pictures}."
    )
    alt = (
        f"The codebook of the model {card.name}: a sheet of small tiles, one a code, and a "
        f"picture to paint on ({about['canvas'] or 'a sheet of one code'}). {by_hand}"
    )
    return caption, alt.strip()
