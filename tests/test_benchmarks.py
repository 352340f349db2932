"""Benchmarks run: peers compute what we compute, and every table ends in a line of JSON."""

import json
import subprocess
import sys

import pytest
import torch
from tiny import make_tiny_bundle

from benchmarks import decode, draw, fresh
from benchmarks.contenders import Unfit, apart
from benchmarks.floors import floor
from benchmarks.memory import in_child, peak_mb
from benchmarks.peers import MAKERS, taking_part
from dalle_explore.models.presets import DVAEConfig, Preset, PriorConfig
from dalle_explore.models.prior import Prior

pytestmark = pytest.mark.usefixtures("one_thread")

SIZES = PriorConfig(layers=2, width=32, heads=2, text_vocabulary=50, codebook_size=300)


@pytest.fixture(scope="module")
def prior():
    torch.manual_seed(0)
    prior = Prior(SIZES).eval().requires_grad_(False)
    with torch.no_grad():
        for parameter in prior.parameters():  # biases and gains too: nothing is left out by luck
            parameter.add_(0.05 * torch.randn_like(parameter))
    return prior


@pytest.fixture(scope="module")
def prompt():
    prompt = torch.arange(SIZES.text_length) % SIZES.text_vocabulary
    prompt[9:] = -1
    return prompt


def contender(name, prior, precision="fp32"):
    try:
        return MAKERS[name](name, prior, precision)
    except ImportError as error:
        pytest.skip(f"needs the peer {error.name}")


@pytest.mark.parametrize("name", [name for name in MAKERS if name != "min-dalle"])
def test_everybody_with_our_weights_draws_from_our_logits(name, prior, prompt):
    who = contender(name, prior)
    assert apart(who, prior, prompt, 6) < 1e-5


def test_a_peer_with_another_weight_is_noticed(prior, prompt):
    who = contender("ours, fast", prior)
    torch.manual_seed(1)
    other = Prior(SIZES).eval()
    with pytest.raises(SystemExit, match="other logits"):
        decode.check(who, other, prompt, 6)


def test_min_dalle_draws_as_many_codes_as_are_asked_of_it(prior, prompt, monkeypatch):
    threads, grad = torch.get_num_threads(), torch.is_grad_enabled()
    who = contender("min-dalle", prior)
    assert (torch.get_num_threads(), torch.is_grad_enabled()) == (threads, grad)
    assert who.heard is None and abs(who.parameters - decode_weights(prior)) < 1000
    from min_dalle.models.dalle_bart_decoder import DalleBartDecoder

    seen = []
    forward = DalleBartDecoder.forward
    monkeypatch.setattr(
        DalleBartDecoder,
        "forward",
        lambda self, **inputs: seen.append(inputs["prev_tokens"]) or forward(self, **inputs),
    )
    who = contender("min-dalle", prior)
    who.draw(prompt, 4, 3)
    assert [tuple(codes.shape) for codes in seen] == [(4, 1)] * 3
    with pytest.raises(Unfit, match="not 3"):
        who.draw(prompt, 3, 3)


def decode_weights(prior):
    return contender("ours, fast", prior).parameters


def test_who_cannot_take_part_is_named(prior, capsys):
    assert taking_part(prior, ["bf16"], ["naive re-forward"]) == []
    assert "left out: naive re-forward (bf16)" in capsys.readouterr().err


def test_a_floor_is_never_below_what_was_measured():
    found = floor(SIZES, 2, "fp32", texts=1)
    assert found.ms == max(found.read_ms, found.multiply_ms) > 0
    assert found.gflop_a_step * 1e9 > 2 * 2 * (2 * 12 * 32**2 + 32 * 300)
    assert found.memory_gb_s > 0 and found.products_ms > 0


def test_a_floor_reads_a_text_once_for_all_its_rows_and_patches_once_for_each():
    one, many, guided = (
        floor(SIZES, rows, "fp32", texts=texts) for rows, texts in ((1, 1), (8, 1), (8, 2))
    )
    kept = 2 * 2 * 32 * 4 / 1e6  # MB of a position: keys and values of two layers of 32 channels
    assert many.mb_a_step - one.mb_a_step == pytest.approx(7 * 128 * kept)
    assert guided.mb_a_step - many.mb_a_step == pytest.approx(64 * kept)
    assert guided.gflop_a_step == many.gflop_a_step == pytest.approx(8 * one.gflop_a_step)


