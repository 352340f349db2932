"""A breeder without a kernel: what its page carries."""

from typing import Any

from dalle_explore.widgets.breeder_nursery import Nursery

__all__ = ["as_page"]

_BYTES = 1_150_000  # of all pictures in one page; base64 adds a third, and words their part


def as_page(state: dict[str, Any], nursery: Nursery) -> dict[str, Any]:
    """Return the traits of a page that needs no kernel: the tree and every picture in it.

    Where all pictures together are too large, those that are neither parents nor favourites nor
    shown are as good as the eye sees; the others keep every pixel.
    """
    family = nursery.family
    assert family is not None  # whoever saves has asked
    files = {name: nursery.picture(name) for name in nursery.ids}
    first = {parent for one in family.kin for parent in one.parents} | set(family.favourites)
    first |= {place for place, one in enumerate(family.kin) if one.litter == state["litter"]}
    for place, name in enumerate(nursery.ids):
        if sum(map(len, files.values())) <= _BYTES:
            break
        if place not in first:
            files[name] = nursery.picture(name, exact=False)
    status = {"state": "idle", "sentence": "", "done": 0, "total": 0, "left": None}
    there = set(nursery.ids)
    return {
        **state,
        "alive": False,
        "status": status,
        "embedded": files,
        "kin": [one for one in nursery.told() if one["id"] in there],
        "litters": [one for one in nursery.told_litters() if set(one["children"]) <= there],
        "place": "",
    }
