"""An explorer on a page of its own, with made-up numbers in the bytes of the Python half.

What the page has to show is computed here once more, in numpy, from the same bytes.
"""

import functools
import re

import numpy as np
from browser import tell
from decode_page import COPY, image, settle
from house import PACKAGE, ROOT

ROWS = COLUMNS = 6
SIDE, LAYERS, HEADS = 8, 2, 2
PATCHES = ROWS * COLUMNS
WORDS = ("a", "red", "cube", "cube")  # one of them twice
PROMPT = "a red cube, cube"
OTHER = ("a", "blue", "cube")
FLIP = 9  # where "off", the picture without a word, leaves "one"
VEIL = 0.76  # how much of a map's colour covers the grey picture

STATIC = PACKAGE / "widgets" / "static"


def words_of(name):
    return OTHER if name == "two" else WORDS


def codes_of(name):
    codes = np.random.default_rng(5).integers(0, 40, PATCHES)
    if name != "one":
        codes[[FLIP, FLIP + 4]] += 1
    return codes


def pixels_of(name):
    """uint8 [y x 3]: every code has its own colour."""
    code = codes_of(name).reshape(ROWS, COLUMNS)
    plain = np.stack([20 + 5 * code, 220 - 4 * code, 90 + (code * 37) % 120], -1)
    return plain.astype(np.uint8).repeat(SIDE, 0).repeat(SIDE, 1)


def roots(shares):
    return np.round(255 * np.sqrt(shares)).astype("u1")


@functools.cache
def numbers(name):
    """Everything that the instruments found, made up, as the page gets it (after rounding)."""
    dice = np.random.default_rng({"one": 1, "off": 2, "two": 3}[name])
    w = len(words_of(name))
    shape = (LAYERS * HEADS, w + 3, PATCHES)
    found = {}
    for by in ("attention", "contribution"):
        raw = dice.gamma(0.4, 1, shape) * np.array([*[1] * w, 0, 3, 6])[:, None]
        raw[:, -1, 0] = 0  # the first patch has none before it
        found[by] = roots(raw / raw.sum(1, keepdims=True))
    signed = dice.normal(0, 0.2, shape)
    found["signed"] = np.round(127 * np.sign(signed) * np.sqrt(np.minimum(np.abs(signed), 1)))
    found["weight"] = dice.uniform(0.5, 2, (LAYERS * HEADS, PATCHES)).astype("<f2")
    found["signed weight"] = dice.uniform(0.5, 2, (LAYERS * HEADS, PATCHES)).astype("<f2")
    triangle = PATCHES * (PATCHES - 1) // 2
    for by in ("earlier attention", "earlier contribution"):
        found[by] = roots(dice.gamma(0.3, 0.05, (LAYERS, triangle)).clip(0, 0.9))
    found["layer weight"] = dice.uniform(0.5, 2, (LAYERS, PATCHES)).astype("<f2")
    for mode in ("image", "all", "replace"):
        bits = dice.normal(0.3, 1, (w + 1, PATCHES)).astype("<f2")
        if mode == "replace":
            bits[[0, -1]] = np.nan  # nothing can stand for "a", nor for the padding
        found[mode] = bits
    found["twin"] = roots(dice.dirichlet(np.ones(w + 3), PATCHES).T)
    found["kl"] = dice.gamma(2, 0.5, (LAYERS + 1, PATCHES)).astype("<f2")
    return found


@functools.cache
def parts(name):
    """All parts of a picture: {part: (header, buffers)}."""
    n, w = numbers(name), len(words_of(name))
    looks = {"layers": LAYERS, "heads": HEADS, "columns_w": w + 3, "patches": PATCHES}
    modes = ("image", "all", "replace")
    replaced = [[], ["blue", "green"], ["ball"], ["ball"]][:w]
    heads = {
        "effect": None,
        "text": [0.2, 0.5, 0.1, 0.3],
        "earlier": [0.6, 0.2, 0.7, 0.4],
        "entropy": [3.0, 1.0, 2.0, 4.0],
        "distance": [2.5, 1.5, 3.5, 0.5],
        "push": [0.1, 0.2, 0.3, 0.4],
    }
    agreement = {
        "places": list(range(w)),
        "scores": {},
        "correlations": [["attention", "knockout"], [[1, 0.4], [0.4, 1]]],
        "disagree": True,
        "top": {"attention": 0, "contribution": 1, "knockout": 2},
        "deletion": None,
    }
    curves = {"steps": list(range(w + 1)), "top": list(range(w + 1)), "random": [0.0] * (w + 1)}
    strip = [image(np.full((ROWS * SIDE, COLUMNS * SIDE, 3), 60 * i, "u1")) for i in range(3)]
    kl = n["kl"].astype(float).mean(1)
    return {
        "picture": ({}, [image(pixels_of(name)), codes_of(name).astype("<u2").tobytes()]),
        "looks": (
            looks,
            [
                n["attention"].tobytes(),
                n["contribution"].tobytes(),
                n["signed"].astype("i1").tobytes(),
                n["weight"].tobytes(),
                n["signed weight"].tobytes(),
            ],
        ),
        "earlier": (
            {},
            [
                n["earlier attention"].tobytes(),
                n["earlier contribution"].tobytes(),
                n["layer weight"].tobytes(),
            ],
        ),
        "depends": (
            {"modes": list(modes), "rows": w + 1, "padding": True, "replaced": replaced},
            [n[mode].tobytes() for mode in modes],
        ),
        "agreement": (agreement, []),
        "deletion": (curves, []),
        "twin": (
            {"correlation": {"attention": 0.3, "contribution": 0.12}},
            [n["twin"].tobytes(), n["twin"].tobytes()],
        ),
        "heads": (heads, []),
        "lens": (
            {"names": ["embedding", "after layer 0", "after layer 1"], "kl": kl.tolist()},
            [*strip, n["kl"].tobytes()],
        ),
    }


