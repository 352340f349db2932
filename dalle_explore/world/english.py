"""A little English: the article before a word, plurals, and the words that carry no fact."""

import re

# Words that begin with a vowel letter but not with a vowel sound, and the other way round.
_A_BEFORE = re.compile(
    r"(uni(?!n|m|dent|dio|ron|ss|ll)|use|usu|uten|uter|util|uto|ubi|ufo|ura|uri|uk|eu|ewe"
    r"|one\b|one-|onesie|once|ouija)"
)
_AN_BEFORE = re.compile(r"(hour|honest|honou?r|heir)")


def article(phrase: str) -> str:
    """The indefinite article by sound: "an owl", "a unicycle", "an hour", "an eight-sided sign".

    Args:
        phrase: lower-case words; the first one decides.
    """
    if _AN_BEFORE.match(phrase):
        return "an"
    return "an" if phrase[:1] in tuple("aeiou") and not _A_BEFORE.match(phrase) else "a"


def with_article(phrase: str) -> str:
    """The phrase with its indefinite article in front."""
    return f"{article(phrase)} {phrase}"


def singulars(word: str) -> tuple[str, ...]:
    """What a word could be the plural of, likeliest first; the word itself is not among them."""
    if len(word) < 4 or not word.endswith("s") or word.endswith("ss"):
        return ()
    if word.endswith("ies"):
        return (word[:-3] + "y", word[:-1])
    if word.endswith("ves"):
        return (word[:-3] + "f", word[:-1])
    if word.endswith(("xes", "shes", "ches", "sses", "oes")):
        return (word[:-2], word[:-1])
    return (word[:-1],)


FUNCTION_WORDS = frozenset(
    """
    a an the this that these those which who whom whose it its itself he she him her his hers
    himself herself they them their there here one ones each other another both and or but with
    without of in on at by to for from as into onto upon than then so is are was were be been
    being has have having had do does did can may will would could should must shall some any just
    only also very really quite such like what while when where i we you me my your our us please
    not no nor if up out off all first second third last next same own single alone draw drawn
    drawing drawings draws show shows showing shown make makes made making picture pictures image
    images scene render rendering depicting depicted depicts featuring contains containing give
    create generate look looks looking appear appears seem seems
    """.split()
)
"""Words that say how a sentence is built and that every prompt may use."""
