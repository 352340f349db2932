"""What it might have drawn: the stream after every layer, read out as if no other followed."""

import numpy as np
import pytest
import torch
from planted_passes import DIRECT, HOPS, reading
from tiny_traces import SIDE, T, guided, model, passes, plain

from dalle_explore.edits import AblateHead, Edit, KnockOut
from dalle_explore.errors import InputError
from dalle_explore.instruments.lens import lens
from dalle_explore.sampling.pick import guide

pytestmark = pytest.mark.usefixtures("one_thread")

POINTS = ("block.0.resid_in", "block.0.resid_out", "block.1.resid_out")
of_both = pytest.mark.parametrize("found", [plain, guided], ids=["plain", "guided"])


def final(found):
    """Log-probabilities of the model itself, [p k], out of plain readings."""
    with torch.no_grad():
        logits, null = (
            model().forward(model().text_rows([ids]), found.codes[None]).code_logits[0]
            for ids in (found.trace.ids, ())
        )
    guidance = found.trace.recipe.settings.guidance
    mixed = logits if guidance == 1 else guide(logits, null, guidance)
    return mixed.double().log_softmax(dim=-1)


def after(found, point):
    """The same of a stream in the middle, by hand: final norm, then the matrix of codes."""
    read = []
    for ids in (found.trace.ids, ()):
        with torch.no_grad():
            text = model().text_rows([ids])
            stream = model().forward(text, found.codes[None], want=[point]).wanted[point][0]
            stream = stream[T - 1 : -1]
            norm = model().prior.norm
            apart = stream - stream.mean(dim=-1, keepdim=True)
            scale = (apart.square().mean(dim=-1, keepdim=True) + norm.eps).sqrt()
            read.append(
                (apart / scale * norm.weight + norm.bias) @ model().prior.code_head.weight.T
            )
    guidance = found.trace.recipe.settings.guidance
    return (read[0] if guidance == 1 else guide(*read, guidance)).double().log_softmax(dim=-1)


@of_both
def test_after_the_last_layer_it_is_the_model_itself(found):
    result = lens(found())
    assert (result.kl[-1] == 0).all() and result.agrees[-1] == 1
    best = final(found()).argmax(dim=-1).view(SIDE, SIDE)
    np.testing.assert_array_equal(result.codes[-1], best)
    recorded = torch.from_numpy(found().trace.codes)[:, None]
    told = after(found(), POINTS[-1]).gather(1, recorded)[:, 0]
    np.testing.assert_allclose(told, found().base, atol=1e-4)


@of_both
def test_every_layer_is_read_out_through_the_final_norm(found):
    result = lens(found())
    assert result.names == ("embedding", "after layer 0", "after layer 1")
    end = final(found())
    for m, point in enumerate(POINTS):
        here = after(found(), point)
        np.testing.assert_array_equal(result.codes[m].flatten(), here.argmax(dim=-1))
        kl = (end.exp() * (end - here)).sum(dim=-1) / np.log(2)
        np.testing.assert_allclose(result.kl[m].flatten(), kl, atol=1e-3)
        same = (here.argmax(dim=-1) == end.argmax(dim=-1)).double().mean()
        assert result.agrees[m] == pytest.approx(float(same))
    assert (result.kl >= -1e-6).all() and result.kl[0].mean() > 0.1


def test_the_pictures_are_the_codes_decoded():
    result = lens(plain())
    decoded = model().decode_codes(torch.from_numpy(result.codes)).numpy()
    np.testing.assert_array_equal(result.pixels, decoded)
    assert result.pixels.shape == (3, 8 * SIDE, 8 * SIDE, 3)


def test_an_edited_picture_is_read_with_its_edits():
    found = passes((AblateHead(1, 1), KnockOut("red")), guidance=2.0)
    result = lens(found)
    read = found.wanted([POINTS[-1]])[POINTS[-1]][found.explaining]
    null = found.wanted_without_caption([POINTS[-1]])[POINTS[-1]][found.explaining]
    with torch.inference_mode():
        logits = guide(model().read_out(read), model().read_out(null), 2.0)
    logs = logits.log_softmax(dim=-1).gather(1, found.codes[:, None])[:, 0]
    np.testing.assert_allclose(logs, found.base, atol=1e-4)
    np.testing.assert_array_equal(result.codes[-1].flatten(), logits.argmax(dim=-1))


@pytest.mark.parametrize("point", ["logits", "final.norm"])
def test_a_function_after_the_last_layer_is_where_no_lens_looks(point):
    found = passes((Edit(point, lambda value, at: value * 0.5),))
    with pytest.raises(InputError, match="drawn with Edit.*after the last layer"):
        lens(found)


def test_in_bf16_the_last_layer_is_still_the_model_that_drew():
    found = passes(precision="bf16")
    result = lens(found)
    assert (result.kl[-1] == 0).all() and result.agrees[-1] == 1


def test_captions_say_what_it_does_not_mean():
    caption = lens(plain()).caption()
    assert (
        "through the final norm" in caption and "read with the true patches before it" in caption
    )
    assert "does not mean that the model uses it there" in caption and "Replay error" in caption
    assert "guided as the picture was" not in caption
    assert "guided as the picture was" in lens(guided()).caption()
    result = lens(plain())
    assert f"from {result.kl[0].mean():.1f} bits away" in result.alt() and "to 0.0" in result.alt()
    rows = result.rows()
    assert [row["after"] for row in rows] == list(result.names)
    assert rows[1]["kl"] == pytest.approx(result.kl[1].mean())
    assert result.measures()["KL, embedding"] == pytest.approx(result.kl[0].mean())


def test_in_planted_models_the_code_is_there_after_the_layer_that_writes_it():
    for one, layer in ((DIRECT, 2), (HOPS, 2)):
        result = lens(reading(one))
        right = [codes[one.patch] == one.codes[one.patch] for codes in result.codes]
        assert right == [m >= layer for m in range(3)]
        assert result.kl[layer - 1][one.patch] > 3 > result.kl[layer][one.patch]
