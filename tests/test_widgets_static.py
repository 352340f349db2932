"""What the browser runs is built from the sources beside it, and names what Python names."""

import hashlib
import importlib
import json
import re

import anywidget
import numpy as np
import pytest
from house import PACKAGE, ROOT

SOURCES, BUILT = ROOT / "widgets" / "src", PACKAGE / "widgets" / "static"


def digest() -> str:
    """As widgets/build.mjs counts: name, 0, text, 0 of every source, in order of the names."""
    found = hashlib.sha256()
    files = [path for path in SOURCES.rglob("*") if path.is_file()]
    for path in sorted(files, key=lambda path: path.relative_to(SOURCES).as_posix()):
        text = path.read_bytes().replace(b"\r\n", b"\n")
        found.update(path.relative_to(SOURCES).as_posix().encode() + b"\0" + text + b"\0")
    return found.hexdigest()


def test_the_committed_bundles_are_built_from_the_committed_sources():
    told = json.loads((BUILT / "sources.json").read_text(encoding="utf-8"))
    assert told["sha256"] == digest(), "run: npm ci && npm run build, in the folder widgets"


VIEWS = {
    "decode_player": "DecodePlayer",
    "attention_explorer": "AttentionExplorer",
    "codebook_browser": "CodebookBrowser",
    "breeder": "Breeder",
    "prompt_grid": "PromptGrid",
    "score_explorer": "ScoreExplorer",
}


def test_every_view_of_the_sources_is_built_and_tested():
    assert {path.name.split(".")[0] for path in SOURCES.glob("*.traits.ts")} == set(VIEWS)
    for name in VIEWS:
        for kind in ("js", "css", "page.js"):
            assert (BUILT / f"{name}.{kind}").is_file(), f"{name}.{kind}"


@pytest.mark.parametrize(
    "name", [f"{view}.{kind}" for view in VIEWS for kind in ("js", "page.js")]
)
def test_a_bundle_fetches_nothing_and_lets_no_text_become_markup(name):
    code = (BUILT / name).read_text(encoding="utf-8")
    for way in (r"\bfetch\(", r"XMLHttpRequest", r"WebSocket", r"\bimport\(", r"^import\b"):
        assert not re.search(way, code, re.MULTILINE), way
    for way in (
        r"innerHTML",
        r"outerHTML",
        r"insertAdjacentHTML",
        r"document\.write",
        r"\beval\(",
    ):
        assert not re.search(way, code), way
    addresses = set(re.findall(r"https?://[^\s\"'`)]+", code))
    assert addresses <= {"http://www.w3.org/2000/svg"}, addresses
    style = (BUILT / f"{name.split('.')[0]}.css").read_text(encoding="utf-8")
    assert not re.search(r"@import|url\(\s*['\"]?(?!data:)", style)


@pytest.mark.parametrize("view", VIEWS)
def test_both_halves_name_the_same_traits(view):
    widget = getattr(importlib.import_module(f"dalle_explore.widgets.{view}"), VIEWS[view])
    page = (SOURCES / f"{view}.traits.ts").read_text(encoding="utf-8")
    listed = re.search(r"TRAITS = \[(.*?)\]", page, re.DOTALL)
    assert listed is not None
    own = set(widget.class_traits(sync=True)) - set(anywidget.AnyWidget.class_traits(sync=True))
    assert set(re.findall(r'"(\w+)"', listed[1])) == own - {"_esm", "_css"}


def selectors(sheet):
    """Every selector of a sheet, one by one; what stands in keyframes is none."""
    sheet = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    sheet = re.sub(r"@keyframes [\w-]+ \{(?:[^{}]*\{[^{}]*\})*\s*\}", "", sheet)
    for block in re.findall(r"([^{};]+)\{", sheet):
        if not block.strip().startswith("@"):
            # Commas inside brackets belong to one selector.
            yield from (one.strip() for one in re.split(r",(?![^(]*\))", block))


@pytest.mark.parametrize("view", VIEWS)
def test_the_rules_of_a_view_reach_no_other_view(view):
    """Jupyter puts the sheets of all widgets of a page side by side."""
    source = (SOURCES / f"{view}.ts").read_text(encoding="utf-8")
    root = re.search(r'class: "dx (dx-[a-z]+)"', source)[1]
    found = list(selectors((BUILT / f"{view}.css").read_text(encoding="utf-8")))
    assert len(found) > 100
    foreign = [one for one in found if not re.search(rf"\.{root}(?![\w-])", one)]
    assert foreign == []


def test_both_halves_have_the_same_colours():
    """What a printed figure shows and what the player shows are told apart by nobody."""
    from matplotlib import colormaps
    from matplotlib.colors import to_rgb

    from dalle_explore.figures.maps import DIFFERENCE, SURPRISE

    code = (SOURCES / "shared" / "colour.ts").read_text(encoding="utf-8")
    for name, scale in (("AMOUNT", SURPRISE), ("SIGNED", DIFFERENCE)):
        listed = re.search(rf"const {name} = \[(.*?)\]", code, re.DOTALL)
        assert listed is not None
        stops = [f"#{hexes}" for hexes in re.findall(r'"(\w{6})"', listed[1])]
        colours = scale.colours
        colours = colormaps[colours] if isinstance(colours, str) else colours
        places = [place / (len(stops) - 1) for place in range(len(stops))]
        # matplotlib has 256 colours in all, so a place between two of them is off by a level.
        for place, stop in zip(places, stops, strict=True):
            assert np.abs(np.subtract(to_rgb(colours(place)), to_rgb(stop))).max() < 2.5 / 255


def test_maps_of_an_explorer_have_the_scales_of_the_printed_ones():
    from dalle_explore.figures.maps import BITS, SHARE, SIGNED_SHARE

    code = (SOURCES / "attention_explorer" / "scales.ts").read_text(encoding="utf-8")
    for name, scale in (("share", SHARE), ("signedShare", SIGNED_SHARE), ("bits", BITS)):
        found = re.search(
            rf"const {name}: Scale = {{\s*low: (\S+), high: (\S+), log: false, power: 1 / (\d)",
            code,
        )
        assert found is not None, name
        low, high, power = map(float, found.groups())
        assert (low, high, 1 / power) == (scale.low, scale.high, scale.power), name
