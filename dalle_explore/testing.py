"""Does a model keep the contract? For everyone who writes an adapter: run this first.

    import dalle_explore as dx
    dx.testing.check_generator(model)

It draws nothing beautiful and needs no trained weights; a model of random weights, small enough to
wait for, shows every fault that these checks can find. The first failure is named in a sentence.
"""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from dalle_explore.edits import Force, KnockOut
from dalle_explore.errors import DalleExploreError, InputError
from dalle_explore.generator import Generator
from dalle_explore.sampling.decode import decode, drain
from dalle_explore.sampling.request import request
from dalle_explore.settings import Settings
from dalle_explore.windows import cut_windows

__all__ = ["ContractError", "check_generator"]

PROMPTS = ("a red cube", "a blue sphere on top")


class ContractError(DalleExploreError):
    """A model does not keep the contract of ``Generator``."""


def check_generator(
    model: Generator, *, prompts: Sequence[str] = PROMPTS, tolerance: float = 1e-3
) -> tuple[str, ...]:
    """Prove that a model keeps the contract, on the device where its weights are.

    Args:
        model: what to check.
        prompts: two texts that it can read, of different lengths.
        tolerance: by how much logits may differ between reading at once and step by step.

    Returns:
        The names of the checks that passed, in order.

    Raises:
        ContractError: the first check that failed, and how.
        InputError: fewer than two prompts.
    """
    if len(prompts) < 2:
        raise InputError("check_generator needs two prompts of different lengths: give two.")
    case = _Case(model, tuple(prompts), tolerance)
    passed = []
    for check in (
        _describes_itself,
        _reads_words,
        _cache_equals_full,
        _fixed_steps_equal_steps,
        _is_causal,
        _explains_align,
        _is_pure,
        _executors_agree,
        _forces,
        _cuts_words,
        _tells_heads_apart,
        _draws_and_reads_pictures,
        _decodes_windows,
        _honest_card,
    ):
        name = str(check.__name__).strip("_").replace("_", " ")
        try:
            check(case)
        except ContractError:
            raise
        except Exception as error:  # an adapter may fail in any way at all
            raise ContractError(
                f"'{name}' failed: the model raised {type(error).__name__}: {error}"
            ) from error
        passed.append(name)
    return tuple(passed)


@dataclasses.dataclass(frozen=True)
class _Case:
    model: Generator
    prompts: tuple[str, ...]
    tolerance: float

    @property
    def settings(self) -> Settings:
        guidance = 2.0 if self.model.supports.guidance else 1.0
        return Settings(guidance=guidance, device=str(self.model.device))

    def codes(self, pictures: int) -> Tensor:
        """Codes that no model drew, int64 [b p]."""
        every = torch.arange(pictures * self.model.patches, device=self.model.device)
        return (every * 7919 % self.model.codebook_size).view(pictures, -1)

    def text(self) -> Tensor:
        return self.model.text_rows([self.model.encode_text(one).ids for one in self.prompts])

    def drawn(self, prompts: Sequence[str], seeds: Sequence[int], **how: Any) -> Tensor:
        edits = how.pop("edits", ())
        wanted = [
            request(self.model, self.model.encode_text(one), seeds, edits) for one in prompts
        ]
        return torch.from_numpy(drain(decode(self.model, wanted, self.settings, **how)).codes)


def _require(holds: bool, sentence: str) -> None:
    if not holds:
        raise ContractError(sentence)


def _describes_itself(case: _Case) -> None:
    model = case.model
    sizes = ("rows", "columns", "patch", "codebook_size", "text_length")
    for name in (*sizes, "layers", "heads", "width"):
        value = getattr(model, name, None)
        _require(
            isinstance(value, int) and value >= 1,
            f"model.{name} is {value!r}, but it has to be a whole number of at least 1.",
        )
    _require(bool(model.points), "model.points names no hook points.")


def _refused(attempt: Callable[[], Any]) -> bool:
    try:
        attempt()
    except InputError:
        return True
    return False


