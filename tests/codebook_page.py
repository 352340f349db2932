"""A codebook browser on a page of its own, with a codebook made up in the bytes of Python."""

import numpy as np
from browser import tell
from house import PACKAGE

from dalle_explore.instruments.codebook import CodeEntry, Crop, Near
from dalle_explore.widgets.codebook_painting import Window
from dalle_explore.widgets.codebook_parts import (
    entry_part,
    near_part,
    order_part,
    picture_part,
    pixels_part,
    tiles_part,
)
from dalle_explore.widgets.parts import Part

ROWS = COLUMNS = 6
PATCH, CODES, REACH = 8, 1000, 2
STATIC = PACKAGE / "widgets" / "static"
HOSTILE = '<img src=x onerror="window.fired = 1">'

COUNTS = np.arange(CODES)[::-1].astype("<u4")  # code 0 is the commonest, the last is dead
COUNTS[[3, 4]] = COUNTS[[4, 3]]  # but for two, so that usage and number are not the same


def colour_of(code):
    """The colour of a code's tile: every code has its own."""
    code = np.asarray(code)
    return np.stack([code % 250, 255 - (code * 7) % 256, (code // 4) % 256], -1).astype(np.uint8)


def tiles():
    return colour_of(np.arange(CODES))[:, None, None, :].repeat(PATCH, 1).repeat(PATCH, 2)


def by_colour():
    """Any order that is none of the others."""
    return np.arange(CODES)[::-1].copy()


def pixels_of(grid):
    return colour_of(np.reshape(grid, (ROWS, COLUMNS))).repeat(PATCH, 0).repeat(PATCH, 1)


def crop(code, number, caption=None):
    """Three by three patches, the code's colour in the middle, grey around."""
    pixels = np.full((3 * PATCH, 3 * PATCH, 3), 40 + number, np.uint8)
    pixels[PATCH : 2 * PATCH, PATCH : 2 * PATCH] = colour_of(code)
    words = caption or f"a picture with code {code}, number {number}"
    return Crop(100 + number, words, (1, 2), pixels, (1, 1))


def entry(code, crops=8):
    near = [(code + 1 + j) % CODES for j in range(6)]
    places = [crop(code, j) for j in range(crops)]
    if places:
        places[0] = crop(code, 0, HOSTILE)
    return entry_part(
        CodeEntry(
            code=code,
            count=int(COUNTS[code]),
            share=0.1,
            rank=1,
            crops=tuple(places),
            tile=tiles()[code],
            near=tuple(
                Near(
                    one,
                    0.5 + j,
                    int(COUNTS[one]),
                    crop(one, 50 + j) if j < 5 else None,
                    tiles()[0],
                )
                for j, one in enumerate(near)
            ),
            typical=8.0,
        )
    )


def near_all():
    codes = (np.arange(CODES)[:, None] + np.arange(1, 7)) % CODES
    away = np.tile(np.arange(1, 7) / 2, (CODES, 1))
    return near_part(codes, away, np.full(CODES, 8.0))


START = np.arange(ROWS * COLUMNS) * 20


def embedded(*entries, grid=START):
    """The parts of a page without a kernel."""
    parts = {
        "usage": Part({}, [COUNTS.tobytes()]),
        "tiles": tiles_part(tiles(), range(CODES), small=True),
        "order": order_part(by_colour()),
        "near": near_all(),
        "picture": picture_part(pixels_of(grid)),
        "start": picture_part(pixels_of(START)),
        **{f"entry {code}": entry(code) for code in entries},
    }
    return {name: {"header": one.header, "buffers": one.buffers} for name, one in parts.items()}


def state(**changes):
    """All traits, as the Python half would send them."""
    traits = {
        "status": {"state": "idle", "sentence": "", "done": 0, "total": 0, "left": None},
        "alive": True,
        "caption": "1,000 codes, made up.",
        "alt": "a codebook",
        "geometry": {
            "rows": ROWS,
            "columns": COLUMNS,
            "patch": PATCH,
            "codes": CODES,
            "reach": REACH,
        },
        "about": {
            "pictures": 2000,
            "patches": int(COUNTS.sum()),
            "world": 1,
            "used": CODES - 1,
            "refused": "",
            "only": None,
            "canvas": "“a red cube”, seed 3",
            "ground": -1,
        },
        "tab": "look",
        "sort": "usage",
        "selected": -1,
        "at": -1,
        "show": "picture",
        "painting": painting(),
        "embedded": {},
    }
    return {**traits, **changes}


def painting(changes=None, undo=0, redo=0):
    grid = START.copy()
    for patch, code in (changes or {}).items():
        grid[patch] = code
    return {"grid": grid.tolist(), "start": START.tolist(), "undo": undo, "redo": redo}


def give(page, part, made):
    tell(page, {"kind": "part", "part": part, "header": made.header}, made.buffers)


def open_codebook(mount, traits=None, parts=True, **options):
    """Mount the view and give it what it asks for; return the page when it is in."""
    esm = (STATIC / "codebook_browser.js").read_text(encoding="utf-8")
    css = (STATIC / "codebook_browser.css").read_text(encoding="utf-8")
    page = mount(esm, css, traits or state(), **{"viewport": (1040, 1000), **options})
    if parts:
        give(page, "usage", Part({}, [COUNTS.tobytes()]))
        for first in range(0, CODES, 500):
            give(page, "tiles", tiles_part(tiles(), range(first, first + 500)))
        give(page, "order", order_part(by_colour()))
        give(page, "picture", picture_part(pixels_of((traits or state())["painting"]["grid"])))
        give(page, "start", picture_part(pixels_of(START)))
    settle(page)
    return page


def give_pixels(page, grid, number, window=None):
    """Answer a stroke: the whole picture of a grid, as one window."""
    give(page, "pixels", pixels_part(Window(0, 0, pixels_of(grid)), number))
    settle(page)


def settle(page):
    page.evaluate(
        "async () => { for (let i = 0; i < 4; i++) { await new Promise((r) => setTimeout(r, 12));"
        " await new Promise(requestAnimationFrame); } }"
    )


# Read from a copy: a canvas that is read often would be moved out of the graphics memory.
READ = """(c, [x, y]) => {
    const copy = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    copy.drawImage(c, Math.round(c.width * x), Math.round(c.height * y), 1, 1, 0, 0, 1, 1);
    return [...copy.getImageData(0, 0, 1, 1).data];
}"""


def sheet(page):
    return page.locator("canvas.dx-sheet-plate")


def layout(page):
    """How many tiles stand across and down, by the label for screen readers."""
    words = sheet(page).get_attribute("aria-label").split()
    return int(words[words.index("of") + 1]), int(words[words.index("by") + 1])


def spot(page, place):
    """Where a tile of the open page is: shares of the canvas."""
    across, down = layout(page)
    return (place % across + 0.5) / across, (place // across + 0.5) / down


def tile_seen(page, place):
    settle(page)
    return tuple(sheet(page).evaluate(READ, list(spot(page, place)))[:3])


def is_tile(page, place, code):
    return np.abs(np.subtract(tile_seen(page, place), colour_of(code).astype(int))).max() <= 1


def click_tile(page, place):
    x, y = spot(page, place)
    box = sheet(page).bounding_box()
    page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])


def face(page):
    return page.locator("canvas.dx-canvas-plate")


def over(page, patch):
    """Where the middle of a patch is, in pixels of the screen."""
    row, column = divmod(patch, COLUMNS)
    box = face(page).bounding_box()
    return (
        box["x"] + box["width"] * (column + 0.5) / COLUMNS,
        box["y"] + box["height"] * (row + 0.5) / ROWS,
    )


def patch_seen(page, patch, at=(0.5, 0.6)):
    row, column = divmod(patch, COLUMNS)
    settle(page)
    place = [(column + at[0]) / COLUMNS, (row + at[1]) / ROWS]
    return tuple(face(page).evaluate(READ, place)[:3])


def is_patch(page, patch, code):
    return np.abs(np.subtract(patch_seen(page, patch), colour_of(code).astype(int))).max() <= 1


def sent(page, kind, **wanted):
    return [
        message
        for message in page.evaluate("sent")
        if message["kind"] == kind and all(message.get(k) == v for k, v in wanted.items())
    ]


def held(page, name):
    """A trait, as Python would have it: what was set is saved first."""
    page.wait_for_timeout(200)
    return page.evaluate("(name) => model.get(name)", name)


def panel(page):
    return page.get_by_role("region", name="the code in hand")
