"""Our merges are read by open_clip's tokenizer as they were learned."""

import gzip

import numpy as np
import pytest
import torch

from dalle_explore import world
from dalle_explore.errors import InputError, ModelFileError
from dalle_explore.scoring.merges import (
    ClipTokenizer,
    learn_merges,
    vocabulary_size,
    write_merges,
)

CAPTIONS = [world.example("train", index).caption for index in range(600)]


@pytest.fixture(scope="module")
def merges():
    return learn_merges(CAPTIONS, 300)


@pytest.fixture(scope="module")
def tokenizer(merges, tmp_path_factory):
    path = tmp_path_factory.mktemp("merges") / "merges.txt.gz"
    write_merges(path, merges)
    return ClipTokenizer.open(path)


def test_learning_is_deterministic_and_stops_at_the_count(merges):
    assert len(merges) == 300 and len(set(merges)) == 300
    assert all(learn_merges(CAPTIONS, 300) == merges for _ in range(5))
    assert learn_merges(CAPTIONS, 100) == merges[:100]


def test_fewer_words_give_fewer_merges():
    assert learn_merges(["a cat", "a cat"], 500) == (("a", "t</w>"), ("c", "at</w>"))


def test_the_vocabulary_is_counted_right_and_the_end_of_a_text_is_last(tokenizer, merges):
    size = vocabulary_size(len(merges))
    assert tokenizer.vocabulary_size == size == 814
    ids = tokenizer(["a red cube"])[0]
    assert ids[0] == size - 2 and ids.max() == size - 1
    assert ids.argmax() == tokenizer.count("a red cube") - 1
    assert not ids[tokenizer.count("a red cube") :].any()


def test_common_words_become_one_token(tokenizer):
    assert tokenizer.count("a red cube") <= 6 < tokenizer.count("xyzzy qqq")
    assert np.mean([tokenizer.count(text) for text in CAPTIONS]) < 20
    assert torch.equal(tokenizer(["A Red CUBE"]), tokenizer(["a red cube"]))


def test_different_captions_have_different_ids(tokenizer):
    texts = sorted(set(CAPTIONS))
    rows = tokenizer(texts)
    assert rows.shape == (len(texts), 64) and rows.dtype == torch.int64
    assert len({tuple(row) for row in rows.tolist()}) == len(texts)


def test_trimming_only_leaves_out_padding(tokenizer):
    full, short = tokenizer(CAPTIONS[:9]), tokenizer(CAPTIONS[:9], trim=True)
    t = max(tokenizer.count(text) for text in CAPTIONS[:9])
    assert short.shape == (9, t) and torch.equal(full[:, :t], short) and not full[:, t:].any()


def test_a_long_caption_is_refused_not_cut(tokenizer):
    exact = " ".join(["a"] * 62)
    assert tokenizer.count(exact) == 64 and tokenizer([exact])[0, -1] == 813
    with pytest.raises(InputError, match="has 65 CLIP tokens, but this CLIP reads at most 64"):
        tokenizer([exact + " a"])


def test_captions_have_to_be_strings(tokenizer):
    with pytest.raises(InputError, match="CLIP reads strings"):
        tokenizer([b"a cat"])


def test_equal_merges_make_equal_files_without_an_empty_line(tmp_path, merges):
    for name in ("one.gz", "two.gz"):
        write_merges(tmp_path / name, merges)
    assert (tmp_path / "one.gz").read_bytes() == (tmp_path / "two.gz").read_bytes()
    text = gzip.decompress((tmp_path / "one.gz").read_bytes()).decode("utf-8")
    assert text.count("\n") == 300 and not text.endswith("\n")


@pytest.mark.parametrize(
    "data",
    [
        b"no gzip",
        gzip.compress(b"#version\na b\nc d\n"),  # an empty line would be one token too many
        gzip.compress(b"#version\na b c"),
        gzip.compress(b"#version\n\xff\xfe x"),
        gzip.compress(b"#version\na b\nc d")[:-9],
        gzip.compress(b"a b\n" * 3_000_000),
    ],
    ids=["foreign", "empty line", "three pieces", "not UTF-8", "cut off", "endless"],
)
def test_damaged_merges_are_refused(tmp_path, data):
    path = tmp_path / "merges.txt.gz"
    path.write_bytes(data)
    with pytest.raises(ModelFileError, match="get the model again"):
        ClipTokenizer.open(path)


def test_missing_merges_and_silly_counts_are_refused(tmp_path):
    with pytest.raises(ModelFileError, match="cannot be read"):
        ClipTokenizer.open(tmp_path / "none.gz")
    with pytest.raises(InputError, match="at least 1 merge"):
        learn_merges(CAPTIONS, 0)
    with pytest.raises(InputError, match="nothing to learn"):
        learn_merges(["a", "b"], 10)
