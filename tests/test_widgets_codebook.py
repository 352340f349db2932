"""The kernel's half of CodebookBrowser: what it shows of codes, what it refuses, what it sends."""

import gc
import json
import weakref

import numpy as np
import pytest
import torch
from codebook_rig import CODES, SIDE, Page, browsing, image, keep, measured, tiles_in, tiny

import dalle_explore as dx
import dalle_explore.widgets.codebook_browser as room
from dalle_explore.errors import InputError
from dalle_explore.instruments.codebook import codes as look_up
from dalle_explore.widgets.codebook_tiles import Tiles, by_colour, nearest, tiles_of

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return tiny(tmp_path_factory.mktemp("codebook"))


@pytest.fixture(scope="module")
def atlas(model):
    return measured(model)


@pytest.fixture
def counted(model, atlas):
    """The model, with its atlas at hand."""
    keep(atlas)
    return model


@pytest.fixture(scope="module")
def sample(model):
    return dx.draw(model, "a hedgehog drinking tea", n=1, seed=3, score=False)[0]


@pytest.fixture
def uncounted(model, tmp_path, monkeypatch):
    """The model on a machine where nothing was measured."""
    monkeypatch.setenv("DALLE_EXPLORE_HOME", str(tmp_path / "home"))
    return model


# -- tiles and what is like them


def test_a_tile_is_the_middle_of_the_tile_that_the_instrument_shows(counted, atlas):
    tiles = Tiles(CODES, 8)
    tiles.make(counted, [3, 17, 39])
    for entry in look_up(counted.generator, atlas, [3, 17, 39], 1, 1).entries:
        np.testing.assert_array_equal(tiles.pixels[entry.code], entry.tile[8:16, 8:16])
    assert tiles.count == 3 and not tiles.whole


def test_the_nearest_codes_are_those_of_the_instrument(counted, atlas):
    found, away, typical = nearest(counted, range(CODES), 5)
    for entry in look_up(counted.generator, atlas, list(range(CODES)), 1, 5).entries:
        assert [near.code for near in entry.near] == found[entry.code].tolist()
        assert [near.distance for near in entry.near] == pytest.approx(away[entry.code].tolist())
        assert entry.typical == pytest.approx(typical[entry.code])


def test_of_equally_near_codes_the_smaller_number_comes_first(model, monkeypatch):
    same = torch.zeros(CODES, 4)
    same[7:] = 1
    monkeypatch.setattr(model.generator, "code_vectors", lambda: same)
    found, away, _ = nearest(model, [9, 0], 8)
    assert found.tolist() == [[7, 8, 10, 11, 12, 13, 14, 15], [1, 2, 3, 4, 5, 6, 7, 8]]
    assert away[1].tolist() == [0] * 6 + [2, 2]


def test_by_colour_greys_come_first_and_then_the_circle_of_hues():
    colours = [(255, 0, 0), (10, 10, 10), (0, 0, 255), (250, 250, 250), (0, 160, 0), (200, 0, 0)]
    tiles = np.array(colours, np.uint8)[:, None, None, :].repeat(2, 1).repeat(2, 2)
    order = by_colour(tiles).tolist()
    assert order[:2] == [3, 1]  # light, dark
    assert abs(order.index(0) - order.index(5)) == 1  # both reds
    assert order.index(0) < order.index(4) < order.index(2)  # red, green, blue


def test_tiles_are_shared_by_all_browsers_of_a_model_and_let_go_with_it(tmp_path):
    model = tiny(tmp_path / "other", seed=1)
    with browsing(model) as one, browsing(model) as two:
        assert one._shelf.tiles is two._shelf.tiles is tiles_of(model)
    there = weakref.ref(model)
    del model, one, two
    gc.collect()
    assert there() is None


# -- what is given, and what is refused


