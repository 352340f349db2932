"""A breeder as code that makes it again: who it began with, every litter, and the view."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dalle_explore.session.family import Family
from dalle_explore.session.model import Model
from dalle_explore.settings import Settings
from dalle_explore.widgets.breeder_nursery import Nursery
from dalle_explore.widgets.given import seed_of
from dalle_explore.widgets.source import model_as_code, samples_as_code

if TYPE_CHECKING:
    from dalle_explore.widgets.breeder_table import BreederTable

__all__ = ["breeder_as_code", "family_as_code", "view_of"]


def breeder_as_code(
    model: Model,
    family: Family | None,
    prompts: Sequence[str],
    seed: str,
    settings: Settings,
    view: dict[str, Any],
) -> str:
    """Return Python that draws the same family and shows the same.

    Args:
        model: what draws.
        family: everybody so far; None, where nothing is drawn.
        prompts: the sentences of a family that is not begun yet.
        seed: of the next litter.
        settings: of a family that is not begun yet.
        view: keywords of the breeder.
    """
    lines = ["import dalle_explore as dx"]
    if family is None:
        words = ", ".join(["model", *(repr(prompt) for prompt in prompts)])
        first = f", seed={seed_of(seed)}"
        how = "" if settings == model.settings else f", settings=dx.{settings!r}"
        return "\n".join(
            [*lines, "", model_as_code(model), f"dx.Breeder({words}{first}{how})", ""]
        )
    lines += ["from dalle_explore.session.family import Family", "", model_as_code(model)]
    lines += family_as_code(family)
    keywords = "".join(f", {name}={value!r}" for name, value in view.items())
    return "\n".join([*lines, f"dx.Breeder(family{keywords})", ""])


def family_as_code(family: Family) -> list[str]:
    """Return lines that make a family of ``model`` again, as ``family``."""
    order = [*family.founders]
    drawn, names = samples_as_code([family.samples[place] for place in order])
    first = [place for place in order if place < _second_act(family)]
    lines = [*drawn, f"family = Family.founded({', '.join(names[: len(first)])})"]
    late = dict(zip(order[len(first) :], names[len(first) :], strict=True))
    litters = {litter.places[0]: litter for litter in family.litters}
    for place in range(len(first), len(family.kin)):
        if place in late:
            lines.append(f"family = family.founder({late[place]})")
        elif place in litters:
            litter = litters[place]
            how = litter.bred
            told = [*map(str, litter.parents), f"n={len(litter.places)}", f"share={how.share!r}"]
            told.append(f"seed={family.samples[place].seed}")
            if len(litter.parents) > 1 or how.other_prompt is not None:
                told.append(f"weight={how.weight!r}")
            if how.other_prompt is not None:
                told.append(f"other_prompt={how.other_prompt!r}")
            lines.append(f"family = family.bred({', '.join(told)})")
    lines += [f"family = family.marked({place})" for place in sorted(family.favourites)]
    return lines


def _second_act(family: Family) -> int:
    """The place of the first child, where the family's beginning ends."""
    return next((place for place, one in enumerate(family.kin) if one.parents), len(family.kin))


def view_of(breeder: "BreederTable", nursery: Nursery) -> dict[str, Any]:
    """Return the keywords that show the same again, but for where it is kept.

    Args:
        breeder: whose traits are asked.
        nursery: its pictures.
    """
    view: dict[str, Any] = {}
    family = nursery.family
    if family is not None:
        place = {name: j for j, name in enumerate(nursery.ids)}
        parents = [place[name] for name in (breeder.one, breeder.two) if name in place]
        if parents:
            view["parents"] = parents
        numbers = [litter.number for litter in family.litters]
        if numbers and breeder.litter not in numbers:
            view["litter"] = -1
        elif numbers and breeder.litter != numbers[-1]:
            view["litter"] = numbers.index(breeder.litter)
        if breeder.chosen in place:
            view["selected"] = place[breeder.chosen]
    view |= {"share": breeder.share, "weight": breeder.weight}
    if breeder.other_prompt:
        view["other_prompt"] = breeder.other_prompt
    if breeder.seed != nursery.next_seed():
        view["seed"] = seed_of(breeder.seed)
    return view
