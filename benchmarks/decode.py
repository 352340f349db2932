"""How fast are codes drawn, and by how much faster than others? `python -m benchmarks.decode`

Contenders of one architecture and one set of random weights draw 256 codes in turn, A B C A B C,
so that a noisy machine is noisy for all of them; their logits are compared first, and a contender
whose logits differ is not timed. Floors (the least time that this machine needs to read the
weights and caches, and to multiply) are measured in the same run. Last, one JSON line.

Peers are optional: those that cannot be imported are left out and named. `pip install
transformers` brings GPT-2's `generate`, the loop that most people use.
"""

import argparse
import dataclasses
import gc
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.surroundings import surroundings
from dalle_explore.models.presets import PriorConfig, preset
from dalle_explore.models.prior import Prior
from dalle_explore.sampling.pick import pick
from dalle_explore.settings import Settings

TOLERANCE = 1e-3  # of logits, in fp32
WARM = Settings()


@dataclasses.dataclass
class Contender:
    """Somebody who draws."""

    name: str
    draw: Callable[[Tensor, int], Any]  # (text [b t], codes to draw): draws them
    logits: Callable[[Tensor, Tensor], Tensor]  # (text [b t], codes [b p]) -> logits [b p k]
    precision: str = "fp32"
    most: int | None = None  # codes it is asked for, where all would take minutes


def ours(prior: Prior, executor: Any, precision: str) -> Contender:
    """Our prefill and step, with our noise."""
    dtype = {"fp32": torch.float32, "bf16": torch.bfloat16}[precision]

    @torch.inference_mode()
    def draw(text: Tensor, count: int) -> None:
        seeds = torch.arange(len(text))
        state = prior.prefill(text, dtype=dtype, executor=executor)
        for position in range(count):
            codes = pick(state.logits, seeds, position, WARM)
            if position + 1 < count:
                prior.step(state, codes)

    @torch.inference_mode()
    def logits(text: Tensor, codes: Tensor) -> Tensor:
        state = prior.prefill(text, dtype=dtype, executor=executor)
        rows = [state.logits]
        rows += [prior.step(state, codes[:, i]) for i in range(codes.shape[1] - 1)]
        return torch.stack(rows, dim=1)

    return Contender(f"ours, {executor}", draw, logits, precision)


def naive(prior: Prior) -> Contender:
    """No cache: everything is read again for every code."""

    @torch.inference_mode()
    def draw(text: Tensor, count: int) -> None:
        seeds, codes = torch.arange(len(text)), text.new_empty(len(text), 0)
        for position in range(count):
            x = prior.norm(prior.blocks_of(prior.embed(text, codes)))[:, -1]
            new = pick(prior.code_head(x), seeds, position, WARM)
            codes = torch.cat([codes, new[:, None]], dim=1)

    return Contender(
        "naive re-forward", draw, lambda text, codes: prior(text, codes).code_logits, most=16
    )


class NormalisedProjection(nn.Module):
    """GPT-2's `c_attn` with our normalisation of queries and keys behind it."""

    def __init__(self, attn: Any) -> None:
        super().__init__()
        self.attn = attn

    def forward(self, x: Tensor) -> Tensor:
        heads = self.attn.project(x)
        return torch.cat([part.transpose(1, 2).flatten(2) for part in heads], dim=-1)


def gpt2(prior: Prior, cache: str, precision: str) -> Contender:
    """transformers' GPT-2 with our weights: texts, pads and codes are one vocabulary."""
    from transformers import GPT2Config, GPT2LMHeadModel

    c = prior.config
    texts, pads = c.codebook_size, c.codebook_size + c.text_vocabulary
    model = GPT2LMHeadModel(
        GPT2Config(
            vocab_size=pads + c.text_length,
            n_positions=c.sequence,
            n_embd=c.width,
            n_layer=c.layers,
            n_head=c.heads,
            activation_function="gelu",
            resid_pdrop=0.0,
            embd_pdrop=0.0,
            attn_pdrop=0.0,
            tie_word_embeddings=False,
            bos_token_id=None,
            eos_token_id=None,
        )
    ).eval()
    body = model.transformer
    with torch.no_grad():
        body.wte.weight.copy_(torch.cat([prior.code.weight, prior.text.weight, prior.pad]))
        body.wpe.weight.copy_(torch.cat([prior.text_position, prior.patch_position()]))
        for theirs, block in zip(body.h, prior.blocks, strict=True):
            theirs.ln_1.load_state_dict(block.norm_attn.state_dict())
            theirs.ln_2.load_state_dict(block.norm_mlp.state_dict())
            theirs.attn.c_attn = NormalisedProjection(block.attn)
            for mine, yours in (
                (block.attn.out, theirs.attn.c_proj),
                (block.up, theirs.mlp.c_fc),
                (block.down, theirs.mlp.c_proj),
            ):
                yours.weight.copy_(mine.weight.t())
                yours.bias.copy_(mine.bias)
        body.ln_f.load_state_dict(prior.norm.state_dict())
        model.lm_head = prior.code_head
    if precision == "bf16":
        import copy

        model = copy.deepcopy(model).to(torch.bfloat16)

    def ids(text: Tensor) -> Tensor:
        place = torch.arange(c.text_length)
        return torch.where(text >= 0, text + texts, place + pads)

    @torch.inference_mode()
    def draw(text: Tensor, count: int) -> None:
        model.generate(
            ids(text),
            attention_mask=torch.ones_like(text),
            do_sample=True,
            top_k=0,
            max_new_tokens=count,
            min_new_tokens=count,
            pad_token_id=0,
            **({"cache_implementation": "static"} if cache == "static" else {}),
        )

    @torch.inference_mode()
    def logits(text: Tensor, codes: Tensor) -> Tensor:
        found = model(torch.cat([ids(text), codes], dim=1)).logits
        return found[:, c.text_length - 1 : -1].float()

    return Contender(f"transformers GPT-2 generate, {cache} cache", draw, logits, precision)