def last_line(text):
    table, _, line = text.rstrip().rpartition("\n")
    return table, json.loads(line)


def test_a_comparison_prints_a_table_and_a_line_of_json(capsys, monkeypatch):
    small = Preset("thumb", DVAEConfig(), SIZES)
    monkeypatch.setattr("benchmarks.decode.preset", lambda name: small)
    names = ["ours, fast", "naive re-forward", "ours, fast, guided"]
    decode.main(["--batches", "2", "--codes", "4", "--rounds", "1", "--memory", "--who", *names])
    table, line = last_line(capsys.readouterr().out)
    assert line["benchmark"] == "decode" and line["commit"] and line["codes"] == 4
    assert [(row["pictures"], row["who"]) for row in line["rows"]] == [(2, name) for name in names]
    for row in line["rows"]:
        assert row["logits_apart"] < 1e-5 and len(row["step_ms_all"]) == 1
        assert row["who"] in table
    assert [(one["rows"], one["texts"]) for one in line["floors"]] == [(2, 1), (4, 2)]


def test_waiting_for_pictures_prints_a_table_and_a_line_of_json(tmp_path, capsys):
    make_tiny_bundle(tmp_path / "tiny", clip=False)
    draw.main(
        ["--model", str(tmp_path / "tiny"), "--pictures", "2", "--rounds", "1", "--no-fresh"]
    )
    table, line = last_line(capsys.readouterr().out)
    assert line["benchmark"] == "draw" and line["settings"]["top_k"] == 8
    figures = {one["what"]: one for one in line["figures"]}
    assert figures["1 picture, fp32"]["target"] == 1.5
    assert figures["first patch of 2 pictures"]["met"] in (True, False)
    for what, one in figures.items():
        assert what in table and len(one["values"]) == 1
    assert figures["film: both"]["median"] > figures["film: frames"]["median"] > 0


def test_drawing_with_statistics_and_without_take_turns_in_being_first(
    tmp_path, monkeypatch, capsys
):
    make_tiny_bundle(tmp_path / "tiny", clip=False)
    real, asked = draw.decode, []
    monkeypatch.setattr(
        "benchmarks.draw.decode",
        lambda *given, **how: asked.append(how["statistics"]) or real(*given, **how),
    )
    model = ["--model", str(tmp_path / "tiny")]
    draw.main([*model, "--pictures", "2", "--rounds", "2", "--no-fresh"])
    capsys.readouterr()
    assert asked == [False, True] * 2 + [True, False] * 2


@pytest.mark.skipif(sys.platform != "linux", reason="needs POSIX and Linux's /proc")
def test_memory_is_that_of_the_process_and_not_of_who_started_it():
    held = torch.ones(2**26)  # 256 MiB
    assert peak_mb() > 256

    def printed(program):
        found = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, check=True, text=True
        )
        return found.stdout.split()

    assert float(printed("from benchmarks.memory import peak_mb; print(peak_mb())")[0]) < 100
    del held
    # In a process of its own: what this one held before says nothing about it.
    before, forgotten, after = printed(
        "from benchmarks.memory import forget_peak, peak_mb\n"
        "held = bytearray(2**28)\n"
        "before = peak_mb()\n"
        "del held\n"
        "print(before, forget_peak(), peak_mb())"
    )
    assert float(before) > 256
    assert forgotten == "False" or float(after) < float(before) - 200


def test_a_child_answers_with_its_last_line(tmp_path):
    page = tmp_path / "page.json"
    page.write_text('{"peak_mb": 3.5}', encoding="utf-8")
    assert in_child("json.tool", "--compact", str(page)) == {"peak_mb": 3.5}
    with pytest.raises(subprocess.CalledProcessError):
        in_child("json.tool", str(tmp_path / "nothing.json"))


def test_a_process_says_what_one_picture_cost_it(tmp_path, monkeypatch, capsys):
    make_tiny_bundle(tmp_path / "tiny", clip=False)
    monkeypatch.setattr(sys, "argv", ["fresh", str(tmp_path / "tiny")])
    fresh.main()
    _, said = last_line(capsys.readouterr().out)
    assert said["import_s"] >= 0 and said["draw_s"] > 0
    assert said["drawn_mb"] is None or said["drawn_mb"] >= said["imported_mb"]