# -- what the page has to make of it


def chosen(picks=()):
    return [layer * HEADS + head for layer, head in picks] or list(range(LAYERS * HEADS))


def shares(name, by="contribution", picks=()):
    """Shares [c p] of the chosen heads together."""
    n, heads = numbers(name), chosen(picks)
    if by == "signed":
        root = n["signed"][heads] / 127
        weight = n["signed weight"][heads].astype(float)[:, None]
        return (weight * np.sign(root) * root**2).sum(0) / weight.sum(0)
    weight = n["weight"][heads].astype(float)[:, None] if by == "contribution" else 1
    total = (weight * (n[by][heads] / 255.0) ** 2).sum(0)
    return total / total.sum(0)


def earlier(name, patch, by="contribution", picks=()):
    """What a patch read of each patch before it."""
    n = numbers(name)
    start = patch * (patch - 1) // 2
    rows = (n[f"earlier {by}"][:, start : start + patch] / 255.0) ** 2
    often = np.array([sum(layer == one for one, _ in picks) for layer in range(LAYERS)])
    weight = (often if picks else np.ones(LAYERS)).astype(float)
    if by == "contribution":
        weight = weight * n["layer weight"][:, patch].astype(float)
    return weight @ rows / weight.sum()


def bits(name, mode="image"):
    return numbers(name)[mode].astype(float)


# -- colours


@functools.cache
def colours(name):
    """256 colours [256 3] of a map of the browser half."""
    code = (ROOT / "widgets" / "src" / "shared" / "colour.ts").read_text(encoding="utf-8")
    listed = re.search(rf"const {name} = \[(.*?)\]", code, re.DOTALL)[1]
    stops = [
        [int(one[at : at + 2], 16) for at in (0, 2, 4)] for one in re.findall(r"\w{6}", listed)
    ]
    along = np.linspace(0, len(stops) - 1, 256)
    return np.stack(
        [np.interp(along, range(len(stops)), column) for column in zip(*stops, strict=True)], 1
    )


def share_colour(value):
    """On the scale of shares: from 0 to 50 %, by cube roots."""
    return colours("AMOUNT")[round(255 * min(1, value / 0.5) ** (1 / 3))]


def signed_share_colour(value):
    return signed_colour(value, 0.5, 1 / 3)


def signed_colour(value, most=8, power=1 / 2):
    """On a scale by a root, both ways from 0; of bits, unless it is said otherwise."""
    place = (1 + np.sign(value) * min(1, abs(value) / most) ** power) / 2
    return colours("SIGNED")[round(255 * place)]


def over_grey(colour, name, patch):
    """What a colour of a map becomes over the grey picture."""
    red, green, blue = pixels_of(name)[::SIDE, ::SIDE].reshape(-1, 3)[patch].astype(float)
    grey = 24 + 0.88 * (0.299 * red + 0.587 * green + 0.114 * blue)
    return VEIL * np.asarray(colour) + (1 - VEIL) * grey


# -- the state, and the page


def told(name, **changes):
    """What is told of a picture."""
    words, prompt, at = words_of(name), " ".join(words_of(name)), 0
    if name != "two":
        prompt = PROMPT
    places = []
    for word in words:
        start = prompt.index(word, at)
        at = start + len(word)
        places.append({"text": word, "start": start, "end": at})
    role = {"one": "first", "off": "without", "two": "second"}[name]
    label = {"one": "seed 7", "off": "without ‘red’", "two": "another prompt"}[name]
    one = {"id": name, "prompt": prompt, "seed": "7", "words": places, "role": role}
    rest = {"label": label, "replay": 1.24e-5, "caption": "", "alt": f"a red cube, {name}"}
    return {**one, **rest, "state": "whole", **changes}


