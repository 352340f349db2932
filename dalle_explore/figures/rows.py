"""Rows of pictures: what they share is said once, what differs stands beside and above.

Everything is placed in pixels of the page, and a picture is enlarged a whole number of times,
except one that leads: it is as high as the rows it leads.
"""

import dataclasses
from collections.abc import Sequence

from matplotlib.axes import Axes

from dalle_explore.figures.page import DPI, INK, Page
from dalle_explore.figures.press import Style, Word, set_words, wrap
from dalle_explore.session.comparison import Comparison

__all__ = ["rows"]

_TITLE, _PROMPT, _LABEL, _HEAD, _RANK, _SMALL = 18.0, 13.0, 12.0, 10.0, 12.0, 9.0  # points
_RANKED = 8.0  # where rank, score and seed share a line

_MARGIN = 96
_GAP = 24  # between pictures; where labels below them may meet, half as much again
_LEAD_GAP = 64  # between what leads and the rows
_LABEL_GAP = 40
_LABEL_WIDTH = 310  # at most, but for a long word
_UNDER = 54  # for rank, score and seed
_TITLE_LINE, _PROMPT_LINE, _LABEL_LINE, _HEAD_LINE, _CAPTION_LINE = 66, 48, 42, 36, 34
_READABLE = 1560  # longest line of a caption


@dataclasses.dataclass(frozen=True)
class _Words:
    """All that is written, in lines."""

    title: list[str]
    italic: bool  # the title is the prompt
    prompt: list[str]
    labels: tuple[tuple[Word, ...], ...]
    heads: tuple[list[str], ...]
    caption: list[str]


@dataclasses.dataclass(frozen=True)
class _Layout:
    """Lengths in pixels of the page."""

    across: int
    down: int
    leading: int
    side: int  # of a picture
    labels: float  # width of the column of labels
    under: int  # below each picture
    last: int  # below the last row
    gap: int  # between pictures, across
    title: int = 1  # lines
    prompt: int = 0
    heads: int = 0
    caption: int = 1

    @property
    def step(self) -> tuple[int, int]:
        """From picture to picture, across and down."""
        return self.side + self.gap, self.side + self.under + _GAP

    @property
    def lead(self) -> float:
        """Side of a picture that leads."""
        if not self.leading:
            return 0.0
        between = self.under + _GAP
        return (self.down * self.step[1] - between - (self.leading - 1) * between) / self.leading

    @property
    def first(self) -> float:
        """Left edge of what leads: after the labels, when there is one for each of it."""
        return _MARGIN + (self._labelled if self.leading == self.down else 0)

    @property
    def left(self) -> float:
        """Left edge of the rows."""
        return _MARGIN + self._labelled + (self.lead + _LEAD_GAP if self.leading else 0)

    @property
    def labelling(self) -> float:
        """Left edge of the labels."""
        return self.left - self._labelled if self.first == _MARGIN and self.leading else _MARGIN

    @property
    def _labelled(self) -> float:
        return self.labels + _LABEL_GAP if self.labels else 0

    @property
    def width(self) -> int:
        return round(self.left + self.across * self.step[0] - self.gap + _MARGIN)

    @property
    def top(self) -> int:
        """Upper edge of the first row."""
        words = self.title * _TITLE_LINE + self.prompt * _PROMPT_LINE
        return _MARGIN + words + (30 if words else 0) + self.heads * _HEAD_LINE

    @property
    def bottom(self) -> int:
        """Where the last label ends."""
        return self.top + self.down * self.step[1] - self.under - _GAP + self.last

    @property
    def height(self) -> int:
        return self.bottom + 56 + self.caption * _CAPTION_LINE + _MARGIN - 26


