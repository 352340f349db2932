"""CLIP's loss: open_clip's own, plus captions that are almost right."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from dalle_explore import world
from dalle_explore.scoring.clip import make_clip
from dalle_explore.scoring.loss import MAX_SCALE, clip_loss, limit_scale, pick_batch
from dalle_explore.scoring.meaning import may_agree
from dalle_explore.scoring.merges import ClipTokenizer, learn_merges, write_merges
from dalle_explore.scoring.negatives import hard_negatives, reword
from dalle_explore.scoring.network import ClipConfig, encode_pictures, encode_texts
from dalle_explore.seeds import rng

TINY = ClipConfig(
    image_size=32,
    vision_width=4,
    text_width=32,
    text_layers=1,
    text_heads=2,
    embedding=16,
    merges=200,
)
EXAMPLES = [world.example("train", index) for index in range(8)]


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    captions = [world.example("train", index).caption for index in range(300)]
    path = tmp_path_factory.mktemp("merges") / "merges.txt.gz"
    write_merges(path, learn_merges(captions, TINY.merges))
    return ClipTokenizer.open(path)


@pytest.fixture(scope="module")
def batch(tokenizer):
    """Pictures that differ in colour, their captions, and captions almost right."""
    scenes = [example.scene for example in EXAMPLES]
    wrong = hard_negatives(scenes, np.random.default_rng(0))
    words = [
        reword(e.scene, e.caption, w, np.random.default_rng(0))
        for e, w in zip(EXAMPLES, wrong, strict=True)
    ]
    drawn = np.stack([np.asarray(world.draw(scene, size=32)) for scene in scenes])
    return {
        "pictures": torch.from_numpy(drawn).permute(0, 3, 1, 2).float() / 255,
        "texts": tokenizer([e.caption for e in EXAMPLES], trim=True),
        "negative_texts": tokenizer(words, trim=True),
        "same": torch.from_numpy(may_agree(scenes, scenes + wrong)),
    }


def fresh(seed=0):
    torch.manual_seed(seed)
    return make_clip(TINY)


def test_alone_it_is_open_clips_loss(batch):
    from open_clip.loss import ClipLoss

    model = fresh()
    loss, metrics = clip_loss(model, batch["pictures"], batch["texts"])
    image = encode_pictures(model, batch["pictures"])
    text = encode_texts(model, batch["texts"])
    expected = ClipLoss()(image, text, model.logit_scale.exp())
    assert torch.allclose(loss, expected, rtol=1e-5)
    assert metrics["loss"] == loss and metrics["scale"].item() == pytest.approx(14.2857, abs=1e-3)
    assert "hard" not in metrics


def test_negatives_are_further_columns_of_every_picture(batch):
    model = fresh().eval()
    loss, metrics = clip_loss(
        model, batch["pictures"], batch["texts"], batch["negative_texts"], same=batch["same"]
    )
    image = encode_pictures(model, batch["pictures"])
    text = torch.cat([encode_texts(model, batch[name]) for name in ("texts", "negative_texts")])
    logits = model.logit_scale.exp() * image @ text.T
    right = torch.eye(8, 16, dtype=torch.bool)
    logits = logits.masked_fill(batch["same"] & ~right, -torch.inf)
    by_text = logits[:, :8].T
    labels = torch.arange(8)
    expected = (F.cross_entropy(logits, labels) + F.cross_entropy(by_text, labels)) / 2
    assert torch.allclose(loss, expected, rtol=1e-4)
    hard = (logits.diagonal() > logits[labels, labels + 8]).float().mean()
    assert metrics["hard"] == hard


def test_fewer_or_more_negatives_than_pictures_belong_in_turn(batch):
    model = fresh().eval()
    texts, wrong = batch["texts"], batch["negative_texts"]
    _, few = clip_loss(model, batch["pictures"], texts, wrong[:3])
    _, twice = clip_loss(model, batch["pictures"], texts, torch.cat([wrong, wrong]))
    _, once = clip_loss(model, batch["pictures"], texts, wrong)
    assert twice["hard"] == once["hard"]
    image, text = encode_pictures(model, batch["pictures"]), encode_texts(model, texts)
    rivals = (image[:3] * encode_texts(model, wrong[:3])).sum(1)
    assert few["hard"] == ((image * text).sum(1)[:3] > rivals).float().mean()


def test_a_second_right_caption_counts_for_nothing(batch):
    model = fresh().eval()
    pictures, texts = batch["pictures"][:4], batch["texts"][[0, 1, 2, 2]]
    same = torch.eye(4, dtype=torch.bool)
    same[2, 3] = same[3, 2] = True
    masked, metrics = clip_loss(model, pictures, texts, same=same)
    plain, _ = clip_loss(model, pictures, texts)
    assert masked < plain and torch.isfinite(masked)
    assert metrics["accuracy"] >= 0


def test_ties_lose(batch):
    model = fresh().eval()
    _, metrics = clip_loss(
        model, batch["pictures"][:3], batch["texts"][:1].expand(3, -1), batch["texts"][:1]
    )
    assert metrics["accuracy"] == 0 and metrics["hard"] == 0


def test_gradients_reach_every_parameter(batch):
    model = fresh()
    for _ in range(2):  # the last gain of a block starts at zero and hides what is before it
        loss, _ = clip_loss(model, batch["pictures"], batch["texts"], batch["negative_texts"])
        model.zero_grad()
        loss.backward()
        with torch.no_grad():
            for parameter in model.parameters():
                parameter -= 0.1 * parameter.grad
    for name, parameter in model.named_parameters():
        # A shift of all keys changes no attention.
        if not name.endswith("k_proj.bias"):
            assert parameter.grad.abs().max() > 0, name


def test_the_loss_falls_on_a_tiny_set(batch):
    model = fresh()
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for step in range(40):
        loss, metrics = clip_loss(model, **batch)
        if step == 0:
            first = loss.item()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        limit_scale(model)
    assert loss < 0.3 * first
    assert metrics["accuracy"] >= 0.8 and metrics["hard"] >= 0.8


def test_the_scale_is_kept_in_its_range():
    model = fresh()
    for value, limited in ((9.0, MAX_SCALE), (-2.0, 1.0), (3.0, np.exp(3.0))):
        with torch.no_grad():
            model.logit_scale.fill_(value)
        limit_scale(model)
        assert model.logit_scale.exp().item() == pytest.approx(limited, rel=1e-5)


def test_a_batch_has_its_share_of_one_family():
    families = np.array([world.example("train", index).scene.family for index in range(600)])
    seen = set()
    for step in range(20):
        chosen = pick_batch(families, 48, rng("clip", 0, step), share=0.5)
        assert len(set(chosen.tolist())) == 48 and chosen.dtype == np.int64
        assert len(set(families[chosen[:24]])) == 1
        assert len(set(families[chosen[24:]])) > 1
        seen.add(families[chosen[0]])
        assert np.array_equal(chosen, pick_batch(families, 48, rng("clip", 0, step)))
    assert seen == set(world.FAMILIES)


def test_a_small_family_gives_what_it_has():
    families = np.array(["signs"] * 2 + ["writing"] * 30)
    for step in range(10):
        chosen = pick_batch(families, 20, rng("clip", step), share=1.0)
        assert len(set(chosen.tolist())) == 20
