"""The parts of a model: what each is made of, learns from, and leaves behind."""

import dataclasses
import functools
import gzip
import hashlib
from pathlib import Path
from typing import Any

import torch

from dalle_explore import world
from dalle_explore.errors import DataError, InputError
from dalle_explore.files import make_folder, write_atomic
from dalle_explore.judging.judge import Judge
from dalle_explore.judging.network import JUDGE_SIZES, JudgeConfig
from dalle_explore.models.dvae import DVAE
from dalle_explore.models.presets import DVAEConfig, Preset
from dalle_explore.models.prior import Prior
from dalle_explore.models.start import pictures_to_start, start_codes, start_from
from dalle_explore.pretrained.card import Training, read_card
from dalle_explore.scoring.merges import ClipTokenizer, learn_merges, write_merges
from dalle_explore.scoring.network import CLIP_SIZES, ClipConfig, make_clip, save_clip
from dalle_explore.seeds import rng
from dalle_explore.text.tokenizer import Tokenizer, learn_tokenizer
from dalle_explore.training.codes import EncodedExamples
from dalle_explore.training.data import Stream, WorldStream
from dalle_explore.training.export import (
    adopt,
    export_network,
    fill_from,
    has_part,
    note,
    part_digest,
    read_part,
    suggest_settings,
)
from dalle_explore.training.folder import FolderStream
from dalle_explore.training.machine import Machine
from dalle_explore.training.painter import Painter
from dalle_explore.training.recipes import EXAMPLES_FOR_WORDS, RECIPES
from dalle_explore.training.tasks.base import Recipe, Task
from dalle_explore.training.tasks.clip import ClipTask
from dalle_explore.training.tasks.dvae import DVAETask
from dalle_explore.training.tasks.judge import JudgeTask
from dalle_explore.training.tasks.prior import PROMPTS, PriorTask
from dalle_explore.training.tasks.tokenizer import captions_of

NEEDS: dict[str, tuple[str, ...]] = {
    "tokenizer": (),
    "dvae": (),
    "judge": (),
    "clip": (),
    "prior": ("tokenizer", "dvae"),
}
"""Parts that have to be there before another can be trained."""


@dataclasses.dataclass(frozen=True)
class Job:
    """What a person asks for."""

    preset: Preset
    out: Path
    data: Path | None = None  # a folder of captioned pictures; None: the drawn world
    seed: int = 0
    minutes: float | None = None
    steps: int | None = None
    resume: bool = False
    init_from: Path | None = None


