"""The stock gallery: made by one command that can be killed, full, and small."""

import lzma

import numpy as np
import pytest
from tiny import make_tiny_bundle

import dalle_explore as dx
from dalle_explore.errors import DataError
from dalle_explore.gallery import Gallery, stock
from dalle_explore.gallery.shipped import STOCK, unpacked
from dalle_explore.session import gridding as running
from dalle_explore.session.grid import gridding
from dalle_explore.session.stock import BEST, DRAWN, STOCK_TEMPLATES, make_stock

SMALL = ("a {red|blue} cube", "a {penguin|fox} drinking tea")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "tiny"
    make_tiny_bundle(folder)
    return dx.load(folder)


def test_it_holds_every_score_and_the_codes_of_the_best(model, tmp_path):
    told = []
    path = make_stock(
        model,
        tmp_path / "stock.sqlite.xz",
        tmp_path / "work.sqlite",
        n=6,
        best=2,
        templates=SMALL,
        progress=lambda what, done, total: told.append((what, done, total)),
    )
    assert told[-1] == (SMALL[1], 12, 12)
    with unpacked(path) as made:
        assert made.check() == []
        for template in SMALL:
            whole = dx.grid(model, template, n=6, gallery=False)
            for cell in whole:
                addresses = [cell.address(seed) for seed in cell.seeds]
                rows = made.find(addresses)
                assert len(rows) == 6
                best = {sample.seed for sample in cell.samples[:2]}
                for seed, address in zip(cell.seeds, addresses, strict=True):
                    row = rows[address]
                    assert (row.codes is not None) == (seed in best)
                    assert row.log_probability == cell.picture(seed).log_probability
                scores = made.scores(model.card.scorer_digest, {cell.prompt: addresses})
                assert sorted(scores.values()) == sorted(cell.scores.tolist())
    left = {p.name for p in tmp_path.iterdir() if not p.name.endswith("-journal")}
    assert left == {"stock.sqlite.xz", "work.sqlite"}


def test_made_again_it_draws_nothing(model, tmp_path, monkeypatch):
    given = (tmp_path / "stock.sqlite.xz", tmp_path / "work.sqlite")
    make_stock(model, *given, n=3, templates=SMALL[:1])
    first = given[0].read_bytes()

    def refuse(*args, **options):
        raise AssertionError("something was drawn")

    monkeypatch.setattr(running, "strokes", refuse)
    make_stock(model, *given, n=3, templates=SMALL[:1])
    with unpacked(given[0]) as again:
        assert again.check() == [] and len(first) > 500


@pytest.fixture(scope="module")
def shipped():
    found = stock()
    assert found is not None, "the stock gallery is missing or damaged"
    return found


def test_the_one_that_travels_is_sound_and_small(shipped):
    assert shipped.path.name == STOCK and shipped.read_only
    assert shipped.path.stat().st_size <= 3 * 2**20
    assert shipped.check() == []


def test_its_sentences_are_full_without_drawing(shipped, tmp_path, monkeypatch):
    """If this fails after a new training: ``gallery stock`` makes it anew (CONTRIBUTING)."""

    def refuse(*args, **options):
        raise AssertionError("something was drawn")

    monkeypatch.setattr(running, "strokes", refuse)
    model = dx.load()
    cells = 0
    with Gallery.open(tmp_path / "gallery.sqlite") as empty:
        for template in STOCK_TEMPLATES:
            run = gridding(model, template, n=DRAWN, gallery=empty)
            assert run.missing == 0, "another model drew the stock gallery"
            grid = run.run()
            cells += len(grid)
            for cell in grid:
                assert len(cell.scores) == DRAWN and np.isfinite(cell.scores).all()
                assert np.isfinite(cell.right).all()
                assert [s.rank for s in cell.samples] == list(range(1, BEST + 1))
                assert cell.samples.drawn == DRAWN
            assert "gallery that comes with the package" in grid.caption()
    assert cells >= 300


def test_fewer_pictures_of_them_are_full_too(shipped, tmp_path):
    with Gallery.open(tmp_path / "gallery.sqlite") as empty:
        run = gridding(dx.load(), STOCK_TEMPLATES[1], n=3, gallery=empty)
        assert run.missing == 0
        (cell, *_) = run.run().cells
        assert len(cell.samples) == 3 and cell.seeds == (0, 1, 2)


@pytest.mark.parametrize("harm", ["cut", "changed", "another"])
def test_a_damaged_one_is_refused(harm, model, tmp_path):
    path = make_stock(
        model, tmp_path / "s.xz", tmp_path / "w.sqlite", n=1, templates=("a red cube",)
    )
    data = bytearray(path.read_bytes())
    if harm == "cut":
        del data[len(data) // 2 :]
    elif harm == "changed":
        data[len(data) // 2] ^= 255
    else:
        data[:] = lzma.compress(b"something else" * 1000)
    path.write_bytes(data)
    with pytest.raises(DataError):
        unpacked(path)
