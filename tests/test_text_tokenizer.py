"""Any prompt becomes at most 64 tokens, and every token knows which word it belongs to."""

import unicodedata
from pathlib import Path

import pytest

from dalle_explore import world
from dalle_explore.errors import InputError, ModelFileError
from dalle_explore.text.tokenizer import TEXT_LENGTH, Tokenizer, learn_tokenizer

SENTENCES = (Path(__file__).parent / "text_sentences.txt").read_text(encoding="utf-8").splitlines()

PROMPTS = [
    "a baby penguin with headphones skating on ice",
    "A RED T-Shirt that has the word “hogwash” written on it!",
    "a 🐧 in a 👩‍👩‍👧 crowd ❄️",
    "قطة زرقاء فوق مكعب أحمر",
    "כלב קטן",
    "una pin\u0303a y un e\u0301clair",
    "नमस्ते दुनिया",
    "赤い立方体の上の青い球",
    "İstanbul ﷺ Straße ﬁn",
    "  many   spaces\u00a0and\u2003wide ones  ",
    "...?!",
    "\u200fabc\u200f",
]


def captions(count):
    for index in range(count):
        yield from world.captions(world.example("train", index).scene)


@pytest.fixture(scope="module")
def tokenizer():
    return learn_tokenizer(captions(150))


def test_about_2048_pieces(tokenizer):
    assert 2000 <= tokenizer.vocabulary_size <= 2048


def test_plain_english_fits(tokenizer):
    long = [sentence for sentence in SENTENCES if len(sentence.split()) >= 20]
    assert len(long) >= 100

    def fits(sentence):
        try:
            return len(tokenizer.encode(sentence).ids) <= TEXT_LENGTH
        except InputError:
            return False

    assert sum(map(fits, long)) >= 0.95 * len(long)


def test_captions_of_the_world_are_short(tokenizer):
    most = max(len(tokenizer.encode(caption).ids) for caption in captions(400))
    assert most <= TEXT_LENGTH // 2


@pytest.mark.parametrize("prompt", PROMPTS)
def test_words_cover_every_token_once_and_quote_the_prompt(tokenizer, prompt):
    encoded = tokenizer.encode(prompt)
    assert encoded.ids and all(0 <= index < tokenizer.vocabulary_size for index in encoded.ids)
    covered = [token for word in encoded.words for token in range(*word.tokens)]
    assert covered == list(range(len(encoded.ids)))
    for word in encoded.words:
        assert word.text == prompt[slice(*word.characters)]
        assert word.text.strip() == word.text
    # Nothing that can be seen is left outside a word.
    inside = {place for word in encoded.words for place in range(*word.characters)}
    outside = [c for place, c in enumerate(prompt) if place not in inside]
    assert all(unicodedata.category(c)[0] == "Z" for c in outside)


@pytest.mark.parametrize("prompt", PROMPTS)
def test_pieces_spell_the_prompt(tokenizer, prompt):
    ids = tokenizer.encode(prompt).ids
    spelt = tokenizer._inner.decode(list(ids)).split()
    plain = prompt.translate(str.maketrans("“”’", '""\''))
    assert spelt == unicodedata.normalize("NFC", plain).lower().split()


def test_case_and_composition_do_not_matter(tokenizer):
    assert tokenizer.encode("A Red CUBE").ids == tokenizer.encode("a red cube").ids
    assert tokenizer.encode("cafe\u0301").ids == tokenizer.encode("caf\u00e9").ids
    assert tokenizer.encode("it’s  –  so").ids == tokenizer.encode("it's - so").ids


def test_a_word_is_the_same_token_at_the_start_and_inside(tokenizer):
    assert tokenizer.encode("red").ids[0] == tokenizer.encode("a red").ids[1]


def test_a_hyphenated_word_is_one_word(tokenizer):
    words = [word.text for word in tokenizer.encode("a t-shirt, don't ask").words]
    assert words == ["a", "t-shirt", ",", "don't", "ask"]


