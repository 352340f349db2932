"""The kernel's half of AttentionExplorer: what it shows, what it refuses, what it sends."""

import threading

import numpy as np
import pytest
from explorer_rig import exploring, part_of
from player_rig import PROMPT, Browser
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


# -- what is shown


def test_samples_are_shown_as_they_are(samples):
    how = {"word": "drinking", "patch": (1, 2), "by": "attention", "tab": "depends"}
    more = {"mode": "replace", "picks": [(1, 0), (0, 1), (1, 0)], "box": (range(2), range(1, 4))}
    with exploring(samples, selected=1, **how, **more) as explorer:
        assert [one["seed"] for one in explorer.pictures] == ["0", "1", "2"]
        assert (explorer.selected, explorer.word, explorer.patch) == ("p1", 2, 8)
        assert explorer.picks == [[0, 1], [1, 0]] and explorer.box == [0, 1, 1, 3]
        assert explorer.samples == tuple(samples)
        assert samples[1].caption() in explorer.caption and PROMPT in explorer.alt
        assert explorer.inspection.sample is samples[1]
        told = explorer.pictures[1]
        assert told["replay"] <= 1e-4 and explorer.pictures[0]["replay"] is None
        assert explorer.geometry == {
            "rows": 6, "columns": 6, "patch": 8, "layers": 2, "heads": 2,
        }  # fmt: skip


def test_a_model_and_a_prompt_draw_one_picture(model):
    with exploring(model, PROMPT) as explorer:
        (sample,) = explorer.samples
        np.testing.assert_array_equal(
            sample.codes, dx.draw(model, PROMPT, n=1, score=False)[0].codes
        )


def test_words_are_where_browsers_count_them(model):
    (sample,) = dx.draw(model, "a 🐧 and a cat", n=1, score=False)
    with exploring(sample) as explorer:
        words = explorer.pictures[0]["words"]
        units = sample.prompt.encode("utf-16-le")
        for word in words:
            part = units[2 * word["start"] : 2 * word["end"]].decode("utf-16-le")
            assert part == word["text"]
        assert words[-1]["text"] == "cat" and words[-1]["end"] == len(sample.prompt) + 1


def test_a_word_that_is_said_twice_is_told_apart(model):
    (sample,) = dx.draw(model, "a cat and a cat", n=1, score=False)
    with exploring(sample, word=4) as explorer:
        assert explorer.view["word"] == 4
        explorer.without()
        (edit,) = explorer.samples[-1].recipe.edits
        assert edit == dx.KnockOut("cat", edges="all", occurrence=1)


