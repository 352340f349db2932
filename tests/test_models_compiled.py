"""The step in C against the step in torch, and what may change no bit of it."""

import ctypes
import os
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_model import tiny_model

from dalle_explore import kernel as room
from dalle_explore.errors import InputError
from dalle_explore.kernel import Kernel, build, kernel, without_kernel
from dalle_explore.models import compiled, fast
from dalle_explore.models.presets import PriorConfig
from dalle_explore.models.prior import Prior
from dalle_explore.sampling.decode import decode, drain
from dalle_explore.sampling.pick import pick
from dalle_explore.sampling.request import request
from dalle_explore.settings import Settings

pytestmark = pytest.mark.skipif(kernel() is None, reason="needs a C compiler")

needs_avx512 = pytest.mark.skipif(
    platform.machine() not in ("x86_64", "AMD64") or "avx512f" not in build.processor(),
    reason="needs POSIX and a processor with AVX-512",
)

GUIDED = Settings(guidance=3.0, top_k=20, top_p=0.95, temperature=0.9)


@pytest.fixture(scope="module")
def narrow(tmp_path_factory):
    """The kernel as it is built for a processor without AVX-512."""
    path = tmp_path_factory.mktemp("kernel") / "narrow.so"
    assert not build.compile_with(build.compiler(), ("-march=haswell",), path)
    return path


def prior(channels=16, heads=2, **sizes):
    """Texts and pictures that do not fill the last sixteen positions."""
    torch.manual_seed(channels)
    config = {"layers": 2, "text_length": 19, "rows": 5, "columns": 7, "codebook_size": 45} | sizes
    made = Prior(PriorConfig(width=channels * heads, heads=heads, **config)).eval()
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.mul_(6.0 if parameter.ndim > 1 else 1.0).add_(0.05 * (parameter.ndim == 1))
    return made.requires_grad_(False)


def texts(made, count):
    torch.manual_seed(1)
    text = torch.randint(made.config.text_vocabulary, (count, made.config.text_length))
    text[:, 11:] = -1
    return text


@torch.inference_mode()
def logits(made, text, rows, codes, blend=None):
    state = made.prefill(text, rows, blend=blend)
    found = [state.logits]
    for column in codes.T:
        found.append(made.step(state, column.contiguous()))
    return torch.stack(found), type(state)


@pytest.mark.parametrize("channels, heads", [(16, 2), (32, 3), (48, 4), (64, 2)])
@pytest.mark.parametrize("blended", [False, True])
def test_it_says_what_torch_says_over_a_whole_picture(channels, heads, blended):
    made = prior(channels, heads)
    text, rows = texts(made, 2), torch.tensor([1, 0, 1])
    codes = torch.randint(45, (3, 34))
    blend = torch.tensor([[0.3, 0.7], [1.0, 0.0]]) if blended else None
    ours, kind = logits(made, text, rows, codes, blend)
    with without_kernel():
        theirs, other = logits(made, text, rows, codes, blend)
    assert (kind, other) == (compiled.Pictures, fast.Cache)
    torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-4 * float(theirs.abs().max()))
    assert theirs.std() > 0.5  # there is something to get wrong


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 8, 9, 16, 33, 64])
def test_the_number_of_rows_changes_no_bit(count):
    made = prior(48, 4, codebook_size=300)
    text = texts(made, 2)
    rows = torch.arange(64) % 2
    codes = torch.randint(300, (64, 6))
    whole, _ = logits(made, text, rows, codes)
    some, _ = logits(made, text, rows[-count:], codes[-count:])
    assert torch.equal(some, whole[:, -count:])


@pytest.mark.parametrize("threads", [2, 3, 5])
def test_threads_change_no_bit(threads):
    made = prior(32, 2)
    text, rows = texts(made, 3), torch.tensor([0, 1, 2, 2, 1, 0, 0])
    codes = torch.randint(45, (7, 34))
    before, found = torch.get_num_threads(), []
    try:
        for count in (1, threads):
            torch.set_num_threads(count)
            found.append(logits(made, text, rows, codes)[0])
    finally:
        torch.set_num_threads(before)
    assert torch.equal(*found)


