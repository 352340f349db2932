"""Choices that never change: numbers cut from a BLAKE2b digest of a name.

The splits of the world are data. numpy promises the same stream of *bits* for ever, but not the
same choices made from them, so what is frozen here rests on a hash standard (RFC 7693) alone.
"""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

_DIGEST_BITS = 512


class Dice:
    """A stream of choices named by a key such as ``Dice("train", 17)``.

    Args:
        key: parts joined into the name; equal keys give equal streams on every machine.
    """

    __slots__ = ("_key", "_block", "_pool", "_left")

    def __init__(self, *key: int | str) -> None:
        self._key = "/".join(map(str, key))
        self._block = 0
        self._pool = 0
        self._left = 0

    def below(self, n: int) -> int:
        """A whole number 0 <= value < n, even to better than one part in 2**64 (n < 2**32)."""
        bits = n.bit_length()
        # 64 bits stay in reserve: dividing what is left by n would be uneven otherwise.
        if self._left < bits + 64:
            name = f"{self._key}#{self._block}".encode("ascii")
            self._pool = int.from_bytes(hashlib.blake2b(name, person=b"dalle_world").digest())
            self._block += 1
            self._left = _DIGEST_BITS
        self._pool, value = divmod(self._pool, n)
        self._left -= bits
        return value

    def choice(self, values: Sequence[T]) -> T:
        """One of the values, evenly."""
        return values[self.below(len(values))]

    def chance(self, percent: int) -> bool:
        """True in that many cases of a hundred."""
        return self.below(100) < percent

    def shuffled(self, values: Sequence[T]) -> list[T]:
        """A new list in random order (Fisher and Yates)."""
        result = list(values)
        for last in range(len(result) - 1, 0, -1):
            other = self.below(last + 1)
            result[last], result[other] = result[other], result[last]
        return result
