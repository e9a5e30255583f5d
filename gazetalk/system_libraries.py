"""Which system packages bring the shared libraries that OpenCV's and MediaPipe's wheels expect."""

from __future__ import annotations

import ctypes
import re
import sys

# Library to Debian's and Ubuntu's package, found by importing on a bare Debian 12.
DEBIAN_PACKAGES = {
    "libxcb.so.1": "libxcb1",
    "libGL.so.1": "libgl1",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libEGL.so.1": "libegl1",
    "libGLESv2.so.2": "libgles2",
}
_LIBRARY = re.compile(r"(lib[\w+.-]*\.so[.\d]*)")


def missing_libraries() -> list[str]:
    """The libraries of DEBIAN_PACKAGES that this machine lacks; none are needed but on Linux."""
    if not sys.platform.startswith("linux"):
        return []
    return [name for name in DEBIAN_PACKAGES if not _loads(name)]


def how_to_install(libraries: list[str]) -> str:
    """The one command that brings them."""
    packages = " ".join(dict.fromkeys(DEBIAN_PACKAGES[name] for name in libraries))
    return f"sudo apt install {packages}"


def name_missing(libraries: list[str]) -> str:
    """One line that names missing libraries and how to get them."""
    names = ", ".join(libraries)
    return f"system libraries are missing ({names}); on Debian, Ubuntu: {how_to_install(libraries)}"


def explain_import_error(error: Exception) -> str | None:
    """One line on what to install for a package or library that could not be loaded, or None."""
    if isinstance(error, ModuleNotFoundError):
        return f"the Python package {error.name!r} is missing: install gazetalk again with pip"
    library = _LIBRARY.search(str(error))
    if not (isinstance(error, ImportError | OSError) and library):
        return None
    missing = missing_libraries()
    if not missing:
        return f"the system library {library.group(1)} is missing: install the package it is in"
    return name_missing(missing)


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
