"""Where a gallery may lie: not where locks cannot be trusted, and always somewhere."""

import contextlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from dalle_explore.errors import DalleExploreError, InputError
from dalle_explore.files import home
from dalle_explore.gallery.store import Store

__all__ = ["NAME", "choose", "network"]

NAME = "gallery.sqlite"

_CHECKED = 64 * 2**20  # bytes; checking a larger file would keep people waiting at every opening

# sqlite.org/howtocorrupt.html, section 2.1: POSIX locks on network file systems are unreliable.
_NETWORK = {
    "9p",
    "acfs",
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "coda",
    "davfs",
    "gfs",
    "gfs2",
    "glusterfs",
    "gpfs",
    "lustre",
    "ncpfs",
    "nfs",
    "nfs3",
    "nfs4",
    "ocfs2",
    "orangefs",
    "panfs",
    "prl_fs",
    "pvfs2",
    "smb",
    "smb2",
    "smb3",
    "smbfs",
    "vboxsf",
    "virtiofs",
    "vmhgfs",
    "webdav",
    "afpfs",
    "osxfuse",
    "macfuse",
}
_LOCAL_FUSE = {"fuse.fuse-overlayfs", "fuse.ext4", "fuse.ntfs", "fuse.ntfs-3g", "fuse.exfat"}


def network(path: Path, mounts: str | None = None) -> str | None:
    """Return the kind of network file system that a path lies on; None: local, or unknown.

    Args:
        path: a file or folder, there or not.
        mounts: the text of /proc/mounts, read from there unless given.
    """
    if sys.platform == "win32":
        return _on_windows(path)
    if mounts is None:
        mounts = _mounts()
    # Links lead to other disks; parts that are not there yet will be made where the rest is.
    real = os.path.realpath(path)
    longest, kind = "", None
    for line in mounts.splitlines():
        parts = line.split(" ")
        if len(parts) < 3:
            continue
        # Spaces and tabs in names are written as octal numbers.
        folder = (
            parts[1]
            .encode()
            .decode("unicode_escape")
            .encode("latin-1", "replace")
            .decode("utf-8", "replace")
        )
        inside = real == folder or real.startswith(folder.rstrip("/") + "/")
        if inside and len(folder) >= len(longest):
            longest, kind = folder, parts[2].lower()
    if kind is None:
        return None
    fuse = kind.startswith("fuse.") and kind not in _LOCAL_FUSE
    return kind if kind in _NETWORK or fuse else None


def _mounts() -> str:
    """What is mounted, in the form of Linux; empty where nobody says."""
    with contextlib.suppress(OSError):
        return Path("/proc/mounts").read_text(encoding="utf-8", errors="replace")
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        # macOS and BSD: "//me@host/share on /Volumes/share (smbfs, nodev)"
        said = subprocess.run(["mount"], capture_output=True, timeout=5, encoding="utf-8").stdout
        lines = []
        for line in said.splitlines():
            device, _, rest = line.partition(" on ")
            folder, _, options = rest.rpartition(" (")
            escaped = folder.replace(" ", "\\040")
            lines.append(
                f"{device.replace(' ', '_')} {escaped} {options.split(',')[0].strip(')')}"
            )
        return "\n".join(lines)
    return ""


def _on_windows(path: Path) -> str | None:
    if sys.platform == "win32":
        import ctypes

        root = os.path.splitdrive(os.path.realpath(path))[0]
        if root.startswith("\\\\"):
            return "a network share"
        if ctypes.windll.kernel32.GetDriveTypeW(f"{root}\\") == 4:  # DRIVE_REMOTE
            return "a network drive"
    return None


def choose(
    path: str | os.PathLike[str] | None, *, read_only: bool, force: bool
) -> tuple[Store, str | None]:
    """Open the file of a gallery, or one in its place; return it and what a person should know.

    Raises:
        InputError, DataError, MachineError: see ``Gallery.open``.
    """
    if path is not None:
        return _asked_for(Path(path).expanduser().absolute(), read_only, force), None
    if read_only:
        return _asked_for(home() / NAME, read_only, force), None
    try:
        wanted = home() / NAME
        kind = None if force else network(wanted)
        if kind is None:
            return _proved(wanted, exclusive=force and network(wanted) is not None), None
        reason = f"{wanted} is on a network file system ({kind}), where a gallery could be damaged"
    except DalleExploreError as error:
        reason = f"the gallery of this user cannot be used: {error}".rstrip(".")
    return _instead(reason)


def _asked_for(path: Path, read_only: bool, force: bool) -> Store:
    kind = network(path)
    if kind is not None and not read_only and not force:
        raise InputError(
            f"{path} is on a network file system ({kind}), where two processes could damage it: "
            f"name a file on a local disk, or give force=True to use it alone."
        )
    return Store(path, read_only=read_only, exclusive=kind is not None and not read_only)


def _proved(path: Path, exclusive: bool = False) -> Store:
    """Open a file and write to it, so that a full disk is met now and not after the drawing."""
    store = Store(path, exclusive=exclusive)
    try:
        if path.stat().st_size <= _CHECKED:
            store.check_file()
        store.write(
            lambda db: db.execute(
                f"PRAGMA user_version={db.execute('PRAGMA user_version').fetchone()[0]}"
            )
        )
    except BaseException:
        store.close()
        raise
    return store


def _instead(reason: str) -> tuple[Store, str]:
    reason = " ".join(reason.split())  # one line, whatever the machine said
    cure = "set DALLE_EXPLORE_HOME to a local folder that can be written to choose another place"
    with contextlib.suppress(DalleExploreError, OSError):
        path = _scratch() / NAME
        if network(path) is None:
            return _proved(path), f"{reason}; pictures are kept in {path}: {cure}."
    return Store(None), f"{reason}; pictures are kept in memory until this process ends: {cure}."


def _scratch() -> Path:
    """A folder of this user alone, the same for all processes, in the folder for scratch."""
    user = os.getuid() if sys.platform != "win32" else os.environ.get("USERNAME", "me")
    folder = Path(tempfile.gettempdir()) / f"dalle_explore-{user}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if sys.platform != "win32":
        seen = folder.lstat()
        # Others may write there too: a folder that somebody else made is not ours to trust.
        if seen.st_uid != os.getuid() or seen.st_mode & 0o077 or not folder.is_dir():
            return Path(tempfile.mkdtemp(prefix="dalle_explore-"))
    return folder