def rows(comparison: Comparison, *, ax: Axes | None = None) -> Axes:
    """Draw samples side by side, with labels, seeds, marks and a caption.

    Args:
        comparison: what to show (see ``dalle_explore.compare``).
        ax: where to draw; a figure of the right size is made when it is None. Text shrinks with
            the axes.

    Returns:
        The axes drawn on: one image per picture, those that lead first, then row by row.
    """
    pixels = comparison.samples[0][0].picture.width
    across = max(map(len, comparison.samples))
    labels = tuple(set_words(label, _LABEL_WIDTH, _LABEL, DPI) for label in comparison.labels)
    ranked = any(sample.rank is not None for line in comparison.samples for sample in line)
    under = 0 if comparison.tells_seeds and not ranked else _UNDER
    small = _RANKED if ranked else _SMALL
    plan = _Layout(
        across=across,
        down=len(comparison.samples),
        leading=len(comparison.lead),
        side=pixels * max(1, round((512 if across <= 2 else 256) / pixels)),
        labels=max((word.right for label in labels for word in label), default=0.0),
        under=under,
        last=_UNDER if comparison.lead else under,
        gap=_GAP + (_GAP // 2 if ranked else 0),
    )
    words = _words(comparison, plan, labels)
    plan = dataclasses.replace(
        plan,
        title=len(words.title),
        prompt=len(words.prompt),
        heads=max(map(len, words.heads), default=0),
        caption=len(words.caption),
    )
    page = Page(ax, plan.width, plan.height)
    _write(page, plan, words)
    for place, sample in enumerate(comparison.lead):
        top = plan.top + place * (plan.lead + plan.under + _GAP)
        page.picture(sample, plan.first, top, plan.lead)
        if comparison.marks and comparison.kept is not None:
            page.outline(comparison.kept, plan.first, top, plan.lead)
        page.label(sample, plan.first, top + plan.lead, plan.lead, small, _RANK)
    for row, line in enumerate(comparison.samples):
        for column, sample in enumerate(line):
            left, top = plan.left + column * plan.step[0], plan.top + row * plan.step[1]
            page.picture(sample, left, top, plan.side)
            if comparison.marks:
                page.outline(sample.kept, left, top, plan.side)
            if plan.under:
                page.label(sample, left, top + plan.side, plan.side, small, _RANK)
    return page.ax


def _words(comparison: Comparison, plan: _Layout, labels: Sequence[tuple[Word, ...]]) -> _Words:
    room = plan.width - 2 * _MARGIN
    prompt = comparison.prompt
    quoted = "" if prompt is None else f"“{prompt}”"
    italic = comparison.title is None
    title = quoted if comparison.title is None else comparison.title
    style: Style = "italic" if italic else "normal"
    return _Words(
        title=wrap(title, room, _TITLE, DPI, style) if title else [],
        italic=italic,
        prompt=wrap(quoted, room, _PROMPT, DPI, style="italic") if quoted and not italic else [],
        labels=tuple(labels),
        heads=tuple(wrap(head, plan.side, _HEAD, DPI) for head in comparison.columns),
        caption=wrap(comparison.caption(), min(room, _READABLE), _SMALL, DPI),
    )


def _write(page: Page, plan: _Layout, words: _Words) -> None:
    y = _MARGIN + 38.0
    for line in words.title:
        style = {"style": "italic"} if words.italic else {}
        page.write(_MARGIN, y, line, _TITLE, color=INK, **style)
        y += _TITLE_LINE
    y -= 6
    for line in words.prompt:
        page.write(_MARGIN, y, line, _PROMPT, style="italic")
        y += _PROMPT_LINE
    for column, head in enumerate(words.heads):
        centre = plan.left + column * plan.step[0] + plan.side / 2
        for above, line in enumerate(reversed(head)):
            y = plan.top - 16 - above * _HEAD_LINE
            page.write(centre, y, line, _HEAD, ha="center")
    for row, label in enumerate(words.labels):
        lines = 1 + max((word.line for word in label), default=0)
        middle = plan.top + row * plan.step[1] + plan.side / 2
        y = middle - (lines - 1) * _LABEL_LINE / 2 + 11
        for word in label:
            style = {"color": INK, "weight": "bold"} if word.emphasised else {}
            at = y + word.line * _LABEL_LINE
            page.write(plan.labelling + word.left, at, word.text, _LABEL, style="italic", **style)
    for number, line in enumerate(words.caption):
        page.write(_MARGIN, plan.bottom + 66 + number * _CAPTION_LINE, line, _SMALL)
