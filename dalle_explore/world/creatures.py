"""Creatures: an animal or a vegetable, perhaps a baby, perhaps dressed, perhaps busy."""

import numpy as np

from dalle_explore.world import activities, staging, worn
from dalle_explore.world.anatomy import Figure, Frame, Kind, bend
from dalle_explore.world.animals import ANIMAL_KINDS
from dalle_explore.world.brush import Brush, Colour, darker, lighter, vary
from dalle_explore.world.critters import CRITTER_KINDS
from dalle_explore.world.facts import Scene
from dalle_explore.world.vegetables import VEGETABLE_KINDS

KINDS: dict[str, Kind] = {**ANIMAL_KINDS, **CRITTER_KINDS, **VEGETABLE_KINDS}
BABY_SIZE = 0.75
TALLEST = 0.785
HATS = {"a top hat": 1.45, "a crown": 1.05}


def peak(kind: Kind, thing: str | None) -> float:
    """The height of a grown figure in its own units, with whatever stands on its head."""
    y, r = kind.head
    hat = -y - kind.top[0] * r + HATS.get(thing or "", 0.0) * kind.top[1] * r
    band = -y - kind.band * r + 0.02 if thing == "headphones" else 0.0
    return max(kind.peak, hat, band)


def draw_creature(brush: Brush, scene: Scene, rng: np.random.Generator) -> None:
    """The subject of a scene of creatures, over whatever backdrop is on the brush already.

    Grown figures fill 0.70 to 0.85 of the picture's height, babies about two thirds of that;
    feet stand near y = 0.89.

    Args:
        brush: draws, in its manner.
        scene: of the family "creatures".
        rng: place, size, pose, colours, and whether the whole drawing is mirrored.
    """
    kind = KINDS[scene["subject"]]
    baby, activity, thing = scene.get("age") == "baby", scene.get("activity"), scene.get("worn")
    layout = staging.LAYOUTS[activity]
    size = min(layout.size, TALLEST / (peak(kind, thing) + layout.lift)) * float(
        rng.uniform(0.94, 1.06)
    )
    mirror = bool(rng.random() < 0.5)
    page = Frame(brush, mirror=mirror)
    lean = float(rng.uniform(-layout.lean, layout.lean))
    shoulder = kind.shoulder[0] * (1.12 if baby and kind.plant else 1.0)
    x, size = staging.place(
        layout, activity, thing, shoulder, size, BABY_SIZE if baby else 1.0, rng
    )
    ground = float(rng.uniform(0.872, 0.912)) - layout.lift * size
    frame = Frame(brush, x, ground, size, tilt=lean, mirror=mirror)
    f = Figure(brush, kind, rng, frame, baby, thing, activity, scene["subject"])
    colour = worn.cloth(f)
    with brush.part("activity"):
        activities.under(f, page)
    if activity not in ("skating on ice", "riding a unicycle"):
        frame.shadow(0, 0.0, 0.24, 0.04, 0.34)
    elif activity == "riding a unicycle":
        frame.shadow(0, layout.lift, 0.16, 0.03, 0.3)
    with brush.part("subject"):
        kind.behind(f)
        if thing == "a cape":
            _tail(f)
    with brush.part("worn"):
        worn.behind(f, colour)
    with brush.part("subject"):
        if thing != "a cape":
            _tail(f)
        activities.legs(f)
        kind.body(f)
    with brush.part("worn"):
        worn.waist(f, colour)
    with brush.part("subject"):
        kind.crest(f)
    with brush.part("worn"):
        worn.head(f, colour)
    with brush.part("subject"):
        kind.face(f)
    with brush.part("worn"):
        worn.eyes(f, colour)
    with brush.part("activity" if activity else "subject"):
        activities.front(f, page)
    with brush.part("worn"):
        worn.neck(f, colour)
    if baby:
        with brush.part("age"):
            _infant(f)


def _tail(f: Figure) -> None:
    """The tail, on the far side of a desk or a dog."""
    body = f.body
    if f.activity in ("writing a letter", "walking a dog"):
        f.body = body.inside(0, 0, -1, 1)
    f.kind.tail(f)
    f.body = body


def _infant(f: Figure) -> None:
    """What says baby beside the size: a dummy, and a curl where nothing sits on the head."""
    rng, h = f.rng, f.head
    pale: tuple[Colour, ...] = ((120, 200, 236), (250, 214, 90), (170, 226, 150))
    colour = vary(pale[int(rng.integers(3))], rng)
    x, y = f.look[0] * 1.4, f.kind.mouth + f.look[1]
    s = 1.2 if f.kind.plant else 1.0
    h.ellipse(x, y, 0.3 * s, 0.21 * s, colour, shade=0.0, width=0.008)
    ring = np.linspace(0, 2 * np.pi, 13)
    h.line(
        np.stack([x + 0.14 * s * np.cos(ring), y + s * (0.15 + 0.14 * np.sin(ring))], axis=1),
        darker(colour, 0.35),
        0.075,
    )
    h.dot(x, y, 0.1 * s, lighter(colour, 0.6))
    if (
        f.worn not in ("a top hat", "a crown", "headphones")
        and not (f.kind.plant and f.name != "avocado")
        and f.name != "capybara"
    ):
        top = {"frog": -0.74, "avocado": -1.28, "hedgehog": -1.4}.get(f.name, -0.98)
        curl = [
            (0.0, top + 0.08),
            (0.06, top - 0.18),
            (0.26, top - 0.26),
            (0.28, top - 0.06),
            (0.14, top - 0.1),
        ]
        h.line(bend(curl, 4), darker(f.coat, 0.45) if f.name != "panda" else f.limbs, 0.09)
