"""The errors a person can meet, as one small tree.

    DalleExploreError       status 1   anything this package raises on purpose
    ├── InputError          status 2   an argument, prompt, option or file from the person
    │   ├── ModelFileError  status 2   weights, cards, checkpoints: missing, foreign, corrupted
    │   └── DataError       status 2   a folder of pictures, or a gallery, that cannot be used
    └── MachineError        status 1   no GPU, disk full, out of memory

``InputError`` is also a ``ValueError`` and ``MachineError`` also a ``RuntimeError``.
Every error carries one finished sentence: the argument, the value received, the rule, and what to
do next. The command line prints it as ``error: <sentence>``, without a traceback, and leaves with
the status above.
"""

__all__ = ["DalleExploreError", "InputError", "ModelFileError", "DataError", "MachineError"]


class DalleExploreError(Exception):
    """Anything this package raises on purpose; takes one finished sentence."""

    exit_status: int = 1


class InputError(DalleExploreError, ValueError):
    """An argument, prompt, option or file given by the person breaks a rule."""

    exit_status = 2


class ModelFileError(InputError):
    """Weights, a card or a checkpoint are missing, foreign or corrupted."""


class DataError(InputError):
    """A folder of pictures, or a gallery, cannot be used."""


class MachineError(DalleExploreError, RuntimeError):
    """The machine cannot do it: no GPU, disk full, out of memory."""

    exit_status = 1
