"""Breeder, the Python half: litters, ways back, favourites, ranks, code, and what pages carry."""

import numpy as np
import pytest
import traitlets
from player_rig import PROMPT, Browser

import dalle_explore as dx
from dalle_explore.errors import InputError
from dalle_explore.gallery import Gallery
from dalle_explore.session.breeding import said_by
from dalle_explore.session.family import Family
from dalle_explore.session.family_kept import address_of, open_family
from dalle_explore.widgets.breeder import Breeder

OTHER = "a red cube on top of a blue sphere"

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def breeding(played_model):
    """Make breeders that are closed in the end; without a gallery, unless one is given."""
    made = []

    def make(*given, **options):
        made.append(Breeder(*given, **{"gallery": False, **options}))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture(scope="module")
def family(played_samples, played_model):
    (other,) = dx.draw(played_model, OTHER, n=1, seed=3, score=False)
    return Family.founded(played_samples[0], other).bred(0, 1, n=3, seed=10).bred(2, n=2, seed=20)


def seeds(breeder):
    return [sample.seed for sample in breeder.samples]


def test_a_model_draws_a_first_picture_of_each_sentence_and_then_a_litter(breeding, played_model):
    breeder = breeding(played_model, PROMPT, OTHER, seed=4)
    assert breeder.family is None and breeder.selected is None
    breeder.found()
    assert [said_by(one) for one in breeder.samples] == [{PROMPT: 1.0}, {OTHER: 1.0}]
    assert seeds(breeder) == [4, 4] and breeder.other_prompt == ""
    assert breeder.selected is breeder.samples[0] and (breeder.one, breeder.two) == ("k0", "k1")
    breeder.breed(share=0.25, weight=0.75, n=3)
    assert seeds(breeder)[2:] == [5, 6, 7] and breeder.litter == 0
    assert said_by(breeder.samples[4]) == {PROMPT: 0.25, OTHER: 0.75}
    assert breeder.seed == "8" and "3 children of" in breeder.caption
    for place in (0, 1, 4):
        breeder.family.redraw(place)


def test_the_page_asks_watches_and_gets_its_pictures(breeding, family):
    breeder = breeding(family)
    browser = Browser(breeder)
    asked = {
        "one": "k4",
        "two": "k1",
        "share": 0.5,
        "weight": 0.5,
        "other_prompt": "",
        "seed": "30",
    }
    browser.say("breed", **asked)
    assert browser.done()["state"] == "idle" and seeds(breeder)[-8:] == list(range(30, 38))
    live = browser.told("live")
    assert live and set(live[0][0]["ids"]) == {f"k{n}" for n in range(7, 15)}
    assert breeder.kin[-1]["parents"] == ["k4", "k1"] and breeder.kin[-1]["generation"] == 2
    assert sorted(set(breeder.kin[-1]["kept"])) == ["0", "1", "2"]
    browser.say("pictures", ids=["k7", "k0", "nobody"])
    browser.done(urgency=1)
    (content, files), = browser.told("pictures")  # fmt: skip
    assert content["ids"] == ["k7", "k0"] and all(data.startswith(b"RIFF") for data in files)


def test_digits_of_kept_say_from_whom_each_patch_is(breeding, family):
    breeder = breeding(family)
    kin = family.kin[2]
    digits = np.array(list(breeder.kin[2]["kept"])).reshape(kin.sample.codes.shape)
    assert np.array_equal(digits != "0", kin.sample.kept)
    for digit, parent in (("1", 0), ("2", 1)):
        there = digits == digit
        assert there.any()
        assert (kin.sample.codes[there] == family.samples[parent].codes[there]).all()


def test_stop_ends_a_litter_within_a_patch_and_what_was_shown_before_is_shown_again(
    breeding, family
):
    breeder = breeding(family)
    browser = Browser(breeder)
    before = breeder.litter, len(breeder.kin)
    seen = []

    def stop(change):
        seen.append(breeder.litter)
        breeder.stop()

    breeder.observe(stop, "litter")
    breeder.breed(0, wait=False)
    breeder.unobserve(stop, "litter")
    assert browser.done()["sentence"] == "Stopped: nothing was finished."
    assert seen == [2] and (breeder.litter, len(breeder.kin)) == before
    breeder.breed(0, n=1, wait=True)
    assert len(breeder.samples) == before[1] + 1, "and the next one is drawn"


