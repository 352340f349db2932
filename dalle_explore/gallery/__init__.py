"""The gallery: everything that was drawn, in one SQLite file that loses nothing. No torch.

A picture is found by its ``Address``. A row holds what it is made of (recipe, seed, codes,
statistics), never pixels. No SQL is made of a text from a person, and nothing is unpickled.
"""

from dalle_explore.gallery.address import Address, Addresses
from dalle_explore.gallery.gallery import Gallery
from dalle_explore.gallery.rows import Found, Mark, Row
from dalle_explore.gallery.saved import Listed, SavedCell, SavedGrid, SavedTree, TreeNode
from dalle_explore.gallery.shipped import stock

__all__ = [
    "Address",
    "Addresses",
    "Found",
    "Gallery",
    "Listed",
    "Mark",
    "Row",
    "SavedCell",
    "SavedGrid",
    "SavedTree",
    "TreeNode",
    "stock",
]
