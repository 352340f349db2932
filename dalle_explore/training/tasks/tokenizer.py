"""The words that tokenizers learn from."""

from collections.abc import Iterator

from dalle_explore import world
from dalle_explore.training.data import Stream, WorldStream
from dalle_explore.training.drawing import training_captions


def captions_of(stream: Stream, most: int) -> Iterator[str]:
    """Captions of the first ``most`` examples in all their phrasings; no picture is drawn for it.

    Only captions of training are read: a held-out word must meet the tokenizer unprepared.
    """
    for index in range(min(most, stream.limit)):
        if isinstance(stream, WorldStream):
            yield from training_captions(world.example(stream.split, index))
        else:
            yield from stream.captions(index)
