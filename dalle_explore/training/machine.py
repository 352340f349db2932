"""The machine a training runs on: device, numeric precision, number of processes."""

import contextlib
import ctypes
import datetime
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
import torch.distributed as dist

from dalle_explore.errors import MachineError
from dalle_explore.kernel import cores
from dalle_explore.settings import Settings


@dataclass(frozen=True)
class Machine:
    """Where one process of a training computes.

    ``rank`` of ``world_size`` processes; rank 0 writes. ``precision`` is the class of the matrix
    products (bf16 means autocast; weights, optimizer and losses stay fp32).
    """

    device: torch.device
    precision: str
    rank: int = 0
    world_size: int = 1

    @property
    def writes(self) -> bool:
        """Whether this process writes files and shows progress."""
        return self.rank == 0

    def autocast(self) -> torch.autocast:
        """The context in which losses are computed."""
        on = self.precision == "bf16"
        return torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=on)

    def shared(self, value: Any) -> Any:
        """Rank 0's ``value`` (plain Python data) on every rank; also a point where all wait."""
        if self.world_size == 1:
            return value
        held = [value]
        dist.broadcast_object_list(held, src=0)
        return held[0]

    def describe(self) -> dict[str, Any]:
        """Facts for the log and the card."""
        name = self.device.type
        if name == "cuda":
            name = torch.cuda.get_device_name(self.device)
        return {
            "device": name,
            "precision": self.precision,
            "processes": self.world_size,
            "threads": torch.get_num_threads(),
            "torch": torch.__version__,
        }


def fast_bf16(device: torch.device) -> bool:
    """Whether ``device`` multiplies bfloat16 matrices in hardware.

    On a processor without AVX512-BF16 or AMX tiles bf16 is emulated and slower than fp32.
    The flags are asked, not a stopwatch: a timing could choose differently on every start.
    """
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type != "cpu":
        return False
    # Private names of torch.cpu, so each may be missing in another version: absent means no.
    probes = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(getattr(torch.cpu, probe, bool)() for probe in probes)


def choose_device(asked: str | None) -> torch.device:
    """The device named by ``asked``, or CUDA when there is one, else the processor.

    Raises:
        InputError: the name is not "cpu", "cuda" or "cuda:0" (or another number).
        MachineError: a GPU was asked for and there is none.
    """
    if asked is None:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    device = torch.device(Settings(device=asked).device)
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise MachineError(
            f"device is {asked!r}, but this machine (with this build of torch) has "
            f"{torch.cuda.device_count()} GPUs, numbered from 0: leave --device out to train on "
            f"what there is."
        )
    return device


def keep_memory() -> None:
    """Ask glibc to keep what tensors free, instead of handing it back to the system each time.

    Otherwise every large tensor of every step is mapped and zeroed anew: a tenth of a step's time.
    Where there is no glibc (macOS, Windows, musl) nothing happens. The numbers are those of
    ``malloc.h``, see mallopt(3); the setting holds until the process ends.
    """
    trim_threshold, top_pad, mmap_max = -1, -2, -4
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    mallopt(mmap_max, 0)
    mallopt(trim_threshold, 2**31 - 1)
    mallopt(top_pad, 2**26)


@contextlib.contextmanager
def open_machine(device: str | None = None, precision: str | None = None) -> Iterator[Machine]:
    """Choose device and precision; join the other processes when started by ``torchrun``.

    Raises:
        InputError: an unknown device or precision.
        MachineError: a device that is not there.
    """
    if precision is not None:
        Settings(precision=precision)
    chosen = choose_device(device)
    world_size = int(os.environ.get("WORLD_SIZE", "1"))
    rank = int(os.environ.get("RANK", "0")) if world_size > 1 else 0
    if world_size > 1 and chosen.type == "cuda":
        chosen = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
        torch.cuda.set_device(chosen)
    if chosen.type == "cpu" and torch.get_num_threads() > cores():
        # In a container torch counts the cores of the host, not those it may use.
        torch.set_num_threads(cores())
    machine = Machine(
        device=chosen,
        precision=precision or ("bf16" if fast_bf16(chosen) else "fp32"),
        rank=rank,
        world_size=world_size,
    )
    if world_size > 1:
        # Long enough for rank 0 to draw or encode a whole training split while the others wait.
        dist.init_process_group(
            "nccl" if chosen.type == "cuda" else "gloo", timeout=datetime.timedelta(hours=3)
        )
    # fp32 means fp32 here: the shortened TF32 of convolutions is on by default on GPUs.
    before = torch.backends.cudnn.allow_tf32
    torch.backends.cudnn.allow_tf32 = False
    if chosen.type == "cpu":
        keep_memory()
    # A cold relaxation is full of numbers below 1e-38, on which processors are many times slower;
    # as zeros they halve the time of the dVAE's step. Threads started from here on inherit it.
    torch.set_flush_denormal(True)
    try:
        yield machine
    finally:
        torch.set_flush_denormal(False)
        torch.backends.cudnn.allow_tf32 = before
        if world_size > 1:
            dist.destroy_process_group()
