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
    from dalle_explore.edits import (
        AblateHead,
        AddResidual,
        Ban,
        Bias,
        Edit,
        Force,
        KnockOut,
        Mix,
        ScaleHead,
        TemperatureAt,
    )
    from dalle_explore.errors import (
        DalleExploreError,
        DataError,
        InputError,
        MachineError,
        ModelFileError,
    )
    from dalle_explore.scoring.scorers import load_scorer
    from dalle_explore.session.breeding import breed
    from dalle_explore.session.comparison import Comparison, compare
    from dalle_explore.session.drawing import draw, drawing, open
    from dalle_explore.session.grid import grid, gridding
    from dalle_explore.session.grids import Grid
    from dalle_explore.session.inspection import Inspection, inspect
    from dalle_explore.session.model import Model, load
    from dalle_explore.session.sample import Sample
    from dalle_explore.session.samples import Samples
    from dalle_explore.session.scores import Scores
    from dalle_explore.session.uploads import upload
    from dalle_explore.settings import Settings
    from dalle_explore.trace import Trace
    from dalle_explore.widgets.attention_explorer import AttentionExplorer
    from dalle_explore.widgets.breeder import Breeder
    from dalle_explore.widgets.codebook_browser import CodebookBrowser
    from dalle_explore.widgets.decode_player import DecodePlayer
    from dalle_explore.widgets.prompt_grid import PromptGrid
    from dalle_explore.widgets.score_explorer import ScoreExplorer
    from dalle_explore.widgets.workbench import explore

__version__ = "0.1.0"

__all__ = [
    "AblateHead",
    "AddResidual",
    "AttentionExplorer",
    "Ban",
    "Bias",
    "Breeder",
    "CodebookBrowser",
    "Comparison",
    "DalleExploreError",
    "DataError",
    "DecodePlayer",
    "Edit",
    "Force",
    "Grid",
    "InputError",
    "Inspection",
    "KnockOut",
    "MachineError",
    "Mix",
    "Model",
    "ModelFileError",
    "PromptGrid",
    "Sample",
    "Samples",
    "ScaleHead",
    "ScoreExplorer",
    "Scores",
    "Settings",
    "TemperatureAt",
    "Trace",
    "__version__",
    "breed",
    "compare",
    "draw",
    "drawing",
    "explore",
    "grid",
    "gridding",
    "inspect",
    "load",
    "load_scorer",
    "open",
    "upload",
]

_HOMES = {
    "AblateHead": "edits",
    "AddResidual": "edits",
    "AttentionExplorer": "widgets.attention_explorer",
    "Ban": "edits",
    "Bias": "edits",
    "Breeder": "widgets.breeder",
    "CodebookBrowser": "widgets.codebook_browser",
    "Comparison": "session.comparison",
    "DalleExploreError": "errors",
    "DataError": "errors",
    "DecodePlayer": "widgets.decode_player",
    "Edit": "edits",
    "Force": "edits",
    "Grid": "session.grids",
    "InputError": "errors",
    "Inspection": "session.inspection",
    "KnockOut": "edits",
    "MachineError": "errors",
    "Mix": "edits",
    "Model": "session.model",
    "ModelFileError": "errors",
    "PromptGrid": "widgets.prompt_grid",
    "Sample": "session.sample",
    "Samples": "session.samples",
    "ScaleHead": "edits",
    "ScoreExplorer": "widgets.score_explorer",
    "Scores": "session.scores",
    "Settings": "settings",
    "TemperatureAt": "edits",
    "Trace": "trace",
    "breed": "session.breeding",
    "compare": "session.comparison",
    "draw": "session.drawing",
    "drawing": "session.drawing",
    "explore": "widgets.workbench",
    "grid": "session.grid",
    "gridding": "session.grid",
    "inspect": "session.inspection",
    "load": "session.model",
    "load_scorer": "scoring.scorers",
    "open": "session.drawing",
    "upload": "session.uploads",
}


def __getattr__(name: str) -> Any:
    if name == "testing":  # a module of its own, for those who write adapters
        return importlib.import_module(f"{__name__}.testing")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