def test_it_opens_at_once_and_makes_no_tile_before_somebody_looks(tmp_path):
    with browsing(tiny(tmp_path / "fresh", seed=2)) as browser:
        assert browser._shelf.tiles.count == 0
        assert (browser.tab, browser.selected, browser.at) == ("look", -1, -1)
        assert browser.geometry["codes"] == CODES and browser.geometry["reach"] == 4


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"selected": 40}, "code is 40, but this model's codes are whole numbers from 0 to 39"),
        ({"selected": True}, "code is True"),
        ({"codes": []}, r"codes is \[\], but it names at least one code, and each once"),
        ({"codes": [1, 1]}, r"codes is \[1, 1\]"),
        ({"codes": 7}, "codes is 7"),
        ({"codes": [41]}, "code is 41"),
        ({"sort": "likeness"}, "sort is 'likeness', but it is one of usage, colour, number"),
        ({"tab": "draw"}, "tab is 'draw', but it is one of look, paint"),
        ({"show": "film"}, "show is 'film', but it is one of picture, change"),
        ({"at": 40}, "at is 40, but it has to be a place on the sheet, 0 to 39"),
        ({"at": 2, "codes": [5, 6]}, "at is 2, but it has to be a place on the sheet, 0 to 1"),
        ({"grid": np.zeros((4, 4), int)}, r"grid has the shape \(4, 4\)"),
        ({"grid": np.zeros((6, 6))}, "the kind float64, but it has to be whole numbers"),
        ({"grid": np.full((6, 6), 40)}, "from 0 to 39"),
        ({"grid": [[1], [1, 2]]}, "but it has to be whole numbers of the shape"),
        ({"sorted": "usage"}, "'sorted' is no keyword of CodebookBrowser: did you mean 'sort'"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(counted, options, said):
    with pytest.raises(InputError, match=said):
        dx.CodebookBrowser(counted, **options)


def test_only_a_model_or_one_sample_is_taken(sample):
    for wrong in ("pocket", [sample, sample], 3):
        with pytest.raises(InputError, match="a codebook browser shows a model or one sample"):
            dx.CodebookBrowser(wrong)


def test_a_browser_half_cannot_set_what_is_told(counted):
    with browsing(counted) as browser:
        before = browser.painting, browser.about, browser.caption
        browser.set_state({"painting": {}, "about": {}, "caption": "so", "selected": 5})
        assert (browser.painting, browser.about, browser.caption) == before
        assert browser.selected == 5
        for name, value in (("selected", 40), ("at", -2), ("sort", "likeness"), ("tab", "x")):
            with pytest.raises(Exception, match=name):
                setattr(browser, name, value)


def test_messages_that_mean_nothing_are_answered_in_a_sentence(counted):
    with browsing(counted) as browser:
        page = Page(browser)
        page.say("nonsense")
        assert page.done()["state"] == "idle"
        for message in (
            {"kind": "paint", "code": 1},
            {"kind": "paint", "code": 1, "patches": 3, "stroke": "", "number": 1},
            {"kind": "paint", "code": 40, "patches": [1], "stroke": "", "number": 1},
            {"kind": "paint", "code": 4, "patches": [36], "stroke": "", "number": 1},
            {"kind": "part", "part": "entry", "code": "x"},
            {"kind": "part"},
        ):
            page.say(**message)
            said = page.done()
            assert said["state"] == "failed" and said["sentence"].endswith("."), message
        assert (browser.painted == browser.painted[0, 0]).all()


# -- what is sent


def test_tiles_come_in_the_order_of_the_sheet_each_once_and_then_the_order_by_colour(
    counted, atlas, monkeypatch
):
    monkeypatch.setattr(room, "_TILES", 16)
    with browsing(counted) as browser:
        page = Page(browser)
        page.say("part", part="tiles")
        sent = [tiles_in(*part) for part in page.parts("tiles")]
        by_usage = np.argsort(-atlas.usage.counts.astype(int), kind="stable")
        assert [code for part in sent for code in part] == by_usage.tolist()
        shelf = browser._shelf.tiles
        for part in sent:
            for code, pixels in part.items():
                np.testing.assert_array_equal(pixels, shelf.pixels[code])
        ((_, (order,)),) = page.parts("order")
        np.testing.assert_array_equal(np.frombuffer(order, "<u2"), by_colour(shelf.pixels))


def test_the_making_of_tiles_is_told_and_can_be_stopped_and_gone_on_with(tmp_path, monkeypatch):
    monkeypatch.setattr(room, "_TILES", 8)
    with browsing(tiny(tmp_path / "stopped", seed=3)) as browser:
        told = []
        browser.observe(lambda change: told.append(change["new"]), "status")
        page = Page(browser)

        def stops(content, buffers=None):
            page.sent.append((content, buffers or []))
            if content.get("part") == "tiles" and len(page.parts_so_far()) == 2:
                browser.stop()

        page.parts_so_far = lambda: [one for one, _ in page.sent if one.get("part") == "tiles"]
        browser.send = stops
        page.say("part", part="tiles")
        assert page.done()["sentence"] == "Stopped: 16 of 40 tiles are there."
        busy = [one for one in told if one["state"] == "working"]
        assert [(one["done"], one["total"]) for one in busy] == [(8, 40), (16, 40)]
        assert not page.parts("order")
        page.say("part", part="tiles")
        assert page.done()["state"] == "idle"
        assert browser._shelf.tiles.whole and page.parts("order")


def test_how_often_codes_occur_is_sent_as_it_was_counted(counted, atlas):
    with browsing(counted) as browser:
        page = Page(browser)
        page.say("part", part="usage")
        ((_, (counts,)),) = page.parts("usage")
        np.testing.assert_array_equal(np.frombuffer(counts, "<u4"), atlas.usage.counts)
        about = browser.about
        assert (about["pictures"], about["patches"], about["used"]) == (12, 432, atlas.usage.used)
        assert about["refused"] == "" and browser.sort == "usage"


def test_an_entry_brings_real_crops_first_and_those_of_the_codes_like_it(counted, atlas):
    code = int(atlas.usage.counts.argmax())
    (entry,) = look_up(counted.generator, atlas, [code], 8, 6).entries
    with browsing(counted) as browser:
        page = Page(browser)
        page.say("part", part="entry", code=code)
        ((header, (strip,)),) = page.parts("entry")
        assert json.loads(json.dumps(header))["code"] == code
        assert [crop["caption"] for crop in header["crops"]] == [
            crop.caption for crop in entry.crops
        ]
        assert [near["code"] for near in header["near"]] == [near.code for near in entry.near]
        wanted = [crop.pixels for crop in entry.crops]
        wanted += [near.crop.pixels for near in entry.near if near.crop is not None]
        np.testing.assert_array_equal(image(strip), np.concatenate(wanted, axis=1))
        assert header["side"] == 24


def test_a_code_that_the_hand_has_passed_over_is_not_looked_up(counted):
    with browsing(counted) as browser:
        page = Page(browser)
        with counted.lock:  # somebody draws meanwhile
            browser._workshop.add(
                lambda goes_on: counted.lock.acquire() and counted.lock.release()
            )
            for code in (3, 4, 5):
                page.say("part", part="entry", code=code)
        assert [header["code"] for header, _ in page.parts("entry")] == [5]


# -- where nothing was counted


def test_without_an_atlas_it_says_why_and_shows_what_it_can(uncounted, tmp_path):
    with browsing(uncounted, selected=7) as browser:
        assert "python -m dalle_explore check atlas" in browser.about["refused"]
        assert browser.sort == "number" and "was not counted" in browser.caption
        page = Page(browser)
        page.say("part", part="usage")
        page.say("part", part="entry", code=7)
        assert not page.parts("usage")
        ((header, buffers),) = page.parts("entry")
        assert header["crops"] == [] and len(header["near"]) == 6 and buffers == []
        with pytest.raises(InputError, match="codes cannot be looked up"):
            browser.codes  # noqa: B018
        with pytest.raises(Exception, match="sort is 'usage', but nothing was counted"):
            browser.sort = "usage"
        browser.save_html(tmp_path / "page.html")
    with pytest.raises(InputError, match="nothing was counted: how often codes occur"):
        dx.CodebookBrowser(uncounted, sort="usage")


# -- what comes out of it


def again(code):
    """Run the code of a view; what its last line makes."""
    *lines, last = code.strip().splitlines()
    names = {}
    exec("\n".join(lines), names)
    return eval(last, names)


@pytest.mark.parametrize(
    "view",
    [
        {},
        {"selected": 7, "sort": "colour", "tab": "paint", "show": "change"},
        {"codes": [3, 5, 8], "selected": 5, "at": 2, "sort": "number"},
    ],
)
def test_python_makes_the_same_browser_again(counted, sample, view):
    for what in (counted, sample):
        with browsing(what, **view) as browser:
            browser.paint(5, [(0, 1), (2, 3)]).paint(6, [(1, 1)])
            code = browser.python()
            twin = again(code)
            assert twin.view == browser.view
            np.testing.assert_array_equal(twin.painted, browser.painted)
            assert twin.painting["start"] == browser.painting["start"]
            assert twin.python() == code
            twin.close()


def test_python_makes_a_grid_that_was_given_and_one_that_was_painted_over(counted, sample):
    given = np.random.default_rng(1).integers(0, CODES, (SIDE, SIDE))
    with browsing(counted, grid=given) as browser:
        browser.paint(3, [(0, 0)])
        twin = again(browser.python())
        np.testing.assert_array_equal(twin.painted, browser.painted)
        np.testing.assert_array_equal(twin.painting["start"], given.flatten())
        twin.close()
    with browsing(sample, grid=given) as browser:
        twin = again(browser.python())
        np.testing.assert_array_equal(twin.painted, given)
        np.testing.assert_array_equal(twin.painting["start"], sample.codes.flatten())
        twin.close()


def test_codes_and_figure_are_of_the_code_in_hand(counted):
    with browsing(counted, selected=11) as browser:
        assert [entry.code for entry in browser.codes.entries] == [11]
        assert browser.figure().axes
        browser.selected = -1
        assert len(browser.codes.entries) > 1
    with browsing(counted, codes=[4, 2, 9]) as browser:
        assert [entry.code for entry in browser.codes.entries] == [4, 2, 9]


def test_the_page_carries_all_tiles_all_nearest_codes_and_some_entries(counted, sample, tmp_path):
    with browsing(sample, selected=7) as browser:
        browser.paint(7, [(0, 0)])
        parts = browser._embedded()["embedded"]
        assert {"usage", "tiles", "order", "near", "picture", "start", "entry 7"} <= set(parts)
        tiles = tiles_in(parts["tiles"]["header"], parts["tiles"]["buffers"])
        for code, pixels in tiles.items():
            np.testing.assert_array_equal(pixels, browser._shelf.tiles.pixels[code])
        assert sorted(tiles) == list(range(CODES))
        codes, away, typical = (
            np.frombuffer(one, "<u2").astype(float) for one in parts["near"]["buffers"]
        )
        found, distances, medians = nearest(counted, range(CODES), 6)
        assert codes.tolist() == found.flatten().tolist()
        most = parts["near"]["header"]["most"]
        assert away / 65535 * most == pytest.approx(distances.flatten(), abs=most / 65535)
        assert typical / 65535 * most == pytest.approx(medians, abs=most / 65535)
        np.testing.assert_array_equal(image(parts["start"]["buffers"][0]), sample.picture)
        path = browser.save_html(tmp_path / "page.html")
        assert path.stat().st_size <= 2 * 2**20


def test_a_page_stays_below_two_megabytes_whatever_the_tiles_are(counted, monkeypatch):
    """Of noise, which no picture format makes smaller, fewer entries travel."""
    with browsing(counted, selected=7) as browser:
        shelf = browser._shelf
        monkeypatch.setattr("dalle_explore.widgets.codebook_shelf._BYTES", 30_000)
        parts = shelf.embedded([7], "usage", None, browser._painting)
        entries = [name for name in parts if name.startswith("entry")]
        size = sum(len(one) for part in parts.values() for one in part["buffers"])
        assert 1 <= len(entries) < CODES and size < 45_000 and entries[0] == "entry 7"


def test_a_closed_browser_says_so(counted):
    browser = dx.CodebookBrowser(counted, selected=3)
    browser.close()
    for act in (browser.python, browser.undo, lambda: browser.picture, lambda: browser.codes):
        with pytest.raises(InputError, match="this CodebookBrowser was closed"):
            act()
    assert "closed" in repr(browser)


def test_a_notebook_is_given_a_still_of_the_open_page(counted):
    with browsing(counted, selected=3) as browser:
        pixels = image(browser._still())
        assert pixels.shape[1] == 16 * 26 + 2
        assert repr(browser) == "CodebookBrowser('the codebook of tiny')"
