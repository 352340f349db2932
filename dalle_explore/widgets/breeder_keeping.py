"""Where a breeder keeps its family: a tree in a gallery, written after every litter."""

import datetime
from typing import Any

from dalle_explore.errors import InputError
from dalle_explore.gallery import Gallery
from dalle_explore.session.family import Family
from dalle_explore.session.family_kept import address_of, keep_family, unused_name
from dalle_explore.session.sample import Sample
from dalle_explore.session.shelf import AnyGallery, Shelf

__all__ = ["Keeping"]

_WORDS = 60  # letters of a prompt in the name of a tree


class Keeping:
    """The tree of one breeder in a gallery.

    Args:
        given: None for the gallery of this user, which is opened when there is something to keep;
            False for none; a path, or a gallery.
        name: of the tree; None makes one of what the family began with and the time.
        known: whether a tree of that name is this family's own, and may be written over.

    Raises:
        InputError: no gallery, or a name that is none.
    """

    def __init__(
        self, given: AnyGallery = None, name: str | None = None, *, known: bool = False
    ) -> None:
        if name is not None and (not isinstance(name, str) or not name.strip()):
            raise InputError(f"tree is {name!r}, but it is the name of a tree: give a text.")
        self.off = given is False
        self._given, self._name, self._known = given, name, known
        self._gallery: Gallery | None = None
        self.number: int | None = None
        if given not in (None, True, False):
            self.gallery()  # what somebody names is opened where they see the sentence

    def gallery(self) -> Gallery:
        """Return the gallery, opened at the first use.

        Raises:
            InputError: no gallery was wanted, or it cannot be opened.
        """
        if self._gallery is None:
            own = Shelf.of(self._given).own
            if own is None:
                raise InputError("there is no gallery (gallery=False) that could hold a tree.")
            self._gallery = own
        return self._gallery

    def keep(self, family: Family) -> None:
        """Write the family; nothing, where no gallery was wanted or it is only read.

        Raises:
            InputError, DataError, MachineError: it cannot be written.
        """
        if self.off or self.gallery().read_only:
            return
        gallery = self.gallery()
        if self._name is None or not self._known:
            wanted = self._name or _name_of(family)
            self._name = unused_name(wanted, [one.name for one in gallery.trees()])
            self._known = True
        self.number = keep_family(family, gallery, self._name)

    def mark(self, sample: Sample, favourite: bool) -> None:
        """Note whether a picture that was kept is a favourite."""
        if self.number is not None:
            self.gallery().mark(address_of(sample), favourite=favourite)

    def in_words(self) -> str:
        """Say where the family is kept; nothing where it is not."""
        if self.number is None:
            return ""
        return f"Kept in the gallery as tree {self.number}, “{self._name}”."

    def source(self) -> dict[str, Any]:
        """Return the keywords that keep another breeder's family in the same place."""
        told: dict[str, Any] = {}
        if self.off:
            told["gallery"] = False
        elif self._given not in (None, True):
            told["gallery"] = str(self.gallery().path)
        return told


def _name_of(family: Family) -> str:
    words = " ".join(family.samples[0].prompt.split())
    short = words if len(words) <= _WORDS else f"{words[: _WORDS - 1]}…"
    return f"{short}, {datetime.datetime.now():%Y-%m-%d %H:%M:%S}"
