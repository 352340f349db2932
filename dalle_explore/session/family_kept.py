"""Families in a gallery: every picture by its address, and a tree that says whose child it is."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from dalle_explore.errors import DataError, InputError
from dalle_explore.gallery import Address, Addresses, Gallery, Row
from dalle_explore.gallery.saved import TreeNode
from dalle_explore.schema import read_fields
from dalle_explore.session.family import Bred, Family, Kin
from dalle_explore.session.model import Model
from dalle_explore.session.sample import Sample
from dalle_explore.session.stored import sample_of

__all__ = ["address_of", "keep_family", "open_family", "unused_name"]


def address_of(sample: Sample) -> Address:
    """Return where a gallery keeps a sample.

    Raises:
        InputError: one of its edits holds a function, which no file can hold.
    """
    return Addresses(sample.recipe, sample.trace.ids).of(sample.seed)


def keep_family(family: Family, gallery: Gallery, name: str) -> int:
    """Write a family into a gallery, instead of the tree of that name; return its number.

    Recipe, seed, codes and statistics of every picture go with it, so that each can be drawn again
    exactly; favourites are marked.

    Raises:
        InputError: a picture that no file can hold, no name, or a gallery that is only read.
        DataError: the gallery holds another picture of the same recipe, or is damaged.
    """
    addresses = [address_of(sample) for sample in family.samples]
    gallery.put(
        Row(
            address=address,
            recipe=sample.recipe,
            seed=sample.seed,
            codes=sample.codes,
            log_probability=sample.log_probability,
            entropy=sample.entropy,
            fit=sample.fit,
        )
        for address, sample in zip(addresses, family.samples, strict=True)
    )
    for place in sorted(family.favourites):
        gallery.mark(addresses[place], favourite=True)
    nodes = [
        TreeNode(address, one.parents, f"seed {one.sample.seed}", _how(one))
        for address, one in zip(addresses, family.kin, strict=True)
    ]
    return gallery.save_tree(name, nodes)


def open_family(model: Model, gallery: Gallery, tree: int | str) -> Family:
    """Open a family that was kept.

    Args:
        model: the one that drew it.
        gallery: where it is.
        tree: its number or its name, as ``gallery.trees()`` lists them.

    Raises:
        InputError: there is no such tree, or another model drew it.
        DataError: the tree, or one of its pictures, is damaged or gone.
    """
    saved = gallery.tree(_number(gallery, tree))
    rows = gallery.find(dict.fromkeys(node.address for node in saved.nodes))
    kin = []
    for place, node in enumerate(saved.nodes):
        row = rows.get(node.address)
        if row is None:
            raise DataError(
                f"picture {place} of the tree {saved.name!r} is no longer in the gallery "
                f"{gallery.path}: take another tree, or a gallery that has it."
            )
        if row.recipe.model_digest != model.digest:
            raise InputError(
                f"the tree {saved.name!r} was drawn by {row.recipe.model!r} "
                f"({row.recipe.model_digest[:8]}), but {model.card.name!r} ({model.digest[:8]}) "
                f"would turn its codes into other pictures: give the model that drew it."
            )
        litter, bred = _read(node.how, f"picture {place} of the tree {saved.name!r}")
        kin.append(Kin(sample_of(model, row), node.parents, litter, bred))
    marks = gallery.marks(node.address for node in saved.nodes)
    favourites = frozenset(
        place
        for place, node in enumerate(saved.nodes)
        if node.address in marks and marks[node.address].favourite
    )
    return Family(tuple(kin), favourites)


def _number(gallery: Gallery, tree: int | str) -> int:
    if isinstance(tree, int) and not isinstance(tree, bool):
        return tree
    listed = gallery.trees()
    for one in listed:
        if one.name == tree:
            return one.id
    names = ", ".join(repr(one.name) for one in listed[:5])
    raise InputError(
        f"there is no tree {tree!r} in the gallery {gallery.path}: the latest are "
        f"{names or 'none yet'}."
    )


def _how(one: Kin) -> dict[str, Any]:
    if one.bred is None:
        return {}
    return {"litter": one.litter, **dataclasses.asdict(one.bred)}


def _read(how: Mapping[str, Any], where: str) -> tuple[int | None, Bred | None]:
    """Read what ``_how`` wrote; it may come from a stranger."""
    if not how:
        return None, None
    litter = how.get("litter")
    if isinstance(litter, bool) or not isinstance(litter, int) or litter < 0:
        raise DataError(f"{where} is of the litter {litter!r}, which is no number: it is damaged.")
    values = {name: value for name, value in how.items() if name != "litter"}
    return litter, read_fields(Bred, values, where, error=DataError)


def unused_name(wanted: str, taken: Sequence[str | None]) -> str:
    """Return a name that no tree has: the one wanted, or that with a number."""
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted} ({number})", number + 1
    return name
