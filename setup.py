"""What pyproject.toml cannot say: the lessons travel inside the package.

People find them in a checkout under ``notebooks/``, and a wheel needs them inside the package.
They are copied while it is built, so that there is one source and no link (Windows has none).
"""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

_LESSONS = Path("notebooks")
_PLACE = Path("dalle_explore", "notebooks")


class BuildWithLessons(build_py):
    """Copies the lessons into what is built; an editable installation finds the checkout's."""

    def run(self) -> None:
        """Build, and copy."""
        super().run()
        if not self.editable_mode:
            for path, built in self._lessons():
                self.mkpath(str(built.parent))
                self.copy_file(str(path), str(built), preserve_mode=False)

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        """Return every file that is built."""
        outputs = super().get_outputs(include_bytecode)
        return outputs + [str(built) for _, built in self._lessons() if not self.editable_mode]

    def get_source_files(self) -> list[str]:
        """Return every file that a source distribution needs."""
        return super().get_source_files() + [str(path) for path, _ in self._lessons()]

    def _lessons(self) -> list[tuple[Path, Path]]:
        """Every lesson with where it goes."""
        place = Path(self.build_lib) / _PLACE
        return [(path, place / path.name) for path in sorted(_LESSONS.glob("*.ipynb"))]


setup(cmdclass={"build_py": BuildWithLessons})
