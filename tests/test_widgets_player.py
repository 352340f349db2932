"""The kernel's half of DecodePlayer: what it draws, what it refuses, what it sends."""

import io
import time

import numpy as np
import pytest
import torch
from PIL import Image
from player_rig import PROMPT, Browser, playing

import dalle_explore as dx
import dalle_explore.widgets.at_work as work_room
import dalle_explore.widgets.parts as parts_room
from dalle_explore.errors import InputError
from dalle_explore.widgets.filming import PARTS
from dalle_explore.widgets.growing import import_clip

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def model(played_model):
    return played_model


@pytest.fixture
def samples(played_samples):
    return played_samples


def test_samples_are_hung_as_they_are(samples):
    with playing(samples, step=10, patch=(1, 2), overlay="entropy", selected=1) as player:
        assert [one["seed"] for one in player.branches] == ["0", "1", "2"]
        assert player.shown == ["b0", "b1", "b2"] and player.selected == "b1"
        assert (player.step, player.patch, player.overlay) == (10, 8, "entropy")
        assert player.samples == tuple(samples) and player.sample is samples[1]
        assert player.caption == samples.caption() and PROMPT in player.alt
        assert player.seed == "3"


def test_a_prompt_is_drawn_when_somebody_looks(model):
    with playing(model, PROMPT, n=2, seed=5) as player:
        assert player.samples == ()
        browser = Browser(player)
        assert browser.done()["state"] == "idle"
        alone = dx.draw(model, PROMPT, n=2, seed=5, score=False)
        for mine, theirs in zip(player.samples, alone, strict=True):
            np.testing.assert_array_equal(mine.codes, theirs.codes)
            np.testing.assert_array_equal(mine.pixels, theirs.pixels)
        assert player.samples[0].drawn == 2 and player.samples[0].among == (5, 6)


def test_in_a_script_drawing_waits_and_the_seed_goes_on(model):
    with playing(model, n=2) as player:
        player.draw(PROMPT).draw().dice()
        assert [one["seed"] for one in player.branches] == ["0", "1", "2", "3", "4", "5"]
        assert player.shown == ["b4", "b5"] and player.seed == "6"


def test_frames_are_sent_only_when_somebody_looks_and_show_what_is_drawn(model):
    with playing(model, n=2) as player:
        browser = Browser(player)
        browser.say("draw", prompt=PROMPT, n=2, seed="0", settings=dict(player.settings))
        browser.done()
        (first, buffers), *_ = browser.told("live")
        assert first["step"] == 1 and first["ids"] == ["b0", "b1"]
        import zlib

        strip = np.frombuffer(zlib.decompress(buffers[0]), dtype=np.uint8)
        assert strip.size == 2 * first["height"] * 48 * 3
        tops = [content["top"] for content, _ in browser.told("live")]
        assert tops == sorted(tops)
    with playing(model, PROMPT, n=1) as player:
        sent = []
        player.send = lambda *message: sent.append(message)
        player.draw()
        assert not sent


def test_every_part_of_a_film_is_sent_once_it_is_asked_for(samples, model):
    with playing(samples) as player:
        browser = Browser(player)
        browser.say("film", id="b1", parts=list(PARTS))
        browser.done(urgency=9)
        parts = {content["part"]: (content["header"], buffers)
                 for content, buffers in browser.told("film")}  # fmt: skip
        assert list(parts) == ["picture", "numbers", "frames", "choices"]
        final = Image.open(io.BytesIO(parts["picture"][1][0]))
        np.testing.assert_array_equal(np.asarray(final), np.asarray(samples[1].picture))
        header, buffers = parts["numbers"]
        assert (header["end"], header["k"], header["error"]) == (36, 40, 0.0)
        np.testing.assert_array_equal(np.frombuffer(buffers[0], "<u2"), samples[1].codes.flatten())
        np.testing.assert_array_equal(np.frombuffer(buffers[1], "<u2"), samples[1].steps.rank)
        log_p, entropy = np.frombuffer(buffers[3], "<f4").reshape(2, 36)
        np.testing.assert_array_equal(log_p, samples[1].steps.log_probability)
        np.testing.assert_array_equal(entropy, samples[1].steps.entropy)


def lossless(pixels, kind, **options):
    """Random weights draw noise, which WebP changes more than it changes pictures."""
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(buffer, "PNG")
    return buffer.getvalue()


