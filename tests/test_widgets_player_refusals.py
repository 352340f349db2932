"""What a player cannot do is said in a sentence under it, and nothing is lost."""

import re

import pytest
from player_rig import PROMPT, Browser, playing
from tiny import make_tiny_bundle
from traitlets import TraitError

import dalle_explore as dx
from dalle_explore.errors import InputError

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def model(played_model):
    return played_model


@pytest.fixture
def samples(played_samples):
    return played_samples


BAD_UPLOADS = {
    "text named .png": (b"hello, I am no picture", "not a picture"),
    "nothing": (b"", "not a picture|empty"),
}


@pytest.mark.parametrize("name", BAD_UPLOADS)
def test_a_bad_upload_is_refused_in_a_sentence_and_nothing_is_lost(samples, name):
    data, words = BAD_UPLOADS[name]
    with playing(samples) as player:
        browser = Browser(player)
        browser.say("upload", [data], name="evil.png", prompt=PROMPT)
        status = browser.done()
        assert status["state"] == "failed"
        assert re.search(words, status["sentence"]), status
        assert len(player.samples) == 3


def test_a_second_click_while_it_draws_is_told_and_changes_nothing(model):
    with playing(model, n=8) as player:
        browser = Browser(player)
        ask = {"prompt": PROMPT, "n": 8, "settings": dict(player.settings)}
        browser.say("draw", seed="0", **ask)
        browser.say("draw", seed="50", **ask)
        assert "drawing already" in player.status["sentence"]
        assert player.status["state"] == "drawing"
        browser.done()
        assert [one["seed"] for one in player.branches] == [str(seed) for seed in range(8)]


BAD_ASKS = {
    "an empty prompt": ({"kind": "draw", "prompt": "  ", "n": 1, "seed": "0"}, "prompt is empty"),
    "no such number": ({"kind": "draw", "prompt": "a", "n": 9, "seed": "0"}, "1 to 8 pictures"),
    "a bad seed": ({"kind": "draw", "prompt": "a", "n": 1, "seed": "x"}, "seed is 'x'"),
    "an unknown picture": ({"kind": "fork", "id": "b77", "patch": 1, "code": 1}, "b77"),
    "a patch outside": ({"kind": "fork", "id": "b0", "patch": 99, "code": 1}, "rows 0 to 5"),
    "an unknown code": ({"kind": "fork", "id": "b0", "patch": 1, "code": 999}, "0 to 39"),
    "no patches": ({"kind": "redraw", "id": "b0", "patches": []}, "drag over the part"),
    "half a message": ({"kind": "fork"}, "reload the page"),
    "no number": ({"kind": "crops", "id": "b0", "patch": float("nan"), "top": 3}, "reload"),
    "no list": ({"kind": "film", "id": "b0", "parts": 3}, "reload the page"),
    "no text": ({"kind": "draw", "prompt": None, "n": 1, "seed": "0"}, "reload the page"),
    "no file": ({"kind": "upload", "prompt": "a", "name": "x"}, "choose a file"),
}


@pytest.mark.parametrize("name", BAD_ASKS)
def test_what_cannot_be_done_is_said_in_a_sentence_under_the_widget(samples, name):
    asked, words = BAD_ASKS[name]
    with playing(samples) as player:
        browser = Browser(player)
        if asked["kind"] == "draw":
            asked = {**asked, "settings": dict(player.settings)}
        player._received(None, asked, [])
        status = browser.done()
        assert status["state"] == "failed" and words in status["sentence"], status
        assert len(player.samples) == 3


@pytest.mark.parametrize("content", [None, [], "x", {}, {"kind": 3}, {"kind": "unheard of"}])
def test_messages_that_are_none_of_ours_are_ignored(samples, content):
    with playing(samples) as player:
        Browser(player)
        player._received(None, content, [])
        assert player.status["state"] == "idle"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"promt": "x"}, "did you mean 'prompt'"),
        ({"zzz": 1}, "the keywords are prompt, n, seed"),
        ({"n": 0}, "1 to 8"),
        ({"n": True}, "1 to 8"),
        ({"seed": -1}, "seed"),
        ({"overlay": "heat"}, "picture, entropy"),
        ({"patch": (9, 9)}, "rows 0 to 5"),
        ({"patch": 4}, "row, column"),
    ],
)
def test_what_a_player_cannot_take_is_refused(model, given, words):
    with pytest.raises(InputError, match=words):
        dx.DecodePlayer(model, **given)


def test_what_a_player_cannot_show_is_refused(samples, model):
    with pytest.raises(InputError, match="a player shows a sample"):
        dx.DecodePlayer("a penguin")
    with pytest.raises(InputError, match="give a model and a prompt, or samples"):
        dx.DecodePlayer(samples, PROMPT)
    with pytest.raises(InputError, match="counted from 0"):
        dx.DecodePlayer(samples, selected=3)


@pytest.mark.parametrize(("name", "value"), [("step", 37), ("patch", 36), ("selected", "b9")])
def test_traits_that_cannot_be_are_refused_with_the_range(samples, name, value):
    with playing(samples) as player, pytest.raises(TraitError, match="has to be|are called"):
        setattr(player, name, value)


def test_a_closed_player_frees_its_pictures_and_says_so(samples):
    player = dx.DecodePlayer(samples, score=False)
    player.close()
    player.close()
    assert player._easel.branches == [] and "closed" in repr(player)
    for call in (player.draw, player.figure, player.python, player.keep, player.dice):
        with pytest.raises(InputError, match="was closed"):
            call()
    player._received(None, {"kind": "draw", "prompt": "a"}, [])
    assert player._repr_mimebundle_ is None  # notebooks show the repr instead


@pytest.mark.parametrize("name", ["player.png", "player", "no/such/player.html"])
def test_a_page_that_cannot_be_saved_is_refused(samples, tmp_path, name):
    with playing(samples) as player, pytest.raises(InputError):
        player.save_html(tmp_path / name)


def test_a_page_of_nothing_is_refused(model, tmp_path):
    with playing(model) as player, pytest.raises(InputError, match="draw something first"):
        player.save_html(tmp_path / "player.html")


def test_a_model_that_was_closed_is_told_and_its_samples_stay(tmp_path):
    make_tiny_bundle(tmp_path / "tiny", clip=False)
    model = dx.load(tmp_path / "tiny")
    (sample,) = dx.draw(model, PROMPT, n=1, score=False)
    player = dx.DecodePlayer(sample, score=False)
    browser = Browser(player)
    model.close()
    assert repr(model) == "Model('tiny', closed)"
    browser.say("fork", id="b0", patch=1, code=1)
    assert "was closed" in browser.done()["sentence"]
    assert sample.picture.size == (32, 32)
    for call in (lambda: dx.draw(model, PROMPT), lambda: dx.DecodePlayer(model), sample.again):
        with pytest.raises(InputError, match=r"was closed.* dx\.load\(\)"):
            call()
    player.close()


@pytest.mark.parametrize("name", ["settings", "reshape"])
def test_numbers_that_are_none_are_refused(samples, name):
    with playing(samples) as player, pytest.raises(TraitError, match="has to be a number"):
        setattr(player, name, {**getattr(player, name), "temperature": float("nan")})


def test_a_drawing_that_cannot_begin_does_not_last_for_ever(model, monkeypatch):
    with playing(model, n=1) as player:
        monkeypatch.setattr(player._workshop, "add", lambda *given: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            player.draw(PROMPT)
        monkeypatch.undo()
        player.draw(PROMPT)
        assert [one["state"] for one in player.branches] == ["whole"]
