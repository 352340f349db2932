"""Trees: where a picture leaves the one it came of, counted in codes."""

import numpy as np
import pytest
from tiny import make_tiny_bundle
from tiny_samples import tiny_sample

import dalle_explore as dx
from dalle_explore.errors import InputError
from dalle_explore.session.tree import Parting, Tree

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    return tiny_sample(tmp_path_factory.mktemp("tiny"))


def changed(sample, *patches):
    """The same picture with other codes at some patches."""
    codes = sample.codes.copy()
    for place in patches:
        codes[place] = (codes[place] + 1) % 40
    return sample.again(edits=[dx.Force.where(codes, np.ones((4, 4), dtype=bool))])


def test_a_parting_is_the_first_other_code_and_how_many_follow(sample):
    child = changed(sample, (1, 2), (3, 0), (3, 3))
    tree = Tree.of([(sample, None, "drawn"), (child, 0, "three others"), (sample, 1, "back")])
    assert tree.parting(0) is None and tree.in_words(0) == ""
    assert tree.parting(1) == tree.parting(2) == Parting(1, 2, differ=2, later=9)
    assert tree.in_words(1) == "from (1, 2) on; 2 of 9 later patches differ"
    assert tree.children(0) == (1,) and tree.children(2) == ()


def test_the_last_patch_has_none_after_it_and_an_equal_picture_says_so(sample):
    tree = Tree.of([(sample, None, "drawn"), (changed(sample, (3, 3)), 0, ""), (sample, 0, "")])
    assert tree.parting(1) == Parting(3, 3, 0, 0)
    assert tree.parting(2) is None and tree.in_words(2) == "the same picture"


def test_table_and_caption_tell_everything(sample):
    other = sample.again(seed=9)
    tree = Tree.of(
        [(sample, None, "drawn"), (changed(sample, (0, 1)), 0, "one"), (other, None, "")]
    )
    table = tree.table()
    assert list(table["label"]) == ["drawn", "one", ""] and list(table["seed"]) == [0, 0, 9]
    assert list(table["row"])[1] == 0 and list(table["differ"])[1] == 0
    assert table["parent"].isna().tolist() == [True, False, True]
    assert "3 pictures, with seeds 0 and 9; 1 of them edited." in tree.caption()
    assert "CC0" in tree.caption() and "from (0, 1) on" in tree.alt()


@pytest.mark.parametrize(
    "node, said",
    [
        (lambda s: (s, 0, "x"), "parents stand before"),
        (lambda s: (s, 1, "x"), "parents stand before"),
        (lambda s: (s, -1, "x"), "parents stand before"),
        (lambda s: (s, True, "x"), "parents stand before"),
        (lambda s: (s, None, None), "it is a text"),
        (lambda s: (s, None), "a node is"),
        (lambda s: s, "a node is"),
        (lambda s: ("x", None, "x"), "a node is"),
    ],
)
def test_what_is_no_node_is_refused(sample, node, said):
    with pytest.raises(InputError, match=said):
        Tree.of([node(sample)])


def test_no_nodes_are_refused():
    with pytest.raises(InputError, match="one picture at least"):
        Tree.of([])


def test_codes_of_another_model_are_not_compared(sample, tmp_path):
    make_tiny_bundle(tmp_path / "other", clip=False, codebook_size=40, seed=1)
    (other,) = dx.draw(dx.load(tmp_path / "other"), sample.prompt, n=1, score=False)
    with pytest.raises(InputError, match="another model than its parent"):
        Tree.of([(sample, None, ""), (other, 0, "")])
    assert len(Tree.of([(sample, None, ""), (other, None, "")]).nodes) == 2
