"""``model.tar.gz``: packing, and reading without extracting what a stranger's archive may hold."""

from __future__ import annotations

import gzip
import io
import tarfile
import zlib
from pathlib import Path, PurePosixPath

MAX_MEMBER_BYTES = 4 * 1024**3


class ArchiveError(ValueError):
    """The file is no model archive, or lacks what was looked for."""


class ModelArchive:
    """The regular files of a ``model.tar.gz``, read one member at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> list[str]:
        """Names of the regular files, in the order of the archive."""
        with self._open() as tar:
            return [_clean(member.name) for member in tar.getmembers() if member.isfile()]

    def read(self, name: str) -> bytes:
        """Content of one file."""
        with self._open() as tar:
            for member in tar.getmembers():
                if member.isfile() and _clean(member.name) == name:
                    return _content(tar, member)
        raise ArchiveError(
            f"The model archive has no file '{name}'; it has: {', '.join(self.names()) or 'none'}."
        )

    def read_model(self, prefix: str = "model_") -> bytes:
        """Content of the first file whose name starts with ``prefix`` (``model_algo-1`` of a built-in
        algorithm).
        """
        for name in self.names():
            if PurePosixPath(name).name.startswith(prefix):
                return self.read(name)
        raise ArchiveError(
            f"The model archive has no file named '{prefix}...'; it has: {', '.join(self.names()) or 'none'}."
        )

    def extract(self, directory: Path) -> None:
        """Write the regular files below ``directory``; links, devices and paths that lead outside are
        refused.
        """
        with self._open() as tar:
            for member in tar.getmembers():
                if member.isdir():
                    continue
                parts = PurePosixPath(_clean(member.name)).parts
                if not member.isfile() or ".." in parts or member.name.startswith("/"):
                    raise ArchiveError(
                        f"The model archive holds '{member.name}', which is not a plain file inside it."
                    )
                target = directory.joinpath(*parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(_content(tar, member))

    def _open(self) -> tarfile.TarFile:
        try:
            return tarfile.open(self.path, "r:*")
        except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
            raise ArchiveError(f"The model data is not a tar archive: {error}") from error


def pack(directory: Path, target: Path) -> None:
    """Pack the files below ``directory`` as a gzipped tar; the same files give the same bytes."""
    files = sorted(path for path in directory.rglob("*") if path.is_file() and not path.is_symlink())
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for path in files:
            data = path.read_bytes()
            member = tarfile.TarInfo(path.relative_to(directory).as_posix())
            member.size = len(data)
            member.mode = 0o644
            tar.addfile(member, io.BytesIO(data))
    target.write_bytes(gzip.compress(packed.getvalue(), 6, mtime=0))


def _clean(name: str) -> str:
    return str(PurePosixPath(name))


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    if member.size > MAX_MEMBER_BYTES:
        raise ArchiveError(
            f"'{member.name}' in the model archive has {member.size} bytes; the limit is {MAX_MEMBER_BYTES}."
        )
    try:
        file = tar.extractfile(member)
        data = file.read() if file is not None else b""
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise ArchiveError(f"The model archive is damaged at '{member.name}': {error}") from error
    if len(data) != member.size:
        raise ArchiveError(
            f"The model archive is damaged: '{member.name}' has {len(data)} of {member.size} bytes."
        )
    return data
