"""What is kept of an explorer: its code, its stills, its page and the proof on it."""

import numpy as np
import pytest
from explorer_rig import exploring
from player_rig import PROMPT

import dalle_explore as dx
from dalle_explore.errors import InputError
from dalle_explore.widgets.attention_explorer import FIGURES
from dalle_explore.widgets.explorer_parts import PARTS
from dalle_explore.widgets.explorer_shelf import Shelf

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def model(played_model):
    return played_model


@pytest.fixture
def samples(played_samples):
    return played_samples


def run(code):
    there = {}
    *lines, last = code.strip().splitlines()
    exec("\n".join([*lines, f"explorer = {last}"]), there)
    return there["explorer"]


def test_its_code_makes_it_again(samples):
    how = {"word": "tea", "patch": (1, 2), "by": "signed", "tab": "depends", "mode": "image"}
    more = {"picks": [(1, 0)], "box": (range(2), range(1, 4)), "more": True}
    with exploring(samples, selected=2, **how, **more) as explorer:
        explorer.without()
        again = run(explorer.python())
        for name in ("word", "patch", "by", "tab", "mode", "picks", "box", "more", "selected"):
            assert getattr(again, name) == getattr(explorer, name), name
        for mine, theirs in zip(again.samples, explorer.samples, strict=True):
            np.testing.assert_array_equal(mine.codes, theirs.codes)
        assert again.pictures[-1]["label"] == "without ‘tea’" and again.beside
        again.close()


def test_its_code_speaks_of_the_first_picture_when_the_other_is_in_hand(samples):
    with exploring(samples[0], word=1) as explorer:
        explorer.without()
        explorer.selected, explorer.beside = "p1", "p0"
        view = explorer.view
        assert view == {"word": "hedgehog", "beside": explorer.samples[1]}


@pytest.mark.parametrize("kind", [None, *FIGURES])
def test_every_still_is_a_result_that_says_what_it_is(samples, kind):
    with exploring(samples[0], word="tea", box=(range(2), range(2))) as explorer:
        from dalle_explore.widgets.explorer_figures import result_of

        result = result_of(explorer, explorer._whole(), kind)
        looks = kind in ("looks", "heads")
        assert result.caption().startswith("Where") is looks
        if kind is None:
            assert explorer._words() == (result.alt(), result.caption())


def test_the_still_is_of_what_is_in_hand(samples):
    from dalle_explore.widgets.explorer_figures import result_of

    with exploring(samples[0], picks=[(1, 1)]) as explorer:
        whole = result_of(explorer, explorer._whole())
        assert whole.word == (0, 1, 2, 3) and whole.heads == ((1, 1),)
        explorer.patch = 8
        assert result_of(explorer, explorer._whole()).patch == (1, 2)
        explorer.tab, explorer.word = "depends", 3
        found = result_of(explorer, explorer._whole())
        assert found.names == ("“tea”",) and found.mode == "all"
        for wrong, said in (("rollout", "looks, depends"), ("box", "no box is marked")):
            with pytest.raises(InputError, match=said):
                explorer.figure(wrong)


def test_a_page_has_everything_of_the_picture_in_hand(samples, monkeypatch):
    with exploring(samples) as explorer:
        explorer.without("tea")
        page = explorer._embedded()
        assert set(page["embedded"]["p0"]) == set(PARTS) and not page["alive"]
        assert {"looks", "earlier", "depends"} <= set(page["embedded"]["p3"])
        assert page["beside"] == "p3" and len(page["pictures"]) == 4
        monkeypatch.setattr("dalle_explore.widgets.explorer_shelf._BYTES", 1)
        page = explorer._embedded()
        assert [one["id"] for one in page["pictures"]] == ["p0"] and page["beside"] == ""


def test_a_picture_that_is_being_drawn_is_not_in_a_page(samples):
    with exploring(samples[0]) as explorer:
        explorer._shelf.put_up(samples[0].recipe, 1, "second", "soon")
        assert list(explorer._embedded()["embedded"]) == ["p0"]
        assert explorer._still().startswith(b"\x89PNG")


def test_a_saved_page_opens_offline(samples, tmp_path):
    with exploring(samples[0], word="tea") as explorer:
        path = explorer.save_html(tmp_path / "explorer.html")
        text = path.read_text(encoding="utf-8")
        assert PROMPT in text and "https://" not in text.replace("http://www.w3.org", "")


def test_the_proof_is_the_report_card_as_it_was_measured(model, monkeypatch):
    from dalle_explore.checks.instruments import Planted, ReportCard
    from dalle_explore.checks.localisation import Lifts
    from dalle_explore.statistics.ranks import Mean

    mean = Mean(0.3, 0.2, 0.4, 30)
    planted = Planted(
        name="decoy", says="Says so.", prompt="a big red cube", truth="red", rival="big",
        first={"attention": "big", "knockout": "red"}, bits={"knockout": 5.0},
        expected={"attention": "big", "knockout": "red"},
    )  # fmt: skip
    lifts = Lifts("unseen_pairs", 30, 60, {"attention": mean, "centre": mean}, {"attention": mean})
    card = ReportCard(
        model="tiny", digest=model.digest, settings={}, versions={}, commit="abc",
        planted=(planted,), replay_error=0.0, localisation=lifts, deletion={},
        twin={"attention": mean}, mask_alone={"attention": mean}, algebra=(),
        split="unseen_pairs", pictures=30,
    )  # fmt: skip
    monkeypatch.setattr(ReportCard, "holds", property(lambda self: {"a": True, "b": False}))
    monkeypatch.setattr("dalle_explore.widgets.explorer_proof.shipped", lambda: card)
    with exploring(model, PROMPT) as explorer:
        proof = explorer.proof
        assert proof["planted"][0]["first"]["raw attention"] == "big"
        assert all(proof["planted"][0]["holds"].values())
        lift = proof["localisation"][0]
        assert (lift["instrument"], lift["value"], lift["n"]) == ("raw attention", 0.3, 30)
        assert "1 of 2 claims hold" in proof["made"] and "another" not in proof["made"]
    monkeypatch.setattr("dalle_explore.widgets.explorer_proof.shipped", lambda: None)
    with exploring(model, PROMPT) as explorer:
        assert explorer.proof == {}


def test_a_closed_explorer_holds_nothing_and_says_so(samples):
    explorer = dx.AttentionExplorer(samples[0])
    explorer.close()
    assert explorer._shelf.exhibits == [] and "closed" in repr(explorer)
    for ask in (explorer.figure, explorer.python, explorer.ablate, lambda: explorer.view):
        with pytest.raises(InputError, match="was closed"):
            ask()


def test_a_sample_beside_says_what_is_another_in_it(samples):
    other = samples[0].again(seed=9)
    off = samples[0].again(edits=[dx.KnockOut("tea")])
    for beside, role, label in (
        (off, "without", "without ‘tea’"),
        (other, "without", "the same prompt, something changed"),
        (samples[0].again(prompt="a cube"), "second", "another prompt"),
    ):
        with exploring(samples[0], beside=beside) as explorer:
            told = explorer.pictures[1]
            assert (told["role"], told["label"], explorer.beside) == (role, label, "p1")


def test_a_shelf_names_what_it_has_not(model):
    with pytest.raises(InputError, match="there is no picture 'p7'"):
        Shelf(model).find("p7")
