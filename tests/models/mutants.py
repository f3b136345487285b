"""Damages model files in every way that we could think of."""

import re
from collections.abc import Callable, Iterator

import numpy as np

Change = Callable[[bytes, np.random.Generator], bytes]

ODD_NUMBERS = (
    b"0", b"-0", b"1", b"-1", b"2", b"7", b"-99", b"255", b"65536", b"2147483647", b"-2147483648",
    b"2147483648", b"4294967296", b"99999999999999999999", b"1e5", b"1e308", b"-1e308", b"1e999",
    b"nan", b"-nan", b"inf", b"-inf", b"0.5", b"1e-320", b"0x10", b"1_0", b"+1", b"01", b"", b"x",
)  # fmt: skip


def resized(text: bytes) -> bytes:
    """The tree sizes of the header made to fit the trees again, as an attacker would."""
    head, mark, body = text.partition(b"\nTree=")
    trees, end, _ = (b"Tree=" + body).partition(b"end of trees")
    if not mark or not end:
        return text
    sizes = b" ".join(b"%d" % len(tree) for tree in re.split(rb"(?=^Tree=)", trees, flags=re.M)[1:])
    return (
        re.sub(rb"(?m)^tree_sizes=.*$", b"tree_sizes=" + sizes, head)
        + mark
        + text[len(head) + len(mark) :]
    )


def renumbered(text: bytes) -> bytes:
    """The trees numbered from 0 again, and sizes to fit."""
    number = iter(range(10**9))
    return resized(re.sub(rb"(?m)^Tree=\d+$", lambda _: b"Tree=%d" % next(number), text))


def bit(text: bytes, rng: np.random.Generator) -> bytes:
    data = bytearray(text)
    data[rng.integers(len(data))] ^= 1 << int(rng.integers(8))
    return bytes(data)


def byte(text: bytes, rng: np.random.Generator) -> bytes:
    data = bytearray(text)
    data[rng.integers(len(data))] = int(rng.integers(256))
    return bytes(data)


def digit(text: bytes, rng: np.random.Generator) -> bytes:
    data, values = bytearray(text), np.frombuffer(text, np.uint8)
    data[rng.choice(np.flatnonzero((values >= 48) & (values < 58)))] = 48 + int(rng.integers(10))
    return bytes(data)


def zero_byte(text: bytes, rng: np.random.Generator) -> bytes:
    at = int(rng.integers(len(text)))
    return text[:at] + b"\0" + text[at + int(rng.integers(2)) :]


def cut_out(text: bytes, rng: np.random.Generator) -> bytes:
    at = int(rng.integers(len(text)))
    return text[:at] + text[at + int(rng.choice([1, 1, 2, 5, 40, 1000])) :]


def doubled(text: bytes, rng: np.random.Generator) -> bytes:
    at = int(rng.integers(len(text)))
    return text[:at] + text[at - int(rng.choice([1, 1, 2, 5, 40, 1000])) : at] + text[at:]


def _lines(change: Callable[[list[bytes], np.random.Generator], None]) -> Change:
    def changed(text: bytes, rng: np.random.Generator) -> bytes:
        lines = text.split(b"\n")
        change(lines, rng)
        return b"\n".join(lines)

    return changed


def _drop(lines: list[bytes], rng: np.random.Generator) -> None:
    del lines[rng.integers(len(lines))]


def _double(lines: list[bytes], rng: np.random.Generator) -> None:
    lines.insert(rng.integers(len(lines)), lines[rng.integers(len(lines))])


def _swap(lines: list[bytes], rng: np.random.Generator) -> None:
    one, other = rng.integers(len(lines), size=2)
    lines[one], lines[other] = lines[other], lines[one]


def _swap_values(lines: list[bytes], rng: np.random.Generator) -> None:
    """The values of the same field of two trees, or of two fields of one."""
    one = int(rng.integers(len(lines)))
    key = lines[one].partition(b"=")[0]
    same = [i for i, line in enumerate(lines) if line.startswith(key + b"=")]
    other = int(rng.choice(same)) if same else one
    lines[one], lines[other] = lines[other], lines[one]


def _number(lines: list[bytes], rng: np.random.Generator) -> None:
    """One number of a line is odd, or one of its neighbours'."""
    words, put = _words(lines, rng)
    words[rng.integers(len(words))] = (
        ODD_NUMBERS[rng.integers(len(ODD_NUMBERS))]
        if rng.random() < 0.5
        else words[rng.integers(len(words))]
    )
    put(words)


def _swap_numbers(lines: list[bytes], rng: np.random.Generator) -> None:
    words, put = _words(lines, rng)
    one, other = rng.integers(len(words), size=2)
    words[one], words[other] = words[other], words[one]
    put(words)


