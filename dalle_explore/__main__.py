"""``python -m dalle_explore``."""

import sys

from dalle_explore.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
