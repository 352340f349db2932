"""What to change while a picture is drawn: small frozen values, printable, that JSON can hold.

Two kinds. Some work on what is said and picked: ``Force``, ``Ban``, ``Bias``, ``TemperatureAt``
and ``Mix``. The others work inside the network: ``KnockOut``, ``AblateHead``, ``ScaleHead``,
``AddResidual`` and, for anything else, ``Edit``. All are passed as arguments (``edits=[...]``) and
nothing is ever attached to a model. A patch is (row, column), both from 0; ``at=None`` means every
patch. Whether a patch, a code, a layer or a word exists is checked where the model is known.
"""

from dalle_explore.edits.form import AnyEdit, check_edits, edit_from_json, edit_to_json
from dalle_explore.edits.inside import AblateHead, AddResidual, Edit, KnockOut, ScaleHead
from dalle_explore.edits.said import Ban, Bias, Force, Mix, TemperatureAt

__all__ = [
    "AblateHead",
    "AddResidual",
    "AnyEdit",
    "Ban",
    "Bias",
    "Edit",
    "Force",
    "KnockOut",
    "Mix",
    "ScaleHead",
    "TemperatureAt",
    "check_edits",
    "edit_from_json",
    "edit_to_json",
]