def test_going_back_shows_a_litter_with_its_parents_and_loses_nobody(breeding, family):
    breeder = breeding(family)
    assert (breeder.one, breeder.two, breeder.litter) == ("k2", "", 1)
    breeder.go(3)
    assert (breeder.one, breeder.two, breeder.litter, breeder.chosen) == ("k0", "k1", 0, "k3")
    breeder.choose(3).breed(n=1)
    assert breeder.family.litters[-1].parents == (3,) and len(breeder.samples) == 8
    breeder.choose(4).choose(4, second=True)
    assert (breeder.one, breeder.two) == ("k4", ""), "nobody is both parents"
    breeder.go(0)
    assert (breeder.one, breeder.litter) == ("k0", -1)


def test_whoever_listens_is_told_what_is_in_hand_until_they_leave(breeding, family):
    breeder = breeding(family)
    heard = []
    leave = breeder.on_select(heard.append)
    breeder.choose(3)
    breeder.choose(3)
    leave()
    breeder.choose(4)
    assert heard == [family.samples[3]] and breeder.selected is family.samples[4]

    def wrong(sample):
        raise RuntimeError("of somebody else's")

    breeder.on_select(wrong)
    breeder.choose(2)
    assert breeder.status["state"] == "failed" and breeder.selected is family.samples[2]


def test_a_sentence_is_mixed_in(breeding, family):
    breeder = breeding(family, parents=[0])
    breeder.breed(other_prompt="a green clock", weight=0.2, n=1)
    assert said_by(breeder.samples[-1]) == {PROMPT: 0.8, "a green clock": 0.2}
    assert breeder.other_prompt == "a green clock"


def test_clip_ranks_a_litter_only_when_it_is_asked(breeding, family):
    breeder = breeding(family, litter=0)
    assert all(one["clip"] == [] for one in breeder.kin) and "CLIP" not in breeder.caption
    breeder.rank()
    ranks = [tuple(one["clip"]) for one in breeder.kin]
    assert sorted(ranks[2:5]) == [(1, 3), (2, 3), (3, 3)] and set(ranks[5:]) == {()}
    model, litter = family.samples[0].model, family.samples[2:5]
    pixels = np.stack([np.asarray(one.picture) for one in litter])
    mixed = sum(part * model.score(p, pixels) for p, part in said_by(litter[0]).items())
    assert ranks[2 + int(np.argmax(mixed))] == (1, 3) and "Places are by CLIP" in breeder.caption
    assert all(one.score is None for one in breeder.samples), "nothing is chosen by it"


def test_a_family_lives_in_a_gallery_and_is_gone_on_with(breeding, family, played_model, tmp_path):
    path = tmp_path / "gallery.sqlite"
    breeder = breeding(family, gallery=path, tree="cubes")
    assert breeder.tree is None and breeder.place == ""
    breeder.breed(3, n=2)
    assert breeder.tree == 1 and "as tree 1, “cubes”" in breeder.place
    breeder.favourite(8).favourite(4).favourite(4, False)
    assert [one["favourite"] for one in breeder.kin].count(True) == 1
    other = breeding(played_model, tree="cubes", gallery=path)
    assert seeds(other) == seeds(breeder) and other.family.favourites == {8}
    assert other.family.litters == breeder.family.litters
    other.family.redraw(8)
    other.breed(8, n=1)
    assert other.tree == 1, "it is the same tree, gone on with"
    third = breeding(family, gallery=path, tree="cubes")
    third.breed(0, n=1)
    assert "“cubes (2)”" in third.place, "and nobody's tree is written over"
    with Gallery.open(path) as gallery:
        assert [one.count for one in gallery.trees() if one.name == "cubes"] == [10]
        assert gallery.marks([address_of(breeder.samples[8])])
        assert len(open_family(played_model, gallery, 1).kin) == 10


def test_a_gallery_that_fails_is_told_of_and_breeding_goes_on(breeding, family, tmp_path):
    gallery = Gallery.open(tmp_path / "gallery.sqlite")
    breeder = breeding(family, gallery=gallery)
    gallery.close()
    breeder.breed(0, n=1)
    assert "Not kept in the gallery" in breeder.status["sentence"]
    assert len(breeder.samples) == len(family.kin) + 1


