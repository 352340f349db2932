"""The report card: where the truth is known, every instrument says what it has to say."""

import dataclasses
import json

import numpy as np
import pytest
from house import ROOT
from tiny import make_tiny_bundle

import dalle_explore as dx
from dalle_explore.checks import instruments as checked
from dalle_explore.checks import report_card
from dalle_explore.checks.algebra import Claim, algebra
from dalle_explore.checks.instruments import Scale, measure, planted
from dalle_explore.checks.localisation import (
    ABOVE,
    BASELINES,
    LARGEST,
    even_maps,
    lift,
    localise,
    located_words,
    world_passes,
)
from dalle_explore.cli import main
from dalle_explore.errors import ModelFileError
from dalle_explore.instruments.agreement import SCORES
from dalle_explore.pretrained.find import find_model
from dalle_explore.world.facts import Scene
from dalle_explore.world.splits import example

pytestmark = pytest.mark.usefixtures("one_thread")

QUIET = [lambda *_: None]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    make_tiny_bundle(folder, clip=False)
    return dx.load(folder)


@pytest.fixture(scope="module")
def card(model):
    return measure(model, Scale(located=6, drawn=2), QUIET[0], commit="abc")


@pytest.fixture(scope="module")
def truths():
    return {one.name: one for one in planted()}


def test_in_the_direct_model_every_instrument_puts_the_true_word_first(truths):
    one = truths["direct"]
    assert set(one.first.values()) == {one.truth} and one.rival == ""
    assert all(one.holds.values()) and set(one.holds) == {*SCORES, "box"}
    assert min(one.bits.values()) > 3


def test_attention_falls_for_the_decoy_and_contribution_and_knock_out_do_not(truths):
    one = truths["decoy"]
    assert one.first["attention"] == one.rival != one.truth
    for name in ("contribution", "knockout_image", "knockout", "box", "gradient"):
        assert one.first[name] == one.truth, name
    assert all(one.holds.values())


def test_over_two_hops_only_cutting_all_edges_finds_the_word(truths):
    one = truths["two hops"]
    assert one.first["attention"] == one.first["contribution"] == one.rival
    assert one.bits["knockout_image"] == pytest.approx(0, abs=1e-3)
    assert one.bits["knockout"] > 3 and one.first["knockout"] == one.truth == one.first["box"]
    assert all(one.holds.values())


def test_a_wrong_answer_is_a_broken_claim(truths):
    direct = truths["direct"]
    wrong = dataclasses.replace(direct, first={**direct.first, "contribution": "table"})
    assert not wrong.holds["contribution"] and wrong.holds["attention"]
    faint = dataclasses.replace(direct, bits={**direct.bits, "knockout": 0.5})
    assert not faint.holds["knockout"]
    hops = truths["two hops"]
    leaky = dataclasses.replace(hops, bits={**hops.bits, "knockout_image": 1.0})
    assert not leaky.holds["knockout_image"]


def test_the_arithmetic_holds_on_random_weights_and_names_what_it_checks(model):
    sample = dx.draw(model, "a red cube", n=1, seed=1, score=False)[0]
    claims = algebra(sample.inspect().passes)
    assert all(claim.holds for claim in claims), [c for c in claims if not c.holds]
    assert len({claim.says for claim in claims}) == len(claims) >= 11


def test_a_claim_beyond_its_bound_is_broken():
    assert Claim("this", 1e-6, 1e-5).holds and not Claim("this", 1e-4, 1e-5).holds
    assert not Claim("this", float("nan"), 1.0).holds


def test_the_arithmetic_notices_a_head_that_is_left_out(model, monkeypatch):
    passes = dx.draw(model, "a red cube", n=1, score=False)[0].inspect().passes
    whole = type(model.generator).output_projection

    def beheaded(self, layer):
        matrices, bias = whole(self, layer)
        return matrices * 0.5, bias

    monkeypatch.setattr(type(model.generator), "output_projection", beheaded)
    broken = [claim.says for claim in algebra(passes) if not claim.holds]
    assert "pattern × v × Wo + b = attn.out, relative" in broken
    assert "pushes of all parts sum to the logit" in broken


def test_lift_is_one_on_the_word_nought_for_an_even_map_and_negative_beside_it():
    share = np.zeros((4, 4))
    share[1, 1:3] = 1
    assert lift(share, share) == 1
    assert lift(np.ones((4, 4)), share) == pytest.approx(0)
    assert lift(1 - share, share) == pytest.approx(-2 / 14)
    assert lift(np.where(share > 0, 5.0, -9.0), share) == 1, "what is negative has no mass"
    assert lift(-share, share) == 0 and lift(np.full((4, 4), np.nan), share) == 0
    half = np.where(share > 0, 0.5, 0)
    assert lift(share, half) == pytest.approx((0.5 - 1 / 16) / (15 / 16))


def test_words_are_found_where_the_world_drew_them(model):
    scene = Scene.of("relations", colour1="green", solid1="cone", relation="above",
                     colour2="red", solid2="cube", seed=3)  # fmt: skip
    text = model.generator.encode_text("a green cone above a red cube")
    found = located_words(text, scene, (4, 4))
    said = {" ".join(text.words[p].text for p in places): share for places, share in found.items()}
    assert set(said) == {"green", "cone", "red", "cube"}
    for share in said.values():
        assert 0 < share.mean() < LARGEST
    rows = np.arange(4)[:, None]
    height = {word: (share * rows).sum() / share.sum() for word, share in said.items()}
    assert height["cone"] < height["cube"] and height["green"] < height["red"]