def _children(lines: list[bytes], rng: np.random.Generator) -> None:
    """A child that is an ancestor, itself, a shared node, or none."""
    at = int(
        rng.choice([i for i, line in enumerate(lines) if line.startswith((b"left_", b"right_"))])
    )
    key, _, value = lines[at].partition(b"=")
    words = value.split()
    words[rng.integers(len(words))] = b"%d" % rng.integers(-len(words) - 3, len(words) + 3)
    lines[at] = key + b"=" + b" ".join(words)


def _words(lines: list[bytes], rng: np.random.Generator):
    places = [i for i, line in enumerate(lines) if b"=" in line]
    at = int(rng.choice(places))
    key, _, value = lines[at].partition(b"=")

    def put(words: list[bytes]) -> None:
        lines[at] = key + b"=" + b" ".join(words)

    return value.split(b" "), put


def _trees(change: Callable[[list[bytes], np.random.Generator], None]) -> Change:
    def changed(text: bytes, rng: np.random.Generator) -> bytes:
        body, end, tail = text.partition(b"end of trees")
        head, *trees = re.split(rb"(?=^Tree=)", body, flags=re.M)
        change(trees, rng)
        return head + b"".join(trees) + end + tail

    return changed


def encoded(text: bytes, rng: np.random.Generator) -> bytes:
    plain = text.decode()
    return [
        plain.encode("utf-16"), plain.encode("utf-16-le"), plain.encode("utf-32"),
        b"\xef\xbb\xbf" + text, text.replace(b"\n", b"\r\n"), text.replace(b"\n", b"\r"),
        plain.upper().encode(), text.replace(b" ", b"\t"), text.replace(b" ", b"\xc2\xa0"),
        text.replace(b" ", b"  "), text.replace(b".", b","), text.replace(b"=", b" = "),
        text.swapcase(), text[::-1], b"", text + text, b"\n" + text, b" " + text,
    ][rng.integers(18)]  # fmt: skip


def header(text: bytes, rng: np.random.Generator) -> bytes:
    end = text.index(b"\nTree=")
    change = (digit, bit, byte, cut_out, doubled, number, line_dropped)[rng.integers(7)]
    return change(text[:end], rng) + text[end:]


number, numbers_swapped, children = _lines(_number), _lines(_swap_numbers), _lines(_children)
line_dropped, line_doubled, lines_swapped = _lines(_drop), _lines(_double), _lines(_swap)
values_swapped = _lines(_swap_values)
tree_dropped, tree_doubled, trees_swapped = _trees(_drop), _trees(_double), _trees(_swap)

ANYWHERE: dict[str, Change] = {
    "bit": bit, "byte": byte, "digit": digit, "zero byte": zero_byte, "cut out": cut_out,
    "doubled": doubled, "line dropped": line_dropped, "line doubled": line_doubled,
    "lines swapped": lines_swapped,
}  # fmt: skip
IN_A_MODEL: dict[str, Change] = ANYWHERE | {
    "number": number, "numbers swapped": numbers_swapped, "children": children,
    "values swapped": values_swapped, "tree dropped": tree_dropped, "tree doubled": tree_doubled,
    "trees swapped": trees_swapped, "encoding": encoded, "header": header,
}  # fmt: skip


def of_model(text: bytes, count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """`count` mutants of a LightGBM text with their kinds; up to half are cut at the end of a line.

    In most of the others the tree sizes, and often the tree numbers, were made to fit again:
    otherwise hardly any would get past the first check.
    """
    ends = [at for at, value in enumerate(text[:-1]) if value == 10]
    ends = ends[:: -(-2 * len(ends) // count)]
    for end in ends:
        yield "truncation", text[: end + 1]
    yield from _drawn(text, IN_A_MODEL, count - len(ends), seed, (lambda t: t, resized, renumbered))


def of_manifest(text: bytes, count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """`count` mutants of a manifest."""
    yield from _drawn(text, ANYWHERE, count, seed, (lambda t: t,))


def _drawn(text, changes, count, seed, repairs) -> Iterator[tuple[str, bytes]]:
    rng = np.random.default_rng(seed)
    kinds = sorted(changes)
    made = 0
    while made < count:
        kind = kinds[made % len(kinds)]
        mutant = text
        for _ in range(1 if rng.random() < 0.8 else 2):
            try:
                mutant = changes[kind](mutant, rng)
            except (ValueError, IndexError):  # damaged beyond further damage
                break
        repair = repairs[min(int(rng.integers(4)), len(repairs) - 1)]
        mutant = repair(mutant)
        if mutant != text:
            made += 1
            yield kind, mutant
