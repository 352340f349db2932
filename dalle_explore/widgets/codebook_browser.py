"""``CodebookBrowser``: look through the codes that pictures are made of, and paint with them."""

import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Int64

from dalle_explore.errors import DalleExploreError, InputError
from dalle_explore.instruments.codebook import CodeSheet, check_code
from dalle_explore.session.model import Model
from dalle_explore.session.repainted import Repainted
from dalle_explore.session.sample import Sample
from dalle_explore.widgets.base import built, by_sentence, refuse_unknown
from dalle_explore.widgets.codebook_given import (
    codes_of,
    grid_of,
    model_and_sample,
    place_of,
)
from dalle_explore.widgets.codebook_painting import Painting
from dalle_explore.widgets.codebook_parts import (
    entry_part,
    order_part,
    picture_part,
    pixels_part,
    tiles_part,
    usage_part,
)
from dalle_explore.widgets.codebook_shelf import Shelf
from dalle_explore.widgets.codebook_source import browser_as_code
from dalle_explore.widgets.codebook_table import SHOWS, SORTS, TABS, CodebookTable
from dalle_explore.widgets.codebook_words import words_of
from dalle_explore.widgets.given import patch_of
from dalle_explore.widgets.parts import Part
from dalle_explore.widgets.workshop import GoesOn

if TYPE_CHECKING:
    import matplotlib.figure
    import PIL.Image

__all__ = ["SHOWS", "SORTS", "TABS", "CodebookBrowser"]

_TILES = 256  # made, and sent, together
_LATER = 1  # urgency of tiles: after whatever somebody waits for
_SHEET = 12  # codes of a figure, at most, when none is in hand


