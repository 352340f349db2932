"""Others who draw codes in ``benchmarks.decode``: with our weights, or of our size.

Their own code runs as it was shipped; only weights, and where weights would be fetched, are ours.
"""

import contextlib
import sys
import types
import warnings
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.contenders import Contender, Heard, Maker, Unfit, a_step, naive, ours
from dalle_explore.models.native import DTYPES
from dalle_explore.models.prior import Prior


class NormalisedProjection(nn.Module):
    """GPT-2's own ``c_attn``, and behind it our normalisation of queries and keys."""

    def __init__(self, c_attn: nn.Module, norm: nn.LayerNorm) -> None:
        super().__init__()
        self.c_attn, self.norm = c_attn, norm

    def forward(self, x: Tensor) -> Tensor:
        qkv = self.c_attn(x)
        third = qkv.shape[-1] // 3
        qk = qkv[..., : 2 * third].unflatten(-1, (-1, self.norm.normalized_shape[0]))
        return torch.cat([self.norm(qk).flatten(-2), qkv[..., 2 * third :]], dim=-1)


def gpt2_of(prior: Prior, dtype: torch.dtype) -> Any:
    """Return transformers' GPT-2 with copies of our weights.

    Codes, text tokens and pads are one vocabulary, of which only codes are ever predicted.
    """
    from transformers import GPT2Config, GPT2LMHeadModel

    c = prior.config
    config = GPT2Config(
        vocab_size=c.codebook_size + c.text_vocabulary + c.text_length,
        n_positions=c.sequence,
        n_embd=c.width,
        n_layer=c.layers,
        n_head=c.heads,
        activation_function="gelu",
        tie_word_embeddings=False,
        bos_token_id=None,
        eos_token_id=None,
        attn_implementation="sdpa",
    )
    model = GPT2LMHeadModel(config).eval().requires_grad_(False)
    body = model.transformer
    model.lm_head = nn.Linear(c.width, c.codebook_size, bias=False)
    with torch.no_grad():
        model.lm_head.weight.copy_(prior.code_head.weight)
        body.wte.weight.copy_(torch.cat([prior.code.weight, prior.text.weight, prior.pad]))
        body.wpe.weight.copy_(torch.cat([prior.text_position, prior.patch_position()]))
        for theirs, block in zip(body.h, prior.blocks, strict=True):
            attn = block.attn
            theirs.attn.c_attn.weight.copy_(torch.cat([attn.qk.weight, attn.v.weight]).t())
            theirs.attn.c_attn.bias.zero_()
            for mine, yours in (
                (attn.out, theirs.attn.c_proj),
                (block.up, theirs.mlp.c_fc),
                (block.down, theirs.mlp.c_proj),
            ):
                yours.weight.copy_(mine.weight.t())
                yours.bias.copy_(mine.bias)
            theirs.ln_1.load_state_dict(block.norm_attn.state_dict())
            theirs.ln_2.load_state_dict(block.norm_mlp.state_dict())
            norm = nn.LayerNorm(c.width // c.heads, bias=False)
            norm.load_state_dict(attn.norm.state_dict())
            theirs.attn.c_attn = NormalisedProjection(theirs.attn.c_attn, norm)
        body.ln_f.load_state_dict(prior.norm.state_dict())
    return model.to(dtype).requires_grad_(False)


def gpt2(cache: str) -> Maker:
    """GPT-2's ``generate``, the loop that most people use, with its sdpa attention."""

    def make(name: str, prior: Prior, precision: str) -> Contender:
        model = gpt2_of(prior, DTYPES[precision])
        if model.config._attn_implementation != "sdpa":
            raise Unfit(f"its attention is {model.config._attn_implementation}, not sdpa")
        c = prior.config

        @torch.inference_mode()
        def generate(prompt: Tensor, pictures: int, count: int, **options: Any) -> Any:
            said, places = prompt + c.codebook_size, torch.arange(c.text_length)
            pads = places + c.codebook_size + c.text_vocabulary
            ids = torch.where(prompt >= 0, said, pads)[None]
            drawn = model.generate(
                ids,
                attention_mask=torch.ones_like(ids),
                num_return_sequences=pictures,
                do_sample=True,
                top_k=0,
                max_new_tokens=count,
                pad_token_id=0,
                cache_implementation=cache,
                return_dict_in_generate=True,
                **options,
            )
            if drawn.sequences.shape != (pictures, c.text_length + count):
                raise Unfit(f"it drew {tuple(drawn.sequences.shape)}")
            return drawn

        def heard(prompt: Tensor, pictures: int, count: int) -> Heard:
            drawn = generate(prompt, pictures, count, output_logits=True)
            return drawn.sequences[:, c.text_length :], torch.stack(drawn.logits, dim=1)

        return Contender(name, precision, a_step(prior), generate, heard)

    return make


class Enough(Exception):
    """As many codes as were asked for."""


def min_dalle(name: str, prior: Prior, precision: str) -> Contender:
    """min-dalle's encoder, decoder, loop and way of sampling as shipped, at our sizes.

    Another architecture (an encoder, and a decoder that looks at it), so nothing is compared but
    time. Depth, width, heads and vocabulary are ours; its gated MLP has the width that makes a
    layer as large as ours. Its numbers are its own defaults, with two rows a picture.
    """
    c = prior.config
    if precision != "fp32":
        raise Unfit("on a CPU its loop mixes fp32 caches with other weights, which torch refuses")
    if (c.text_length, c.patches) != (64, 256):
        raise Unfit("its loop is written for 64 text tokens and 256 codes")
    package = _import_min_dalle()
    decoder = package.DalleBartDecoder(
        image_vocab_count=c.codebook_size,
        embed_count=c.width,
        attention_head_count=c.heads,
        glu_embed_count=4 * c.width // 3,
        layer_count=c.layers,
        device="cpu",
    )
    used = [layer.parameters() for layer in decoder.layers] + [decoder.lm_head.parameters()]
    parameters = sum(p.numel() for part in used for p in part if p.ndim > 1)
    # Its loop begins with code 16383, whatever the codebook: a table to look it up in.
    decoder.embed_tokens = nn.Embedding(2**14 + 1, c.width)
    encoder = package.DalleBartEncoder(
        layer_count=c.layers,
        embed_count=c.width,
        attention_head_count=c.heads,
        text_vocab_count=c.text_vocabulary,
        text_token_count=c.text_length,
        glu_embed_count=4 * c.width // 3,
        device="cpu",
    )
    # Without __init__, which fetches weights.
    whole = package.MinDalle.__new__(package.MinDalle)
    whole.__dict__ |= {
        "device": "cpu",
        "dtype": torch.float32,
        "is_reusable": True,
        "text_token_count": c.text_length,
        "layer_count": c.layers,
        "embed_count": c.width,
        "encoder": encoder.eval().requires_grad_(False),
        "decoder": decoder.eval().requires_grad_(False),
        "detokenizer": types.SimpleNamespace(forward=lambda seamless, codes: codes),
    }
    sample = decoder.sample_tokens

    @torch.inference_mode()
    def draw(prompt: Tensor, pictures: int, count: int) -> None:
        side = round(pictures**0.5)
        if side**2 != pictures:
            raise Unfit(f"it draws 1, 4, 9, 16 ... pictures, not {pictures}")
        ids = prompt[prompt >= 0].tolist()
        whole.tokenizer = types.SimpleNamespace(tokenize=lambda text, is_verbose: ids)
        left = iter(range(count))

        def counted(**inputs: Any) -> Any:
            if next(left, None) is None:
                raise Enough
            return sample(**inputs)

        decoder.sample_tokens = counted
        with warnings.catch_warnings(), contextlib.suppress(Enough):
            warnings.simplefilter("ignore")  # it asks for CUDA's autocast, which is not there
            for _ in whole.generate_raw_image_stream("", seed=1, grid_size=side):
                pass

    return Contender(name, precision, parameters, draw, rows=2)


def _import_min_dalle() -> types.SimpleNamespace:
    """Import it, and undo what its import does to the whole process."""
    threads, grad = torch.get_num_threads(), torch.is_grad_enabled()
    tf32 = torch.backends.cudnn.allow_tf32
    try:
        from min_dalle import MinDalle
        from min_dalle.models import DalleBartDecoder, DalleBartEncoder
    finally:
        torch.set_num_threads(threads)
        torch.set_grad_enabled(grad)
        torch.backends.cudnn.allow_tf32 = tf32
    return types.SimpleNamespace(
        MinDalle=MinDalle, DalleBartDecoder=DalleBartDecoder, DalleBartEncoder=DalleBartEncoder
    )


MAKERS: dict[str, Maker] = {
    "ours, fast": ours("fast"),
    "ours, fast, torch alone": ours("fast", torch_alone=True),
    "ours, reference": ours("reference"),
    "transformers GPT-2, dynamic cache": gpt2("dynamic"),
    "transformers GPT-2, static cache": gpt2("static"),
    "naive re-forward": naive,
    "ours, fast, guided": ours("fast", guided=True),
    "min-dalle": min_dalle,
}


def taking_part(prior: Prior, precisions: Sequence[str], names: Sequence[str]) -> list[Contender]:
    """Everybody who can take part; who cannot, and why, is said on stderr."""
    found = []
    for precision in precisions:
        for name in names:
            try:
                found.append(MAKERS[name](name, prior, precision))
            except (ImportError, Unfit) as error:
                print(f"left out: {name} ({precision}): {error}", file=sys.stderr)
    return found
