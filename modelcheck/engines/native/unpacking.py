"""Many states from their words: what the parts of a state were unpacked to is remembered."""

from __future__ import annotations

from collections.abc import Callable

from modelcheck.engines.native.layout import Bits, Layout, Parts, Placement, Stand
from modelcheck.engines.native.packing import unpack, width
from modelcheck.ir.types import Type, Value
from modelcheck.trace import Location, State

Words = tuple[int, ...]


class Unpacker:
    """Gives the states of one layout, as `Layout.unpack` does, at less cost for each.

    The states of a search have few values in each of their parts.
    """

    def __init__(self, layout: Layout) -> None:
        self._shared = [_reader(placement) for placement in layout.shared]
        self._stands = [_standing(stand) for stand in layout.stands]

    def __call__(self, words: Words) -> State:
        """The state of some words."""
        shared = tuple([read(words) for read in self._shared])
        return State(shared, tuple([read(words) for read in self._stands]))


def _reader(placement: Placement) -> Callable[[Words], Value]:
    match placement:
        case Bits(t, word, shift):
            return _stretch(t, word, shift)
        case Parts(_, parts):
            readers = [_reader(part) for part in parts]
            return lambda words: tuple([read(words) for read in readers])


def _stretch(t: Type, word: int, shift: int) -> Callable[[Words], Value]:
    mask = (1 << width(t)) - 1
    seen: dict[int, Value] = {}

    def read(words: Words) -> Value:
        bits = words[word] >> shift & mask
        if bits not in seen:
            seen[bits] = unpack(t, bits)
        return seen[bits]

    return read


def _standing(stand: Stand) -> Callable[[Words], Location]:
    word, shift, mask = stand.label.word, stand.label.shift, (1 << stand.label.width) - 1
    readers = [
        [] if label is None else [_reader(place) for place in stand.locals[label].values()]
        for label in stand.places
    ]
    bare = [Location(label) for label in stand.places]

    def read(words: Words) -> Location:
        at = words[word] >> shift & mask
        if not readers[at]:
            return bare[at]
        return Location(bare[at].label, tuple([one(words) for one in readers[at]]))

    return read