@pytest.mark.parametrize("prompt", ["", "   ", "\u00a0", "\u200b\u200f"])
def test_an_empty_prompt_is_refused(tokenizer, prompt):
    with pytest.raises(InputError, match="empty: say what to draw"):
        tokenizer.encode(prompt)


@pytest.mark.parametrize("bad", ["\x00", "\n", "\t", "\x1b", "\x7f", "\x85", "\ud800"])
def test_control_characters_are_refused(tokenizer, bad):
    with pytest.raises(InputError, match=rf"U\+{ord(bad):04X} at position 5"):
        tokenizer.encode(f"a red{bad}cube")


def test_too_long_names_limit_and_count(tokenizer):
    with pytest.raises(InputError, match=r"has 10000 tokens \(10000 words\), .* limit is 64"):
        tokenizer.encode("red " * 10_000)


def test_a_prompt_that_is_not_text_is_refused(tokenizer):
    with pytest.raises(InputError, match="has to be text"):
        tokenizer.encode(7)


def test_learning_and_reading_back_are_exact(tokenizer, tmp_path):
    assert learn_tokenizer(captions(150)).to_json() == tokenizer.to_json()
    path = tmp_path / "tokenizer.json"
    path.write_text(tokenizer.to_json(), encoding="utf-8")
    again = Tokenizer.from_file(path)
    assert [again.encode(p) for p in PROMPTS] == [tokenizer.encode(p) for p in PROMPTS]


def test_files_that_are_no_tokenizer_are_refused(tmp_path):
    with pytest.raises(ModelFileError, match="cannot be read"):
        Tokenizer.from_file(tmp_path / "absent.json")
    path = tmp_path / "tokenizer.json"
    path.write_bytes(b"\xff\xfe{")
    with pytest.raises(ModelFileError, match="cannot be read"):
        Tokenizer.from_file(path)
    with pytest.raises(ModelFileError, match="foreign or damaged"):
        Tokenizer.from_json('{"version": "1.0"}')


def test_a_size_without_room_for_bytes_is_refused():
    with pytest.raises(InputError, match="256 bytes"):
        learn_tokenizer(["a"], size=100)


PHRASES = [
    ("a red cube on a RED cube", "red", [[1], [5]]),
    ("a red cube on a RED cube", "Red  Cube", [[1, 2], [5, 6]]),
    ("a red cube on a red cube", "cube on a", [[2, 3, 4]]),
    ("a red cube on a red cube", "blue", []),
    ("a red cube on a red cube", "red red", []),
    ("a red cube on a red cube", "re", []),
    ("a red cube on a red cube", "", []),
    ("a red cube on a red cube", "a red cube on a red cube again", []),
    ("ha ha ha", "ha ha", [[0, 1], [1, 2]]),
    ("a t-shirt, don't ask", "T-Shirt ,", [[1, 2]]),
    ("a t-shirt, don't ask", "DON'T", [[3]]),
    ("قطة زرقاء فوق مكعب", "زرقاء", [[1]]),
]


@pytest.mark.parametrize(("prompt", "phrase", "places"), PHRASES)
def test_words_and_runs_of_words_are_found_wherever_they_stand(tokenizer, prompt, phrase, places):
    found = tokenizer.encode(prompt).find(phrase)
    assert [list(run) for run in found] == places


def test_an_occurrence_is_one_of_those_from_the_first_on(tokenizer):
    text = tokenizer.encode("a red cube on a red cube")
    assert text.find("red", 0) == (range(1, 2),) and text.find("red", 1) == (range(5, 6),)
    assert text.find("red", 2) == text.find("red", -1) == ()


@pytest.mark.parametrize("prompt", PROMPTS)
def test_tokens_of_words_are_their_places_among_the_ids(tokenizer, prompt):
    text = tokenizer.encode(prompt)
    for place, word in enumerate(text.words):
        assert text.tokens([place]) == tuple(range(*word.tokens))
    everything = range(len(text.words))
    assert text.tokens(everything) == tuple(range(len(text.ids)))
    assert text.tokens([]) == ()
    assert text.tokens(reversed(everything)) == tuple(
        token for word in reversed(text.words) for token in range(*word.tokens)
    )
