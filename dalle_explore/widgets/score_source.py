"""A score explorer as code that makes it again: what was drawn, who scored, and the view."""

from typing import Any

from dalle_explore.scoring.clip import Scorer
from dalle_explore.session.grids import Grid
from dalle_explore.session.scores import ScoredPrompt, Scores
from dalle_explore.widgets.grid_source import grid_as_code
from dalle_explore.widgets.source import edit_as_code, model_as_code, text_as_code

__all__ = ["explorer_as_code"]


def explorer_as_code(
    scores: Scores, grid: Grid | None, scorer: Scorer | None, judge: bool, view: dict[str, Any]
) -> str:
    """Return Python that draws the same pictures, scores them and shows the same.

    Args:
        scores: what is shown.
        grid: of whose pictures, where it was given; None: draws.
        scorer: another than that of the model; None: the model's.
        judge: whether the model's judge reads draws.
        view: keywords of the widget.
    """
    if grid is not None:
        # One statement a line, and texts hold no line breaks: this is the last statement.
        code = grid_as_code(grid, {}).replace("\ndx.PromptGrid(", "\ngrid = dx.grid(", 1)
        lines, what = code.rstrip("\n").split("\n"), "grid"
    else:
        lines = ["import dalle_explore as dx", "", *_draws(scores.cells, scorer is None)]
        what = "draws"
    keywords = dict(view)
    told = ""
    if scorer is not None:
        name = scorer.name
        made = f"dx.load_scorer({text_as_code(name)})" if "/" in name else "..."
        lines.append(f"scorer = {made}  # {' '.join(name.split())}, {scorer.digest[:8]}")
        told = ", scorer=scorer"
    if not judge:
        told += ", judge=False"
    told += "".join(f", {name}={value!r}" for name, value in keywords.items())
    return "\n".join([*lines, f"dx.ScoreExplorer({what}{told})", ""])


def _draws(cells: tuple[ScoredPrompt, ...], score: bool) -> list[str]:
    """Lines that draw every prompt again; those that differ in their words only share one."""
    names, lines = _models(cells)
    hows = {_how(cell, names[cell.recipe.model_digest], score) for cell in cells}
    if len(hows) == 1 and len(cells) > 1:
        (how,) = hows
        prompts = ", ".join(text_as_code(cell.prompt) for cell in cells)
        model = names[cells[0].recipe.model_digest]
        how = how.removeprefix(f"{model}, ")
        made = f"[dx.draw({model}, prompt, {how}) for prompt in prompts]"
        return [*lines, f"prompts = [{prompts}]", f"draws = {made}"]
    drawn = []
    for cell in cells:
        name = names[cell.recipe.model_digest]
        how = _how(cell, name, score).removeprefix(f"{name}, ")
        drawn.append(f"dx.draw({name}, {text_as_code(cell.prompt)}, {how})")
    return [*lines, "draws = [", *(f"    {one}," for one in drawn), "]"]


def _models(cells: tuple[ScoredPrompt, ...]) -> tuple[dict[str, str], list[str]]:
    """How every model is called, and the lines that open them."""
    found: dict[str, Any] = {}
    for cell in cells:
        held = next(iter(cell.held.values()), None)
        if found.get(cell.recipe.model_digest) is None:
            found[cell.recipe.model_digest] = None if held is None else held.model
    names, lines = {}, []
    for number, (digest, model) in enumerate(found.items(), start=1):
        name = "model" if len(found) == 1 else f"model{number}"
        line = f"model = dx.load()  # {digest[:8]}" if model is None else model_as_code(model)
        names[digest] = name
        lines.append(line.replace("model =", f"{name} =", 1))
    return names, lines


def _how(cell: ScoredPrompt, model: str, score: bool) -> str:
    """What ``draw`` is told besides the prompt; seeds in between are drawn, too."""
    seeds = cell.seeds.tolist()
    settings = ", ".join(f"{name}={one!r}" for name, one in cell.recipe.settings.to_json().items())
    edits = ", ".join(edit_as_code(edit) for edit in cell.recipe.edits)
    told = "" if score else ", score=False"
    return (
        f"{model}, n={seeds[-1] - seeds[0] + 1}, seed={seeds[0]}, "
        f"settings=dx.Settings({settings})" + (f", edits=[{edits}]" if edits else "") + told
    )
