"""Texts from people are data wherever they are shown: nothing runs, and all of it is there."""

import dataclasses
import html.parser
import io
import re
import xml.etree.ElementTree

import pytest
from hostile import FIRING, PAYLOADS
from PIL import Image
from tiny import make_tiny_bundle

import dalle_explore as dx
from dalle_explore.errors import InputError
from dalle_explore.figures.page import Page
from dalle_explore.figures.press import print_figure, set_words, wrap
from dalle_explore.session.save import check_output
from dalle_explore.shown import Shown, plain_text

FORBIDDEN_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    make_tiny_bundle(folder, clip=False)
    return dx.load(folder)


@pytest.fixture(scope="module")
def samples(model):
    return dx.draw(model, "a red cube", n=2, score=False)


def batches(size):
    return [PAYLOADS[start : start + size] for start in range(0, len(PAYLOADS), size)]


def test_there_are_many_of_many_kinds():
    assert len(PAYLOADS) >= 200 and len(FIRING) >= 10
    assert any("\ud800" in text for text in PAYLOADS) and any("\x00" in t for t in PAYLOADS)


def test_plain_text_changes_what_cannot_be_shown_and_nothing_else():
    for text in PAYLOADS:
        plain = plain_text(text)
        assert not FORBIDDEN_IN_XML.search(plain) and "\r" not in plain
        plain.encode("utf-8")
        assert plain_text(plain) == plain
        same = text.replace("\r\n", "\n").replace("\r", "\n")
        assert len(plain) == len(same)
        for before, after in zip(same, plain, strict=True):
            assert before == after or (after == "\ufffd" and not before.isprintable())


@pytest.mark.parametrize("texts", batches(50), ids=lambda texts: f"{texts[0][:12]!r}")
def test_an_svg_of_any_text_is_well_formed_and_holds_no_script(texts):
    page = Page(None, 400, 300)
    for place, text in enumerate(texts):
        page.write(10, 5 * place, text[:40], 6)
    drawn = xml.etree.ElementTree.fromstring(print_figure(page.ax.figure, "svg"))
    tags = {element.tag.rsplit("}", 1)[-1] for element in drawn.iter()}
    assert not tags & {"script", "foreignObject", "a", "image", "iframe"}
    names = {name.lower() for element in drawn.iter() for name in element.attrib}
    assert not any(name.startswith("on") for name in names)
    assert b"__fired" not in _without_comments(print_figure(page.ax.figure, "svg"))


def _without_comments(svg):
    return re.sub(rb"<!--.*?-->", b"", svg, flags=re.DOTALL)


def test_any_text_is_broken_into_lines_and_placed():
    for text in PAYLOADS:
        lines = wrap(text[:40], 200, 8, 50)
        assert not FORBIDDEN_IN_XML.search("".join(lines))
        (word,) = set_words([(text[:40], True)], 200, 8, 50)
        assert word.text == plain_text(text[:40])


def test_titles_labels_and_heads_of_figures_take_any_text(samples):
    for text in FIRING[:2] + ["$x^2$", "\ud800", "\x1b[31m", "]]>", "\u202egnp"]:
        made = dx.compare([[samples[0]]], title=text, labels=[text])
        xml.etree.ElementTree.fromstring(print_figure(made.figure(), "svg"))


class Said(Shown):
    """A value with any caption and alt text, which shows itself by the real mixin."""

    drawn_by = "sheet"

    def __init__(self, text):
        self.text = text

    def caption(self):
        return self.text

    def alt(self):
        return self.text

    def rows(self):
        return []

    def figure(self, **options):
        from matplotlib.figure import Figure

        return Figure(figsize=(0.1, 0.1))


class Attributes(html.parser.HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.tags = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def test_a_notebook_gets_any_alt_text_as_one_attribute_of_one_picture():
    for text in PAYLOADS:
        bundle = Said(text)._repr_mimebundle_()
        ((tag, attributes),) = Attributes(bundle["text/html"]).tags
        assert tag == "img" and set(attributes) == {"style", "alt", "src"}
        assert attributes["alt"] == plain_text(text)
        bundle["text/html"].encode("utf-8")


def test_a_sentence_about_any_prompt_or_name_can_be_printed(model):
    refused = 0
    for text in PAYLOADS:
        for act in (
            lambda text=text: model.generator.encode_text(text),
            lambda text=text: check_output(f"no_such_folder/{text}"),
        ):
            try:
                act()
            except InputError as error:
                refused += 1
                sentence = str(error)
                assert not re.search("[\x00-\x08\x0b-\x1f\x7f]", sentence), ascii(sentence)
    assert refused > 100


def test_a_picture_carries_any_prompt_that_can_be_drawn(samples, tmp_path):
    for place, text in enumerate(["$x^2$ </script>", "\u202egnp", FIRING[0]]):
        recipe = dataclasses.replace(samples.recipe, prompt=text)
        odd = dx.Samples.ordered(dataclasses.replace(s, recipe=recipe) for s in samples)
        path = tmp_path / f"{place}.png"
        odd.save(path)
        with Image.open(io.BytesIO(path.read_bytes())) as image:
            image.load()
            assert any("dalle_explore" in str(key) for key in image.info)
