"""A player on a page of its own, with films made up in the bytes of the Python half."""

import functools
import io
import re
import zlib

import numpy as np
from browser import tell
from house import PACKAGE

ROWS = COLUMNS = 6
SIDE, CODES, TOP, REACH = 8, 40, 8, 2
PATCHES = ROWS * COLUMNS
FORK_AT = 10  # where "fork" leaves "one"

STATIC = PACKAGE / "widgets" / "static"


def codes_of(name):
    """The codes of a picture: "one" and "two" are drawn, "fork" leaves "one" at FORK_AT."""
    drawn = {
        n: np.random.default_rng(i).integers(0, CODES, PATCHES)
        for i, n in enumerate(["one", "two"])
    }
    if name != "fork":
        return drawn[name]
    codes = drawn["one"].copy()
    codes[FORK_AT] = (codes[FORK_AT] + 1) % CODES
    codes[FORK_AT + 5] = (codes[FORK_AT + 5] + 1) % CODES
    return codes


def colour_of(code):
    """The colour of a patch: every code has its own."""
    code = np.asarray(code)
    return np.stack([20 + 5 * code, 220 - 4 * code, 90 + (code * 37) % 120], -1).astype(np.uint8)


def pixels_of(codes):
    """uint8 [y x 3] of the codes [rows columns]; -1 is white."""
    plain = np.where(codes[..., None] < 0, 255, colour_of(np.maximum(codes, 0))).astype(np.uint8)
    return plain.repeat(SIDE, 0).repeat(SIDE, 1)


def distributions(codes):
    """Log-probabilities [p k], made up, in which no two codes are equal."""
    logits = np.random.default_rng(int(codes[0]) + 7).normal(0, 2, (len(codes), CODES))
    return logits - np.log(np.exp(logits).sum(1, keepdims=True))


def packed_spread(log_probability):
    """As contracted: differences of fp16 patterns, low bytes then high bytes, zlib."""
    away = np.sort(-log_probability, 1).astype("<f2").view("<u2")
    steps = np.diff(away, axis=1, prepend=np.zeros((len(away), 1), "<u2"))
    planes = (steps & 255).astype("u1").tobytes() + (steps >> 8).astype("u1").tobytes()
    return zlib.compress(planes)


def statistics(name):
    """Everything of "numbers", as arrays."""
    codes = codes_of(name)
    log = distributions(codes)
    order = np.argsort(-log, 1)
    rank = np.array([list(order[i]).index(c) for i, c in enumerate(codes)])
    forced = np.arange(PATCHES) < FORK_AT if name == "fork" else np.zeros(PATCHES, bool)
    return {
        "codes": codes,
        "rank": rank,
        "forced": forced,
        "log": log[np.arange(PATCHES), codes].astype("<f4"),
        "entropy": -(np.exp(log) * log).sum(1).astype("<f4"),
        "top_codes": order[:, :TOP],
        "top_log": np.take_along_axis(log, order[:, :TOP], 1).astype("<f4"),
        "sorted": -np.sort(-log, 1),
        "spread": packed_spread(log),
    }


def image(pixels, kind="PNG"):
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(
        out, kind, **({} if kind == "PNG" else {"lossless": True})
    )
    return out.getvalue()


