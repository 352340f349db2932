"""Other tools' notations for templates: each is refused, with what to write here instead.

Read silently as plain text they would draw one thing many times, or draw the marks themselves.
"""

import re

from dalle_explore.errors import InputError

__all__ = ["refuse_foreign", "refuse_foreign_slot", "shortened"]

_EVERY = "every option of a slot is drawn equally often, so leave the weight out"
_ALL = (
    (
        r"%\{",
        "wraps a text around another",
        "write the text around a slot, such as 'an oil painting of {a cat|a dog}'",
    ),
    (
        r"\$\{",
        "keeps a choice under a name",
        "declare it as {size=small|large}, and say {size} where it is wanted again",
    ),
    (
        r"__[A-Za-z0-9*][\w*/.~-]*?__",
        "takes words from a file",
        "write {color}, and give the words as axes={'color': ['red', 'blue']}",
    ),
    (
        r"\[[^\[\]{}]*\|[^\[\]{}]*\]",
        "changes between words while one picture is drawn",
        "write {a|b}, which draws a picture with each",
    ),
    (
        r"\([^(){}]*[^\W\d_]:\d*\.\d+\)",
        "weighs a word",
        "no word weighs more than another here: mix two prompts by weight with "
        "edits=[dx.Mix((one, two), (0.7, 0.3))], or follow all words more closely with guidance=3",
    ),
    (r"\\[{}]", "means a brace itself", "double it, {{ or }}"),
)
_SLOT = (
    (
        r"\s*\d+(\s*-\s*\d+)?\s*\$\$|.*\$\$",
        "takes several options at once",
        "write one slot for each, such as {a|b} and {a|b}, and leave cells out with zip=",
    ),
    (r"(.*\|)?\s*\d*\.?\d+\s*::", "makes one option likelier", _EVERY),
    (
        r"\s*@\s*\w",
        "goes through options in step",
        "name the slots and give zip=[('x', 'y')], which keeps their values together",
    ),
    (r"\s*~\s*\w", "takes one option at random", "leave the mark out: each is drawn"),
    (r"\s*!\s*\w", "asks for every option", "leave the mark out: each is drawn"),
    (
        r"\s*#\s*[^\W\d]\w*\s*$",
        "repeats an earlier choice",
        "leave the mark out: a name that comes again is the same choice",
    ),
)


def refuse_foreign(text: str) -> None:
    """Refuse notations that are recognised wherever they stand.

    Raises:
        InputError: one of them is there; the sentence names what to write instead.
    """
    for pattern, meaning, instead in _ALL:
        found = re.search(pattern, text)
        if found:
            raise InputError(
                f"the template holds {shortened(text[found.start() :])!r}, which in other tools "
                f"{meaning}: {instead}."
            )


def refuse_foreign_slot(inside: str) -> None:
    """Refuse notations that are recognised inside of a slot, given without its braces.

    Raises:
        InputError: one of them is there; the sentence names what to write instead.
    """
    for pattern, meaning, instead in _SLOT:
        if re.match(pattern, inside):
            raise InputError(
                f"the slot {shortened('{' + inside + '}')!r} has a mark that in other tools "
                f"{meaning}: {instead}."
            )


def shortened(text: str, length: int = 40) -> str:
    """Return the first characters of a text, and dots where more follows."""
    return text if len(text) <= length else f"{text[: length - 1]}…"
