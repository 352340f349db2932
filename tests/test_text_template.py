"""Templates: what the notation means, and what is refused with the replacement named."""

import pytest

from dalle_explore.errors import InputError
from dalle_explore.text.template import Slot, parse


def values(text):
    return {axis.name: axis.values for axis in parse(text).inline}


def test_a_sentence_without_braces_has_no_slots():
    template = parse("a red cube, small")
    assert template.names == () and template.inline == ()
    assert template.fill({}).prompt == "a red cube, small"


def test_slots_are_named_in_order_of_first_appearance():
    template = parse("a {red|blue} {shape} {above|below} a {size=small|large} {other} {shape}")
    assert template.names == ("slot 1", "shape", "slot 2", "size", "other")
    assert template.open == ("shape", "other")
    assert values(template.text) == {
        "slot 1": ("red", "blue"),
        "slot 2": ("above", "below"),
        "size": ("small", "large"),
    }


def test_a_repeated_name_says_the_same_again():
    said = parse("a {size=small|large} owl and a {size} cat").fill({"size": "large"})
    assert said.prompt == "a large owl and a large cat"
    assert said.spans == {"size": ((2, 7), (18, 23))}


def test_a_name_may_be_said_before_it_gets_its_values():
    template = parse("{size} owl, {size=small|large} cat")
    assert template.names == ("size",) and template.open == ()


def test_one_option_may_be_empty_and_then_the_word_is_missing():
    assert values("a {|tiny }owl") == {"slot 1": ("", "tiny ")}
    template = parse("a {|tiny} owl")
    assert template.fill({"slot 1": ""}).prompt == "an owl"
    assert template.fill({"slot 1": "tiny"}).prompt == "a tiny owl"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a {{red}} cube", "a {red} cube"),
        ("{{{x}}}", "{owl}"),
        ("{{", "{"),
        ("a{{b}}c}}", "a{b}c}"),
        ("{{a|b}}", "{a|b}"),
    ],
)
def test_doubled_braces_are_braces(text, said):
    template = parse(text)
    assert template.fill(dict.fromkeys(template.names, "owl")).prompt == said


def test_doubled_braces_stand_in_options_too():
    assert values("{a|{{b}}|c}") == {"slot 1": ("a", "{b}", "c")}
    assert parse("{a|b}}}").parts == (Slot("slot 1"), "}")


def test_comments_and_line_ends_are_left_out():
    template = parse(
        """
        a {red   # warm {
          |blue  # cold
          } cube # seen often
        #
        on a {table}"""
    )
    assert values(template.text) == {"slot 1": ("red ", "blue ")}
    assert template.fill({"slot 1": "red ", "table": "desk"}).prompt == "a red cube on a desk"


@pytest.mark.parametrize("text", ["a sign #1", "the colour #ff0000", "in C# on paper"])
def test_a_number_sign_at_a_word_is_a_number_sign(text):
    assert parse(text).fill({}).prompt == text


def test_names_may_be_of_any_script():
    assert parse("ein {größe} Würfel in {色}").names == ("größe", "色")


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("a {0.5::red|blue} cube", "leave the weight out"),
        ("a {red|2::blue} cube", "leave the weight out"),
        ("a (red:1.3) cube", "dx.Mix"),
        ("{2$$red|blue}", "one slot for each"),
        ("{1-2$$ and $$red|blue}", "one slot for each"),
        ("${color}", "{size=small|large}"),
        ("${color=!{red|blue}} a cube", "{size=small|large}"),
        ("a __animal__ in snow", "axes="),
        ("a __animals/small*__ in snow", "axes="),
        ("a [red|blue] cube", "{a|b}"),
        ("%{an oil painting of ...$$a cat}", "around a slot"),
        ("{@red|blue} cube", "zip="),
        ("{~red|blue} cube", "leave the mark out"),
        ("{!red|blue} cube", "leave the mark out"),
        ("{#color} cube", "leave the mark out"),
        (r"a \{red\} cube", "double it"),
        ("a {red, blue} cube", "{red|blue}"),
        ("a {dark {red|blue}|green} cube", "write out the options"),
        ("a {size:>5} cube", "letters, digits and _"),
        ("a {0} cube", "letters, digits and _"),
        ("a {} cube", "{red|blue}"),
        ("a {big size} cube", "letters, digits and _"),
    ],
)
def test_other_notations_are_refused_and_the_replacement_is_named(text, instead):
    with pytest.raises(InputError) as caught:
        parse(text)
    assert instead in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "it costs $5, or $$",
        "100% {red|blue}",
        "an owl{!|?|}",
        "snake_case and _under_ scores ______",
        "a [small] cube (blue)",
        "a door (1:1.5)",
        "at (10:30)",
        "50::50",
        "a|b",
    ],
)
def test_what_only_resembles_another_notation_is_said_as_it_is(text):
    parse(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a {red|blue cube", "nothing closes"),
        ("a {", "nothing closes"),
        ("a red|blue} cube", "nothing opened"),
        ("{{a|b}|c}", "nothing opened"),
        ("{size=a|b} {size=c|d}", "values twice"),
        ("{red|blue|red}", "'red' twice"),
        ("{red| red }", "'red' twice"),
        ("{|}", "'(nothing)' twice"),
        (3, "in quotes"),
        (None, "in quotes"),
    ],
)
def test_broken_templates_are_refused_in_a_sentence(text, words):
    with pytest.raises(InputError, match=words.replace("(", r"\(").replace(")", r"\)")):
        parse(text)


def test_a_slot_without_a_value_is_named():
    with pytest.raises(InputError, match="'other'.*the slots are size, other"):
        parse("{size=a|b} {other}").fill({"size": "a"})


def test_a_long_template_is_read_in_one_go():
    text = "a {red|blue} [cube " * 2_000 + "(" * 50_000
    assert len(parse(text).names) == 2_000