def atlas(crops):
    """Crops [m y x 3] as one picture, and the header's part about it."""
    across = 7
    side = crops[0].shape[0]
    page = np.zeros((-(-len(crops) // across) * side, across * side, 3), np.uint8)
    for i, crop in enumerate(crops):
        y, x = divmod(i, across)
        page[y * side : (y + 1) * side, x * side : (x + 1) * side] = crop
    return {"across": across, "side": side}, image(page, "WEBP")


def cut(pixels, patch, reach):
    """The window around a patch, moved inside the picture."""
    size = min(2 * reach + 1, ROWS)
    row = min(max(patch // COLUMNS - reach, 0), ROWS - size)
    column = min(max(patch % COLUMNS - reach, 0), COLUMNS - size)
    y, x = row * SIDE, column * SIDE
    return pixels[y : y + size * SIDE, x : x + size * SIDE]


@functools.cache
def film(name):
    """The four parts of a film: {part: (header, buffers)}."""
    found = statistics(name)
    codes = found["codes"]
    blank = np.full(PATCHES, -1)
    steps, choices = [], []
    for patch in range(PATCHES):
        so_far = np.where(np.arange(PATCHES) <= patch, codes, blank)
        steps.append(cut(pixels_of(so_far.reshape(ROWS, COLUMNS)), patch, REACH))
        for j in range(3):
            so_far[patch] = found["top_codes"][patch, j]
            choices.append(cut(pixels_of(so_far.reshape(ROWS, COLUMNS)), patch, 1))
    frames_about, frames = atlas(steps)
    choices_about, alternatives = atlas(choices)
    numbers = [
        codes.astype("<u2"),
        found["rank"].astype("<u2"),
        found["forced"].astype("u1"),
        np.stack([found["log"], found["entropy"]]).astype("<f4"),
        found["top_codes"].astype("<u2"),
        found["top_log"].astype("<f4"),
    ]
    grid = (ROWS, COLUMNS)
    return {
        "picture": (
            {},
            [image(pixels_of(codes.reshape(grid))), image(pixels_of(blank.reshape(grid)))],
        ),
        "numbers": (
            {"end": PATCHES, "a": TOP, "k": CODES},
            [array.tobytes() for array in numbers] + [found["spread"]],
        ),
        "frames": ({**frames_about, "steps": PATCHES, "reach": REACH}, [frames]),
        "choices": ({**choices_about, "top": 3, "margin": 1, "first": 0}, [alternatives]),
    }


def branch(name, **changes):
    fork = name == "fork"
    told = {
        "id": name,
        "parent": "one" if fork else None,
        "how": "fork" if fork else "drawn",
        "label": "fork at row 1, column 4" if fork else f"seed {['one', 'two'].index(name)}",
        "seed": "0" if name != "two" else "1",
        "prompt": "a red cube",
        "at": FORK_AT if fork else None,
        "state": "whole",
        "end": PATCHES,
        "score": None,
        "rank": None if fork else 1 if name == "one" else 2,
        "drawn": 2,
        "caption": "",
        "alt": f"a red cube, picture {name}",
    }
    return {**told, **changes}


def state(**changes):
    """All traits, as the Python half would send them."""
    traits = {
        "status": {"state": "idle", "sentence": "", "done": 0, "total": 0, "left": None},
        "alive": True,
        "caption": "2 drawn with seeds 0 and 1, all shown.",
        "alt": "pictures of a red cube",
        "geometry": {
            "rows": ROWS,
            "columns": COLUMNS,
            "patch": SIDE,
            "codes": CODES,
            "average": [3.0] * PATCHES,
        },
        "prompt": "a red cube",
        "seed": "9007199254740993",
        "n": 4,
        "settings": {"temperature": 1.0, "top_k": None, "top_p": None, "guidance": 3.0},
        "branches": [branch("one"), branch("two"), branch("fork")],
        "shown": ["one", "two"],
        "selected": "one",
        "compared": "",
        "step": PATCHES,
        "patch": -1,
        "overlay": "picture",
        "reshape": {"temperature": 1.0, "top_k": None, "top_p": None},
        "embedded": {},
    }
    return {**traits, **changes}


def open_player(mount, traits=None, films=("one", "two", "fork"), **options):
    """Mount the view and give it its films; return the page when they are in."""
    esm = (STATIC / "decode_player.js").read_text(encoding="utf-8")
    css = (STATIC / "decode_player.css").read_text(encoding="utf-8")
    page = mount(esm, css, traits or state(), **{"viewport": (1040, 1000), **options})
    for name in films:
        give_film(page, name)
    settle(page)
    return page


def give_film(page, name, parts=("picture", "numbers", "frames", "choices"), made=None):
    made = made or film(name)
    for part in parts:
        header, buffers = made[part]
        tell(page, {"kind": "film", "id": name, "part": part, "header": header}, buffers)


def settle(page):
    """Wait until messages are unpacked and the next frame of the screen is drawn."""
    page.evaluate(
        "async () => { for (let i = 0; i < 3; i++) { await new Promise((r) => setTimeout(r, 8));"
        " await new Promise(requestAnimationFrame); } }"
    )


def plate(page, name):
    return page.locator(f"canvas[data-branch={name}]")


# Read from a copy: a canvas that is read often would be moved out of the graphics memory.
COPY = """(c, [x, y]) => {
    const copy = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    copy.drawImage(c, Math.round(c.width * x), Math.round(c.height * y), 1, 1, 0, 0, 1, 1);
    return [...copy.getImageData(0, 0, 1, 1).data];
}"""


def seen(page, name, patch, at=(0.5, 0.25)):
    """Colour of a patch on the canvas, a little above its middle."""
    row, column = divmod(patch, COLUMNS)
    place = [(column + at[0]) / COLUMNS, (row + at[1]) / ROWS]
    return tuple(plate(page, name).evaluate(COPY, place)[:3])


def is_code(page, name, patch, code):
    return np.abs(np.subtract(seen(page, name, patch), colour_of(code).astype(int))).max() <= 1


def is_hatched(page, name, patch):
    """Grey of one kind only, whichever pixel one looks at."""
    found = [seen(page, name, patch, (x, y)) for x in (0.3, 0.5, 0.7) for y in (0.3, 0.6)]
    return all(len(set(colour)) == 1 for colour in found)


def over(page, name, patch):
    """Move the mouse to the middle of a patch."""
    row, column = divmod(patch, COLUMNS)
    box = plate(page, name).bounding_box()
    x = box["x"] + box["width"] * (column + 0.5) / COLUMNS
    y = box["y"] + box["height"] * (row + 0.5) / ROWS
    page.mouse.move(x, y)
    return x, y


def sent(page, kind):
    return [message for message in page.evaluate("sent") if message["kind"] == kind]


def held(page, name):
    """A trait, as Python would have it: what was set is saved first."""
    page.wait_for_timeout(200)
    return page.evaluate("(name) => model.get(name)", name)


def panel(page):
    return page.get_by_role("region", name="the patch in hand")


def row_of(page, name):
    return panel(page).get_by_role("row", name=re.compile(f"^{name}")).inner_text()
