"""Grids and family trees stay as they were saved; pictures are found by what one remembers."""

import pytest
from tiny_gallery import SCORER, make_recipe, make_row, make_rows, same

from dalle_explore.errors import DataError, InputError
from dalle_explore.gallery import Gallery, TreeNode


@pytest.fixture
def gallery(tmp_path):
    with Gallery.open(tmp_path / "gallery.sqlite") as gallery:
        yield gallery


COLORS, SHAPES = ("red", "blue"), ("cube", "cone")


def cells():
    """Two axes, two pictures a cell: (place, labels, rows)."""
    made = []
    for color in COLORS:
        for shape in SHAPES:
            recipe = make_recipe(f"a {color} {shape}")
            rows = [make_row(seed, recipe) for seed in range(2)]
            made.append((len(made), {"color": color, "shape": shape}, rows))
    return made


def without_rows(made):
    return [(place, labels, [row.address for row in rows]) for place, labels, rows in made]


SPEC = {"template": "a {color} {shape}", "n": 2, "seed": 0}


def test_a_grid_comes_back_as_it_was_saved(gallery):
    wanted = without_rows(cells())
    number = gallery.save_grid("first", SPEC, reversed(wanted))
    grid = gallery.grid(number)
    assert (grid.id, grid.name, grid.spec) == (number, "first", SPEC)
    assert [(c.place, c.labels, list(c.addresses)) for c in grid.cells] == wanted
    (line,) = gallery.grids()
    assert (line.id, line.name, line.count) == (number, "first", 4)
    assert gallery.check() == []


def test_a_grid_of_the_same_name_takes_the_place_of_the_first(gallery):
    wanted = without_rows(cells())
    number = gallery.save_grid("mine", SPEC, wanted)
    assert gallery.save_grid("mine", SPEC, wanted) == number
    assert gallery.save_grid("mine", {**SPEC, "n": 1}, wanted[:2]) == number
    assert len(gallery.grid(number).cells) == 2 and len(gallery.grids()) == 1
    unnamed = gallery.save_grid(None, SPEC, wanted)
    assert gallery.save_grid(None, SPEC, wanted) == unnamed != number
    assert gallery.save_grid(None, SPEC, wanted[:1]) not in (unnamed, number)
    assert gallery.query(axis={"shape": "cone"}) == [], "its pictures were not drawn yet"


def test_what_is_no_grid_is_refused(gallery):
    wanted = without_rows(cells())
    with pytest.raises(InputError, match="different whole numbers"):
        gallery.save_grid(None, SPEC, [wanted[0], wanted[0]])
    with pytest.raises(InputError, match="cannot be written as JSON"):
        gallery.save_grid(None, {"n": float("nan")}, wanted)
    with pytest.raises(InputError, match="has no grid 7"):
        gallery.grid(7)
    assert gallery.grids() == []


def test_a_damaged_grid_is_reported_and_not_shown(gallery):
    number = gallery.save_grid("mine", SPEC, without_rows(cells()))
    gallery._store.write(lambda db: db.execute("UPDATE cells SET labels = '{}' WHERE place = 2"))
    with pytest.raises(DataError, match="damaged"):
        gallery.grid(number)
    assert gallery.check() == [f"grid {number}: it differs from its digest, and is not shown."]


def family():
    rows = make_rows(4)
    return [
        TreeNode(rows[0].address, (), "first", {"seed": 0}),
        TreeNode(rows[1].address, (), "second", {"seed": 1}),
        TreeNode(rows[2].address, (0, 1), "child", {"weights": [0.3, 0.7]}),
        TreeNode(rows[3].address, (2,), "grandchild", {"edits": [], "how far": 0.5}),
    ]


def test_a_family_tree_grows_under_its_name(gallery):
    nodes = family()
    number = gallery.save_tree("hedgehogs", nodes[:2])
    assert gallery.save_tree("hedgehogs", nodes) == number
    tree = gallery.tree(number)
    assert tree.name == "hedgehogs" and list(tree.nodes) == nodes
    assert [(line.id, line.count) for line in gallery.trees()] == [(number, 4)]
    assert gallery.save_tree("others", nodes[:1]) != number
    assert gallery.check() == []
    with pytest.raises(InputError, match="before their children"):
        gallery.save_tree("wrong", nodes[2:])
    with pytest.raises(InputError, match="name of a tree"):
        gallery.save_tree("", nodes)
    with pytest.raises(InputError, match="has no tree 9"):
        gallery.tree(9)


