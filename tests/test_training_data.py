import numpy as np
import pytest

from dalle_explore import world
from dalle_explore.errors import InputError
from dalle_explore.kernel import cores
from dalle_explore.training.data import WorldStream, order, phrasing, shuffled
from dalle_explore.training.drawing import chunk_paths, draw_chunks, training_captions
from dalle_explore.world.splits import planted


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("world")


def stream(cache, split="train"):
    return WorldStream(split, 32, folder=cache, chunk=6)


def test_a_pass_sees_every_example_once_and_the_next_in_another_order():
    first = [order("dvae", 0, 12, step, 4)[0].tolist() for step in range(6)]
    passes = [sum(first[:3], []), sum(first[3:], [])]
    assert sorted(passes[0]) == sorted(passes[1]) == list(range(12))
    assert passes[0] != passes[1] and passes[0] != list(range(12))


def test_a_batch_may_cross_into_the_next_pass():
    indices, epochs = order("dvae", 0, 5, 1, 4)
    assert epochs.tolist() == [0, 1, 1, 1]
    assert indices[0] == shuffled("dvae", 0, 5, 0)[4]
    assert indices[1:].tolist() == shuffled("dvae", 0, 5, 1)[:3].tolist()


def test_the_order_is_a_pure_function_of_its_arguments():
    asked = [(step, rank) for step in range(3) for rank in range(2)]
    forwards = [order("p", 7, 100, s, 8, r, 2)[0].tolist() for s, r in asked]
    shuffled.cache_clear()
    backwards = [order("p", 7, 100, s, 8, r, 2)[0].tolist() for s, r in reversed(asked)]
    assert forwards == backwards[::-1]
    assert order("p", 8, 100, 0, 8, 0, 2)[0].tolist() != forwards[0]
    assert order("q", 7, 100, 0, 8, 0, 2)[0].tolist() != forwards[0]


def test_several_processes_share_what_one_would_see():
    alone = order("p", 0, 1000, 3, 8)[0]
    shared = [order("p", 0, 1000, 3, 4, rank, 2)[0] for rank in range(2)]
    assert np.concatenate(shared).tolist() == alone.tolist()


def test_the_first_pass_shows_an_examples_own_phrasing_and_later_ones_others():
    assert {phrasing(index, 0, 4) for index in range(50)} == {0}
    later = [phrasing(index, 1, 4) for index in range(200)]
    assert set(later) == {0, 1, 2, 3}
    assert later == [phrasing(index, 1, 4) for index in range(200)]
    assert phrasing(3, 5, 1) == 0


def test_a_stream_draws_what_the_world_draws_whatever_was_asked_before(cache):
    drawn = stream(cache).pictures([7, 2, 7])
    assert drawn.shape == (3, 32, 32, 3) and drawn.dtype == np.uint8
    assert (drawn[0] == drawn[2]).all()
    example = world.example("train", 2)
    assert (drawn[1] == np.asarray(world.draw(example.scene, size=32))).all()
    assert stream(cache).captions(2)[0] == example.caption
    assert stream(cache).scene(2) == example.scene
    assert stream(cache).family(2) == example.scene.family
    assert stream(cache).caption(2, 0) == example.caption


def test_pictures_are_drawn_once_and_a_broken_chunk_is_named(cache, monkeypatch):
    first = stream(cache, "seen")
    first.ensure(range(10), quiet=True, workers=1)
    assert first.missing_seconds(range(12)) == 0
    assert first.missing_seconds(range(13)) > 0
    monkeypatch.setattr(world, "draw", None)  # any further drawing would fail
    again = stream(cache, "seen")
    again.ensure(range(12), quiet=True)
    assert (again.pictures([11]) == first.pictures([11])).all()
    path = chunk_paths(again.folder, 0)[0]
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(InputError, match="not a whole chunk of 6 pictures.*remove that file"):
        stream(cache, "seen").pictures([0])


def test_worker_processes_draw_the_same_bytes_as_this_one(tmp_path):
    files = {}
    for workers in (1, 2):
        folder = tmp_path / str(workers)
        folder.mkdir()
        jobs = [("train", 16, k, k + 2, *chunk_paths(folder, k)) for k in (0, 2)]
        assert sorted(draw_chunks(jobs, workers)) == [2, 2]
        files[workers] = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert files[1] == files[2] and len(files[1]) == 4


def test_more_pictures_than_the_split_has_are_refused(cache):
    with pytest.raises(InputError, match="but it has 10000"):
        stream(cache, "seen").ensure(range(10_001))


def test_the_judge_never_trains_on_what_it_is_examined_on(cache):
    judge = stream(cache, "judge")
    unseen, indices = judge.held_out(500)
    assert unseen is judge
    assert judge.limit <= indices.start and indices.stop <= 900_000


def test_the_others_validate_on_fresh_pictures(cache):
    unseen, indices = stream(cache).held_out(20_000)
    assert unseen.split == "seen" and indices == range(10_000)
    assert unseen.digest != stream(cache).digest


def test_training_never_says_a_held_out_phrasing():
    for index in range(300):
        example = world.example("train", index)
        allowed = training_captions(example)
        assert allowed[0] == example.caption
        assert len(set(allowed)) == len(allowed)
        assert world.captions(example.scene)[-1] not in allowed, "the last one is held out"


def test_what_is_there_to_be_counted_keeps_its_one_caption():
    for group in planted()[:40]:
        for index in group.indices[:3]:
            example = world.example("train", index)
            assert training_captions(example) == [group.caption]


def test_at_least_one_core_is_found():
    assert 1 <= cores() <= 4096
