"""Hashes of files and folders, read in parts."""

import hashlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

_THREADS = 2


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file, hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def folder_hash(folder: Path) -> str:
    """Return a SHA-256 over the names and contents of all files in a folder and below, hex."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    names = "".join(f"{path.relative_to(folder)} {file_hash(path)}\n" for path in files)
    return hashlib.sha256(names.encode()).hexdigest()


def folder_hashes(folders: Iterable[Path]) -> dict[str, str]:
    """Return name -> hash of several folders, hashed side by side."""
    wanted = list(folders)
    with ThreadPoolExecutor(_THREADS) as pool:
        hashes = pool.map(folder_hash, wanted)
        return {folder.name: found for folder, found in zip(wanted, hashes, strict=True)}
