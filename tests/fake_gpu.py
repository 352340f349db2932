"""A GPU that is not there: shapes, dtypes and devices without values, and an eye on waiting.

torch's FakeTensorMode runs the code that a GPU would run, the branches for its device included,
but computes nothing. What would fetch a value from the device cannot be done with a fake tensor
and raises; what would copy between host and device is raised here.
"""

import copy

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


class Waits(AssertionError):
    """An operation for which the host would have to wait for the GPU."""


# Each of these needs a value, or a size that depends on values.
FETCHING = {"_local_scalar_dense", "item", "equal", "nonzero", "_unique2", "unique_dim"}
FETCHING |= {"masked_select", "unique_consecutive", "repeat_interleave", "is_nonzero"}


class NoWaiting(TorchDispatchMode):
    """Raises ``Waits`` at the first operation that fetches, or that crosses between devices."""

    def __init__(self):
        super().__init__()
        self.seen = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.seen += 1
        name = func.overloadpacket.__name__
        if name in FETCHING:
            raise Waits(f"aten::{name} fetches a value")
        if (
            name.startswith(("index", "_index_put"))
            and len(args) > 1
            and isinstance(args[1], list)
        ):
            masks = [one for one in args[1] if one is not None and one.dtype == torch.bool]
            if masks:
                raise Waits(f"aten::{name} with a mask has a size that depends on values")
        found = func(*args, **(kwargs or {}))
        tensors = [
            leaf
            for leaf in tree_leaves((args, kwargs or {}, found))
            if isinstance(leaf, torch.Tensor)
        ]
        if len({tensor.device for tensor in tensors}) > 1:
            raise Waits(f"aten::{name} has tensors on several devices")
        return found


def on_a_fake_gpu(thing, monkeypatch):
    """A deep copy whose tensors and parameters are fakes on a GPU, and the mode they live in."""
    mode = FakeTensorMode()

    def faked(tensor, memo):
        if id(tensor) not in memo:
            with mode:
                empty = torch.empty_strided(
                    tensor.shape, tensor.stride(), dtype=tensor.dtype, device="cuda"
                )
            memo[id(tensor)] = empty
        return memo[id(tensor)]

    with monkeypatch.context() as patch:
        patch.setattr(torch.Tensor, "__deepcopy__", faked)
        patch.setattr(torch.nn.Parameter, "__deepcopy__", faked)
        return copy.deepcopy(thing), mode