PROOF = {
    "planted": [
        {
            "name": "direct",
            "says": "One word decides.",
            "truth": "red",
            "first": {"attention": "red", "knock-out": "red"},
            "holds": {"attention": True, "knock-out": True},
        },
        {
            "name": "decoy",
            "says": "A decoy is read.",
            "truth": "red",
            "first": {"attention": "big", "knock-out": "big"},
            "holds": {"attention": True, "knock-out": False},
        },
    ],
    "localisation": [
        {"instrument": "attention", "value": 0.18, "low": 0.1, "high": 0.25, "n": 40},
        {"instrument": "random map", "value": -0.01, "low": -0.1, "high": 0.1, "n": 40},
    ],
    "twin": [{"instrument": "attention", "value": 0.3, "low": 0.2, "high": 0.41, "n": 30}],
    "made": "Report card of some day.",
}


def state(**changes):
    """All traits, as the Python half would send them."""
    traits = {
        "status": {"state": "idle", "sentence": "", "done": 0, "total": 0, "left": None},
        "alive": True,
        "caption": "1 drawn, with seed 7.",
        "alt": "where a picture looked",
        "geometry": {
            "rows": ROWS,
            "columns": COLUMNS,
            "patch": SIDE,
            "layers": LAYERS,
            "heads": HEADS,
        },
        "pictures": [told("one")],
        "selected": "one",
        "beside": "",
        "tab": "looks",
        "word": -1,
        "patch": -1,
        "by": "contribution",
        "mode": "image",
        "picks": [],
        "box": [],
        "more": False,
        "proof": PROOF,
        "embedded": {},
    }
    return {**traits, **changes}


def open_explorer(mount, traits=None, **options):
    """Mount the view and give it the parts of its pictures; return the page when they are in."""
    esm = (STATIC / "attention_explorer.js").read_text(encoding="utf-8")
    css = (STATIC / "attention_explorer.css").read_text(encoding="utf-8")
    traits = traits or state()
    page = mount(esm, css, traits, **{"viewport": (1040, 1000), **options})
    if traits["alive"]:
        for one in traits["pictures"]:
            if one["state"] == "whole":
                give_parts(page, one["id"])
    settle(page)
    return page


def give_parts(page, name, only=None):
    for part, (header, buffers) in parts(name).items():
        if only is None or part in only:
            tell(page, {"kind": "part", "id": name, "part": part, "header": header}, buffers)


def plate(page, name="one", kind="map"):
    return page.locator(f"canvas[data-picture={name}][data-kind={kind}]")


def seen(page, patch, name="one", kind="map", at=(0.5, 0.3)):
    """Colour on a plate, away from the lines of the grid."""
    row, column = divmod(patch, COLUMNS)
    place = [(column + at[0]) / COLUMNS, (row + at[1]) / ROWS]
    return np.array(plate(page, name, kind).evaluate(COPY, place)[:3], float)


def dot(canvas, patch):
    """Colour of a patch on a canvas that has one pixel for each."""
    row, column = divmod(patch, COLUMNS)
    return np.array(canvas.evaluate(COPY, [column / COLUMNS, row / ROWS])[:3], float)


def is_colour(found, wanted, far=4):
    return bool(np.abs(found - wanted).max() <= far)


def is_hatched(page, patch, name="one"):
    """Grey of one kind only, whichever pixel one looks at."""
    found = [seen(page, patch, name, at=(x, y)) for x in (0.3, 0.5, 0.7) for y in (0.3, 0.6)]
    return all(len(set(colour)) == 1 for colour in found)


def over(page, patch, name="one", kind="map"):
    """Move the mouse to the middle of a patch; return where that is."""
    row, column = divmod(patch, COLUMNS)
    box = plate(page, name, kind).bounding_box()
    x = box["x"] + box["width"] * (column + 0.5) / COLUMNS
    y = box["y"] + box["height"] * (row + 0.5) / ROWS
    page.mouse.move(x, y)
    return x, y


def word(page, place, line=0):
    """The button of a word."""
    return page.locator(".dx-line").nth(line).locator(".dx-word").nth(place)


def lit(page, place, line=0):
    """The number under a word."""
    return word(page, place, line).locator(".dx-word-number").inner_text()


def panel(page):
    return page.get_by_role("region", name="what is in hand")


def row_of(page, place):
    """The numbers of a row of the table of words."""
    return panel(page).locator("tbody tr").nth(place).locator("td.dx-number").all_inner_texts()


def percent(share):
    """As people read it."""
    value = 100 * share
    if value <= 0:
        return "0 %"
    if value >= 10:
        return f"{value:.1f} %"
    if value < 0.001:
        return "< 0.001 %"
    return f"{value:.{min(5, 1 - int(np.floor(np.log10(value))))}f} %"


def signed(value, digits=2):
    """A number with its sign."""
    size = f"{abs(value):.{digits if abs(value) < 9.995 else 1 if abs(value) < 99.95 else 0}f}"
    return size if float(size) == 0 else ("−" if value < 0 else "+") + size
