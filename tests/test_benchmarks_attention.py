"""Those who look draw from one network, keep its attention, and every table ends in JSON."""

import json

import numpy as np
import pytest
import torch
from tiny import make_tiny_bundle
from tiny_model import tiny_model

import dalle_explore as dx
from benchmarks import attention, looking
from benchmarks.lookers import LOOKERS, Case
from benchmarks.plain import Hooks, Plain

pytestmark = pytest.mark.usefixtures("one_thread")

PROMPT = "a red cube"
HOOKS = "plain network, forward hooks"
KEEPING = [name for name in LOOKERS if not name.startswith("ours")]


@pytest.fixture(scope="module")
def case():
    return Case("tiny", tiny_model(), PROMPT, "fp32")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bundle") / "tiny"
    make_tiny_bundle(folder, clip=False)
    return folder


def looker(name, case):
    try:
        return LOOKERS[name](name, case)
    except ImportError as error:
        pytest.skip(f"needs the peer {error.name}")


@pytest.mark.parametrize("name", LOOKERS)
def test_everybody_draws_in_every_mode_what_one_honest_reading_draws(name, case):
    who = looker(name, case)
    for mode in who.modes:
        looking.check(name, case, who.draw(2, mode).codes, None)


@pytest.mark.parametrize("name", KEEPING)
def test_what_is_kept_while_drawing_is_the_attention_of_one_pass(name, case):
    drawn = looker(name, case).draw(2, "looking")
    text, codes = case.text.expand(2, -1), torch.from_numpy(drawn.codes)
    with torch.inference_mode():
        read = case.generator.forward(text, codes, want=["block.*.attn.pattern"])
    rows = slice(case.config.text_length - 1, -1)
    for picture in range(2):
        truth = [pattern[picture, :, rows] for pattern in read.wanted.values()]
        assert np.allclose(drawn.pattern(picture), torch.stack(truth), atol=1e-5)
    assert looking.apart_from_a_pass(case, drawn) < 1e-5


@pytest.mark.parametrize("name", KEEPING)
def test_kept_bytes_are_those_of_the_text_and_of_every_row_as_far_as_it_sees(name, case):
    c = case.config
    rows = c.text_length**2 + sum(c.text_length + step for step in range(1, c.patches))
    whole = 4 * 2 * c.layers * c.heads * rows
    assert looker(name, case).draw(2, "looking").kept == {"all": whole, "weights": whole}


def test_ours_keeps_whole_rows_and_more_than_weights(case):
    drawn = looker("ours, one pass afterwards", case).draw(2, "looking")
    c = case.config
    assert drawn.kept["weights"] == 4 * 2 * c.layers * c.heads * c.patches * c.sequence
    assert drawn.kept["all"] > 2 * drawn.kept["weights"]
    assert drawn.replay_error < 1e-4
    assert looking.apart_from_a_pass(case, drawn) is None  # it is one


@pytest.mark.parametrize("name", LOOKERS)
def test_who_does_not_look_keeps_nothing(name, case):
    who = looker(name, case)
    for mode in who.modes[:-1]:
        assert who.draw(1, mode).kept == {"all": 0, "weights": 0}


def test_another_network_and_another_attention_are_noticed(case):
    other = Case("other", tiny_model(seed=1), PROMPT, "fp32")
    codes = looker(HOOKS, other).draw(2, "without").codes
    with pytest.raises(SystemExit, match="another network"):
        looking.check(HOOKS, case, codes, None)
    codes = looker(HOOKS, case).draw(2, "without").codes
    with pytest.raises(SystemExit, match="attention is 0.1 apart"):
        looking.check(HOOKS, case, codes, 0.1)


def test_hooks_are_gone_afterwards_also_after_an_exception(case):
    model = Plain(case.generator.prior, opened=True)
    with pytest.raises(ZeroDivisionError), Hooks(model):
        assert all(module._forward_hooks for module in model.softmaxes)
        raise ZeroDivisionError
    assert len(model.softmaxes) == case.config.layers
    assert not any(module._forward_hooks for module in model.modules())


def test_random_weights_are_a_function_of_their_seed_and_draw_various_codes(bundle):
    model = dx.load(bundle)
    state = torch.random.get_rng_state()
    one, again, other = (looking.case(model, seed, "fp32") for seed in (3, 3, 4))
    assert torch.equal(state, torch.random.get_rng_state())
    heads = [case.generator.prior.code_head.weight for case in (one, again, other)]
    assert torch.equal(heads[0], heads[1]) and not torch.equal(heads[0], heads[2])
    assert (one.config.rows, one.config.columns) == (2, 2)  # of 4 x 4
    assert len(np.unique(looker(HOOKS, one).draw(8, "without").codes)) > 4


def test_memory_is_measured_where_one_draws_alone(bundle, capsys):
    attention.main(
        ["--model", str(bundle), "--pictures", "2", "--threads", "1", "--alone", HOOKS, "looking"]
    )
    said = json.loads(capsys.readouterr().out)
    assert set(said) == {"peak_mb", "drawing_mb"}
    assert said["peak_mb"] is None or said["peak_mb"] > 50


def test_seeing_attention_prints_tables_and_a_line_of_json(bundle, capsys):
    names = ["ours, one pass afterwards", HOOKS]
    attention.main(["--model", str(bundle), "--rounds", "1", "--tiny", "--who", *names])
    table, _, last = capsys.readouterr().out.rstrip().rpartition("\n")
    line = json.loads(last)
    assert line["benchmark"] == "attention" and line["commit"] and line["threads"] == 1
    figures = {one["what"]: one for one in line["figures"]}
    assert figures["any attention map, first time"]["target"] == 0.3
    assert figures["replay error, fp32, largest"]["met"]
    knocked = [what for what in figures if "knock-out, 8 words" in what]
    assert len(knocked) == 3 and all(figures[what]["target"] == 1.5 for what in knocked)
    # Nobody measured this model's means.
    assert figures["head ablation sheet, zero"]["target"] == 10
    assert all(what in table for what in figures)
    assert [(row["who"], row["pictures"]) for row in line["times"]] == [
        (name, pictures) for pictures in (1, 2) for name in names
    ]
    for row in line["times"]:
        assert row["times_as_long"] > 0 and row["weights_mb_a_picture"] > 0
    codes = {(row["precision"], row["weights"], row["who"]): row for row in line["codes"]}
    assert len(codes) == 2 * 2 * 2
    for (precision, _, who), row in codes.items():
        assert who in table
        if who == names[0] or precision == "fp32":
            assert row["looking"]["pictures"] == 0
        else:  # hooks only look; what changes pictures is to leave fused attention for them
            assert row["looking_when_open"]["pictures"] == 0
    assert list(line["took"]) == ["figures", "codes", "times"]
    assert all(one["s"] > 0 and one["share"] >= 0 for one in line["took"].values())