# -- what is refused


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({"pach": (0, 0)}, "did you mean 'patch'"),
        ({"by": "rollout"}, "contribution, attention, signed"),
        ({"tab": "looked"}, "looks, depends"),
        ({"mode": "none"}, "image, all, replace"),
        ({"word": "penguin"}, "the words are a, hedgehog, drinking, tea"),
        ({"word": 4}, "from 0 to 3"),
        ({"word": True}, "from 0 to 3"),
        ({"patch": (6, 0)}, "rows 0 to 5"),
        ({"picks": [(2, 0)]}, "layers 0 to 1"),
        ({"picks": [3]}, "layers 0 to 1"),
        ({"box": (range(7), range(2))}, "box=(range(4, 9), range(5, 10))"),
        ({"box": [1, 2, 3, 4]}, "two ranges"),
        ({"selected": 3}, "3 pictures"),
        ({"prompt": "a cat"}, "samples are given"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_what_can(samples, wrong, said):
    with pytest.raises(InputError) as refused:
        dx.AttentionExplorer(samples, **wrong)
    assert said in str(refused.value)


def test_nothing_to_look_into_is_refused(model):
    with pytest.raises(InputError, match="there is no picture to look into"):
        dx.AttentionExplorer(model)
    with pytest.raises(InputError, match="it was given 7"):
        dx.AttentionExplorer(7)


def test_a_browser_sets_only_what_is_for_it_to_set(samples):
    with exploring(samples[0]) as explorer:
        explorer.set_state({"pictures": [], "proof": {"made": "x"}, "geometry": {}, "word": 1})
        assert explorer.pictures and explorer.geometry and explorer.proof.get("made") != "x"
        assert explorer.word == 1
        for name, value in (
            ("selected", "gone"), ("word", 4), ("patch", 36), ("picks", [[9, 9]]),
            ("box", [5, 5, 1, 1]), ("by", "rollout"),
        ):  # fmt: skip
            before = getattr(explorer, name)
            with pytest.raises(TraitError, match=name):
                explorer.set_state({name: value})
            assert getattr(explorer, name) == before


def test_messages_that_mean_nothing_are_answered_in_a_sentence(samples):
    with exploring(samples[0]) as explorer:
        browser = Browser(explorer)
        for wrong in (
            {"kind": "without", "id": "p0"},
            {"kind": "second", "prompt": 7},
            {"kind": "ablate", "id": "p0", "what": "rollout"},
            {"kind": "part", "id": "gone", "part": "looks"},
        ):
            browser.say(**wrong)
            assert browser.done()["state"] == "failed" and explorer.status["sentence"], wrong
        browser.say("part", id="p0", part="secrets")
        browser.say("dance")
        assert not browser.told("part")


# -- what is made


def test_a_word_is_switched_off_with_the_same_noise(samples):
    with exploring(samples[0], word="hedgehog", mode="image") as explorer:
        browser = Browser(explorer)
        browser.say("without", id="p0", word=1)
        assert browser.done()["state"] == "idle"
        own, other = explorer.samples
        alone = own.again(edits=[dx.KnockOut("hedgehog")])
        np.testing.assert_array_equal(other.codes, alone.codes)
        assert (explorer.selected, explorer.beside) == ("p0", "p1")
        told = explorer.pictures[1]
        assert (told["role"], told["label"]) == ("without", "without ‘hedgehog’")
        explorer.mode = "all"
        explorer.without("tea", wait=True)  # the other one goes, as nothing leads to it any more
        assert [one["label"] for one in explorer.pictures] == ["seed 0", "without ‘tea’"]
        assert explorer.samples[1].recipe.edits == (dx.KnockOut("tea", edges="all"),)


def test_another_prompt_is_drawn_with_the_same_seed_and_settings(samples):
    with exploring(samples[1]) as explorer:
        explorer.second("a solid cube")
        other = explorer.samples[1]
        assert (other.prompt, other.seed) == ("a solid cube", samples[1].seed)
        assert other.settings == samples[1].settings
        assert explorer.pictures[1]["role"] == "second"
        assert [word["text"] for word in explorer.pictures[1]["words"]] == ["a", "solid", "cube"]
        explorer.selected, explorer.beside = "p1", "p0"
        explorer.word = 2
        with pytest.raises(InputError, match="the prompt is empty"):
            explorer.second("  ")


def test_a_word_that_the_other_prompt_lacks_is_let_go(samples):
    with exploring(samples[0], word=3) as explorer:
        explorer.second("a cube")
        explorer.selected = "p1"
        assert explorer.word == -1
        with pytest.raises(InputError, match="no word is pinned"):
            explorer.without()


def test_effects_are_measured_with_progress(samples):
    with exploring(samples[0]) as explorer:
        browser, said = Browser(explorer), []
        explorer.observe(lambda change: said.append(change.new), "status")
        browser.say("ablate", id="p0", what="zero")
        assert browser.done(urgency=20)["state"] == "idle"
        working = [one for one in said if one["state"] == "working"]
        assert working[-1]["done"] == working[-1]["total"] > 0
        (content, _) = browser.told("part")[-1]
        effect = content["header"]["effect"]
        own = explorer.inspection.ablate("zero").totals.flatten()
        assert effect["kind"] == "zero"
        np.testing.assert_allclose(effect["bits"], own, atol=1e-3)


def test_stop_ends_an_ablation_and_shows_none_of_it(samples, monkeypatch):
    with exploring(samples[0]) as explorer:
        browser = Browser(explorer)
        explorer.observe(lambda change: explorer.stop(), "status")
        browser.say("ablate", id="p0", what="zero")
        assert "Stopped" in browser.done(urgency=20)["sentence"]
        assert part_of(browser, "heads")[0]["effect"] is None


def test_stop_ends_a_drawing_and_leaves_nothing_behind(samples):
    with exploring(samples[0], word=1) as explorer:
        browser = Browser(explorer)

        def stop(change):
            if change.new["done"]:
                browser.say("stop")

        explorer.observe(stop, "status")
        browser.say("without", id="p0", word=1)
        assert browser.done()["sentence"] == "Stopped; nothing was drawn."
        assert len(explorer.pictures) == 1 and explorer.beside == ""
        explorer.unobserve_all("status")
        explorer.without(wait=True)  # and it can be asked for again
        assert len(explorer.pictures) == 2


def test_two_things_are_not_made_at_once(samples, monkeypatch):
    with exploring(samples[0], word=1) as explorer:
        begun, go = threading.Event(), threading.Event()
        whole = explorer._drawn

        def held(*given):
            begun.set()
            assert go.wait(20)
            whole(*given)

        monkeypatch.setattr(explorer, "_drawn", held)
        explorer.without(wait=False)
        assert begun.wait(20) and explorer.pictures[1]["state"] == "drawing"
        for ask in (explorer.without, explorer.ablate, lambda: explorer.second("a cat")):
            with pytest.raises(InputError, match="at work already"):
                ask()
        go.set()
        assert explorer.wait(20) and explorer.pictures[1]["state"] == "whole"


def test_an_error_is_raised_where_somebody_waits_and_work_goes_on(samples, monkeypatch):
    with exploring(samples[0], word=1) as explorer:

        def fail(*given, **options):
            raise InputError("no.")

        monkeypatch.setattr("dalle_explore.widgets.explorer_at_work.Sample.painted", fail)
        with pytest.raises(InputError, match="no"):
            explorer.without(wait=True)
        assert len(explorer.pictures) == 1 and explorer.beside == ""
        monkeypatch.undo()
        assert len(explorer.without(wait=True).samples) == 2