class Workshop:
    """Builds the parts of one model for one job; what several parts need is made once."""

    def __init__(self, job: Job, machine: Machine, *, quiet: bool = False) -> None:
        self.job, self.machine, self.quiet = job, machine, quiet
        self.size = job.preset.dvae.size

    def folder(self, part: str) -> Path:
        """Where the work files of a part lie."""
        return self.job.out / "runs" / part

    def recipe(self, part: str) -> Recipe:
        """How a part is optimised."""
        return RECIPES[self.job.preset.name][part]

    @functools.cached_property
    def stream(self) -> Stream:
        """The captioned pictures that everything but the judge learns from."""
        if self.job.data is None:
            return WorldStream("train", self.size)
        cache = self.job.out / "runs" / "cache"
        stream = FolderStream(self.job.data, self.size, cache=cache, quiet=self.quiet)
        if not self.quiet:
            print(stream.report, flush=True)
        return stream

    @property
    def world_version(self) -> int | None:
        """The version of the world that is learned; None for a person's own pictures."""
        return world.WORLD_VERSION if self.job.data is None else None

    def provide(self, part: str) -> None:
        """See to it that what ``part`` needs is there, from ``--init-from`` if not otherwise.

        Raises:
            InputError: something has to be trained first.
        """
        lacking = [needed for needed in NEEDS[part] if not has_part(self.job.out, needed)]
        for needed in self.machine.shared(lacking):
            source = self.job.init_from
            if source is None or not has_part(source, needed):
                raise InputError(
                    f"the {part} needs a trained {needed}, and {str(self.job.out)!r} has none: "
                    f"train {needed} there first, or name a model that has one with --init-from."
                )
            if self.machine.writes:
                adopt(source, self.job.out, needed)
            self.machine.shared(None)

    # --- the tokenizer -------------------------------------------------------------------------

    def learn_words(self, training: Training) -> None:
        """Learn the tokenizer, or take over the one of ``--init-from``."""
        if self.job.init_from is not None and has_part(self.job.init_from, "tokenizer"):
            adopt(self.job.init_from, self.job.out, "tokenizer")
            return
        wanted = self.job.preset.prior.text_vocabulary
        tokenizer = learn_tokenizer(self._captions, size=wanted)
        make_folder(self.job.out)
        write_atomic(self.job.out / "tokenizer.json", tokenizer.to_json().encode("utf-8"))
        sizes = {"vocabulary": tokenizer.vocabulary_size, "length": tokenizer.length}
        note(self.job.out, "tokenizer", None, sizes, training)

    @functools.cached_property
    def _captions(self) -> list[str]:
        return list(captions_of(self.stream, EXAMPLES_FOR_WORDS))

    @functools.cached_property
    def tokenizer(self) -> Tokenizer:
        """The tokenizer of the model."""
        _, files = read_part(self.job.out, "tokenizer")
        return Tokenizer.from_json(files["tokenizer.json"].decode("utf-8"))

    # --- tasks ---------------------------------------------------------------------------------

    def task(self, part: str) -> Task:
        """The task of one part, its network started from random weights or ``--init-from``.

        Raises:
            InputError, ModelFileError: something it needs is missing or damaged.
        """
        torch.manual_seed(int(rng("weights", part, self.job.seed).integers(2**63)))
        make = {
            "dvae": self._dvae_task,
            "judge": self._judge_task,
            "clip": self._clip_task,
            "prior": self._prior_task,
        }
        return make[part]()

    def before(self, part: str) -> Training | None:
        """How the weights of ``--init-from`` came to be; None: a part starts from random ones."""
        source = self.job.init_from
        if source is None or not has_part(source, part):
            return None
        return read_card(source).networks[part].training

    def _start(self, part: str, network: torch.nn.Module) -> bool:
        """Fill a network from ``--init-from``; whether that was asked for and possible."""
        source = self.job.init_from
        if source is None or not has_part(source, part):
            return False
        fill_from(source, part, network)
        return True

    def _dvae_task(self) -> DVAETask:
        dvae = DVAE(self.job.preset.dvae)
        continued = self._start("dvae", dvae)
        if not continued:
            self._order_codebook(dvae)
        recipe = self.recipe("dvae")
        return DVAETask(dvae, recipe, self.stream, self.job.seed, continued=continued)

    def _order_codebook(self, dvae: DVAE) -> None:
        """Start a fresh dVAE from some of its pictures; too few of them leave it random."""
        indices = range(min(pictures_to_start(dvae.config), self.stream.limit))
        pictures = (
            torch.from_numpy(self.stream.pictures(indices)).permute(0, 3, 1, 2).float() / 255
        )
        try:
            start_from(dvae, pictures, torch.Generator().manual_seed(self.job.seed))
        except DataError:
            if not self.quiet:
                print(
                    "the pictures are too few to order the codebook; it starts random", flush=True
                )

    def trained_dvae(self) -> DVAE:
        """The dVAE as it was exported, rounding included, on the training's device."""
        card, _ = read_part(self.job.out, "dvae")
        dvae = DVAE(DVAEConfig.from_json(card.networks["dvae"].config))
        fill_from(self.job.out, "dvae", dvae)
        return dvae.eval().requires_grad_(False).to(self.machine.device)

    def _judge_task(self) -> JudgeTask:
        if self.job.data is not None:
            raise InputError(
                "the judge reads the facts of the drawn world, which a person's own pictures do "
                "not state: train it without --data, or take one over with --init-from."
            )
        judge = Judge(self._judge_config())
        self._start("judge", judge)
        dvae = self.trained_dvae() if has_part(self.job.out, "dvae") else None
        stream = WorldStream("judge", self.size)
        return JudgeTask(judge, self.recipe("judge"), stream, self.job.seed, dvae=dvae)

    def _judge_config(self) -> JudgeConfig:
        preset = self.job.preset
        return JudgeConfig(**preset.judge) if preset.judge else JUDGE_SIZES[preset.name]

    def _clip_task(self) -> ClipTask:
        config = self._clip_config()
        if self.machine.writes:
            self._provide_merges(config)
        self.machine.shared(None)
        words = ClipTokenizer.open(self._merges_path, config.context)
        network = make_clip(config, self._merges())
        self._start("clip", network)
        return ClipTask(network, words, self.recipe("clip"), self.stream, self.job.seed)

    @property
    def _merges_path(self) -> Path:
        return self.folder("clip") / "merges.txt.gz"

    def _provide_merges(self, config: ClipConfig) -> None:
        """Put the merges of CLIP's tokenizer beside its run: taken over, or learned."""
        make_folder(self.folder("clip"))
        source = self.job.init_from
        if source is not None and has_part(source, "clip"):
            _, files = read_part(source, "clip")
            write_atomic(self._merges_path, files["clip/merges.txt.gz"])
        elif not self._merges_path.is_file():
            write_merges(self._merges_path, learn_merges(self._captions, config.merges))

    def _merges(self) -> list[tuple[str, str]]:
        with gzip.open(self._merges_path, "rt", encoding="utf-8") as file:
            lines = file.read().split("\n")[1:]
        return [(left, right) for left, right in (line.split() for line in lines)]

    def _clip_config(self) -> ClipConfig:
        preset = self.job.preset
        return ClipConfig(**preset.clip) if preset.clip else CLIP_SIZES[preset.name]

    def _prior_task(self) -> PriorTask:
        tokenizer, dvae = self.tokenizer, self.trained_dvae()
        config = dataclasses.replace(
            self.job.preset.prior,
            text_vocabulary=tokenizer.vocabulary_size,
            text_length=tokenizer.length,
            codebook_size=dvae.config.codebook_size,
        )
        prior = Prior(config)
        if not self._start("prior", prior):
            chance = torch.Generator().manual_seed(self.job.seed)
            start_codes(prior, dvae.codebook, chance)
        folder = self.job.out / "runs" / "cache" / f"codes-{self.made_with()[:16]}"
        examples = EncodedExamples(self.stream, dvae, tokenizer, folder)
        painter = Painter(prior, dvae, tokenizer)
        prompts: tuple[str, ...] = PROMPTS
        if self.job.data is not None:
            prompts = tuple(self.stream.captions(index)[0] for index in range(6))
        recipe = self.recipe("prior")
        return PriorTask(
            prior, recipe, examples, self.job.seed, draw=painter.pictures, prompts=prompts
        )

    def made_with(self) -> str:
        """A digest of the tokenizer and the dVAE: what codes and token ids depend on."""
        digests = [part_digest(self.job.out, part) for part in NEEDS["prior"]]
        return hashlib.sha256("".join(digests).encode("ascii")).hexdigest()

    def data_digest(self, part: str, task: Task) -> str:
        """A digest of what a part learns from."""
        if part != "prior":
            return task.stream.digest
        return hashlib.sha256((task.stream.digest + self.made_with()).encode("ascii")).hexdigest()

    # --- results -------------------------------------------------------------------------------

    def export(self, part: str, task: Task, training: Training) -> None:
        """Write a trained part into the model and its card."""
        out = make_folder(self.job.out)
        network: Any = task.model
        if part in ("dvae", "prior"):
            export_network(out, part, network, training)
            if part == "prior":
                suggest_settings(out, network.config.codebook_size)
        elif part == "judge":
            network.save(out / "judge.safetensors")
            note(out, part, network, network.config, training)
        else:
            save_clip(out / "clip", network, self._clip_config(), self._merges())
            note(out, part, network, self._clip_config(), training)
