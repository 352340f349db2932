"""A tree of branches: which picture came of which, and where they part."""

import dataclasses
from collections.abc import Iterable
from typing import Any, ClassVar, NamedTuple, Self

from dalle_explore.captions import numbers_in_words, outside_in_words, settings_in_words
from dalle_explore.errors import InputError
from dalle_explore.session.sample import Sample
from dalle_explore.shown import SavedAsFigure

__all__ = ["Node", "Parting", "Tree"]


class Parting(NamedTuple):
    """Where a picture leaves the one it came of."""

    row: int  # of the first patch whose code is another
    column: int
    differ: int  # patches after it whose code is another, too
    later: int  # patches after it


class Node(NamedTuple):
    """One picture of a tree."""

    sample: Sample
    parent: int | None  # its place among the nodes; None: it came of no other
    label: str  # what was done


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Tree(SavedAsFigure):
    """Pictures and what they came of; parents stand before their children (see ``Tree.of``)."""

    drawn_by: ClassVar[str] = "tree"

    nodes: tuple[Node, ...]

    @classmethod
    def of(cls, nodes: Iterable[tuple[Sample, int | None, str]]) -> Self:
        """Join pictures to a tree.

        Args:
            nodes: (sample, parent, label) of each; the parent is the place of an earlier one, or
                None. There may be several without a parent.

        Raises:
            InputError: no nodes, something that is none, a parent that does not stand before its
                child, or one whose codes mean something else, as another model drew them.
        """
        found: list[Node] = []
        for place, given in enumerate(nodes):
            node = _node(given, place)
            if node.parent is not None:
                one, two = node.sample, found[node.parent].sample
                if (one.model_digest, one.codes.shape) != (two.model_digest, two.codes.shape):
                    raise InputError(
                        f"node {place} was drawn by another model than its parent, node "
                        f"{node.parent}, so that their codes cannot be compared: give it None as "
                        f"its parent."
                    )
            found.append(node)
        if not found:
            raise InputError(
                "nodes is empty, but a tree has one picture at least: give (sample, None, "
                "'drawn') or more."
            )
        return cls(tuple(found))

    def children(self, place: int) -> tuple[int, ...]:
        """Return the places of those that came of a node."""
        return tuple(j for j, node in enumerate(self.nodes) if node.parent == place)

    def parting(self, place: int) -> Parting | None:
        """Say where a node leaves its parent; None: it has none, or is the same picture."""
        node = self.nodes[place]
        if node.parent is None:
            return None
        other = (node.sample.codes != self.nodes[node.parent].sample.codes).flatten()
        if not other.any():
            return None
        first = int(other.argmax())
        row, column = divmod(first, node.sample.codes.shape[1])
        return Parting(row, column, int(other.sum()) - 1, other.size - first - 1)

    def in_words(self, place: int) -> str:
        """Say in few words how a node differs from its parent; nothing, where it has none."""
        parting = self.parting(place)
        if parting is None:
            return "" if self.nodes[place].parent is None else "the same picture"
        return (
            f"from ({parting.row}, {parting.column}) on; {parting.differ} of {parting.later} "
            f"later patches differ"
        )

    def caption(self) -> str:
        """Say what is joined, what is marked, and how the pictures were made."""
        samples = [node.sample for node in self.nodes]
        recipes = [dataclasses.replace(sample.recipe, edits=()) for sample in samples]
        made = dict.fromkeys(
            f"Model {recipe.model} ({recipe.model_digest[:8]}), {settings_in_words(recipe)}"
            for recipe in recipes
        )
        words = dict.fromkeys(
            word for sample in samples for word in sample.model.unknown_words(sample.prompt)
        )
        seeds = sorted({sample.seed for sample in samples})
        edited = sum(bool(sample.recipe.edits) for sample in samples)
        licences = ", ".join(dict.fromkeys(recipe.licence for recipe in recipes))
        return (
            f"{len(samples)} pictures, with seed{'s' if len(seeds) > 1 else ''} "
            f"{numbers_in_words(seeds)}; {edited} of them edited. A line leads from a picture to "
            f"what came of it. Framed: the first patch, (row, column), whose code is another than "
            f"in the parent; every patch after it may follow from that one. "
            f"{'; '.join(made)}.{outside_in_words(list(words))} Pictures: {licences}."
        )

    def alt(self) -> str:
        """Say what is to be seen."""
        told = "; ".join(
            f"{place}, {node.label}{'' if node.parent is None else f', of {node.parent}'}"
            f"{f' ({self.in_words(place)})' if self.in_words(place) else ''}"
            for place, node in enumerate(self.nodes)
        )
        return f"A tree of {len(self.nodes)} pictures: {told}. {self.caption()}"

    def rows(self) -> list[dict[str, Any]]:
        """One row a picture: its parent, what was done, and where it leaves the parent."""
        found = []
        for place, node in enumerate(self.nodes):
            parting = self.parting(place)
            found.append(
                {
                    "node": place,
                    "parent": node.parent,
                    "label": node.label,
                    "seed": node.sample.seed,
                    "prompt": node.sample.prompt,
                    "row": parting and parting.row,
                    "column": parting and parting.column,
                    "differ": parting and parting.differ,
                    "later": parting and parting.later,
                    "edits": list(node.sample.recipe.edits),
                }
            )
        return found

    def __repr__(self) -> str:
        roots = sum(node.parent is None for node in self.nodes)
        return f"Tree({len(self.nodes)} pictures, {roots} of no other)"


def _node(given: Any, place: int) -> Node:
    if not isinstance(given, tuple) or len(given) != 3 or not isinstance(given[0], Sample):
        raise InputError(
            f"node {place} is {type(given).__name__}, but a node is (sample, parent, label): give "
            f"a sample, the place of an earlier node or None, and a few words."
        )
    sample, parent, label = given
    whole = isinstance(parent, int) and not isinstance(parent, bool)
    if parent is not None and not (whole and 0 <= parent < place):
        raise InputError(
            f"the parent of node {place} is {parent!r}, but parents stand before their children: "
            f"give a whole number from 0 to {place - 1}, or None."
        )
    if not isinstance(label, str):
        raise InputError(f"the label of node {place} is {label!r}, but it is a text.")
    return Node(sample, parent, label)
