"""The drawn world: scenes as facts, their pictures, their captions, and fixed splits of examples.

    scene = Scene.of("creatures", subject="penguin", age="baby", activity="skating on ice")
    draw(scene, size=128)                   a PIL picture
    captions(scene)                         the scene in words, several ways
    example("train", 17)                    example 17 of the training split: scene and caption
    read("a baby penguin skating on ice")   the facts that a sentence states

Pillow and numpy only.
"""

from dalle_explore.world.captions import captions
from dalle_explore.world.draw import draw
from dalle_explore.world.facts import FAMILIES, ROLES, WORLD_VERSION, Scene
from dalle_explore.world.lexicon import vocabulary
from dalle_explore.world.reader import Reading, Unknown, read
from dalle_explore.world.splits import Example, example, split_sizes
from dalle_explore.world.writing import letter_cells

__all__ = [
    "FAMILIES",
    "ROLES",
    "WORLD_VERSION",
    "Example",
    "Reading",
    "Scene",
    "Unknown",
    "captions",
    "draw",
    "example",
    "letter_cells",
    "read",
    "split_sizes",
    "vocabulary",
]
