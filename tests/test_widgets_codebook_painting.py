"""Painting with codes, in the kernel: pixels, strokes, what is undone; many hands at once."""

import threading

import numpy as np
import pytest
import torch
from codebook_rig import CODES, SIDE, Page, browsing, keep, measured, tiny

import dalle_explore as dx
from dalle_explore.errors import InputError

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return tiny(tmp_path_factory.mktemp("painting"))


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


def decoded(model, grid):
    return model.generator.decode_codes(torch.from_numpy(grid)[None])[0].numpy()


def test_pixels_after_many_strokes_are_those_of_the_codes_decoded_as_a_whole(counted, sample):
    dice = np.random.default_rng(0)
    with browsing(sample) as browser:
        page = Page(browser)
        shown = decoded(counted, sample.codes.astype(np.int64))
        page.say("part", part="picture")
        page.done()  # from here on only what changes is decoded
        for number in range(1, 13):
            patches = dice.choice(36, 3, replace=False).tolist()
            code = int(dice.integers(CODES))
            page.say("paint", code=code, patches=patches, stroke=f"s{number}", number=number)
            page.done()
            if number % 4 == 0:
                page.say("undo")
        for header, (data,) in page.parts("pixels"):
            pixels = np.frombuffer(data, np.uint8).reshape(header["height"], header["width"], 3)
            here = (
                slice(header["top"], header["top"] + header["height"]),
                slice(header["left"], header["left"] + header["width"]),
            )
            shown[here] = pixels
        assert page.parts("pixels")[-1][0]["number"] == 12
        whole = decoded(counted, browser.painted)
        assert np.abs(shown.astype(int) - whole).max() <= 1  # a last bit may round the other way
        assert np.abs(np.asarray(browser.picture).astype(int) - whole).max() <= 1


def test_a_stroke_sends_only_the_patches_whose_pixels_it_can_change(counted):
    with browsing(counted) as browser:
        page = Page(browser)
        page.say("part", part="picture")
        page.done()
        page.say("paint", code=5, patches=[0], stroke="a", number=1)
        ((header, _),) = page.parts("pixels")
        assert (header["top"], header["left"]) == (0, 0)
        assert (header["height"], header["width"]) == (5 * 8, 5 * 8)  # four patches further


def test_a_stroke_that_changes_nothing_is_answered_all_the_same(counted):
    with browsing(counted, grid=np.full((SIDE, SIDE), 9)) as browser:
        page = Page(browser)
        page.say("part", part="picture")
        page.say("paint", code=9, patches=[1, 2], stroke="a", number=7)
        ((header, (data,)),) = page.parts("pixels")
        assert header["number"] == 7 and data == b"" and header["width"] == 0
        assert browser.painting["undo"] == 0


def test_a_stroke_is_undone_as_one_and_done_again(counted):
    with browsing(counted, grid=np.zeros((SIDE, SIDE), int)) as browser:
        page = Page(browser)
        for patch in (0, 1, 2):
            page.say("paint", code=5, patches=[patch], stroke="first", number=patch)
        page.say("paint", code=6, patches=[1], stroke="second", number=3)
        assert browser.painted[0].tolist() == [5, 6, 5, 0, 0, 0]
        assert (browser.painting["undo"], browser.painting["redo"]) == (2, 0)
        browser.undo()
        assert browser.painted[0].tolist() == [5, 5, 5, 0, 0, 0]
        browser.undo().undo()
        assert not browser.painted.any() and browser.painting["redo"] == 2
        browser.redo()
        assert browser.painted[0].tolist() == [5, 5, 5, 0, 0, 0]
        browser.paint(7, [(5, 5)])
        assert browser.painting["redo"] == 0
        browser.reset()
        assert not browser.painted.any()
        browser.undo()
        assert browser.painted[5, 5] == 7


def test_in_a_script_codes_are_painted_by_row_and_column(sample):
    with browsing(sample) as browser:
        before = sample.codes.copy()
        browser.paint(5, [(0, 1), (2, 3)]).paint(6, [(2, 3)])
        assert browser.painted[0, 1] == 5 and browser.painted[2, 3] == 6
        assert browser.painted.dtype == np.int64 and browser.sample is sample
        np.testing.assert_array_equal(sample.codes, before)
        apart = browser.painted != before
        assert f"by hand, which no model chose: {apart.sum()}." in browser.caption
        assert browser.picture.size == (48, 48)
        for wrong in ([(6, 0)], [(0, -1)], [3]):
            with pytest.raises(InputError, match="patch is"):
                browser.paint(5, wrong)


def test_an_empty_sheet_is_the_code_that_white_becomes(counted):
    with browsing(counted) as browser:
        (code,) = np.unique(browser.painted)
        white = torch.full((1, 48, 48, 3), 255, dtype=torch.uint8)
        found = counted.generator.encode_image(white).flatten()
        assert code == int(torch.bincount(found).argmax()) == browser.about["ground"]


def test_hands_in_several_threads_leave_the_picture_of_the_codes(counted):
    with browsing(counted) as browser:
        page = Page(browser)
        page.say("part", part="picture")
        page.done()

        def hand(code):
            for patch in range(code, 36, 4):
                page.say("paint", code=code, patches=[patch], stroke=f"h{code}", number=patch)

        hands = [threading.Thread(target=hand, args=(code,)) for code in range(4)]
        for one in hands:
            one.start()
        for one in hands:
            one.join()
        page.done()
        assert (browser.painted.flatten() == np.arange(36) % 4).all()
        whole = decoded(counted, browser.painted)
        assert np.abs(np.asarray(browser.picture).astype(int) - whole).max() <= 1