def test_words_that_are_nowhere_everywhere_or_twice_are_left_out(model):
    scene = Scene.of("relations", colour1="red", solid1="cone", relation="above",
                     colour2="red", solid2="cube", seed=3)  # fmt: skip
    text = model.generator.encode_text("a red cone above a red cube")
    said = {text.words[p].text for places in located_words(text, scene, (4, 4)) for p in places}
    assert said == {"cone", "cube"}, "which red is meant cannot be told"
    sign = example("seen", 7)  # the sign fills half of the picture
    text = model.generator.encode_text(sign.caption)
    for share in located_words(text, sign.scene, (4, 4)).values():
        assert share.mean() < LARGEST


def test_pictures_of_the_world_are_read_as_codes_of_the_model(model):
    one = example("seen", 4)
    passes = world_passes(model, model.settings, one.caption, one.scene)
    assert passes.trace.forced.all() and passes.replay_error is None
    assert passes.subject.prompt == one.caption
    assert np.isfinite(passes.base).all()


def test_even_attention_reads_all_that_came_before_alike(model):
    passes = dx.draw(model, "a red cube", n=1, score=False)[0].inspect().passes
    even, length = even_maps(passes), model.generator.text_length
    tokens = [word.tokens[1] - word.tokens[0] for word in passes.subject.text.words]
    np.testing.assert_allclose(even[:, 0, 0], np.array(tokens) / length)
    np.testing.assert_allclose(even[:, 3, 3], np.array(tokens) / (length + 15))


def test_localisation_counts_prompts_and_stands_beside_its_baselines(model):
    found = localise(model, model.settings, 6, QUIET[0])
    assert set(found.lifts) == {*SCORES, *ABOVE, *BASELINES}
    assert set(found.above_centre) == {*SCORES, *ABOVE}
    for name, one in found.above_centre.items():
        apart = found.lifts[name].value - found.lifts["centre"].value
        assert one.value == pytest.approx(apart), "differences are paired, prompt by prompt"
    assert 0 < found.prompts <= 6 and found.words >= found.prompts
    for one in found.lifts.values():
        assert one.n == found.prompts and one.low <= one.value <= one.high <= 1
    assert abs(found.lifts["random"].value) < 0.2


def test_the_card_says_what_it_measured_and_what_does_not_hold(card):
    assert card.pictures == 2 and card.commit == "abc" and card.replay_error < 1e-4
    assert set(card.deletion) == set(SCORES)
    assert set(card.twin) == set(card.mask_alone) == {*SCORES, *ABOVE}
    held = card.holds
    assert all(value for name, value in held.items() if name.startswith(("planted", "arithmetic")))
    bad = dataclasses.replace(card, replay_error=0.5)
    assert not bad.holds["replay error at most 1e-4 nats"]
    page = report_card.as_page(bad)
    assert "- replay error at most 1e-4 nats" in page
    for name in (*SCORES.values(), *BASELINES.values()):
        assert name in page


def test_a_card_survives_its_file(card, tmp_path):
    path = report_card.write_card_file(tmp_path / "card.json", card)
    again = report_card.read_card_of_instruments(path)
    assert report_card.as_json(again) == report_card.as_json(card)
    assert json.loads(path.read_text(encoding="utf-8"))["holds"] == card.holds


@pytest.mark.parametrize(
    "harm",
    [
        lambda values: values.pop("planted"),
        lambda values: values.update(replay_error="small"),
        lambda values: values.update(dalle_explore_instruments=99),
        lambda values: values["localisation"].update(more=1),
        lambda values: values.update(algebra={}),
        lambda values: values["twin"].update(attention=3),
    ],
)
def test_a_damaged_card_is_refused(card, tmp_path, harm):
    path = report_card.write_card_file(tmp_path / "card.json", card)
    values = json.loads(path.read_text(encoding="utf-8"))
    harm(values)
    path.write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(ModelFileError, match="no report card of the instruments"):
        report_card.read_card_of_instruments(path)


def test_the_command_prints_claims_and_one_line_and_writes_both_files(
    model, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(checked, "QUICK", Scale(located=4, drawn=1))
    files = tmp_path / "new" / "card.json", tmp_path / "new" / "card.md"
    status = main(
        ["check", "instruments", "--quick", "--model", str(model.folder),
         "--write", str(files[0]), "--page", str(files[1])]
    )  # fmt: skip
    said = capsys.readouterr().out.splitlines()
    assert status == 0
    line = json.loads(said[-1])
    assert line["check"] == "instruments" and line["digest"] == model.digest
    assert line["claims"] == sum(one.startswith(("holds", "BROKEN")) for one in said)
    written = report_card.read_card_of_instruments(files[0])
    assert files[1].read_text(encoding="utf-8") == report_card.as_page(written)


def test_options_of_other_checks_are_refused(capsys):
    assert main(["check", "instruments", "-n", "3"]) == 2
    assert "-n belongs to" in capsys.readouterr().err
    assert main(["check", "model", "--page", "x.md"]) == 2
    assert "--page belongs to `check instruments`" in capsys.readouterr().err


def test_the_card_in_the_package_is_of_the_bundled_model_and_is_the_page_in_the_docs():
    """New weights need `check instruments --write ... --page docs/report-card.md`."""
    card = report_card.shipped()
    folder = find_model(None)
    assert card is not None and card.digest == dx.load(folder).digest
    page = (ROOT / "docs" / "report-card.md").read_text(encoding="utf-8")
    assert page == report_card.as_page(card)
    broken = [name for name, held in card.holds.items() if not held]
    assert not [name for name in broken if name.startswith(("planted", "arithmetic", "replay"))]