def test_the_frames_of_a_film_are_the_pictures_as_they_were(samples, model, monkeypatch):
    """Painted one after another over the blank, crops give every unfinished picture."""
    monkeypatch.setattr(parts_room, "_image", lossless)
    with playing(samples[0]) as player:
        browser = Browser(player)
        browser.say("film", id="b0", parts=["picture", "frames"])
        browser.done(urgency=9)
        parts = {content["part"]: (content["header"], buffers)
                 for content, buffers in browser.told("film")}  # fmt: skip
        header, (atlas,) = parts["frames"]
        atlas = np.asarray(Image.open(io.BytesIO(atlas)).convert("RGB"))
        seen = np.asarray(Image.open(io.BytesIO(parts["picture"][1][1]))).astype(int).copy()
        side, reach = header["side"], header["reach"]
        for patch in range(36):
            row, column = divmod(patch, 6)
            top = min(max(row - reach, 0), 6 - side // 8) * 8
            left = min(max(column - reach, 0), 6 - side // 8) * 8
            y, x = divmod(patch, header["across"])
            y, x = y * header["down"] + header["above"], x * header["over"] + header["left"]
            seen[top : top + side, left : left + side] = atlas[y : y + side, x : x + side]
            known = torch.zeros(1, 36, dtype=torch.bool)
            known[:, : patch + 1] = True
            exact = model.generator.decode_codes(
                torch.from_numpy(samples[0].codes)[None], known=known.view(1, 6, 6)
            )[0].numpy()
            # A code reaches four patches far, but beyond two it hardly changes anything.
            assert np.abs(seen - exact).mean() < 1, patch


def test_a_fork_keeps_what_came_before_and_the_noise(samples, model):
    with playing(samples) as player:
        browser = Browser(player)
        code = int(samples[0].steps.top_codes[9][3])
        browser.say("fork", id="b0", patch=9, code=code)
        assert browser.done()["state"] == "idle"
        child = player.samples[-1]
        assert (child.codes.flatten()[:9] == samples[0].codes.flatten()[:9]).all()
        assert child.codes[1, 3] == code and child.seed == samples[0].seed
        told = player.branches[-1]
        assert (told["how"], told["parent"], told["at"]) == ("fork", "b0", 9)
        assert told["label"] == f"row 1, column 3: code {code}"
        assert player.shown == ["b0", "b3", "b1", "b2"]
        assert (player.selected, player.compared) == ("b3", "b0")


def test_a_fork_of_a_fork_keeps_the_first_choice(samples):
    with playing(samples[0]) as player:
        player.fork((0, 3), 11)
        player.fork((2, 0), 12)
        child = player.samples[-1]
        assert child.codes[0, 3] == 11 and child.codes[2, 0] == 12
        assert [one["parent"] for one in player.branches] == [None, "b0", "b1"]


def test_a_region_is_redrawn_with_new_dice_and_the_rest_stays(samples):
    with playing(samples) as player:
        browser = Browser(player)
        browser.say("redraw", id="b1", patches=[14, 15, 20, 21])
        browser.done()
        child, parent = player.samples[-1], samples[1]
        kept = np.ones(36, dtype=bool)
        kept[[14, 15, 20, 21]] = False
        assert (child.codes.flatten()[kept] == parent.codes.flatten()[kept]).all()
        assert child.seed == 3 and player.branches[-1]["how"] == "redraw"
        browser.say("below", id="b1", row=4)
        browser.done()
        below = player.samples[-1]
        assert (below.codes[:4] == parent.codes[:4]).all() and below.seed == 4


def test_no_dice_are_thrown_twice(samples, model):
    with playing(samples) as player:
        Browser(player)
        for _ in range(3):
            player.redraw([(5, 5)], wait=True)
            player.dice(wait=True)
        seeds = [one["seed"] for one in player.branches]
        assert len(set(seeds)) == len(seeds)


def test_an_upload_becomes_a_picture_that_can_be_forked(model):
    buffer = io.BytesIO()
    Image.new("RGB", (60, 40), "orange").save(buffer, "PNG")
    with playing(model, n=1) as player:
        browser = Browser(player)
        browser.say("upload", [memoryview(buffer.getvalue())], name="x.png", prompt=PROMPT)
        assert "60 x 40" in browser.done()["sentence"]
        assert player.branches[-1]["how"] == "upload"
        browser.say("fork", id=player.selected, patch=3, code=1)
        assert browser.done()["state"] == "idle" and len(player.samples) == 2


def test_stop_leaves_what_was_drawn_so_far(model, monkeypatch):
    with playing(model, n=2) as player:
        browser = Browser(player)
        browser.say("draw", prompt=PROMPT, n=2, seed="0", settings=dict(player.settings))
        while not browser.told("live"):
            time.sleep(0.001)
        start = time.monotonic()
        browser.say("stop")
        status = browser.done()
        assert time.monotonic() - start < 5
        states = {one["state"] for one in player.branches}
        if "unfinished" in states:  # it may have been quicker than the click
            assert "Stopped" in status["sentence"]
            end = player.branches[0]["end"]
            assert 0 < end < 36
            browser.say("film", id="b0", parts=list(PARTS))
            browser.done(urgency=9)
            assert len(browser.told("film")) == 4
        browser.say("draw", prompt=PROMPT, n=1, seed="9", settings=dict(player.settings))
        assert browser.done()["state"] == "idle"


def test_words_outside_the_world_are_flagged_as_browsers_count_them(model):
    told_of = dx.load() if model.card.world_version is None else model
    with playing(told_of, n=1) as player:
        browser = Browser(player)
        browser.say("typed", prompt="\N{PENGUIN} an astronaut", number=7)
        ((answer, _),) = browser.told("words")
        assert answer["number"] == 7
        (word,) = [one for one in answer["words"] if one["word"] == "astronaut"]
        assert (word["start"], word["end"]) == (6, 15) and word["near"]
        browser.say("surprise")
        ((answer, _),) = browser.told("surprise")
        assert answer["kind_of"] in ("seen", "held out", "weird") and answer["prompt"]


def test_the_code_makes_the_same_player_again(samples, model, tmp_path):
    with playing(samples, overlay="surprise", patch=(2, 3)) as player:
        player.fork((1, 1), 5)
        player.redraw([(3, 3), (3, 4), (4, 3), (4, 4)])
        player.step = 20
        code = player.python()
        names = {}
        lines = code.rstrip().split("\n")
        lines[-1] = f"again = {lines[-1]}"
        exec("\n".join(lines), names)
        again = names["again"]
        try:
            for mine, theirs in zip(player.samples, again.samples, strict=True):
                np.testing.assert_array_equal(mine.codes, theirs.codes)
            family = [(one["how"], one["parent"], one["label"]) for one in again.branches]
            assert family == [(one["how"], one["parent"], one["label"]) for one in player.branches]
            assert again.view == player.view
        finally:
            again.close()


def test_the_code_of_a_player_that_drew_nothing_keeps_its_prompt(model):
    with playing(model, 'a "quoted" cat', n=2, seed=4) as player:
        assert "'" not in player.python().split("dx.DecodePlayer")[1]
        assert '"a \\"quoted\\" cat", n=2, seed=4' in player.python()


def test_a_page_holds_everything_and_no_kernel(samples, tmp_path):
    with playing(samples, prompt="") as player:
        player.fork((1, 1), 5)
        path = player.save_html(tmp_path / "player.html")
        text = path.read_text(encoding="utf-8")
        assert PROMPT in text and "dalle-explore-state" in text
        state = player._embedded()
        assert state["alive"] is False and set(state["embedded"]) == {"b0", "b1", "b2", "b3"}
        assert set(state["embedded"]["b3"]) == set(PARTS)


def test_readers_without_widgets_get_a_picture_and_a_sentence(samples):
    with playing(samples) as player:
        data, _ = player._repr_mimebundle_()
        assert "application/vnd.jupyter.widget-view+json" in data
        import base64

        picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
        assert picture.width <= 512 and data["text/plain"] == f"DecodePlayer({PROMPT!r})"


@pytest.mark.parametrize("kind", ["sheet", "film", "entropy", "alternatives", "tree"])
def test_every_figure_of_a_player_can_be_drawn(samples, kind):
    with playing(samples) as player:
        player.fork((2, 2), 7)
        assert player.figure(kind).axes


def test_the_figure_follows_what_is_shown(samples):
    with playing(samples) as player:
        assert player._kind() == "sheet"
        player.step = 20
        assert player._kind() == "film"
        player.patch = 8
        assert player._kind() == "alternatives"
        player.overlay = "entropy"
        assert player._kind() == "entropy"
        player.overlay = "difference"
        assert player._kind() == "tree"
        with pytest.raises(InputError, match="'sheet', 'film'"):
            player.figure("poster")


def test_pictures_from_a_record_get_their_numbers(samples, model, tmp_path):
    samples.save(tmp_path / "sheet.json")
    opened = dx.open(tmp_path / "sheet.json", model)
    assert opened[0].steps is None
    with playing(opened) as player:
        browser = Browser(player)
        browser.say("film", id="b0", parts=["numbers"])
        browser.done(urgency=9)
        ((content, buffers),) = browser.told("film")
        assert content["header"]["error"] is None
        np.testing.assert_array_equal(np.frombuffer(buffers[1], "<u2"), samples[0].steps.rank)
        assert player.figure("entropy").axes


def test_clip_scores_come_after_the_pictures(model, monkeypatch):
    imported = []
    monkeypatch.setattr(work_room, "import_clip", lambda ready, failed: imported.append(ready))
    with playing(model, PROMPT, n=2, score=True) as player:
        browser = Browser(player)
        browser.done(urgency=9)
        assert len(player.samples) == 2
        assert {one["score"] for one in player.branches} == {None}
        (ready,) = imported
        ready()
        browser.done(urgency=9)
        assert sorted(one["rank"] for one in player.branches) == [1, 2]
        assert "CLIP" in player.caption


def test_importing_clip_calls_back_from_another_thread():
    import threading

    called = threading.Event()
    import_clip(called.set, pytest.fail)
    assert called.wait(60)


def test_more_samples_than_fit_are_left_out_and_counted(model):
    many = dx.draw(model, PROMPT, n=10, score=False)
    with playing(many) as player:
        assert len(player.shown) == 8 and player.caption.startswith("The first 8 of 10.")
