"""What the browser half of a breeder asks for: one function for each kind of message."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from dalle_explore.widgets.prompt_line import words_told

if TYPE_CHECKING:
    from dalle_explore.widgets.breeder import Breeder

__all__ = ["ASKED"]

Content = Mapping[str, Any]
Answer = Callable[["Breeder", Content], Any]


def _breed(breeder: "Breeder", asked: Content) -> None:
    parents = [breeder.place_of(one) for one in (asked["one"], asked["two"]) if one]
    breeder.breed(
        *parents,
        share=asked["share"],
        weight=asked["weight"],
        other_prompt=_sentence(asked["other_prompt"]),
        seed=asked["seed"],
        wait=False,
    )


def _found(breeder: "Breeder", asked: Content) -> None:
    breeder.found(
        _sentence(asked["prompt"]),
        _sentence(asked["other_prompt"]),
        seed=asked["seed"],
        wait=False,
    )


def _sentence(prompt: Any) -> str:
    if not isinstance(prompt, str):
        raise TypeError(f"the prompt is {prompt!r}")
    return prompt


ASKED: Mapping[str, Answer] = {
    "breed": _breed,
    "favourite": lambda breeder, asked: breeder.favourite(
        breeder.place_of(asked["id"]), bool(asked["on"])
    ),
    "found": _found,
    "pictures": lambda breeder, asked: breeder.send_pictures([str(one) for one in asked["ids"]]),
    "rank": lambda breeder, asked: breeder.rank(int(asked["litter"]), wait=False),
    "redraw": lambda breeder, asked: breeder.redraw(breeder.place_of(asked["id"]), wait=False),
    "stop": lambda breeder, asked: breeder.stop(),
    "typed": lambda breeder, asked: breeder.tell_browser(
        words_told(breeder.model, _sentence(asked["prompt"]), asked.get("number"))
    ),
}
