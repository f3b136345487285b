"""Characters of a text file: which encoding it is in, a UTF-8 copy, and offsets back to the file.

What an encoding does not know is never replaced by a guess: it becomes a byte sequence that is no
UTF-8, which the screen finds. One such byte or half of a pair stays one character, so that offsets
can be counted back.
"""

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from pipelines.errors import BadInputError

_ENCODINGS = {
    "utf8": "utf-8",
    "utf-8": "utf-8",
    "utf-8-sig": "utf-8-sig",
    "utf-16": "utf-16",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
    "latin-1": "latin-1",
    "iso-8859-1": "latin-1",
    "iso-8859-15": "iso-8859-15",
    "windows-1252": "cp1252",
    "cp1252": "cp1252",
    "ascii": "utf-8",
}
_CHUNK = 4 << 20
_NO_UTF8 = b"\xff"


def encoding_of(head: bytes, given: str | None, name: str) -> str:
    """Judge the encoding of a file from its first bytes, or check what was given.

    Raises
    ------
    BadInputError
        The given encoding is unknown.
    """
    if given is not None:
        known = _ENCODINGS.get(given.strip().lower().replace("_", "-"))
        if known is None:
            raise BadInputError(
                f"the encoding {given!r} given for {name} is not known",
                expected=f"one of: {', '.join(sorted(_ENCODINGS))}",
                fix="correct [file] encoding",
            )
        return "utf-8-sig" if known == "utf-8" and head.startswith(codecs.BOM_UTF8) else known
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head.count(0) > 0.3 * len(head):
        return "utf-16-le" if head[1::2].count(0) >= head[0::2].count(0) else "utf-16-be"
    return "utf-8" if is_mostly_utf8(head) else "cp1252"


def is_mostly_utf8(head: bytes) -> bool:
    """Tell UTF-8 with a few broken bytes from a one-byte encoding.

    In UTF-8 text bytes above 127 belong to valid sequences; in Windows-1252 text nearly none does.
    """
    foreign = int((np.frombuffer(head, np.uint8) > 127).sum())
    if not foreign:
        return True
    broken = head.decode("utf-8", errors="replace").count("\ufffd") - head.count(b"\xef\xbf\xbd")
    # The head may end inside a sequence. A text of both is not all Windows-1252: what is no UTF-8
    # in it has to be looked at, and what is must not be read as two characters for one.
    return broken <= 1 or foreign - broken > 0.2 * foreign


def is_utf8(block: bytes) -> bool:
    """Tell whether bytes are valid UTF-8."""
    if block.isascii():
        return True
    try:
        block.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def readable(payload: bytes) -> str:
    r"""Return bytes of a UTF-8 copy as text; what no encoding knows as ``\x81``."""
    # Half of a pair, and bytes that were no UTF-8 in the file itself, are shown as they are.
    with suppress(UnicodeError):
        payload = payload.decode("utf-8", "surrogatepass").encode("utf-8", "surrogateescape")
    return payload.decode("utf-8", errors="backslashreplace")


def utf8_chunks(source: IO[bytes], encoding: str, *, swap: bool) -> Iterator[bytes]:
    """Yield a file as UTF-8; see the head of this module for what cannot be decoded.

    Parameters
    ----------
    swap : bool
        Lines end with a lone CR: give them a lone LF, and a lone LF inside a cell a CR.
    """
    chunks = _decoded(source, encoding)
    yield from _swapped(chunks) if swap else chunks


def _decoded(source: IO[bytes], encoding: str) -> Iterator[bytes]:
    if encoding in ("utf-8", "utf-8-sig"):
        while chunk := source.read(_CHUNK):
            yield chunk
        return
    wide = encoding.startswith("utf-16")
    decoder = codecs.getincrementaldecoder(encoding)("surrogatepass" if wide else "surrogateescape")
    while chunk := source.read(_CHUNK):
        yield decoder.decode(chunk).encode("utf-8", "surrogatepass")
    try:
        yield decoder.decode(b"", final=True).encode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        yield _NO_UTF8  # the file ends inside of a character


def swap_ends(text: bytes) -> bytes:
    r"""Exchange lone CR and lone LF; CRLF stays, and what could not be undone gets a NUL.

    ``\n\r`` would become CRLF: the NUL has the screen set such a record aside.
    """
    return _END.sub(lambda end: _SWAP[end.group()], text)


_END = re.compile(rb"\r\n|\n\r(?!\n)|\r|\n")
_SWAP = {b"\r\n": b"\r\n", b"\n\r": b"\r\0", b"\r": b"\n", b"\n": b"\r"}


def _swapped(chunks: Iterator[bytes]) -> Iterator[bytes]:
    held = b""
    for chunk in chunks:
        text = held + chunk
        # Whether a line end is lone shows behind it.
        keep = len(text) - len(text.rstrip(b"\r\n"))
        keep = 0 if keep > _CHUNK else keep
        held = text[len(text) - keep :]
        yield swap_ends(text[: len(text) - keep])
    yield swap_ends(held)


def original_offsets(
    copy: Path, offsets: npt.NDArray[np.int64], encoding: str
) -> npt.NDArray[np.int64]:
    """Count byte offsets in a UTF-8 copy back to the file it was made of.

    Parameters
    ----------
    offsets : ndarray of int64
        Ascending.
    encoding : str
        That of the file; UTF-8 offsets are returned as they are.
    """
    if encoding in ("utf-8", "utf-8-sig") or not len(offsets):
        return offsets
    wide = encoding.startswith("utf-16")
    units = np.zeros(len(offsets), dtype=np.int64)
    position, before, done = 0, 0, 0
    with copy.open("rb") as stream:
        while done < len(offsets) and (chunk := stream.read(_CHUNK)):
            codes = np.frombuffer(chunk, np.uint8)
            # One unit per character, two in UTF-16 beyond the basic plane.
            each = ((codes & 0xC0) != 0x80).astype(np.int64)
            if wide:
                each += codes >= 0xF0
            total = np.concatenate(([0], np.cumsum(each)))
            last = int(np.searchsorted(offsets, position + len(chunk), side="right"))
            units[done:last] = before + total[offsets[done:last] - position]
            position, before, done = position + len(chunk), before + int(total[-1]), last
    mark = 2 if encoding == "utf-16" else 0
    return units * (2 if wide else 1) + mark
