"""Weights on the disk: safetensors in fp16 or bf16, in files of a limited size; fp32 in memory."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from dalle_explore.errors import InputError, ModelFileError
from dalle_explore.files import write_atomic

__all__ = ["FILE_LIMIT", "Hollow", "fill", "parse_tensors", "write_network"]

FILE_LIMIT = 15_000_000  # bytes of one file; larger networks are written in several

_TYPES = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}


def parse_tensors(data: bytes, path: str | os.PathLike[str]) -> dict[str, Tensor]:
    """Read the bytes of a safetensors file; floating point becomes fp32, on the CPU.

    Args:
        data: what lies in the file; it is hashed elsewhere, and parsed from the same bytes.
        path: names the file in the sentence.

    Raises:
        ModelFileError: not a safetensors file, or a weight that is not a finite number.
    """
    try:
        tensors = safetensors.torch.load(data)
    except (SafetensorError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise ModelFileError(
            f"{path} is not a readable safetensors file ({error}): get it again, or name another "
            f"model."
        ) from error
    tensors = {
        name: tensor.float() if tensor.is_floating_point() else tensor
        for name, tensor in tensors.items()
    }
    for name, tensor in tensors.items():
        if tensor.is_floating_point() and not tensor.isfinite().all():
            raise ModelFileError(
                f"{path} holds weights that are not finite numbers, in {name!r}: it is damaged, "
                f"or its training diverged; name another model."
            )
    return tensors


class Hollow(TorchFunctionMode):
    """Inside, networks are made on the meta device, and no weights are drawn for them.

    Nothing is allocated; ``fill`` brings the weights. Random numbers are left out too, because on
    that device torch makes them in Python and imports its compiler for it: two seconds, 150 MB.
    """

    def __enter__(self) -> "Hollow":
        self._device = torch.device("meta")
        self._device.__enter__()
        return super().__enter__()

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)
        self._device.__exit__(*error)

    def __torch_function__(
        self, function: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Do what is asked, except drawing numbers."""
        kwargs = kwargs or {}
        if getattr(function, "__module__", None) == "torch.nn.init":
            return args[0] if args else kwargs["tensor"]
        return (torch.empty if function is torch.randn else function)(*args, **kwargs)


def fill(network: nn.Module, tensors: Mapping[str, Tensor], where: str) -> None:
    """Put tensors into a network that has exactly these names and shapes.

    Args:
        network: gets the tensors as its weights.
        tensors: name -> tensor, fp32.
        where: names the file or files in the sentence.

    Raises:
        ModelFileError: a tensor is missing, unknown, or of another shape.
    """
    wanted = network.state_dict()
    for name in wanted:
        if name not in tensors:
            raise ModelFileError(
                f"{where} lacks the weights {name!r} that the card's sizes call for: it belongs "
                f"to another model, or is damaged."
            )
    for name, tensor in tensors.items():
        if name not in wanted:
            raise ModelFileError(
                f"{where} has the unknown weights {name!r}: it belongs to another model, or is "
                f"damaged."
            )
        if tensor.shape != wanted[name].shape:
            raise ModelFileError(
                f"{where} has {name!r} of shape {tuple(tensor.shape)}, but the card's sizes call "
                f"for {tuple(wanted[name].shape)}: it belongs to another model, or is damaged."
            )
    network.load_state_dict(dict(tensors), assign=True)


def write_network(
    folder: str | os.PathLike[str],
    part: str,
    state: Mapping[str, Tensor],
    *,
    dtype: str = "fp16",
    limit: int = FILE_LIMIT,
) -> tuple[Path, ...]:
    """Write one network as ``part.safetensors``, or as ``part-1-of-3.safetensors`` and so on.

    Older files of the same part are removed after the new ones are there.

    Args:
        folder: where the model lies.
        part: "dvae", "prior" or "judge".
        state: name -> tensor; floating point is stored as ``dtype``.
        dtype: "fp16", "bf16" or "fp32".
        limit: bytes of one file; no single tensor may be larger.

    Raises:
        InputError: an unknown ``dtype``, a tensor over the limit, or a weight that is not finite
            in that type.
        MachineError: the disk is full.
    """
    if dtype not in _TYPES:
        raise InputError(f"dtype is {dtype!r}, but the choices are {', '.join(_TYPES)}.")
    stored: list[dict[str, Tensor]] = [{}]
    room = limit
    for name, tensor in state.items():
        tensor = tensor.detach().cpu()
        if tensor.is_floating_point():
            tensor = tensor.to(_TYPES[dtype])
            if not tensor.isfinite().all():
                raise InputError(
                    f"cannot store {part} as {dtype}: {name!r} has weights that are not finite "
                    f"numbers there; train with a smaller step size, or store another type."
                )
        size = tensor.numel() * tensor.element_size() + 256  # of the header: name, shape, place
        if size > limit:
            raise InputError(
                f"cannot store {part}: {name!r} alone takes {size} bytes, and a file may have "
                f"{limit}; raise the limit."
            )
        if size > room:
            stored.append({})
            room = limit
        stored[-1][name] = tensor.clone(memory_format=torch.contiguous_format)
        room -= size
    folder, many = Path(folder), len(stored)
    names = [f"{part}-{i}-of-{many}" if many > 1 else part for i in range(1, many + 1)]
    written = tuple(
        write_atomic(folder / f"{name}.safetensors", safetensors.torch.save(tensors))
        for name, tensors in zip(names, stored, strict=True)
    )
    for old in (folder / f"{part}.safetensors", *folder.glob(f"{part}-*-of-*.safetensors")):
        if old not in written:
            old.unlink(missing_ok=True)
    return written
