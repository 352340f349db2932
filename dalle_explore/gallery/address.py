"""Where a picture is found: a digest of everything that decides it, and its numeric class."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from dalle_explore.errors import InputError
from dalle_explore.schema import to_json
from dalle_explore.seeds import check_seed
from dalle_explore.trace import Recipe

__all__ = ["KEY_BYTES", "Address", "Addresses"]

KEY_BYTES = 16
_FORMAT = 1  # of what is digested; another number, and every key is another one


class Address(NamedTuple):
    """The address of one picture, in every gallery."""

    key: bytes  # 16 bytes: BLAKE2b (Aumasson et al., 2013) of model, text ids, settings, seed
    numeric: str  # Recipe.numeric_class: where equal codes are promised


class Addresses:
    """The addresses of the pictures of one recipe; it is digested once for all their seeds.

    The digest covers the model's digest, the ids of the text, the settings without the device,
    the edits and the seed, as canonical JSON. Names, labels, licences, scorers and versions are
    left out: they do not change a picture. The device and torch's version are in ``numeric``.

    Args:
        recipe: what draws the pictures.
        ids: of the prompt's tokens, as ``Trace.ids``.

    Raises:
        InputError: one of the edits holds a function, which no file can hold.
    """

    def __init__(self, recipe: Recipe, ids: Iterable[int]) -> None:
        if not recipe.saved:
            functions = [repr(edit) for edit in recipe.edits if not edit.saved]
            raise InputError(
                f"{functions[0]} holds a function, so its pictures have no address in a gallery: "
                f"draw without a gallery (gallery=False), or use another kind of edit."
            )
        settings = recipe.settings.to_json()
        del settings["device"]
        content = {
            "format": _FORMAT,
            "model": recipe.model_digest,
            "ids": [int(number) for number in ids],
            "settings": settings,
            "edits": to_json(recipe.edits),
        }
        # A JSON list of two: this, and the seed. All but the seed is digested here.
        self._begun = hashlib.blake2b(f"[{canonical(content)},".encode(), digest_size=KEY_BYTES)
        self.numeric = recipe.numeric_class

    def of(self, seed: int) -> Address:
        """Return the address of the picture of ``seed``.

        Raises:
            InputError: no whole number, or outside 0 <= seed < 2**63.
        """
        whole = self._begun.copy()
        whole.update(b"%d]" % check_seed(seed))
        return Address(whole.digest(), self.numeric)


def canonical(value: Any) -> str:
    """Return JSON in the one form that is digested: ASCII, names sorted, no spaces.

    Raises:
        InputError: NaN, an infinity, or something JSON cannot hold.
    """
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"a value for the gallery cannot be written as JSON ({error}): give texts, finite "
            f"numbers, True, False, None, and lists and dicts of these."
        ) from error