@needs_avx512
def test_wide_registers_change_no_bit(narrow, monkeypatch):
    made = prior(48, 4)
    text, rows, codes = texts(made, 2), torch.tensor([0, 1, 1]), torch.randint(45, (3, 34))
    wide, _ = logits(made, text, rows, codes)
    with monkeypatch.context() as patch:
        patch.setattr(room, "_found", Kernel(ctypes.CDLL(str(narrow))))
        assert torch.equal(logits(made, text, rows, codes)[0], wide)


DIGESTS = """
import hashlib, torch, ctypes, sys
import numpy as np
from dalle_explore.seeds import uniform
from tiny_model import tiny_model
from dalle_explore import kernel as room
from dalle_explore.sampling.decode import decode, drain
from dalle_explore.sampling.request import request
from dalle_explore.settings import Settings
if sys.argv[1:]:
    room._found = room.Kernel(ctypes.CDLL(sys.argv[1]))
model = tiny_model()
for number, parameter in enumerate(model.prior.parameters()):
    # Not torch's random numbers: those themselves depend on the registers.
    noise = torch.from_numpy(uniform(number, 0, np.arange(parameter.numel())) - 0.5)
    noise = noise.view(parameter.shape) * (1.0 if parameter.ndim > 1 else 0.1)
    parameter.data = (noise + (parameter.ndim == 1)).float()
requests = [request(model, model.encode_text(p), range(32)) for p in ("a red cube", "a sphere")]
with torch.inference_mode():
    drawn = drain(decode(model, requests, Settings(guidance=2.0, temperature=0.9)))
print(torch.backends.cpu.get_cpu_capability(), room.why_not())
for row in drawn.codes:
    print(hashlib.sha256(row.tobytes()).hexdigest()[:16])
"""


@needs_avx512
@pytest.mark.parametrize("with_kernel", [True, False])
def test_64_pictures_are_the_same_with_avx_512_on_and_off(with_kernel, narrow):
    plain = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    plain |= {"DALLE_EXPLORE_KERNEL": "1" if with_kernel else "0"}
    off = plain | {
        "ATEN_CPU_CAPABILITY": "avx2",
        "MKL_ENABLE_INSTRUCTIONS": "AVX2",
        "ONEDNN_MAX_CPU_ISA": "AVX2",
    }
    said = []
    for env, library in ((plain, []), (off, [str(narrow)] if with_kernel else [])):
        command = [sys.executable, "-c", DIGESTS, *library]
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        said.append(done.stdout.splitlines())
    assert said[0][0] != said[1][0]  # one of them really was without
    assert len(said[0]) == 65 and len(set(said[0][1:])) > 32  # different pictures
    assert said[0][1:] == said[1][1:]


@pytest.mark.parametrize("settings", [GUIDED, Settings(), Settings(temperature=0)])
def test_64_pictures_are_those_of_torch(settings):
    model = tiny_model()
    wishes = [
        request(model, model.encode_text(prompt), range(32))
        for prompt in ("a red cube", "a blue sphere")
    ]
    ours = drain(decode(model, wishes, settings))
    with without_kernel():
        theirs = drain(decode(model, wishes, settings))
    np.testing.assert_array_equal(ours.codes, theirs.codes)
    np.testing.assert_array_equal(ours.rank, theirs.rank)
    for name in ("log_probability", "conditional", "entropy", "top_log_probability"):
        np.testing.assert_allclose(
            getattr(ours, name), getattr(theirs, name), rtol=1e-4, atol=1e-4
        )


def by_an_edit(made):
    with torch.no_grad():
        made.blocks[0].down.weight.mul_(-3)


def behind_the_back_of_autograd(made):
    made.blocks[0].down.weight.data.mul_(-3)


def by_numpy(made):
    made.blocks[0].down.weight.numpy()[:] *= -3


def by_another_tensor(made):
    made.blocks[0].down.weight.data = made.blocks[0].down.weight.data * -3


def by_a_fused_optimiser(made):
    weight = made.blocks[0].down.weight.requires_grad_(True)
    weight.grad = torch.ones_like(weight)
    torch.optim.AdamW([weight], lr=0.5, fused=True).step()
    weight.requires_grad_(False)


