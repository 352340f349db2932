"""Samples of a tiny model, and what every page of figures is held to."""

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from tiny import make_tiny_bundle

import dalle_explore as dx
from dalle_explore.shown import plain_text


def tiny_sample(folder, prompt="a hedgehog drinking $x$ tea", **options):
    """One picture of 4 x 4 patches out of 40 codes: more than a trace keeps."""
    if not (folder / "card.json").is_file():
        make_tiny_bundle(folder, clip=False, codebook_size=40)
    return dx.draw(dx.load(folder), prompt, n=1, score=False, **options)[0]


def texts(ax):
    return [text.get_text() for text in ax.texts]


def check_page(shown):
    """Title and caption are there, nothing leaves the page, no words meet, none is mathematics."""
    figure = shown.figure()
    ax = figure.axes[0]
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    caption = " ".join(plain_text(shown.caption()).split())
    assert caption in " ".join(texts(ax))
    assert not any(text.get_parse_math() or text.get_usetex() for text in ax.texts)
    boxes = [text.get_window_extent(renderer) for text in ax.texts]
    pictures = [image.get_window_extent(renderer) for image in ax.images]
    for box in [*boxes, *pictures]:
        assert figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0 and box.y1 <= figure.bbox.y1
    left, bottom, right, top = np.array([box.extents for box in boxes]).T
    over = (left[:, None] <= right) & (left <= right[:, None])
    over &= (bottom[:, None] <= top) & (bottom <= top[:, None])
    met = [(i, j) for i, j in np.argwhere(over) if i < j]
    assert not met, [(texts(ax)[i], texts(ax)[j]) for i, j in met]
    return ax