def _reads_words(case: _Case) -> None:
    for prompt in case.prompts:
        text = case.model.encode_text(prompt)
        covered = [t for word in text.words for t in range(*word.tokens)]
        _require(
            covered == sorted(set(covered)) and all(t < len(text.ids) for t in covered),
            f"the words of {prompt!r} cover the tokens {covered}, but every token of a word "
            f"belongs to one word, in order, and there are {len(text.ids)} tokens.",
        )
        for word in text.words:
            said = prompt[slice(*word.characters)]
            _require(
                said == word.text,
                f"the word {word.text!r} claims the characters {word.characters} of {prompt!r}, "
                f"where {said!r} stands.",
            )


def _stepped(case: _Case, executor: Any) -> Tensor:
    """Logits [b p k] of given codes, one step at a time."""
    codes = case.codes(len(case.prompts))
    with torch.inference_mode():
        state = case.model.prefill(case.text(), executor=executor)
        logits = [state.logits.clone()]
        for patch in range(case.model.patches - 1):
            logits.append(case.model.step(state, codes[:, patch]).clone())
    return torch.stack(logits, dim=1)


def _read(case: _Case, codes: Tensor | None = None, **how: Any) -> Any:
    with torch.inference_mode():
        codes = case.codes(len(case.prompts)) if codes is None else codes
        return case.model.forward(case.text(), codes, **how)


def _cache_equals_full(case: _Case) -> None:
    at_once = _read(case).code_logits.float()
    shape = (len(case.prompts), case.model.patches, case.model.codebook_size)
    _require(
        at_once.shape == shape,
        f"forward() returned code logits of the shape {tuple(at_once.shape)}, not {shape}.",
    )
    for executor in ("reference", "fast"):
        apart = (_stepped(case, executor) - at_once).abs().amax(dim=(0, 2))
        worst = int(apart.argmax())
        _require(
            float(apart.max()) <= case.tolerance,
            f"step by step, the {executor} executor gives logits at patch {worst} that differ by "
            f"{float(apart.max()):.2g} from those of forward(), and at most {case.tolerance:g} is "
            f"allowed: are keys and values written where they are read?",
        )


def _fixed_steps_equal_steps(case: _Case) -> None:
    model, codes, text = case.model, case.codes(len(case.prompts)), case.text()
    place = torch.zeros(1, dtype=torch.int64, device=model.device)
    if not model.supports.fixed_steps:
        state = model.prefill(text)
        _require(
            _refused(lambda: model.step_at(state, codes[:, 0], place, model.patches)),
            "supports.fixed_steps is False, but the model does step_at() all the same.",
        )
        return
    expected = _stepped(case, "fast")
    with torch.inference_mode():
        state = model.prefill(text)
        for patch in range(model.patches - 1):
            place.fill_(patch)
            near = model.step_at(state, codes[:, patch], place, patch + 1).clone()
            # Again, with another bound: a recording is replayed, so nothing may count calls.
            far = model.step_at(state, codes[:, patch], place, model.patches)
            for logits in (near, far):
                apart = float((logits - expected[:, patch + 1]).abs().max())
                _require(
                    apart <= case.tolerance,
                    f"step_at() gives logits after patch {patch} that differ by {apart:.2g} from "
                    f"those of step(), and at most {case.tolerance:g} is allowed: is everything "
                    f"that changes from patch to patch read from tensors, and is what lies beyond "
                    f"the patch masked?",
                )