@pytest.fixture
def full(gallery):
    """A gallery with the grid above, scored, and a hundred percent sign."""
    made = cells()
    rows = [row for _, _, some in made for row in some]
    odd = [make_row(0, prompt="100% wool_len"), make_row(0, prompt="100 wool-len")]
    gallery.put(
        [*rows, *odd],
        scores=[(SCORER, r.recipe.prompt, {r.address: 0.1 * k}) for k, r in enumerate(rows)]
        + [("other", "a red cube", {rows[7].address: 0.9})],
    )
    gallery.save_grid("grid", SPEC, without_rows(made))
    gallery.mark(rows[1].address, favourite=True, note="Nice 50%")
    gallery.mark(rows[2].address, note="nice")
    return gallery, rows, odd


def found(gallery, **asked):
    return [one.row.address for one in gallery.query(**asked)]


def test_pictures_are_found_by_prompt_axis_score_model_favourite_and_note(full):
    gallery, rows, odd = full
    a = [row.address for row in rows]
    assert found(gallery, prompt="RED") == [a[3], a[2], a[1], a[0]], "the latest first"
    assert found(gallery, axis={"shape": "cone"}) == [a[7], a[6], a[3], a[2]]
    assert found(gallery, axis={"shape": "cone", "color": "red"}) == [a[3], a[2]]
    assert found(gallery, axis={"shape": "red"}) == []
    assert found(gallery, score=(0.45, None)) == [a[7], a[6], a[5]]
    assert found(gallery, score=(0.15, 0.35), prompt="cone") == [a[3], a[2]]
    assert found(gallery, favourite=True) == [a[1]]
    assert len(found(gallery, favourite=False)) == 9
    assert found(gallery, note="NICE") == [a[2], a[1]]
    assert len(found(gallery, model="tiny")) == len(found(gallery, model="d" * 64)) == 10
    assert found(gallery, model="d") == []
    (one,) = gallery.query(favourite=True)
    assert same(one.row, rows[1]) and one.mark.note == "Nice 50%"
    assert one.scores == {SCORER: pytest.approx(0.1)}
    (last,) = gallery.query(limit=1, axis={"shape": "cone"})
    assert last.scores == {SCORER: pytest.approx(0.7)}, "a score for another text is another thing"


def test_what_people_type_is_a_value_and_never_a_pattern_or_a_command(full):
    gallery, rows, odd = full
    assert found(gallery, prompt="100%") == [odd[0].address]
    assert found(gallery, prompt="wool_") == [odd[0].address]
    for text in ("'; DROP TABLE pictures; --", '" OR 1=1', "%", "_", "\\", "\0"):
        assert found(gallery, prompt=f"{text} and") == []
        assert found(gallery, note=text + text) == []
        assert found(gallery, axis={text: text}) == []
        assert found(gallery, model=text) == []
    assert gallery.check() == [] and len(found(gallery)) == 10


def test_pages_follow_each_other_without_gaps(full):
    gallery, rows, odd = full
    everything = found(gallery)
    assert len(everything) == 10
    pages = [found(gallery, limit=4, offset=offset) for offset in (0, 4, 8, 12)]
    assert [one for page in pages for one in page] == everything


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"limit": 0}, "limit is 0"),
        ({"limit": 2.5}, "limit is 2.5"),
        ({"offset": -1}, "offset is -1"),
        ({"score": (0.4, 0.2)}, "least and the most"),
        ({"score": 0.4}, "least and the most"),
        ({"prompt": 7}, "a text belongs here"),
    ],
)
def test_a_question_that_is_none_is_refused(gallery, asked, sentence):
    with pytest.raises(InputError, match=sentence):
        gallery.query(**asked)
