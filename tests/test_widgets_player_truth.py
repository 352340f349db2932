"""What a player says of its pictures is true of those that are shown, and its code makes them."""

import dataclasses
import threading

import numpy as np
import pytest
from PIL import Image
from tiny import make_tiny_bundle
from traitlets import TraitError

import dalle_explore as dx
from dalle_explore.errors import InputError
from dalle_explore.session.samples import Samples
from dalle_explore.widgets.workshop import Workshop

PROMPT = "a hedgehog drinking tea"

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    make_tiny_bundle(folder, side=6, codebook_size=40)
    return dx.load(folder)


@pytest.fixture(scope="module")
def samples(model):
    return dx.draw(model, PROMPT, n=3, score=False)


def says(player, kind, **content):
    player._received(None, {"kind": kind, **content}, [])


def run(code):
    there = {}
    *lines, last = code.strip().splitlines()
    exec("\n".join([*lines, f"player = {last}"]), there)
    return there["player"]


def test_captions_follow_what_stands_side_by_side(samples, model):
    player = dx.DecodePlayer(samples, score=False)
    assert player.caption.startswith("3 drawn, with seeds 0 to 2")
    says(player, "show", ids=["b1", "b1", "gone"])
    assert player.shown == ["b1"] and player.caption.startswith("3 drawn; 1 shown")
    player.draw("a solid cube", n=1, wait=True)
    assert player.caption.startswith("1 drawn, with seed 3") and "a solid cube" in player.alt


def test_pictures_of_a_later_draw_are_not_counted_among_those_given(model):
    player = dx.DecodePlayer(dx.draw(model, PROMPT, n=10, score=False), score=False)
    player.draw(PROMPT, n=1)
    assert player.caption.startswith("1 drawn, with seed 10")


def test_an_upload_is_never_called_drawn(model):
    player = dx.DecodePlayer(model, score=False)
    player.upload(Image.new("RGB", (50, 50), "red"), "a red thing")
    assert player.caption.startswith("Uploaded, not drawn. A picture of 50 x 50 pixels")
    assert player.branches[0]["caption"] == player.caption
    with pytest.raises(InputError, match="'fill'"):
        player.upload(Image.new("RGB", (50, 50), "red"), "a red thing", fit="fill")


def test_the_sheet_keeps_the_ranks_among_all_that_were_drawn(samples):
    scored = [dataclasses.replace(one, score=float(one.seed)) for one in samples]
    best = Samples.ordered(scored).best(1)
    player = dx.DecodePlayer(best, score=False)
    assert player._easel._sheet(player.shown).caption() == best.caption() == player.caption


def test_no_figure_shows_another_picture_than_the_one_selected(model, samples):
    player = dx.DecodePlayer(samples, score=False)
    player._easel.draw(PROMPT, 1, 9, None)
    player.shown, player.selected = ["b3"], "b3"
    for kind in ("sheet", "film", "entropy"):
        with pytest.raises(InputError, match="finished"):
            player.figure(kind)


def test_the_code_shows_the_same_of_more_pictures_than_fit(model):
    player = dx.DecodePlayer(model, score=False)
    for _ in range(3):
        player.draw(PROMPT, n=4)
    says(player, "show", ids=["b2", "b11"])
    again = run(player.python())
    assert again.shown == ["b2", "b11"] and again.selected == player.selected
    assert again.caption == player.caption and len(again.branches) == 12


def test_the_code_of_edited_samples_makes_their_codes(samples):
    first = samples[0]
    cooler = first.settings.replace(temperature=0.5)
    other = first.codes.copy()
    other[2, 0] = (other[2, 0] + 1) % 40
    for made in (
        first.again(settings=cooler, edits=[dx.Force.until(first.codes, (2, 0))]),
        first.again(edits=[dx.Force.until(other, (2, 1))]),
    ):
        again = run(dx.DecodePlayer([first, made], score=False).python())
        assert np.array_equal(again.samples[1].codes, made.codes)
        assert again.samples[1].settings == made.settings