@pytest.mark.parametrize(
    "change",
    [
        by_an_edit,
        behind_the_back_of_autograd,
        by_numpy,
        by_another_tensor,
        by_a_fused_optimiser,
    ],
)
def test_weights_that_changed_are_laid_out_again(change):
    made = prior()
    text, rows, codes = texts(made, 1), torch.zeros(1, dtype=torch.int64), torch.zeros(1, 3).long()
    before, _ = logits(made, text, rows, codes)
    change(made)
    after, kind = logits(made, text, rows, codes)
    assert kind is compiled.Pictures
    assert not torch.equal(before, after)
    with without_kernel():
        torch.testing.assert_close(after, logits(made, text, rows, codes)[0], rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("inference", [False, True])
def test_weights_that_did_not_change_are_laid_out_once(inference, monkeypatch):
    with torch.inference_mode(inference):
        made = prior()
    text, laid = texts(made, 1), []
    right = compiled._lay_out
    monkeypatch.setattr(compiled, "_lay_out", lambda prior: laid.append(1) or right(prior))
    for _ in range(3):
        made.prefill(text)
    assert len(laid) == 1


def test_numbers_of_other_kinds_are_read_as_what_they_are():
    """C reads eight bytes for each code and each row."""
    made = prior()
    text, codes = texts(made, 2), torch.tensor([[3, 5, 7], [9, 11, 13], [1, 2, 3]])
    rows = torch.tensor([0, 1, 1])
    weights = compiled.weights_for(made, torch.float32)
    right = compiled.prefill(made, weights, text, rows, None)
    other = compiled.prefill(made, weights, text, rows.int(), None)
    assert torch.equal(right.logits, other.logits)
    for column in codes.T:  # not contiguous either
        right_logits = compiled.step(made, right, column.contiguous())
        assert torch.equal(compiled.step(made, other, column.int()), right_logits)


@pytest.mark.parametrize("rows", [[0, 2], [-1, 0]])
def test_a_row_of_no_text_is_refused(rows):
    made = prior()
    with pytest.raises(InputError, match="there are 2 texts"):
        made.prefill(texts(made, 2), torch.tensor(rows))


@pytest.mark.parametrize("patch, within", [(35, 35), (35, 1), (-1, 5), (5, 5)])
def test_a_patch_beyond_its_bound_is_refused_before_it_is_written(patch, within):
    made = prior()
    state = made.prefill(texts(made, 1))
    with pytest.raises(InputError, match=f"patch is {patch}"):
        made.step_at(state, torch.tensor([3]), torch.tensor([patch]), within)


def test_other_numbers_are_drawn_from_by_torch():
    heated = torch.randn(4, 50, dtype=torch.float64)
    seeds = torch.arange(4)
    drawn = pick(heated, seeds, 3, Settings())
    with without_kernel():
        assert torch.equal(drawn, pick(heated, seeds, 3, Settings()))


def test_a_drawing_goes_on_where_the_kernel_was_switched_off_meanwhile():
    made = prior()
    state = made.prefill(texts(made, 1))
    with without_kernel():
        assert made.step(state, torch.tensor([3])).shape == (1, 45)


@pytest.mark.parametrize(
    "odd", [{"channels": 8, "heads": 4}, {"channels": 16, "heads": 3}], ids=["channels", "width"]
)
def test_sizes_it_does_not_know_are_left_to_torch(odd):
    made = prior(**odd)
    assert isinstance(made.prefill(texts(made, 1)), fast.Cache)


def test_bf16_is_left_to_torch():
    made = prior()
    assert isinstance(made.prefill(texts(made, 1), dtype=torch.bfloat16), fast.Cache)


@pytest.mark.parametrize("code", [-1, 45, 2**40])
def test_a_code_outside_the_codebook_is_refused_before_it_is_read(code):
    made = prior()
    state = made.prefill(texts(made, 1))
    with pytest.raises(InputError, match=f"{code}.*between 0 and 44"):
        made.step(state, torch.tensor([code]))
    assert state.length == 19


def test_a_kernel_that_is_wrong_on_this_network_is_not_used(monkeypatch):
    """Compared with torch when a network is first drawn with."""
    made = prior()
    right = Kernel.step

    def wrong(self, *values):
        right(self, *values)
        ctypes.c_float.from_address(values[-1]).value += 1.0

    monkeypatch.setattr(Kernel, "step", wrong)
    with pytest.warns(RuntimeWarning, match="disagrees with torch"):
        state = made.prefill(texts(made, 1))
    assert isinstance(state, fast.Cache)


def test_source_travels_with_the_package():
    assert Path(build.SOURCE).is_file() and build.compiler()
