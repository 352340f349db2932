"""A whole model in miniature, made in a second: real networks, random weights.

Its pictures mean nothing, but everything around them is as with a trained model.
"""

import dataclasses
from pathlib import Path

import torch

from dalle_explore.files import write_atomic
from dalle_explore.models.dvae import DVAE
from dalle_explore.models.presets import DVAEConfig, PriorConfig
from dalle_explore.models.prior import Prior
from dalle_explore.pretrained.card import Card, Network, Training, write_card
from dalle_explore.pretrained.tensors import write_network
from dalle_explore.scoring.merges import learn_merges
from dalle_explore.scoring.network import ClipConfig, make_clip, save_clip
from dalle_explore.settings import Settings
from dalle_explore.text.tokenizer import learn_tokenizer

CAPTIONS = (
    "an illustration of a baby penguin with headphones skating on ice",
    "a hedgehog drinking tea",
    "a red cube on top of a blue sphere",
    "a green clock with five sides",
)

TRAINING = Training("nothing: random weights", 1, 0, "a test", 0.0)

DVAE_CONFIG = DVAEConfig(
    size=32,
    codebook_size=16,
    code_width=4,
    encoder_widths=(4, 4),
    encoder_blocks=(0, 0),
    decoder_widths=(4, 4, 4),
    decoder_blocks=(0, 0, 0),
)


def make_tiny_bundle(
    folder: Path,
    *,
    clip: bool = True,
    seed: int = 0,
    name: str = "tiny",
    side: int = 4,
    layers: int = 2,
    heads: int = 2,
    codebook_size: int = 16,
) -> Card:
    """Write a model of random weights into ``folder`` and return its card.

    4 x 4 codes out of 16 make a picture of 32 x 32 pixels, unless asked for more; what CLIP reads
    has that size.
    """
    dvae_config = dataclasses.replace(DVAE_CONFIG, size=8 * side, codebook_size=codebook_size)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = learn_tokenizer(CAPTIONS, size=300)
    write_atomic(folder / "tokenizer.json", tokenizer.to_json().encode("utf-8"))
    prior_config = PriorConfig(
        layers=layers,
        width=16,
        heads=heads,
        text_vocabulary=tokenizer.vocabulary_size,
        codebook_size=codebook_size,
        rows=side,
        columns=side,
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        dvae, prior = DVAE(dvae_config), Prior(prior_config)
        for network in (dvae, prior):
            for parameter in network.parameters():
                # Weights as they come at the start of a training would draw one colour.
                parameter.data += 0.3 * torch.randn_like(parameter)
    networks = {"tokenizer": Network({"size": tokenizer.vocabulary_size}, 0, TRAINING)}
    for part, network in (("dvae", dvae), ("prior", prior)):
        write_network(folder, part, network.state_dict())
        count = sum(p.numel() for p in network.parameters())
        networks[part] = Network(network.config.to_json(), count, TRAINING)
    if clip:
        networks["clip"] = _write_clip(folder / "clip", seed)
    return write_card(
        folder,
        Card(name=name, about="random weights", settings=Settings(top_k=8), networks=networks),
    )


def _write_clip(folder: Path, seed: int) -> Network:
    """Importing open_clip for it costs seconds; tests that do not score leave it out."""
    merges = learn_merges(CAPTIONS, 20)
    config = ClipConfig(
        image_size=32,
        vision_width=2,
        text_width=8,
        text_layers=1,
        text_heads=1,
        embedding=8,
        context=56,
        merges=len(merges),
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = make_clip(config, merges)
    save_clip(folder, model, config, merges)
    return Network(config.to_json(), sum(p.numel() for p in model.parameters()), TRAINING)
