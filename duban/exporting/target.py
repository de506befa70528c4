"""Where an export goes: whole and under its name, or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

from domain.base import Refusal


class CannotWrite(Refusal):
    """{file} cannot be written: {why}.

    Give a file in a folder that exists and that you may write to.
    """


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A file beside `path` to write into; it takes the name when all is written, and is gone otherwise."""
    try:
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            part = Path(file.name)
    except OSError as error:
        raise CannotWrite(file=path, why=error.strerror) from error
    try:
        yield part
        os.chmod(part, 0o640)  # noqa: PTH101 the umask is not to decide who reads an export
        part.replace(path)
    except OSError as error:
        raise CannotWrite(file=path, why=error.strerror) from error
    finally:
        part.unlink(missing_ok=True)
