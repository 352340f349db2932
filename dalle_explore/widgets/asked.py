"""What the browser half of a player asks for: one function for each kind of message."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dalle_explore.errors import InputError
from dalle_explore.widgets.given import MOST
from dalle_explore.widgets.prompt_line import surprise_told, words_told

if TYPE_CHECKING:
    from dalle_explore.widgets.decode_player import DecodePlayer

__all__ = ["ASKED"]

Content = Mapping[str, Any]
Answer = Callable[["DecodePlayer", Content, Sequence[Any]], Any]


def _sentence(asked: Content) -> str:
    prompt = asked["prompt"]
    if not isinstance(prompt, str):
        raise TypeError(f"the prompt is {prompt!r}")
    return prompt


def _draw(player: "DecodePlayer", asked: Content, _: Sequence[Any]) -> None:
    given = asked["settings"]
    changes = {name: given[name] for name in player.settings if name in given}
    settings = player.how.replace(**changes)
    player.draw(_sentence(asked), n=asked["n"], seed=asked["seed"], settings=settings, wait=False)


def _fork(player: "DecodePlayer", asked: Content, _: Sequence[Any]) -> None:
    player.check_free()
    player.selected = str(asked["id"])
    player.fork(_place(player, asked["patch"]), int(asked["code"]), wait=False)


def _redraw(player: "DecodePlayer", asked: Content, _: Sequence[Any]) -> None:
    player.check_free()
    player.selected = str(asked["id"])
    player.redraw([_place(player, one) for one in asked["patches"]], wait=False)


def _below(player: "DecodePlayer", asked: Content, _: Sequence[Any]) -> None:
    player.check_free()
    player.selected = str(asked["id"])
    rows = range(int(asked["row"]), player.geometry["rows"])
    columns = range(player.geometry["columns"])
    player.redraw([(row, column) for row in rows for column in columns], wait=False)


def _upload(player: "DecodePlayer", asked: Content, buffers: Sequence[Any]) -> None:
    if not buffers:
        raise InputError("no picture came with this upload: choose a file once more.")
    fit = str(asked.get("fit", "crop"))
    player.upload(
        bytes(buffers[0]),
        _sentence(asked),
        fit=fit,
        name=str(asked.get("name", "")),
        wait=False,
    )


def _words(player: "DecodePlayer", asked: Content, _: Sequence[Any]) -> None:
    told = words_told(player.model, _sentence(asked), asked.get("number"))
    player.tell_browser(told)


def _show(player: "DecodePlayer", asked: Content, _: Sequence[Any]) -> None:
    there = player.names()
    player.shown = list(dict.fromkeys(one for one in map(str, asked["ids"]) if one in there))[
        -MOST:
    ]


def _place(player: "DecodePlayer", patch: Any) -> tuple[int, int]:
    row, column = divmod(int(patch), player.geometry["columns"])
    return row, column


ASKED: Mapping[str, Answer] = {
    "below": _below,
    "crops": lambda player, asked, _: player.send_crops(
        str(asked["id"]), int(asked["patch"]), int(asked["top"])
    ),
    "dice": lambda player, asked, _: player.dice(wait=False),
    "draw": _draw,
    "film": lambda player, asked, _: player.send_film(str(asked["id"]), map(str, asked["parts"])),
    "fork": _fork,
    "redraw": _redraw,
    "show": _show,
    "stop": lambda player, asked, _: player.stop(),
    "surprise": lambda player, asked, _: player.tell_browser(
        surprise_told(player.model, secrets.randbelow(2**31))
    ),
    "typed": _words,
    "upload": _upload,
}
