"""The checker that pytest puts around every function of the package: shapes, and only shapes.

jaxtyping calls ``check`` for each function it loads (see addopts in pyproject.toml). Hints that
hold an array shape, such as ``Float[Tensor, "b p k"]``, are handed to beartype. The others are
left to mypy, because the package answers a wrong type from a person with a sentence of its own,
and a checker in front of it would answer first.
"""

from collections.abc import Callable
from typing import Any, get_args

import beartype
import jaxtyping

# An int may stand where a float is hinted, as in PEP 484.
_CONF = beartype.BeartypeConf(is_pep484_tower=True)


def check(function: Callable) -> Callable:
    """Return ``function`` with the array hints of its arguments and result enforced."""
    if not callable(function) or isinstance(function, type):
        return function
    hints = {
        name: hint if has_shape(hint) else Any for name, hint in function.__annotations__.items()
    }
    if all(hint is Any for hint in hints.values()):
        return function
    function.__annotations__ = hints
    return beartype.beartype(function, conf=_CONF)


def has_shape(hint: object) -> bool:
    """Say whether an array with a shape is anywhere in a hint, as in ``Float[...] | None``."""
    if isinstance(hint, type) and issubclass(hint, jaxtyping.AbstractArray):
        return True
    parts = hint if isinstance(hint, list) else get_args(hint)
    return any(has_shape(part) for part in parts)
