"""The loop that a GPU records draws what the ordinary loop draws, and never waits on its way."""

import itertools

import numpy as np
import pytest
import torch
from fake_gpu import NoWaiting, Waits, on_a_fake_gpu
from tiny_model import CODES, tiny_model

from dalle_explore.edits import Ban, Bias, Force, Mix, TemperatureAt
from dalle_explore.errors import InputError
from dalle_explore.kernel import without_kernel
from dalle_explore.sampling import decode as decoding
from dalle_explore.sampling.batch import Batch
from dalle_explore.sampling.decode import decode, drain, fixed_steps, plain_steps
from dalle_explore.sampling.graphs import BUCKET, Loop, Replayed, out_of_memory_behind
from dalle_explore.sampling.pick import pick, pick_on_device
from dalle_explore.sampling.request import request
from dalle_explore.settings import Settings

pytestmark = pytest.mark.usefixtures("one_thread", "torch_alone")

PROMPTS = ("a red cube", "a blue sphere on top")
GUIDED = Settings(guidance=3.0, top_k=20, top_p=0.95, temperature=0.9)
TOP = [(r, c) for r in range(3) for c in range(6)]
KINDS = {
    "plain": [],
    "cold in places": [TemperatureAt(0.0, [(0, c) for c in range(6)])],
    "warmth of three kinds": [TemperatureAt(0.0, TOP[:6]), TemperatureAt(1.7, TOP[6:])],
    "forced": [Force(((0, 0), (2, 2), (5, 5)), (7, 8, 9))],
    "banned": [Ban(range(20)), Ban(range(20, 30), TOP)],
    "biased": [Bias([7, 30], 2.5, TOP), Bias([7], -1.0)],
    "banned and biased": [Ban([7, 8], TOP), Bias([7, 8, 9], 4.0)],
    "mixed": [Mix((PROMPTS[0], "a green cone"), (0.3, 0.7))],
    "mixed by region": [Mix((PROMPTS[1], "a green cone"), (0.5, 0.5), TOP)],
    "mixed in the embeddings": [Mix(PROMPTS, (0.5, 0.5), how="embeddings")],
}
SETTINGS = {
    "plain": Settings(),
    "guided": Settings(guidance=3.0),
    "cold": Settings(temperature=0),
    "top-k": Settings(top_k=5, temperature=1.3),
    "top-p": Settings(top_p=0.6),
    "all": GUIDED,
}


@pytest.fixture(scope="module")
def torch_alone():
    """What is recorded on a GPU is torch's; the kernel is for processors."""
    with without_kernel():
        yield


@pytest.fixture(scope="module")
def model():
    return tiny_model()


def requests_for(model, edits=(), prompts=PROMPTS[:1], seeds=(3, 4)):
    return [request(model, model.encode_text(prompt), seeds, edits) for prompt in prompts]


def started(model, requests, settings):
    batch = Batch(model, requests, settings)
    return batch, model.prefill(
        batch.text, batch.rows, blend=batch.blend, precision=settings.precision
    )


@torch.inference_mode()
def drawn(loop, model, requests, settings, every=1, statistics=True, **how):
    batch, state = started(model, requests, settings)
    steps = loop(model, batch, state, settings, every=every, statistics=statistics, **how)
    return drain(steps)


def both(model, requests, settings, **how):
    fixed = drawn(fixed_steps, model, requests, settings, **{"bucket": 8} | how)
    return fixed, drawn(plain_steps, model, requests, settings)


def assert_same(fixed, plain):
    for name in ("codes", "forced", "top_codes"):
        assert np.array_equal(getattr(fixed, name), getattr(plain, name)), name
        assert getattr(fixed, name).dtype == getattr(plain, name).dtype
    for name in ("log_probability", "conditional", "entropy", "top_log_probability"):
        one, other = getattr(fixed, name), getattr(plain, name)
        assert one.dtype == other.dtype == np.float32
        np.testing.assert_allclose(one, other, atol=1e-4, err_msg=name)
    # Two codes that are almost as likely may change places, and nothing more.
    assert np.abs(fixed.rank - plain.rank).max() <= 1


# --- the same pictures -------------------------------------------------------------------------


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_the_fixed_loop_draws_what_the_plain_loop_draws(model, settings):
    assert_same(*both(model, requests_for(model, prompts=PROMPTS), settings))


