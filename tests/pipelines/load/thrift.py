"""Thrift's compact protocol, enough to rewrite footer and page headers of a Parquet file."""

import struct
from dataclasses import dataclass
from typing import Any

_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _STRUCT = 1, 2, 3, 7, 8, 9, 10, 12


@dataclass
class Value:
    """One value with its wire type; structs hold field id -> Value, lists hold Values."""

    kind: int
    value: Any

    def __getitem__(self, key: int) -> "Value":
        return self.value[key]


def footer_of(content: bytes) -> Value:
    """Return the FileMetaData of a Parquet file."""
    size = struct.unpack("<I", content[-8:-4])[0]
    return _Reader(content[-8 - size : -8]).struct()


def with_footer(content: bytes, footer: Value) -> bytes:
    """Return the file with another footer."""
    size = struct.unpack("<I", content[-8:-4])[0]
    written = encoded(footer)
    return content[: -8 - size] + written + struct.pack("<I", len(written)) + b"PAR1"


def header_at(content: bytes, offset: int) -> tuple[Value, int]:
    """Return the page header at `offset` and its length."""
    reader = _Reader(content[offset : offset + 4096])
    return reader.struct(), reader.at


def encoded(found: Value) -> bytes:
    """Return the bytes of a struct."""
    out = b""
    last = 0
    for field, one in found.value.items():
        delta = field - last
        head = bytes([delta << 4 | one.kind]) if 0 < delta < 16 else bytes([one.kind])
        out += head + (b"" if 0 < delta < 16 else _varint(_zigzag(field)))
        out += _content(one)
        last = field
    return out + b"\0"


def _content(one: Value) -> bytes:
    if one.kind in (_TRUE, _FALSE):
        return b""
    if one.kind == _BYTE:
        return bytes([one.value])
    if one.kind == _DOUBLE:
        return bytes(one.value)
    if one.kind == _BINARY:
        return _varint(len(one.value)) + bytes(one.value)
    if one.kind in (_LIST, _SET):
        kind, items = one.value
        count = len(items)
        head = bytes([count << 4 | kind]) if count < 15 else bytes([0xF0 | kind]) + _varint(count)
        return head + b"".join(bytes([i.kind]) if kind < 3 else _content(i) for i in items)
    return encoded(one) if one.kind == _STRUCT else _varint(_zigzag(one.value))


def _varint(number: int) -> bytes:
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def _zigzag(number: int) -> int:
    return number << 1 if number >= 0 else (-number << 1) - 1


class _Reader:
    def __init__(self, content: bytes) -> None:
        self._content = content
        self.at = 0

    def struct(self) -> Value:
        found: dict[int, Value] = {}
        field = 0
        while head := self._byte():
            field = field + (head >> 4) if head >> 4 else self._integer()
            found[field] = self._value(head & 15)
        return Value(_STRUCT, found)

    def _value(self, kind: int) -> Value:
        if kind in (_TRUE, _FALSE):
            return Value(kind, kind == _TRUE)
        if kind == _BYTE:
            return Value(kind, self._byte())
        if kind == _DOUBLE:
            return Value(kind, self._take(8))
        if kind == _BINARY:
            return Value(kind, self._take(self._varint()))
        if kind in (_LIST, _SET):
            head = self._byte()
            count = head >> 4 if head >> 4 < 15 else self._varint()
            inner = head & 15
            items = [
                Value(self._byte(), None) if inner < 3 else self._value(inner) for _ in range(count)
            ]
            return Value(kind, (inner, items))
        return self.struct() if kind == _STRUCT else Value(kind, self._integer())

    def _byte(self) -> int:
        return self._take(1)[0]

    def _take(self, count: int) -> bytes:
        taken = self._content[self.at : self.at + count]
        self.at += count
        return taken

    def _integer(self) -> int:
        number = self._varint()
        return number >> 1 if not number & 1 else -(number + 1 >> 1)

    def _varint(self) -> int:
        number = shift = 0
        while True:
            byte = self._byte()
            number |= (byte & 0x7F) << shift
            if byte < 0x80:
                return number
            shift += 7
