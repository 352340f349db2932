"""`python -m dalle_explore world`: counts at once, sheets as asked, errors in a sentence."""

import pytest
from PIL import Image

from dalle_explore.cli import main
from dalle_explore.errors import InputError
from dalle_explore.world import example
from dalle_explore.world.frequency import OUTLINE_COUNTS
from dalle_explore.world.sheet import chosen_examples, contact_sheet


def test_the_counts_of_everything_are_printed(capsys):
    assert main(["world"]) == 0
    said = capsys.readouterr().out
    for words in ("train                200,000", "judge              1,000,000", "creatures"):
        assert words in said
    for outline, count in OUTLINE_COUNTS.items():
        assert f"{outline:21} {count:>6,}" in said
    assert "20 captions x 256  5,120 examples" in said and "bok choy + a crown" in said


def test_a_sheet_is_drawn_where_it_was_asked_for(tmp_path, capsys):
    out = tmp_path / "sheet.png"
    asked = ["world", "--sheet", "all", "-o", str(out), "--size", "32", "--columns", "2"]
    assert main([*asked, "--split", "seen", "--manner", "pixel art"]) == 0
    with Image.open(out) as sheet:
        width, height = sheet.size
        assert sheet.format == "PNG" and len(set(sheet.convert("L").tobytes())) > 20
    assert width == 2 * 32 + 3 * 4 and height >= 5 * 32
    assert f"{width} x {height}" in capsys.readouterr().out


def test_chosen_examples_are_of_the_family_and_the_manner_and_all_different():
    found = chosen_examples("signs", 8, split="train", manner="neon sign")
    assert len({one.scene.facts for one in found}) == 8
    assert {one.scene["manner"] for one in found} == {"neon sign"}
    assert {one.scene.family for one in found} == {"signs"}


def test_captions_stand_below_their_pictures():
    ones = [example("seen", i) for i in range(2)]
    plain = contact_sheet(ones, size=64, columns=2, captions=False)
    told = contact_sheet(ones, size=64, columns=2)
    assert plain.width == told.width and plain.height < told.height
    band = told.crop((0, 5 + 64, told.width, told.height)).convert("L")
    assert min(band.tobytes()) < 128


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--sheet", "dogs"], "family is 'dogs', which is unknown: use creatures"),
        (["--sheet", "signs", "--manner", "oil"], "manner is 'oil', which is unknown"),
        (["--sheet", "signs", "--split", "trian"], "split is 'trian', which is unknown"),
        (["--sheet", "signs", "--split", "unseen_words"], "has no signs to show"),
        (["--sheet", "signs", "--size", "3"], "size is 3, but a picture has 16 to 2048"),
        (["--sheet", "signs", "--rows", "0"], "--rows is 0"),
        (["--sheet", "signs", "--columns", "0"], "at least"),
        (["--sheet", "signs", "-o", "sheet.gif"], "-o is sheet.gif, but sheets are PNG files"),
        (["-o", "sheet.png"], "nothing is drawn: add --sheet"),
    ],
)
def test_mistakes_are_one_sentence_and_leave_no_file(options, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["world", *options]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ") and said in error and error.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_an_empty_sheet_is_refused():
    with pytest.raises(InputError, match="at least one picture"):
        contact_sheet([])
