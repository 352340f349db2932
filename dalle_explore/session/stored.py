"""Pictures of a gallery as samples: bound to the model that drew them, if it is the one."""

from dalle_explore.errors import ModelFileError
from dalle_explore.gallery import Row
from dalle_explore.session.model import Model
from dalle_explore.session.sample import Sample
from dalle_explore.session.studio import Wish, paint

__all__ = ["sample_of"]


def sample_of(model: Model, row: Row) -> Sample:
    """Return a picture of a gallery; if its codes were dropped, it is drawn again.

    Raises:
        ModelFileError: another model drew it, which would turn its codes into another picture.
        MachineError: it has to be drawn again, and there is no such device, or not enough memory.
    """
    if row.recipe.model_digest != model.digest:
        raise ModelFileError(
            f"“{row.recipe.prompt}” with seed {row.seed} was drawn by the model "
            f"{row.recipe.model!r} ({row.recipe.model_digest[:8]}), but {model.card.name!r} "
            f"({model.digest[:8]}) would turn its codes into another picture: open the model that "
            f"drew it."
        )
    if row.codes is None:
        (painted,) = paint(model, [Wish(row.recipe, row.seed)]).run()
        assert painted is not None  # a run that came to its end has painted everything
        return Sample.painted(model, painted)
    return Sample(
        model=model,
        recipe=row.recipe,
        seed=row.seed,
        codes=row.codes,
        log_probability=row.log_probability,
        entropy=row.entropy,
        fit=row.fit,
        among=(row.seed,),
    )
