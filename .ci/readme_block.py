"""Print one block of shell commands of a Markdown file: ``readme_block.py README.md 2``."""

import re
import sys
from pathlib import Path

FENCE = re.compile(r"^```(?:bash|sh|shell)[ \t]*\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)


def main() -> None:
    """Print block number ``argv[2]`` (counting from 1) of the file ``argv[1]``."""
    name, number = sys.argv[1], int(sys.argv[2])
    blocks = FENCE.findall(Path(name).read_text(encoding="utf-8"))
    if len(blocks) < number:
        sys.exit(f"error: {name} has {len(blocks)} blocks of shell commands, not {number}.")
    print(blocks[number - 1].strip())


if __name__ == "__main__":
    main()