@pytest.mark.parametrize("edits", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("settings", [GUIDED, Settings()], ids=["all", "plain"])
def test_with_edits_too(model, edits, settings):
    requests = requests_for(model, edits)
    fixed, plain = both(model, requests, settings)
    assert_same(fixed, plain)
    unedited = drawn(plain_steps, model, requests_for(model), settings)
    assert not edits or not np.array_equal(plain.codes, unedited.codes)


def test_requests_of_all_kinds_at_once(model):
    requests = [requests_for(model, edits, seeds=[5, 6])[0] for edits in KINDS.values()]
    fixed, plain = both(model, requests, GUIDED)
    assert_same(fixed, plain)
    for row, one in enumerate(requests):
        alone = drawn(fixed_steps, model, [one], GUIDED, bucket=8)
        assert np.array_equal(alone.codes, fixed.codes[2 * row : 2 * row + 2])


def test_blocks_and_statistics_and_buckets_change_no_code(model):
    requests = requests_for(model, KINDS["warmth of three kinds"], PROMPTS)
    plain = drawn(plain_steps, model, requests, GUIDED)
    for how in ({"every": 7}, {"every": 16}, {"bucket": 1}, {"bucket": 5}, {"bucket": BUCKET}):
        assert_same(drawn(fixed_steps, model, requests, GUIDED, **how), plain)
    silent = drawn(fixed_steps, model, requests, GUIDED, statistics=False)
    assert np.array_equal(silent.codes, plain.codes) and silent.log_probability is None


def test_steps_are_blocks_that_stay_as_they_were_when_more_is_drawn(model):
    with torch.inference_mode():
        batch, state = started(model, requests_for(model), GUIDED)
        steps = fixed_steps(model, batch, state, GUIDED, every=7, statistics=True)
        first = next(steps)
        before = first.codes.copy(), first.entropy.copy()
        rest = list(steps)
    assert [step.first for step in [first, *rest]] == [0, 7, 14, 21, 28, 35]
    assert [step.codes.shape for step in [first, *rest]] == [(2, 7)] * 5 + [(2, 1)]
    assert np.array_equal(first.codes, before[0]) and np.array_equal(first.entropy, before[1])


def test_temperatures_in_a_tensor_pick_what_pick_picks():
    torch.manual_seed(0)
    logits, seeds = 3 * torch.randn(60, 50), torch.arange(60)
    warmth = torch.tensor([0.0, 0.5, 1.0, 0.7, 0.0, 2.0]).repeat(10)
    logits[::3, 5:9] = -torch.inf
    for settings in (Settings(), Settings(top_k=9), Settings(top_p=0.7), Settings(0.3, 30, 0.9)):
        for position in (0, 7, 255):
            found = pick_on_device(logits, seeds, torch.tensor([position]), settings, warmth)
            assert torch.equal(found, pick(logits, seeds, position, settings, warmth))
            assert torch.isfinite(logits.gather(1, found[:, None])).all()


# --- the step ----------------------------------------------------------------------------------


def test_what_lies_beyond_the_patch_is_not_read(model):
    codes = torch.arange(4) * 7 % CODES
    place = torch.tensor([5])
    with torch.inference_mode():
        text = model.text_rows([model.encode_text(PROMPTS[0]).ids] * 4)
        clean, dirty = model.prefill(text), model.prefill(text)
        expected = model.step_at(clean, codes, place, 16).clone()
        for kept in (*dirty.keys, *dirty.values):
            kept[:, :, model.text_length + 6 :] = 1e4
        assert torch.equal(model.step_at(dirty, codes, place, 16), expected)
        # And what lies before it is.
        for kept in dirty.values:
            kept[:, :, model.text_length + 4] = 1.0
        assert not torch.equal(model.step_at(dirty, codes, place, 16), expected)


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_the_fixed_step_is_the_ordinary_step(model, precision):
    with torch.inference_mode():
        text = model.text_rows([model.encode_text(prompt).ids for prompt in PROMPTS])
        one, other = (model.prefill(text, precision=precision) for _ in range(2))
        for patch in range(model.patches):
            codes = (torch.arange(2) * 7 + 3 * patch) % CODES
            expected = model.step(one, codes)
            for within in {patch + 1, model.patches}:
                found = model.step_at(other, codes, torch.tensor([patch]), within)
                atol = 1e-3 if precision == "fp32" else 0.05 * float(expected.abs().max())
                assert torch.allclose(found, expected, atol=atol, rtol=0), (patch, within)


def test_a_step_that_cannot_be_done_is_a_sentence(model):
    codes, place = torch.zeros(1, dtype=torch.int64), torch.zeros(1, dtype=torch.int64)
    text = model.text_rows([(1, 2)])
    state = model.prefill(text)
    for within in (0, model.patches + 1):
        with pytest.raises(InputError, match="give a number from 1 to 36"):
            model.step_at(state, codes, place, within)
    with pytest.raises(InputError, match="1 pictures need one code each"):
        model.step_at(state, codes.repeat(2), place, 1)
    with pytest.raises(InputError, match="the reference executor's"):
        model.step_at(model.prefill(text, executor="reference"), codes, place, 1)


# --- without waiting ---------------------------------------------------------------------------


def a_full_loop(model, statistics=True):
    """Everything at once that a body can hold."""
    requests = [requests_for(model, edits)[0] for edits in KINDS.values()]
    with torch.no_grad():
        batch, state = started(model, requests, GUIDED)
        return Loop(model, batch, state, GUIDED, decoding.statistics_of if statistics else None)


def test_a_body_fetches_nothing_and_crosses_to_no_other_device(model, monkeypatch):
    loop, fakes = on_a_fake_gpu(a_full_loop(model), monkeypatch)
    with torch.no_grad(), fakes, NoWaiting() as watched:
        for within in (8, 8, 16):
            loop.body(within)
    assert loop._logits.device.type == "cuda" and watched.seen > 500


def fetching_pick(logits, seeds, position, settings, temperature):
    return pick(logits, seeds, 0, settings, temperature)


@pytest.mark.parametrize(
    ("name", "waits"),
    [
        ("item", lambda x: x[0, 0].item()),
        ("if", lambda x: bool(x.any())),
        ("nonzero", lambda x: x.nonzero()),
        ("mask", lambda x: x[x > 0]),
        ("put by mask", lambda x: x.__setitem__(x > 0, torch.ones_like(x[0]))),
        ("unique", lambda x: x.unique()),
        ("equal", lambda x: torch.equal(x, x)),
        ("to the host", lambda x: x.cpu()),
        ("from the host", lambda x: x + torch.ones(3).to(x.device)),
        ("a number on the host", lambda x: torch.where(x > 0, x, torch.tensor(0.0))),
    ],
)
def test_whatever_waits_is_noticed(monkeypatch, name, waits):
    there, fakes = on_a_fake_gpu(torch.ones(2, 3), monkeypatch)
    with fakes, NoWaiting():
        there.exp().sum(dim=1).argmax()
        with pytest.raises(Waits):
            waits(there)


def test_a_body_that_waits_is_noticed(model, monkeypatch):
    loop, fakes = on_a_fake_gpu(a_full_loop(model), monkeypatch)
    monkeypatch.setattr("dalle_explore.sampling.graphs.pick_on_device", fetching_pick)
    with torch.no_grad(), fakes, NoWaiting(), pytest.raises(Waits, match="_unique2"):
        loop.body(8)


def test_everything_that_a_body_changes_stays_in_its_place(model):
    """A recording reads and writes the memory that it saw: new tensors would go unnoticed."""
    loop = a_full_loop(model)

    def places():
        tables = [loop._patch, loop._logits, loop._tables.codes, *loop._tables.statistics]
        return [t.data_ptr() for t in [*tables, *loop._state.keys, *loop._state.values]]

    before = places()
    with torch.no_grad():
        for _ in range(3):
            loop.body(8)
    assert places() == before and loop._patch.tolist() == [3]


# --- recorded ----------------------------------------------------------------------------------


class Tape:
    """A recorder for a CPU: it counts, and replays by calling."""

    def __init__(self, error=None):
        self.log, self.error = [], error

    def rehearse(self, work):
        self.log.append("rehearse")
        work()

    def record(self, work):
        self.log.append("record")
        if self.error is not None:
            raise self.error

        def replay():
            self.log.append("replay")
            work()

        return replay


def taped(model, tape, bucket=8):
    requests = requests_for(model)
    with torch.inference_mode():
        batch, state = started(model, requests, GUIDED)
        loop = Loop(model, batch, state, GUIDED, None)
        blocks = list(loop.blocks(Replayed(loop.body, tape), 16, bucket))
    assert [block[0] for block in blocks] == [0, 16, 32]
    return np.concatenate([codes for _, codes, _ in blocks], axis=1)


def test_every_bucket_is_rehearsed_then_recorded_then_replayed(model):
    tape = Tape()
    codes = taped(model, tape)
    eight = ["rehearse", "record"] + ["replay"] * 7
    assert tape.log == eight * 4 + ["rehearse", "record"] + ["replay"] * 3
    assert np.array_equal(codes, drawn(plain_steps, model, requests_for(model), GUIDED).codes)
    tape = Tape()
    taped(model, tape, bucket=1)
    assert tape.log == ["rehearse"] * 36  # nothing is recorded that would never be replayed


def test_what_cannot_be_recorded_is_drawn_all_the_same_and_said(model):
    tape = Tape(RuntimeError("operation not permitted when stream is capturing"))
    with pytest.warns(RuntimeWarning, match="drawn kernel by kernel.*not permitted"):
        codes = taped(model, tape)
    assert tape.log == ["rehearse", "record"] + ["rehearse"] * 35  # tried once, not for ever
    assert np.array_equal(codes, drawn(plain_steps, model, requests_for(model), GUIDED).codes)


def test_a_lack_of_memory_is_not_swallowed(model):
    with pytest.raises(torch.OutOfMemoryError, match="full"):
        taped(model, Tape(torch.OutOfMemoryError("the GPU is full")))


def test_a_lack_of_memory_is_found_behind_what_it_led_to():
    first = torch.OutOfMemoryError("the GPU is full")
    try:
        try:
            raise first
        finally:
            raise RuntimeError("the capture was invalidated")
    except RuntimeError as error:
        assert out_of_memory_behind(error) is first
    assert out_of_memory_behind(first) is first
    assert out_of_memory_behind(RuntimeError("something else")) is None


def test_on_a_cpu_and_for_the_reference_the_plain_loop_draws(model, monkeypatch):
    def never(*args, **how):
        raise AssertionError("the fixed loop was taken")

    monkeypatch.setattr(decoding, "fixed_steps", never)
    for executor in ("fast", "reference"):
        steps = decode(model, requests_for(model), GUIDED, executor=executor)
        assert len(list(itertools.islice(steps, 2))) == 2


# --- on a GPU ----------------------------------------------------------------------------------


@pytest.fixture
def on_gpu(device):
    if device == "cpu":
        pytest.skip("needs a GPU")
    model = tiny_model()
    model.to(device)
    return model


@pytest.mark.parametrize("edits", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_graphs_draw_what_the_same_kernels_draw_one_by_one(on_gpu, device, edits, precision):
    settings = GUIDED.replace(device=device, precision=precision)
    requests = requests_for(on_gpu, edits, PROMPTS, seeds=range(5))
    graphs = drawn(fixed_steps, on_gpu, requests, settings, every=16, bucket=8)
    with torch.inference_mode():
        batch, state = started(on_gpu, requests, settings)
        loop = Loop(on_gpu, batch, state, settings, decoding.statistics_of)
        blocks = list(loop.blocks(loop.body, 16, 8))
    assert np.array_equal(graphs.codes, np.concatenate([codes for _, codes, _ in blocks], axis=1))
    entropy = np.concatenate([seen[2] for _, _, seen in blocks], axis=1)
    np.testing.assert_allclose(graphs.entropy, entropy, atol=1e-5)
    again = drawn(fixed_steps, on_gpu, requests, settings, every=16, bucket=8)
    assert np.array_equal(again.codes, graphs.codes)


def test_decode_takes_the_graphs_and_a_stopped_one_leaves_nothing_behind(on_gpu, device):
    settings = GUIDED.replace(device=device)
    steps = decode(on_gpu, requests_for(on_gpu), settings)
    first = next(steps)
    steps.close()
    assert first.codes.shape == (2, 16)
    assert torch.cuda.current_stream() == torch.cuda.default_stream()
    whole = drain(decode(on_gpu, requests_for(on_gpu), settings))
    assert np.array_equal(whole.codes[:, :16], first.codes)


def test_a_recording_waits_for_nothing_that_torch_knows_of(on_gpu, device):
    settings = GUIDED.replace(device=device)
    with torch.inference_mode():
        batch, state = started(on_gpu, requests_for(on_gpu), settings)
        loop = Loop(on_gpu, batch, state, settings, decoding.statistics_of)
        loop.body(8)
        torch.cuda.set_sync_debug_mode("error")
        try:
            loop.body(8)
        finally:
            torch.cuda.set_sync_debug_mode("default")


def test_a_recording_that_breaks_off_gives_the_stream_back(on_gpu, device):
    recorder = decoding.GraphRecorder(on_gpu.device)
    here = torch.cuda.current_stream()
    for error in (torch.OutOfMemoryError("full"), RuntimeError("broken")):

        def breaks(error=error):
            torch.ones(3, device=device).sum()
            raise error

        with pytest.raises(type(error), match=str(error)):
            recorder.record(breaks)
        assert torch.cuda.current_stream() == here
        assert float(torch.ones(3, device=device).sum()) == 3