def _is_causal(case: _Case) -> None:
    codes = case.codes(len(case.prompts))
    before = _read(case, codes).code_logits
    for patch in {0, case.model.patches // 2, case.model.patches - 1}:
        other = codes.clone()
        other[:, patch] = (other[:, patch] + 1) % case.model.codebook_size
        after = _read(case, other).code_logits
        changed = (after - before).abs().amax(dim=(0, 2)) > case.tolerance / 10
        early = changed[: patch + 1].nonzero().flatten().tolist()
        _require(
            not early,
            f"changing the code at patch {patch} changes what is predicted for patch "
            f"{early[0] if early else 0}, which comes no later: the model looks ahead.",
        )
        later = patch + 1 == case.model.patches or bool(changed[patch + 1 :].any())
        _require(later, f"changing the code at patch {patch} changes nothing that follows.")


def _explains_align(case: _Case) -> None:
    """Logits of patch 0 depend on the text alone, and follow a changed text."""
    first = _read(case).code_logits[:, 0]
    other = (case.codes(len(case.prompts)) + 1) % case.model.codebook_size
    same = _read(case, other).code_logits[:, 0]
    _require(
        float((first - same).abs().max()) <= case.tolerance / 10,
        "the logits given for patch 0 depend on codes, so they are not those of patch 0: row i of "
        "code_logits has to predict code i.",
    )
    _require(
        float((first[0] - first[1]).abs().max()) > 0,
        "the logits of patch 0 are the same for two different prompts: is the text read?",
    )


def _is_pure(case: _Case) -> None:
    together = case.drawn(case.prompts, [3, 4])
    for row, (prompt, seed) in enumerate((p, s) for p in case.prompts for s in (3, 4)):
        alone = case.drawn([prompt], [seed])[0]
        if case.model.device.type == "cpu":
            _require(
                torch.equal(alone, together[row]),
                f"the picture of {prompt!r} with seed {seed} is another alone than in a batch of "
                f"four: something in a row depends on its neighbours.",
            )
    again = case.drawn(case.prompts, [3, 4], statistics=False)
    _require(
        torch.equal(again, together),
        "drawn a second time, without statistics, the codes are others: something remembers.",
    )


def _executors_agree(case: _Case) -> None:
    if case.model.device.type != "cpu":
        return  # there, flips are counted and published instead
    fast, reference = (case.drawn(case.prompts, [5], executor=e) for e in ("fast", "reference"))
    flips = int((fast != reference).sum())
    _require(
        flips == 0,
        f"the fast executor draws {flips} of {fast.numel()} codes differently than the reference.",
    )


def _forces(case: _Case) -> None:
    if not case.model.supports.forced_patches:
        return
    free = case.drawn(case.prompts[:1], [7])[0]
    place = case.model.patches // 2
    patch = divmod(place, case.model.columns)
    code = (int(free[place]) + 1) % case.model.codebook_size
    changed = case.drawn(case.prompts[:1], [7], edits=[Force((patch,), (code,))])[0]
    _require(
        torch.equal(changed[:place], free[:place]) and int(changed[place]) == code,
        f"with a code forced at patch {place}, the patches before it are others than without, or "
        f"the code is not there.",
    )


def _cuts_words(case: _Case) -> None:
    if not case.model.supports.edits:
        return
    word = case.model.encode_text(case.prompts[0]).words[-1].text
    one = request(case.model, case.model.encode_text(case.prompts[0]), [0], [KnockOut(word)])
    _require(one.inside, "a knock-out came to nothing.")
    before = case.drawn(case.prompts[:1], [0], executor="reference")
    case.drawn(case.prompts[:1], [0], edits=[KnockOut(word)])
    after = case.drawn(case.prompts[:1], [0], executor="reference")
    _require(torch.equal(before, after), "a knock-out is still there after its drawing has ended.")


def _tells_heads_apart(case: _Case) -> None:
    model = case.model
    last = model.layers - 1
    points = [f"block.{last}.{name}" for name in ("attn.head", "attn.out", "resid_out")]
    if not set(points) <= set(model.points):
        return  # it shows no such points, so nothing is promised about them
    with torch.inference_mode():
        out = model.forward(case.text(), case.codes(len(case.prompts)), want=points)
        head, written, stream = (out.wanted[point].float() for point in points)
        matrices, bias = model.output_projection(last)
        apart = torch.einsum("bhsc,hcd->bsd", head, matrices.float()) + bias.float() - written
        _require(
            float(apart.abs().max()) <= case.tolerance,
            f"the heads of layer {last} times output_projection, plus its bias, differ from "
            f"{points[1]} by {float(apart.abs().max()):.2g}.",
        )
        first = model.text_length - 1
        rows = stream[:, first : first + model.patches]
        apart = model.read_out(rows) - out.code_logits
        _require(
            float(apart.abs().max()) <= case.tolerance,
            f"read_out of {points[2]} differs from the logits by {float(apart.abs().max()):.2g}.",
        )
        codes = case.codes(len(case.prompts))
        pushed = model.push(rows, torch.stack([rows, rows / 2, rows / 2]), codes)
        apart = pushed[0] - pushed[1] - pushed[2]
        _require(
            pushed.shape == (3, *codes.shape) and float(apart.abs().max()) <= case.tolerance,
            "push of a whole is not the sum of the pushes of its parts.",
        )


def _draws_and_reads_pictures(case: _Case) -> None:
    model = case.model
    grids = case.codes(2).view(2, model.rows, model.columns)
    pixels = model.decode_codes(grids)
    shape = (2, model.rows * model.patch, model.columns * model.patch, 3)
    _require(
        pixels.dtype == torch.uint8 and tuple(pixels.shape) == shape,
        f"decode_codes() returned {pixels.dtype} {tuple(pixels.shape)}, not uint8 {shape}.",
    )
    vectors = model.code_vectors()
    _require(
        vectors.ndim == 2 and len(vectors) == model.codebook_size,
        f"code_vectors() returned the shape {tuple(vectors.shape)}, not one vector for each of "
        f"the {model.codebook_size} codes.",
    )
    if model.supports.window:
        rows, columns = model.footprint(range(1), range(1))
        window = model.decode_codes(grids, window=(rows, columns))
        same = pixels[:, : window.shape[1], : window.shape[2]]
        _require(
            torch.equal(window, same),
            "a window decoded alone has other pixels than in the whole picture, though the model "
            "says that it supports windows.",
        )
        other = grids.clone()
        other[:, 0, 0] = (other[:, 0, 0] + 1) % model.codebook_size
        changed = (model.decode_codes(other) != pixels).any(dim=0).any(dim=-1)
        far = changed.clone()
        far[: len(rows) * model.patch, : len(columns) * model.patch] = False
        _require(not bool(far.any()), "a code changes pixels outside its footprint.")
    if model.supports.image_encoding:
        codes = model.encode_image(pixels)
        _require(
            tuple(codes.shape) == tuple(grids.shape)
            and 0 <= int(codes.min()) <= int(codes.max()) < model.codebook_size,
            "encode_image() returned codes of another grid or outside the codebook.",
        )


def _decodes_windows(case: _Case) -> None:
    """One window of every picture is what is cut out of the whole, wherever it lies."""
    model = case.model
    grids = case.codes(5).view(5, model.rows, model.columns)
    known = grids % 3 > 0
    for size in ((1, 1), (min(2, model.rows), min(3, model.columns)), (model.rows, model.columns)):
        down, right = model.rows - size[0], model.columns - size[1]
        places = [[0, 0], [0, right], [down, 0], [down, right], [down // 2, right // 2]]
        corners = torch.tensor(places, device=model.device)
        side = (model.patch * size[0], model.patch * size[1])
        for told in (None, known):
            found = model.decode_windows(grids, corners, size, known=told)
            whole = model.decode_codes(grids, known=told)
            cut = cut_windows(whole, model.patch * corners, side)
            _require(
                found.dtype == torch.uint8 and found.shape == cut.shape,
                f"decode_windows() returned {found.dtype} {tuple(found.shape)} for windows of "
                f"{size} patches, not uint8 {tuple(cut.shape)}.",
            )
            apart = int((found.int() - cut.int()).abs().max())
            _require(
                apart <= 1,
                f"decode_windows() returns pixels that differ by {apart} levels from those of "
                f"decode_codes(), and without a reach only the last bit may.",
            )
            near = model.decode_windows(grids, corners, size, known=told, reach=0)
            _require(near.shape == cut.shape, "with a reach, windows have another size.")
    _require(
        _refused(lambda: model.decode_windows(grids, corners + 1, (1, model.columns))),
        "decode_windows() decodes a window that reaches out of the picture.",
    )


def _honest_card(case: _Case) -> None:
    """What the model says it cannot do is refused with a sentence, not done badly."""
    model, can = case.model, case.model.supports
    text = model.encode_text(case.prompts[0])
    whole = torch.zeros(1, *(s * model.patch for s in (model.rows, model.columns)), 3)
    for supported, what, attempt in (
        (
            can.image_encoding,
            "image_encoding",
            lambda: model.encode_image(whole.to(torch.uint8)),
        ),
        (
            can.edits,
            "edits",
            lambda: request(model, text, [0], [KnockOut(text.words[0].text)]),
        ),
        (
            can.forced_patches,
            "forced_patches",
            lambda: request(model, text, [0], [Force(((0, 0),), (0,))]),
        ),
    ):
        _require(
            _refused(attempt) != supported,
            f"supports.{what} is {supported}, but the model "
            f"{'refuses it' if supported else 'does it all the same'}.",
        )
    if can.guidance:
        _require(
            tuple(model.null) != tuple(text.ids),
            "supports.guidance is True, but the null text is the prompt itself.",
        )
