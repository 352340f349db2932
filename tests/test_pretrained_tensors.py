"""Weights on the disk: small, in several files where needed, and never quietly wrong."""

import pytest
import safetensors.torch
import torch

from dalle_explore.errors import InputError, ModelFileError
from dalle_explore.pretrained.tensors import fill, parse_tensors, write_network


def a_state():
    generator = torch.Generator().manual_seed(0)
    return {f"layer.{i}.weight": torch.randn(64, 32, generator=generator) for i in range(5)} | {
        "count": torch.arange(3)
    }


def read(paths):
    return {n: t for p in paths for n, t in parse_tensors(p.read_bytes(), p).items()}


@pytest.mark.parametrize("dtype", ["fp16", "bf16", "fp32"])
def test_weights_come_back_as_fp32_rounded_once(tmp_path, dtype):
    state = a_state()
    (path,) = write_network(tmp_path, "prior", state, dtype=dtype)
    stored = {"fp16": torch.float16, "bf16": torch.bfloat16, "fp32": torch.float32}[dtype]
    assert path.name == "prior.safetensors"
    for name, tensor in read([path]).items():
        if name == "count":
            assert tensor.dtype == torch.int64 and tensor.equal(state[name])
        else:
            assert tensor.dtype == torch.float32
            assert tensor.equal(state[name].to(stored).float())


def test_a_large_network_lies_in_several_files_below_the_limit(tmp_path):
    state = a_state()
    paths = write_network(tmp_path, "prior", state, limit=10_000)
    assert [p.name for p in paths] == [f"prior-{i}-of-3.safetensors" for i in (1, 2, 3)]
    assert all(p.stat().st_size <= 10_000 for p in paths)
    assert set(read(paths)) == set(state)


def test_files_of_an_earlier_training_do_not_stay(tmp_path):
    write_network(tmp_path, "prior", a_state(), limit=10_000)
    write_network(tmp_path, "dvae", a_state())
    write_network(tmp_path, "prior", a_state())
    names = sorted(p.name for p in tmp_path.iterdir())
    assert names == ["dvae.safetensors", "prior.safetensors"]


def test_shared_and_transposed_tensors_can_be_written(tmp_path):
    weight = torch.randn(3, 4)
    (path,) = write_network(tmp_path, "prior", {"a": weight.T, "b": weight.T}, dtype="fp32")
    assert read([path])["b"].equal(weight.T)


def test_what_fp16_cannot_hold_is_refused_when_writing(tmp_path):
    with pytest.raises(InputError, match="'a' has weights that are not finite"):
        write_network(tmp_path, "prior", {"a": torch.tensor([1e6])})
    with pytest.raises(InputError, match="takes 656 bytes, and a file may have 500"):
        write_network(tmp_path, "prior", {"a": torch.zeros(200)}, limit=500)
    with pytest.raises(InputError, match="dtype is 'int4'"):
        write_network(tmp_path, "prior", {}, dtype="int4")
    assert not list(tmp_path.iterdir())


def test_any_damage_is_the_one_error_or_another_set_of_numbers():
    data = bytearray(safetensors.torch.save({"a": torch.zeros(4), "b": torch.ones(2, 2)}))
    generator = torch.Generator().manual_seed(1)
    refused = 0
    for _ in range(2000):
        flipped = bytearray(data)
        bit = int(torch.randint(8 * len(data), (), generator=generator))
        flipped[bit // 8] ^= 1 << bit % 8
        try:
            parse_tensors(bytes(flipped), "prior.safetensors")
        except ModelFileError as error:
            assert str(error).startswith("prior.safetensors") and "\n" not in str(error)
            refused += 1
    assert refused > 500


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\x80\x04pickle", b"\xff" * 100, b"{}"])
def test_foreign_files_are_refused(data):
    with pytest.raises(ModelFileError, match="not a readable safetensors file"):
        parse_tensors(data, "x.safetensors")


def test_infinite_weights_are_refused():
    data = safetensors.torch.save({"a": torch.tensor([1.0, float("nan")])})
    with pytest.raises(ModelFileError, match="not finite numbers, in 'a'"):
        parse_tensors(data, "x.safetensors")


def test_a_network_is_filled_exactly():
    network = torch.nn.Linear(3, 2)
    good = {"weight": torch.ones(2, 3), "bias": torch.zeros(2)}
    fill(network, good, "w")
    assert network(torch.ones(1, 3)).tolist() == [[3.0, 3.0]]
    with pytest.raises(ModelFileError, match="w lacks the weights 'bias'"):
        fill(network, {"weight": good["weight"]}, "w")
    with pytest.raises(ModelFileError, match="unknown weights 'extra'"):
        fill(network, {**good, "extra": torch.ones(1)}, "w")
    with pytest.raises(ModelFileError, match=r"shape \(3, 2\).*\(2, 3\)"):
        fill(network, {**good, "weight": torch.ones(3, 2)}, "w")
