"""Look inside text-to-image models of the DALL-E kind.

    import dalle_explore as dx

    model = dx.load()
    samples = dx.draw(model, "a hedgehog drinking tea", n=16, seed=0)
    samples.save("sheet.png")

The names below are everything that is promised; they are imported when first used, so that
``import dalle_explore`` takes no time and no torch.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dalle_explore.errors import (
        DalleExploreError,
        DataError,
        InputError,
        MachineError,
        ModelFileError,
    )
    from dalle_explore.session.drawing import draw, open
    from dalle_explore.session.model import Model, load
    from dalle_explore.session.samples import Sample, Samples
    from dalle_explore.settings import Settings

__version__ = "0.1.0"

__all__ = [
    "DalleExploreError",
    "DataError",
    "InputError",
    "MachineError",
    "Model",
    "ModelFileError",
    "Sample",
    "Samples",
    "Settings",
    "__version__",
    "draw",
    "load",
    "open",
]

_HOMES = {
    "DalleExploreError": "errors",
    "DataError": "errors",
    "InputError": "errors",
    "MachineError": "errors",
    "Model": "session.model",
    "ModelFileError": "errors",
    "Sample": "session.samples",
    "Samples": "session.samples",
    "Settings": "settings",
    "draw": "session.drawing",
    "load": "session.model",
    "open": "session.drawing",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