def test_the_code_breeds_the_same_family_and_shows_the_same(breeding, family):
    breeder = breeding(family.marked(4), share=0.35)
    breeder.breed(4, 0, n=2, other_prompt='a "green" clock')
    breeder.adopt(family.samples[3]).breed(n=1, other_prompt="")
    breeder.go(4)
    code = breeder.python()
    lines = code.splitlines()
    lines[-1] = f"again = {lines[-1]}"
    names: dict = {}
    exec("\n".join(lines), names)
    again = names["again"]
    try:
        assert [s.codes.tobytes() for s in again.samples] == [
            s.codes.tobytes() for s in breeder.samples
        ]
        assert again.family.litters == breeder.family.litters
        assert again.family.favourites == {4} and again.view == breeder.view
        assert again.python() == code
    finally:
        again.close()


def test_a_breeder_that_drew_nothing_yet_is_code_too(breeding, played_model):
    breeder = breeding(played_model, PROMPT, OTHER, seed=7)
    assert breeder.python().splitlines()[-1] == f"dx.Breeder(model, {PROMPT!r}, {OTHER!r}, seed=7)"
    with pytest.raises(InputError, match="begin a family first"):
        breeder.figure()


def test_a_picture_is_drawn_again_exactly_when_somebody_asks(breeding, family):
    breeder = breeding(family)
    breeder.redraw(3)
    assert breeder.status["sentence"] == (
        "Drawn again, seed 11: all 36 codes and every pixel are the same."
    )


@pytest.mark.parametrize(
    "given, options, said",
    [
        (("a hedgehog",), {}, "one sample or two, a family, or a model"),
        ((None, 3), {}, "draws sentences"),
        ((None, PROMPT), {"prompt": OTHER}, "given twice"),
        (("family", "sample"), {}, "has everybody already"),
        (("sample",), {"prompt": PROMPT}, "samples are given, which have theirs"),
        (("family",), {"share": 2}, "share from 0 to 1"),
        (("family",), {"parents": 3}, "a list of one or two"),
        (("family",), {"parents": [9]}, "from 0 to 6"),
        (("family",), {"litter": 2}, "2 pictures"),
        (("sample",), {"litter": 0}, "nothing was bred yet"),
        (("family",), {"selected": -1}, "from 0 to 6"),
        (("family",), {"tree": 3}, "a tree to go on with"),
        (("family",), {"tree": " "}, "the name of a tree"),
        (("family",), {"shares": 0.5}, "did you mean 'share'"),
        (("family",), {"gallery": 3}, "gallery is 3"),
    ],
)
def test_what_cannot_be_bred_is_refused(breeding, family, played_model, given, options, said):
    named = {"family": family, "sample": family.samples[0], None: played_model}
    with pytest.raises(InputError, match=said):
        breeding(*(named.get(one, one) for one in given), **options)


def test_what_the_page_says_is_not_believed(breeding, family):
    breeder = breeding(family)
    browser = Browser(breeder)
    for name, value in (("share", 3.0), ("one", "nobody"), ("litter", 7)):
        with pytest.raises(traitlets.TraitError):
            breeder.set_trait(name, value)
    breeder.set_state({"kin": [], "place": "elsewhere"})
    assert len(breeder.kin) == 7 and breeder.place == ""
    for kind, content in (
        ("breed", {"one": "k99"}),
        (
            "breed",
            {"one": "k0", "two": "", "share": "x", "weight": 0.5, "other_prompt": "", "seed": 1},
        ),
        ("favourite", {}),
        ("rank", {"litter": "much"}),
        ("redraw", {"id": "k99"}),
    ):
        browser.say(kind, **content)
        assert breeder.status["state"] == "failed", kind
    browser.say("breed", one="", two="", share=0.5, weight=0.5, other_prompt="", seed="9")
    assert browser.done()["state"] == "idle", "no names: those in hand"


def test_a_page_carries_everybody_and_stays_small(breeding, family, tmp_path):
    breeder = breeding(family)
    state = breeder._embedded()
    assert set(state["embedded"]) == {f"k{n}" for n in range(7)} and not state["alive"]
    path = breeder.save_html(tmp_path / "family.html")
    text = path.read_text(encoding="utf-8")
    assert PROMPT in text and path.stat().st_size < 400_000
    assert breeder._still().startswith(b"\x89PNG") and breeder.figure().axes