class CodebookBrowser(CodebookTable):
    """Look through the codes of a model: where each occurs, what is like it, what it paints.

    In a notebook it is live; ``figure()`` is its still, and ``save_html(path)`` its page that
    needs no kernel, but for painting.

    Args:
        what: a model, or a sample, whose codes are then painted on; the bundled model when None.
        codes: which codes stand on the sheet; None: all.
        selected: the code in hand, which is also the brush.
        grid: int [rows columns], codes to paint on. None: those of the sample, or an empty sheet
            of the code that white becomes.
        sort: "usage", "colour" or "number"; None: by usage, where it was counted.
        at: a place in that order, counted from 0, whose page is open; None: that of the code in
            hand.
        tab: "look" (through the codebook) or "paint".
        show: "picture", or "change": by how much each pixel differs from the start.
        **unknown: refused, with the nearest keyword that there is.

    Raises:
        InputError: something that is no model or sample, or a value out of its range.
        ModelFileError: no model is at hand.
    """

    _esm = built("codebook_browser.js")
    _css = built("codebook_browser.css")
    page_script = "codebook_browser.page.js"

    def __init__(
        self,
        what: Model | Sample | None = None,
        *,
        codes: Sequence[int] | None = None,
        selected: int | None = None,
        grid: Any = None,
        sort: str | None = None,
        at: int | None = None,
        tab: str = "look",
        show: str = "picture",
        **unknown: Any,
    ) -> None:
        refuse_unknown(type(self), unknown)
        self._model, self._sample = model_and_sample(what)
        generator = self._model.generator
        only = None if codes is None else codes_of(codes, self._model)
        if selected is not None:
            check_code(generator, selected)
        for name, value, known in (("tab", tab, TABS), ("show", show, SHOWS)):
            if value not in known:
                raise InputError(f"{name} is {value!r}, but it is one of {', '.join(known)}.")
        self._shelf = shelf = Shelf(self._model)
        self._ground: Int64[np.ndarray, "rows columns"] | None = None
        given = None if grid is None else grid_of(grid, self._model)
        start = given
        if self._sample is not None:
            start = self._sample.codes.astype(np.int64)
        else:
            size = (generator.rows, generator.columns)
            self._ground = np.full(size, shelf.ground(), dtype=np.int64)
            start = self._ground if given is None else given
        assert start is not None
        self._painting = Painting(start, start if given is None else given)
        self._only = only
        self._desk = threading.RLock()  # held while traits tell what was painted
        self._number, self._wanted = 0, -1  # the last message of a stroke; the last code asked for
        self._making, self._ended, self._notice = False, threading.Event(), ""
        super().__init__()
        reach = generator.footprint(range(1), range(1))
        self.geometry = {
            "rows": generator.rows,
            "columns": generator.columns,
            "patch": generator.patch,
            "codes": generator.codebook_size,
            "reach": max(len(part) for part in reach) - 1,
        }
        self.about = {**shelf.about(), "only": only, **self._told_of_canvas()}
        counted = not shelf.refused
        if sort is None:
            sort = "usage" if counted else "number"
        if sort not in SORTS:
            raise InputError(f"sort is {sort!r}, but it is one of {', '.join(SORTS)}.")
        if sort == "usage" and not counted:
            raise InputError(f"sort is 'usage', but nothing was counted: {shelf.refused}")
        self.sort, self.tab, self.show = sort, tab, show
        self.selected = -1 if selected is None else int(selected)
        if at is not None:
            self.at = place_of(at, len(only) if only is not None else generator.codebook_size)
        self._tell()

    # -- painting

    def paint(self, code: int, patches: Iterable[tuple[int, int]]) -> "CodebookBrowser":
        """Put a code on patches of the picture; the pixels follow.

        Args:
            code: which.
            patches: (row, column) of each, counted from 0.

        Raises:
            InputError: no such code or patch, or the browser is closed.
        """
        self._check_open()
        code = check_code(self._model.generator, code)
        rows, columns = self.geometry["rows"], self.geometry["columns"]
        self._stroke([patch_of(patch, rows, columns) for patch in patches], code)
        return self

    def undo(self) -> "CodebookBrowser":
        """Take the last stroke back, if there is one."""
        return self._step(self._painting.undo)

    def redo(self) -> "CodebookBrowser":
        """Do again what was undone last, if there is something."""
        return self._step(self._painting.redo)

    def reset(self) -> "CodebookBrowser":
        """Go back to the codes before anything was painted; that, too, can be undone."""
        return self._step(self._painting.reset)

    def stop(self) -> "CodebookBrowser":
        """End the making of tiles; those that are there stay."""
        self._ended.set()
        return self

    # -- looking

    @property
    def model(self) -> Model:
        """Whose codes they are."""
        return self._model

    @property
    def sample(self) -> Sample | None:
        """The picture that was given, as it was before anything was painted."""
        return self._sample

    @property
    def painted(self) -> Int64[np.ndarray, "rows columns"]:
        """The codes as they stand on the picture now, int64 [rows columns]."""
        return self._painting.grid

    @property
    def picture(self) -> "PIL.Image.Image":
        """The picture of these codes, RGB.

        Raises:
            InputError: the browser is closed.
        """
        from PIL import Image

        self._check_open()
        return Image.fromarray(self._painting.pixels(self._model))

    @property
    def codes(self) -> CodeSheet:
        """What is known of the code in hand; of some codes of the sheet, when there is none.

        Raises:
            InputError: codes of this model were not counted, or the browser is closed.
        """
        self._check_open()
        if self.selected >= 0:
            return self._shelf.sheet([self.selected])
        return self._shelf.sheet(None if self._only is None else self._only[:_SHEET])

    @property
    def repainted(self) -> Repainted:
        """What was painted: the picture before and now, and what that changed.

        Raises:
            InputError: nothing was painted, or the browser is closed.
        """
        self._check_open()
        found = self._painting.against(self._model, self._canvas())
        if not found.painted.any():
            raise InputError(
                "nothing was painted yet, so there is nothing to compare: paint(code, patches) "
                "first."
            )
        return found

    @property
    def view(self) -> dict[str, Any]:
        """Keywords that show the same again, but for what was painted."""
        view: dict[str, Any] = {"sort": self.sort, "tab": self.tab}
        if self._only is not None:
            view["codes"] = list(self._only)
        if self.selected >= 0:
            view["selected"] = self.selected
        if self.at >= 0:
            view["at"] = self.at
        if self.show != "picture":
            view["show"] = self.show
        return view

    def figure(self, kind: str | None = None, **options: Any) -> "matplotlib.figure.Figure":
        """Draw what is shown as a matplotlib figure.

        Args:
            kind: "codebook" (see ``codes``) or "repainted"; None takes what fits to the open tab,
                and codes where nothing was painted.
            **options: of the drawing function.

        Raises:
            InputError: as ``codes`` and ``repainted``, or no such kind.
        """
        self._check_open()
        painted = bool(self._painting.painted.any())
        kind = kind or ("repainted" if self.tab == "paint" and painted else "codebook")
        if kind not in ("codebook", "repainted"):
            raise InputError(f"kind is {kind!r}, but it is codebook or repainted.")
        shown = self.codes if kind == "codebook" else self.repainted
        return shown.figure(**options)

    def python(self) -> str:
        """Return the code that makes this browser again, with its view and what was painted."""
        self._check_open()
        canvas = (self._painting.grid, self._painting.start)
        return browser_as_code(self._model, self._sample, *canvas, self.view, self._ground)

    # -- the browser half

    def _asked(self, kind: str, content: Mapping[str, Any], buffers: Sequence[Any]) -> None:
        self._check_open()
        try:
            if kind == "part":
                self._send_part(str(content["part"]), content)
            elif kind == "paint":
                self._painted_by_hand(content)
            elif kind in ("undo", "redo", "reset", "stop"):
                getattr(self, kind)()
        except DalleExploreError:
            raise
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"the page asked to {kind} in a way that means nothing here ({error!r}): reload "
                f"the page, or run the cell again."
            ) from error

    def _painted_by_hand(self, content: Mapping[str, Any]) -> None:
        code = check_code(self._model.generator, content["code"])
        patches = [int(patch) for patch in content["patches"]]
        size = self._model.generator.patches
        if not all(0 <= patch < size for patch in patches):
            raise InputError(
                f"the patches to paint are {patches[:5]}, but they have to be 0 to {size - 1}: "
                f"paint inside the picture."
            )
        self._stroke(patches, code, str(content["stroke"]), int(content["number"]))

    def _send_part(self, part: str, content: Mapping[str, Any]) -> None:
        usage = self._shelf.usage
        if part == "usage" and usage is not None:
            self._post(usage_part(usage), part)
        elif part == "tiles":
            self._ended.clear()
            self._workshop.add(self._make_tiles, urgency=_LATER)
        elif part == "entry":
            wanted = self._wanted = check_code(self._model.generator, content["code"])
            self._workshop.add(lambda goes_on: self._send_entry(wanted))
        elif part in ("picture", "start"):
            self._workshop.add(lambda goes_on: self._send_picture(part))

    def _send_entry(self, code: int) -> None:
        if code == self._wanted:  # or the hand has gone on meanwhile
            self._post(entry_part(self._shelf.entry(code)), "entry")

    def _send_picture(self, part: str) -> None:
        whole = part == "picture"
        pixels = (self._painting.pixels if whole else self._painting.start_pixels)(self._model)
        self._post(picture_part(pixels), part)

    def _make_tiles(self, goes_on: GoesOn) -> bool:
        """Make and send all tiles, those of the open page first; runs in the workshop's thread."""
        tiles, total = self._shelf.tiles, self.geometry["codes"]
        order = self._shelf.order(self.sort, self._only)
        order = list(dict.fromkeys([*order, *range(total)]))
        began, before = time.monotonic(), tiles.count
        self._making = True
        try:
            for first in range(0, total, _TILES):
                if not goes_on():
                    return False
                if self._ended.is_set():
                    self._notice = f"Stopped: {tiles.count:,} of {total:,} tiles are there."
                    return True
                part = order[first : first + _TILES]
                tiles.make(self._model, part)
                self._post(tiles_part(tiles.pixels, part), "tiles")
                made = tiles.count
                if made < total:
                    pace = (time.monotonic() - began) / max(made - before, 1)
                    left = pace * (total - made) if made > before else None
                    told = self._notice or "Making the tiles."
                    self._say("working", told, done=made, total=total, left=left)
            self._post(order_part(tiles.order()), "order")
        finally:
            self._making = False
            if not self._closed and self.status["state"] == "working":
                self._say("idle", self._notice)
                self._notice = ""
        return True

    def _failed(self, error: BaseException) -> None:
        if self._making and not self._closed:
            self._notice = by_sentence(error)
            self.status = {**self.status, "sentence": self._notice}
        else:
            super()._failed(error)

    def _stroke(self, patches: list[int], code: int, name: str = "", number: int = 0) -> None:
        with self._desk:
            self._painting.paint(patches, code, name)
            self._number = max(self._number, number)
            self._tell()
        self._decode_soon()

    def _step(self, act: Any) -> "CodebookBrowser":
        self._check_open()
        with self._desk:
            act()
            self._tell()
        self._decode_soon()
        return self

    def _decode_soon(self) -> None:
        # Where nobody looks, whoever asks for the picture has it decoded.
        if self._answered.is_set():
            self._workshop.add(lambda goes_on: self._decode())

    def _decode(self) -> None:
        """Runs in the workshop's thread, after every stroke; one that comes late finds it done."""
        number = self._number
        self._post(pixels_part(self._painting.refresh(self._model), number), "pixels")

    def _tell(self) -> None:
        """Bring the traits that tell of the painting up to date."""
        undo, redo = self._painting.steps
        grid, start = (one.ravel().tolist() for one in (self._painting.grid, self._painting.start))
        with self.hold_sync():
            self.painting = {"grid": grid, "start": start, "undo": undo, "redo": redo}
            self.caption, self.alt = words_of(
                self._model, self.about, int(self._painting.painted.sum())
            )

    def _canvas(self) -> str:
        """What is painted on, in words."""
        about = self.about
        if about["canvas"]:
            return f"the picture of {about['canvas']}"
        return "a grid of codes" if about["ground"] < 0 else f"a sheet of code {about['ground']}"

    def _words(self) -> tuple[str, str]:
        if self.tab == "paint" and self._painting.painted.any():
            return self.repainted.alt(), self.repainted.caption()
        return self.alt, self.caption

    def _told_of_canvas(self) -> dict[str, Any]:
        if self._sample is not None:
            return {"canvas": f"“{self._sample.prompt}”, seed {self._sample.seed}", "ground": -1}
        assert self._ground is not None
        ground = int(self._ground[0, 0])
        empty = bool((self._painting.start == ground).all())
        return {"canvas": "", "ground": ground if empty else -1}

    def _post(self, made: Part, part: str) -> None:
        if not self._closed:
            told = {"kind": "part", "part": part, "header": made.header}
            self.send(told, made.buffers)

    def _free(self) -> None:
        self._ended.set()

    def _still(self) -> bytes:
        order = self._shelf.order(self.sort, self._only)
        page = min(_TILES, len(order))
        place = self.at
        if place < 0 and self.selected in order:
            place = order.index(self.selected)
        first = max(place, 0) // page * page
        return self._shelf.still(order[first : first + page], self.selected)

    def _title(self) -> str:
        return f"the codebook of {self._model.card.name}"

    def _embedded(self) -> dict[str, Any]:
        grid = self._painting.grid.ravel()
        codes, counts = np.unique(grid, return_counts=True)
        first = [self.selected] if self.selected >= 0 else []
        first += codes[np.argsort(-counts, kind="stable")].tolist()
        parts = self._shelf.embedded(first, self.sort, self._only, self._painting)
        status = {"state": "idle", "sentence": "", "done": 0, "total": 0, "left": None}
        state = {name: getattr(self, name) for name in self.shared()}
        return {**state, "alive": False, "status": status, "embedded": parts}