def contenders(prior: Prior, precisions: list[str]) -> Iterator[Contender]:
    """Everybody who can be imported here."""
    for precision in precisions:
        yield ours(prior, "fast", precision)
        yield ours(prior, "reference", precision)
        try:
            for cache in ("dynamic", "static"):
                yield gpt2(prior, cache, precision)
        except ImportError as error:
            print(f"left out: transformers ({error})", file=sys.stderr)
        if precision == "fp32":
            yield naive(prior)


def floor(prior: Prior, batch: int) -> dict[str, float]:
    """The least seconds a step: reading weights and caches, and multiplying, as measured here."""
    c = prior.config
    weights = sum(p.numel() for b in prior.blocks for p in b.parameters())
    weights += prior.code_head.weight.numel()
    caches = 2 * c.layers * c.width * (c.text_length + c.patches / 2) * batch
    big = torch.empty(64 * 2**20 // 4)
    big.sum()
    read = best(lambda: big.sum()) / (big.numel() * 4)
    a, w = torch.randn(max(batch, 4), c.width), torch.randn(c.width, 4 * c.width)
    a @ w
    multiply = best(lambda: a @ w) / (2 * a.numel() * 4 * c.width)
    work = 2 * batch * weights + 4 * c.layers * c.width * (c.text_length + c.patches / 2) * batch
    return {"read": 4 * (weights + caches) * read, "multiply": work * multiply}


def best(call: Callable[[], Any], times: int = 7) -> float:
    """The shortest of some calls, seconds."""
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        call()
        spent.append(time.perf_counter() - began)
    return min(spent)


def main() -> None:
    """Compare logits, take turns, print the table, then the JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default="pocket")
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 16, 64])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--codes", type=int, default=256, help="codes to draw of each picture")
    parser.add_argument("--precisions", nargs="+", default=["fp32"], choices=["fp32", "bf16"])
    parser.add_argument("--threads", type=int, default=None)
    args = parser.parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    config: PriorConfig = preset(args.preset).prior
    prior = Prior(config).eval().requires_grad_(False)
    text = torch.randint(config.text_vocabulary, (max(args.batches), config.text_length))
    text[:, 20:] = -1
    rows = []
    for batch in args.batches:
        people = agreeing(list(contenders(prior, args.precisions)), prior, text[:2])
        times = turns(people, text[:batch], min(args.codes, config.patches), args.rounds)
        least = floor(prior, batch)
        for who in people:
            spent = statistics.median(times[who.name, who.precision])
            rows.append(
                {
                    "batch": batch,
                    "who": who.name,
                    "precision": who.precision,
                    "ms_a_step": 1000 * spent,
                    "tokens_a_second": batch / spent,
                    "seconds_a_picture": spent * config.patches / batch,
                    "times_the_floor": spent / max(least.values()),
                    "all_ms": [round(1000 * one, 3) for one in times[who.name, who.precision]],
                }
            )
    show(rows)
    print(
        json.dumps(
            {
                "benchmark": "decode",
                **surroundings(),
                "threads": torch.get_num_threads(),
                "sizes": config.to_json(),
                "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
                "rows": [
                    {k: round(v, 4) if isinstance(v, float) else v for k, v in row.items()}
                    for row in rows
                ],
            }
        )
    )


def agreeing(people: list[Contender], prior: Prior, text: Tensor) -> list[Contender]:
    """Those whose logits are those of one honest reading."""
    c = prior.config
    codes = torch.randint(c.codebook_size, (len(text), c.patches))
    with torch.inference_mode():
        truth = prior(text, codes).code_logits
    kept = []
    for who in people:
        apart = float((who.logits(text, codes) - truth).abs().max())
        allowed = TOLERANCE if who.precision == "fp32" else 0.05 * float(truth.abs().max())
        if apart <= allowed:
            kept.append(who)
        else:
            print(f"left out: {who.name} ({who.precision}): logits differ by {apart:.2g}")
    return kept


def turns(
    people: list[Contender], text: Tensor, count: int, rounds: int
) -> dict[tuple[str, str], list[float]]:
    """Seconds a step, everybody in turn, after one short warm-up each."""
    times: dict[tuple[str, str], list[float]] = {(p.name, p.precision): [] for p in people}
    for who in people:
        who.draw(text, 4)
    for _ in range(rounds):
        for who in people:
            codes = min(count, who.most or count)
            gc.collect()
            began = time.perf_counter()
            who.draw(text, codes)
            times[who.name, who.precision].append((time.perf_counter() - began) / codes)
    return times


def show(rows: list[dict[str, Any]]) -> None:
    """Print the table; ratios are to our fast executor in the same precision and batch."""
    print(f"{'batch':>5} {'who':42} {'':5} {'ms/step':>8} {'tokens/s':>9} {'s/pict.':>8} ", end="")
    print(f"{'x floor':>8} {'we are':>8}")
    for row in rows:
        mine = next(
            r["ms_a_step"]
            for r in rows
            if r["who"] == "ours, fast"
            and (r["batch"], r["precision"]) == (row["batch"], row["precision"])
        )
        print(
            f"{row['batch']:5} {row['who']:42} {row['precision']:5} {row['ms_a_step']:8.2f} "
            f"{row['tokens_a_second']:9.0f} {row['seconds_a_picture']:8.2f} "
            f"{row['times_the_floor']:8.1f} {row['ms_a_step'] / mine:7.2f}x"
        )


if __name__ == "__main__":
    main()
