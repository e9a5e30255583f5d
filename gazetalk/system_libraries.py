"""Which system package brings a shared library that is missing."""

from __future__ import annotations

import re

# Debian's and Ubuntu's names. What OpenCV's and MediaPipe's wheels expect of the system.
DEBIAN_PACKAGES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libGLESv2.so.2": "libgles2",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libSM.so.6": "libsm6",
    "libXext.so.6": "libxext6",
    "libxcb.so.1": "libxcb1",
    "libportaudio.so.2": "libportaudio2",
}
_LIBRARY = re.compile(r"(lib[\w+.-]*\.so[.\d]*)")


def explain_import_error(error: Exception) -> str | None:
    """One line on what to install for a library or package that could not be loaded, or None."""
    if isinstance(error, ModuleNotFoundError):
        return f"the Python package {error.name!r} is missing: install gazetalk again with pip"
    library = _LIBRARY.search(str(error))
    if isinstance(error, ImportError | OSError) and library:
        name = library.group(1)
        package = DEBIAN_PACKAGES.get(name)
        how = f"sudo apt install {package}" if package else "install the package that brings it"
        return f"the system library {name} is missing; on Debian and Ubuntu: {how}"
    return None
