"""Sentences with slots, as text and as parts.

    a {red|blue} {shape} on {size=small|large} legs, {|very }{size}   # and a comment

=====================  ============================================================================
``{red|blue}``         a slot without a name, called "slot 1", "slot 2" and so on; one of its
                       options may be empty, ``{|tiny }``, and then the word may be missing
``{shape}``            a slot whose values come from Python; said again, it is the same choice
``{size=small|large}`` a slot with a name and its values, which ``{size}`` repeats
``{{`` and ``}}``      braces themselves
``# comment``          a # between spaces, and what follows it on its line, is left out
=====================  ============================================================================

A line end is a space. Options with bars inside of braces follow the notation of dynamicprompts,
names in braces that of ChainForge and of Python's own ``str.format``; named options are ours. What
other tools write in further ways is refused (``text.notations``), and braces cannot stand in
braces.
"""

import dataclasses
import functools
import re
from collections.abc import Mapping

from dalle_explore.errors import InputError
from dalle_explore.text.axes import Axis, check_words
from dalle_explore.text.filling import Said, join, squashed
from dalle_explore.text.notations import refuse_foreign, refuse_foreign_slot, shortened

__all__ = ["Slot", "Template", "parse"]

_COMMENT = re.compile(r"(?<!\S)#+(?!\S)[^\r\n]*")
_RUN = re.compile(r"[^{}|]+|\|")  # where no brace stands, a bar is a bar
_NAMED = re.compile(r"\s*([^\W\d]\w*)\s*=(.*)", re.DOTALL)


@dataclasses.dataclass(frozen=True)
class Slot:
    """A place in a template that takes the value of an axis."""

    name: str


@dataclasses.dataclass(frozen=True)
class Template:
    """A sentence with slots; ``parse`` reads one.

    text: as it was written.
    parts: text and slots in their order; comments are gone and braces are single.
    inline: the axes whose values stand in the template, in order of first appearance.
    """

    text: str
    parts: tuple[str | Slot, ...]
    inline: tuple[Axis, ...]

    @functools.cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the axes, in order of first appearance."""
        return tuple(dict.fromkeys(part.name for part in self.parts if isinstance(part, Slot)))

    @functools.cached_property
    def open(self) -> tuple[str, ...]:
        """Names of the axes whose values have to be given."""
        given = {axis.name for axis in self.inline}
        return tuple(name for name in self.names if name not in given)

    def fill(self, values: Mapping[str, str]) -> Said:
        """Return the sentence with a value in every slot.

        Raises:
            InputError: a slot gets no value.
        """
        missing = [name for name in self.names if name not in values]
        if missing:
            raise InputError(
                f"nothing is given for {', '.join(map(repr, missing))}, but every slot takes a "
                f"value: the slots are {', '.join(self.names)}."
            )
        return join(
            (squashed(values[part.name]), part.name) if isinstance(part, Slot) else (part, None)
            for part in self.parts
        )


def parse(text: str) -> Template:
    """Read a template; a sentence without braces is one without slots.

    Raises:
        InputError: not text, braces that do not match or stand in braces, a slot that is neither
            a name nor a list of options, a name declared twice, an option that comes twice, or
            another tool's notation.
    """
    if not isinstance(text, str):
        raise InputError(f"the template is {text!r}, but it has to be text: put it in quotes.")
    plain = _COMMENT.sub("", text).replace("\r\n", " ").replace("\n", " ").replace("\r", " ")
    refuse_foreign(plain)
    parts: list[str | Slot] = []
    inline: dict[str, Axis] = {}
    unnamed = 0
    place = 0
    while place < len(plain):
        if plain.startswith(("{{", "}}"), place):
            _add(parts, plain[place])
            place += 2
        elif plain[place] == "}":
            raise InputError(
                f"the template closes a brace that nothing opened, at "
                f"{_around(plain, place)!r}: double it, '}}}}', if it is part of the sentence; "
                f"slots do not nest."
            )
        elif plain[place] == "{":
            options, end = _options(plain, place)
            name, values = _read(plain[place + 1 : end - 1], options)
            if name is None:
                unnamed += 1
                name = f"slot {unnamed}"
            if values:
                if name in inline:
                    raise InputError(
                        f"the template gives {name!r} its values twice, but a slot takes them "
                        f"from one place: write {{{name}}} where it is said again."
                    )
                inline[name] = Axis(name, check_words(name, values), "words")
            parts.append(Slot(name))
            place = end
        else:
            run = _RUN.match(plain, place)[0]  # type: ignore[index]
            _add(parts, run)
            place += len(run)
    names = dict.fromkeys(part.name for part in parts if isinstance(part, Slot))
    return Template(text, tuple(parts), tuple(inline[name] for name in names if name in inline))


def _add(parts: list[str | Slot], text: str) -> None:
    if parts and isinstance(parts[-1], str):
        parts[-1] += text
    else:
        parts.append(text)


def _around(text: str, place: int) -> str:
    return shortened(text[max(place - 15, 0) :], 30)


def _options(text: str, start: int) -> tuple[list[str], int]:
    """What stands between bars from an open brace on, and the place after the closing one."""
    options = [""]
    doubled = 0
    place = start + 1
    while place < len(text):
        if text.startswith("{{", place):
            options[-1] += "{"
            doubled += 1
            place += 2
        elif doubled and text.startswith("}}", place):
            options[-1] += "}"
            doubled -= 1
            place += 2
        elif text[place] == "{":
            raise InputError(
                f"the template opens braces inside of braces, at {_around(text, start)!r}, but "
                f"slots do not nest: write out the options in full, such as {{red|dark blue|"
                f"light blue}}, or double a brace that is part of the sentence, '{{{{'."
            )
        elif text[place] == "}":
            return options, place + 1
        elif text[place] == "|":
            options.append("")
            place += 1
        else:
            run = _RUN.match(text, place)[0]  # type: ignore[index]
            options[-1] += run
            place += len(run)
    raise InputError(
        f"the template opens a brace that nothing closes, at {_around(text, start)!r}: close it, "
        f"or double it, '{{{{', if it is part of the sentence."
    )


def _read(inside: str, options: list[str]) -> tuple[str | None, list[str]]:
    """The name of a slot, None if it has none, and its values, if they stand there."""
    refuse_foreign_slot(inside)
    named = _NAMED.fullmatch(options[0])
    if named:
        return named[1], [squashed(option) for option in (named[2], *options[1:])]
    if len(options) > 1:
        return None, [squashed(option) for option in options]
    name = inside.strip()
    if name.isidentifier():
        return name, []
    shown = shortened("{" + inside + "}")
    cure = (
        f"write {{{'|'.join(part.strip() for part in inside.split(','))}}} for a list"
        if "," in inside
        else "write {color} for a name, made of letters, digits and _, or {red|blue} for a list"
    )
    raise InputError(f"the slot {shown!r} is neither a name nor a list with bars: {cure}.")
