"""An archive under a password: AES-256-GCM with a key that scrypt makes of the password.

The file is a line that says what it is, 16 bytes of salt, 12 of nonce, and what was encrypted with
its seal. Both parts are the library `cryptography`'s (AES-GCM: NIST SP 800-38D; scrypt: RFC 7914,
with the cost that OWASP's Password Storage Cheat Sheet names, N = 2^17, r = 8, p = 1: 128 MB and
about half a second a guess). Salt and so key are new for every file. The cost stands here, not in
the file, so that no file can ask for more.
"""

from __future__ import annotations

import os
import unicodedata
from typing import Any

from gazetalk.clinic.packing import ArchiveError

MAGIC = b"gazetalk-locked 1\n"
SALT, NONCE, SEAL = 16, 12, 16  # bytes
OVERHEAD = len(MAGIC) + SALT + NONCE + SEAL
SHORTEST, LONGEST = 8, 1024  # characters of a password


def is_locked(content: bytes) -> bool:
    """Whether this is, or begins as, an archive under a password."""
    return content.startswith(MAGIC)


def lock(content: bytes, password: str) -> bytes:
    """The content under a password. Raises ArchiveError for a password that is too short, or where
    `cryptography` is not installed."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise ArchiveError(f"a password for an export has {SHORTEST} to {LONGEST} characters")
    salt, nonce = os.urandom(SALT), os.urandom(NONCE)
    sealed = _cipher(password, salt).encrypt(nonce, content, MAGIC)
    return MAGIC + salt + nonce + bytes(sealed)


def unlock(content: bytes, password: str) -> bytes:
    """What `lock` was given. Raises ArchiveError for another password and for a changed file."""
    body = content[len(MAGIC) :]
    salt, nonce, sealed = body[:SALT], body[SALT : SALT + NONCE], body[SALT + NONCE :]
    if not is_locked(content) or len(sealed) < SEAL:
        raise ArchiveError("the file is cut short")
    cipher = _cipher(password[:LONGEST], salt)
    from cryptography.exceptions import InvalidTag  # late, as it is an extra

    try:
        return bytes(cipher.decrypt(nonce, sealed, MAGIC))
    except InvalidTag:
        raise ArchiveError("the password is wrong, or the file was changed") from None


def _cipher(password: str, salt: bytes) -> Any:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
    except ImportError as error:
        raise ArchiveError(
            'passwords need the library cryptography: pip install "gazetalk[password]"'
        ) from error
    # Keyboards and systems write the same letter in more than one way.
    told = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    return AESGCM(Scrypt(salt=salt, length=32, n=1 << 17, r=8, p=1).derive(told))
