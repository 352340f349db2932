"""A tree of branches: thumbnails joined by lines, and the patch where each leaves its parent."""

from matplotlib.axes import Axes

from dalle_explore.figures.page import DPI, INK
from dalle_explore.figures.plate import SMALL, plate
from dalle_explore.figures.press import wrap
from dalle_explore.session.tree import Tree

__all__ = ["tree"]

_SIDE, _ACROSS, _DOWN = 256, 112, 28  # pixels of the page: a picture, and between pictures
_LINE = 30
_JOIN = "#a9a59d"


def tree(tree: Tree, *, ax: Axes | None = None) -> Axes:
    """Draw the pictures of a tree from left to right, joined to what they came of.

    Args:
        tree: what to show (see ``Tree.of``).
        ax: where to draw; a figure of the right size is made when it is None.

    Returns:
        The axes drawn on: one image per node, in order.
    """
    labels = [_label(tree, place) for place in range(len(tree.nodes))]
    under = 12 + _LINE * max(map(len, labels))
    columns, lines = _places(tree)
    prompts = {node.sample.prompt for node in tree.nodes}
    page, left, top = plate(
        ax,
        f"“{prompts.pop()}”" if len(prompts) == 1 else "",
        tree.caption(),
        max(max(columns) * (_SIDE + _ACROSS) + _SIDE, 3 * _SIDE + 2 * _ACROSS),
        (max(lines) + 1) * (_SIDE + under + _DOWN) - _DOWN,
    )
    for place, node in enumerate(tree.nodes):
        x = left + columns[place] * (_SIDE + _ACROSS)
        y = top + lines[place] * (_SIDE + under + _DOWN)
        if node.parent is not None:
            start = left + columns[node.parent] * (_SIDE + _ACROSS) + _SIDE
            level = top + lines[node.parent] * (_SIDE + under + _DOWN) + _SIDE / 2
            bend, middle = x - _ACROSS / 2, y + _SIDE / 2
            page.lines([[(start, level), (bend, level), (bend, middle), (x, middle)]], _JOIN, 0.8)
        page.picture(node.sample, x, y, _SIDE)
        parting = tree.parting(place)
        if parting is not None:
            patch = _SIDE / node.sample.codes.shape[1]
            page.frame(x + parting.column * patch, y + parting.row * patch, patch, patch)
        for number, (words, colour) in enumerate(labels[place]):
            page.write(x, y + _SIDE + 34 + number * _LINE, words, SMALL, **colour)
    return page.ax


def _label(tree: Tree, place: int) -> list[tuple[str, dict[str, str]]]:
    """Lines below a picture: what was done in ink, then seed and difference."""
    node = tree.nodes[place]
    lines = [(line, {"color": INK}) for line in _wrapped(node.label)] if node.label else []
    how = tree.in_words(place)
    soft = f"seed {node.sample.seed}{f'; {how}' if how else ''}"
    return [*lines, *((line, {}) for line in _wrapped(soft))]


def _wrapped(words: str) -> list[str]:
    return wrap(words, _SIDE + 0.6 * _ACROSS, SMALL, DPI)


def _places(tree: Tree) -> tuple[list[int], list[float]]:
    """Column and line of every node: a parent stands at the middle of its children."""
    columns: list[int] = []
    for node in tree.nodes:
        columns.append(0 if node.parent is None else columns[node.parent] + 1)
    lines = [0.0] * len(tree.nodes)
    free = 0
    waiting = [place for place, node in enumerate(tree.nodes) if node.parent is None][::-1]
    order: list[int] = []
    while waiting:  # depth first; a long chain needs no deep stack
        place = waiting.pop()
        order.append(place)
        children = tree.children(place)
        waiting += children[::-1]
        if not children:
            lines[place] = free
            free += 1
    for place in reversed(order):
        children = tree.children(place)
        if children:
            lines[place] = (lines[children[0]] + lines[children[-1]]) / 2
    return columns, lines
