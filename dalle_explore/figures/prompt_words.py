"""The sentence above a grid: slots stand out, and one that has a single value here is filled."""

from collections.abc import Mapping

from dalle_explore.figures.page import DPI
from dalle_explore.figures.press import Word, set_words, wrap
from dalle_explore.figures.prompt_layout import Table
from dalle_explore.text.axes import NOTHING, Axis
from dalle_explore.text.template import Slot

__all__ = ["TITLE", "title_of"]

TITLE = 17.0  # points
_LONGEST = 32  # letters of the options of a slot without a name


def title_of(table: Table, width: float) -> tuple[Word, ...]:
    """Set the sentence of a grid in lines of a width, in pixels of the page."""
    words: list[tuple[str, bool]] = []
    joined = False  # whether the next piece touches the last word
    template = table.grid.plan.expansion.template
    inline = {axis.name: axis for axis in template.inline}
    for piece in template.parts:
        bold = isinstance(piece, Slot) and piece.name not in table.fixed
        text = piece if isinstance(piece, str) else _slot(table, piece.name, inline)
        joined = joined and not text[:1].isspace()
        for number, word in enumerate(text.split()):
            if joined and number == 0 and words:
                last, before = words.pop()
                words.append((last + word, before or bold))
            else:
                words.append((word, bold))
        if text:
            joined = not text[-1].isspace()
    (first, bold), *rest = words or [("", False)]
    words = [(f"“{first}", bold), *rest]
    last, bold = words.pop()
    words.append((f"{last}”", bold))
    placed = set_words(words, width, TITLE, DPI)
    if all(word.right <= width for word in placed):
        return placed
    # A word is longer than a line: it is broken, and nothing stands out.
    lines = wrap(" ".join(word for word, _ in words), width, TITLE, DPI, style="italic")
    return tuple(Word(line, False, 0.0, width, number) for number, line in enumerate(lines))


def _slot(table: Table, name: str, inline: Mapping[str, Axis]) -> str:
    """A slot in words: its one value, its name, or its options where it has no name."""
    if name in table.fixed:
        return table.fixed[name].replace(NOTHING, "")
    if name in inline and name.startswith("slot "):
        options = "|".join(label.replace(NOTHING, "") for label in inline[name].labels)
        if len(options) <= _LONGEST:
            return f"{{{options}}}"
    return name
