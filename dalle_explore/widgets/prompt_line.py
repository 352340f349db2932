"""What a prompt line says while somebody types: words outside the world, and sentences to try."""

from typing import Any

from dalle_explore.pretrained.words import outside
from dalle_explore.session.model import Model

__all__ = ["surprise_told", "words_told"]


def words_told(model: Model, prompt: str, number: Any) -> dict[str, Any]:
    """Return the message that flags words of a prompt.

    Args:
        model: whose world it is.
        prompt: as typed so far.
        number: of the question, which goes back with the answer.
    """
    words = [
        {
            "word": one.word,
            "start": _units(prompt[: one.start]),
            "end": _units(prompt[: one.end]),
            "near": list(one.suggestions),
        }
        for one in (outside(model.card, prompt) if prompt.strip() else ())
    ]
    return {"kind": "words", "number": number, "words": words, "kind_of": _kind(model, prompt)}


def surprise_told(model: Model, number: int) -> dict[str, Any]:
    """Return the message with a sentence to try.

    A model that learned from a folder of pictures has no such sentences; it says so.
    """
    if model.card.world_version is None:
        why = "This model did not learn the drawn world, so it has no sentences to suggest."
        return {"kind": "surprise", "prompt": "", "kind_of": "", "why": why}
    from dalle_explore.world.surprise import surprise

    found = surprise(number)
    return {
        "kind": "surprise",
        "prompt": found.prompt,
        "kind_of": found.kind,
        "why": found.why,
    }


def _kind(model: Model, prompt: str) -> str:
    if model.card.world_version is None or not prompt.strip():
        return ""
    from dalle_explore.world.surprise import kind_of

    return kind_of(prompt) or ""


def _units(text: str) -> int:
    """Length as browsers count it, in UTF-16."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
