"""The eight colours a sentence can name, tuned to stay apart in every manner and at every hour."""

Colour = tuple[int, int, int]

COLOUR_RGB: dict[str, Colour] = {
    "red": (216, 38, 42),
    "orange": (247, 132, 24),
    "yellow": (253, 209, 48),
    "green": (52, 158, 76),
    "blue": (40, 104, 216),
    "purple": (124, 62, 178),
    "pink": (250, 138, 186),
    "gray": (136, 138, 142),
}
"""The RGB value of every colour in `facts.COLOURS`, before the hand varies it."""

WHITE: Colour = (253, 251, 244)
WOOD: Colour = (172, 118, 70)
STEEL: Colour = (150, 156, 168)
GLASS: Colour = (190, 224, 242)


def luminance(c: Colour) -> float:
    """How light a colour is to the eye, 0..1 (Rec. 601 luma)."""
    return (0.299 * c[0] + 0.587 * c[1] + 0.114 * c[2]) / 255