def test_the_code_of_an_empty_player_keeps_its_settings(model):
    player = dx.DecodePlayer(model, PROMPT, settings=model.settings.replace(top_k=None))
    assert run(player.python()).how == player.how
    player.seed = "1); print(2"
    with pytest.raises(InputError, match="whole number"):
        player.python()


@pytest.mark.parametrize("n", [2, 8])
def test_seeds_beyond_the_last_are_refused_before_anything_is_drawn(model, n):
    player = dx.DecodePlayer(model, score=False)
    with pytest.raises(InputError, match="last seed"):
        player.draw(PROMPT, n=n, seed=2**63 - 1)
    assert player.branches == [] and player.status["state"] == "idle"


def test_what_a_browser_asked_wrongly_is_not_raised_in_a_cell_that_waits(model, monkeypatch):
    player = dx.DecodePlayer(model, score=False)
    begun, go = threading.Event(), threading.Event()
    finish = player._easel.finish

    def slowly(*given):
        begun.set()
        go.wait(20)
        finish(*given)

    monkeypatch.setattr(player._easel, "finish", slowly)

    def clicks():
        begun.wait(20)
        says(player, "draw", prompt=PROMPT, n=1, seed="0", settings={})
        assert "already" in player.status["sentence"]
        go.set()

    browser = threading.Thread(target=clicks)
    browser.start()
    player.draw(PROMPT, n=1, wait=True)
    browser.join()
    assert len(player.samples) == 1


def test_only_pictures_that_are_there_can_be_shown(samples):
    player = dx.DecodePlayer(samples, score=False)
    with pytest.raises(TraitError, match="b0, b1, b2"):
        player.shown = ["b7"]
    for shown in ([], [0, 0], [3], 1, "0"):
        with pytest.raises(InputError, match="shown"):
            dx.DecodePlayer(samples, shown=shown)


def test_a_closed_player_says_that_it_is_closed(samples):
    player = dx.DecodePlayer(samples, score=False)
    player.close()
    for look in (lambda: player.sample, lambda: player.tree):
        with pytest.raises(InputError, match="closed"):
            look()
    player._say("idle")
    assert player.status["state"] == "closed"


def test_a_browser_cannot_set_what_only_the_kernel_knows(samples):
    player = dx.DecodePlayer(samples, score=False)
    before = {name: getattr(player, name) for name in sorted(type(player).told)}
    player.set_state({name: {} for name in before} | {"step": 5})
    assert {name: getattr(player, name) for name in before} == before and player.step == 5


def test_work_goes_on_when_an_error_reaches_nobody():
    def nobody(error):
        raise RuntimeError("the channel is gone")

    def fails(goes_on):
        raise ValueError

    workshop, done = Workshop(nobody, inline=False), threading.Event()
    workshop.add(fails)
    workshop.add(lambda goes_on: done.set())
    assert workshop.wait(20) and done.is_set()


def test_the_best_of_many_are_the_best_of_many_again(model):
    best = dx.draw(model, PROMPT, n=6, keep=2)
    player = dx.DecodePlayer(best, score=False)
    again = run(player.python())
    assert again.caption == player.caption and "the best 2 are shown" in again.caption
    assert [one.rank for one in again.samples] == [1, 2]


def test_films_of_pictures_that_are_not_shown_are_let_go(samples):
    player = dx.DecodePlayer(samples, score=False)
    player.send = lambda content, buffers=None: None
    says(player, "film", id="b1", parts=["picture"])
    player._workshop.wait(30, urgency=9)
    assert player._easel.find("b1").parts
    player.shown = ["b0"]
    assert not player._easel.find("b1").parts


def test_what_is_kept_has_the_caption_of_its_figure(samples):
    player = dx.DecodePlayer(samples, score=False, patch=(1, 1), selected=2)
    assert player._words()[1] == samples[2].caption()
    player.patch = -1
    assert player._words()[1] == player.caption
