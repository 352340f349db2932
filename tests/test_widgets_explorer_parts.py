"""What an explorer sends of a picture is what the instruments say of it, head by head."""

import threading

import numpy as np
import pytest
from explorer_rig import PATCHES, WORDS, exploring, part_of, squares
from player_rig import Browser

import dalle_explore as dx
import dalle_explore.widgets.explorer_making as making_room
from dalle_explore.errors import InputError
from dalle_explore.instruments.attention import attention
from dalle_explore.widgets.explorer_parts import root_bytes, signed_root_bytes

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def samples(played_samples):
    return played_samples


def test_every_head_travels_with_what_it_read(samples):
    with exploring(samples[0]) as explorer:
        header, buffers = part_of(Browser(explorer), "looks")
        found = attention(explorer.inspection.passes)
        h, c = len(found.heads()), WORDS + 3
        assert (header["layers"], header["heads"], header["columns_w"]) == (2, 2, c)
        weight = np.frombuffer(buffers[3], "<f2").reshape(h, PATCHES).astype(float)
        for by, data in (("attention", buffers[0]), ("contribution", buffers[1])):
            shares = squares(data, h, c, PATCHES)
            np.testing.assert_allclose(shares.sum(1), 1, atol=0.02)
            for number, head in enumerate(found.heads()):
                own = found.by_word(found.shares(by, [head])).T
                np.testing.assert_allclose(shares[number], own, atol=0.005)
        # As the page puts heads together, all of them are what the instrument says of all.
        shares = squares(buffers[1], h, c, PATCHES)
        together = (weight[:, None] * shares).sum(0) / weight.sum(0)
        np.testing.assert_allclose(together, found.by_word(found.shares()).T, atol=0.005)
        signed = np.frombuffer(buffers[2], np.int8).reshape(h, c, PATCHES) / 127.0
        strength = np.frombuffer(buffers[4], "<f2").reshape(h, PATCHES).astype(float)
        together = (strength[:, None] * np.sign(signed) * signed**2).sum(0) / strength.sum(0)
        np.testing.assert_allclose(together, found.by_word(found.shares("signed")).T, atol=0.01)


def test_earlier_patches_travel_as_a_triangle(samples):
    with exploring(samples[0]) as explorer:
        _, buffers = part_of(Browser(explorer), "earlier")
        found = attention(explorer.inspection.passes)
        triangle = PATCHES * (PATCHES - 1) // 2
        weight = np.frombuffer(buffers[2], "<f2").reshape(2, PATCHES).astype(float)
        for patch in (1, 20, 35):
            start = patch * (patch - 1) // 2
            rows = squares(buffers[1], 2, triangle)[:, start : start + patch]
            together = weight[:, patch] @ rows / weight[:, patch].sum()
            own = found.shares()[patch, found.subject.text_length :][:patch]
            np.testing.assert_allclose(together, own, atol=0.005)


def test_bits_of_all_modes_travel_with_the_padding_last(samples):
    with exploring(samples[0]) as explorer:
        header, buffers = part_of(Browser(explorer), "depends")
        view = explorer.inspection
        for mode, data in zip(header["modes"], buffers, strict=True):
            own = view.depends_on(mode=mode).bits.reshape(-1, PATCHES)
            bits = np.frombuffer(data, "<f2").reshape(header["rows"], PATCHES)
            np.testing.assert_allclose(bits[: len(own)], own, atol=0.01, rtol=0.002)
            assert np.isnan(bits[len(own) :]).all()
        assert header["rows"] == WORDS + 1 and header["padding"]


def test_the_rest_is_what_the_instruments_say(samples):
    with exploring(samples[0]) as explorer:
        browser, view = Browser(explorer), explorer.inspection
        _, (png, codes) = part_of(browser, "picture")
        assert png.startswith(b"\x89PNG")
        np.testing.assert_array_equal(np.frombuffer(codes, "<u2"), samples[0].codes.flatten())
        header, _ = part_of(browser, "agreement")
        agreement = view.agreement(deletion=False)
        assert header["disagree"] == agreement.disagree
        assert view.words[header["top"]["knockout"]] == agreement.first("knockout")
        header, _ = part_of(browser, "deletion")
        assert header["steps"] == [0, 1, 2, 3, 4] and header["top"][0] == 0
        header, _ = part_of(browser, "heads")
        np.testing.assert_allclose(header["text"], view.heads().text, atol=1e-4)
        assert header["effect"] is None
        header, buffers = part_of(browser, "lens")
        assert len(buffers) == len(header["names"]) + 1 == 4
        np.testing.assert_allclose(header["kl"], view.lens().kl.mean((1, 2)), atol=1e-3)
        header, buffers = part_of(browser, "twin")
        other = attention(view.twin().passes)
        own = other.by_word(other.shares("attention")).T
        np.testing.assert_allclose(squares(buffers[0], *own.shape), own, atol=0.005)
        assert -1 <= header["correlation"]["contribution"] <= 1


def test_a_part_is_made_once_and_what_is_refused_says_why(samples, monkeypatch):
    with exploring(samples[0]) as explorer:
        browser, asked = Browser(explorer), []

        def refuse(view, goes_on):
            asked.append(view)
            raise InputError("this model has no twin.")

        monkeypatch.setitem(making_room._MAKERS, "twin", refuse)
        for _ in range(2):
            header, buffers = part_of(browser, "twin")
            assert header == {"refused": "this model has no twin."} and buffers == []
        assert len(asked) == 1


def test_an_edited_picture_has_the_modes_that_can_be_asked(samples):
    edited = samples[0].again(edits=[dx.KnockOut("tea")])
    with exploring(edited) as explorer:
        header, buffers = part_of(Browser(explorer), "depends")
        assert header["modes"] == ["image", "all"] and len(buffers) == 2


def test_what_somebody_waits_for_goes_first(samples, monkeypatch):
    with exploring(samples[0], word="tea") as explorer:
        browser = Browser(explorer)
        begun, order = threading.Event(), []

        def slow(view, goes_on):
            order.append("part")
            begun.set()
            while goes_on():
                pass
            return None

        monkeypatch.setitem(making_room._MAKERS, "deletion", slow)
        browser.say("part", id="p0", part="deletion")
        assert begun.wait(20)
        monkeypatch.setitem(making_room._MAKERS, "deletion", lambda *_: making_room._picture(*_))
        browser.say("without", id="p0", word=3)
        browser.done(urgency=20)
        assert explorer.pictures[-1]["role"] == "without" and order == ["part"]
        assert [m["part"] for m, _ in browser.told("part")] == ["deletion"]  # put aside, not lost


def test_small_shares_keep_their_digits():
    shares = np.array([0, 1e-4, 0.01, 0.5, 1])
    back = (np.frombuffer(root_bytes(shares), np.uint8) / 255.0) ** 2
    np.testing.assert_allclose(back, shares, atol=0.004, rtol=0.25)
    signed = np.array([-2, -0.25, 0, 0.01])
    back = np.frombuffer(signed_root_bytes(signed), np.int8)
    assert back.tolist() == [-127, -64, 0, 13]
