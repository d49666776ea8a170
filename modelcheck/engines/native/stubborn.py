"""Choosing stubborn sets, as C: tables, and for each instance what finds its standing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from modelcheck.engines.dependence import Relation
from modelcheck.engines.native.layout import Bits, Layout, Stand, TooWide
from modelcheck.engines.native.packing import pack
from modelcheck.engines.standings import Standings
from modelcheck.ir.types import Value
from modelcheck.semantics import Prepared

WORD = 64
INCLUDED = '#include "stubborn.h"\n\n'


@dataclass(frozen=True, slots=True)
class Choosing:
    """The C that keeps the successors by a stubborn set."""

    functions: str
    declared: str
    """The variables of the function that it is called in."""

    kept: str
    """Keeps them; `ends` says where the successors of each instance end."""


def choosing(prepared: Prepared, layout: Layout, relation: Relation) -> Choosing:
    """Write the choice of stubborn sets."""
    trie, functions = _Trie(), []
    for at, (stand, known) in enumerate(zip(layout.stands, relation.standings, strict=True)):
        functions.append(_standing(f"standing_{at}", stand, known, relation.first[at], trie))
    count = len(prepared.instances)
    stands = "".join(f"\tat[{at}] = standing_{at}(s);\n" for at in range(count))
    kept = f"count = keep_stubborn(&stubborn, at, ends, out, {layout.words}, tally);"
    return Choosing(
        functions=INCLUDED + trie.text() + "".join(functions) + _tables(prepared, relation),
        declared=f"\tuint32_t\tat[{count}];\n\tint\t\t\tends[{count + 1}] = {{0}};\n",
        kept=f"{stands}\t{kept}\n",
    )


class _Trie:
    """Numbers found by the codes of one local after the other, in one array."""

    def __init__(self) -> None:
        self.entries: list[int] = []

    def node(self, width: int) -> int:
        """Room for one more step of the way; where it begins."""
        self.entries += [0] * (1 << width)
        return len(self.entries) - (1 << width)

    def text(self) -> str:
        """The array."""
        return f"static const uint32_t trie[] = {{{_listed(self.entries or [0])}}};\n\n"


def _standing(name: str, stand: Stand, known: Standings, first: int, trie: _Trie) -> str:
    """A function that gives the number, among all, of an instance's standing."""
    cases = ""
    for label in dict.fromkeys(one.label for one in known.standings):
        here = {
            one.locals: first + number
            for number, one in enumerate(known.standings)
            if one.label == label
        }
        places = _places(stand, known, label)
        if not places:
            found = str(here[()])
        else:
            root = _filled(trie, places, here)
            found = f"trie[{root} + {_code(places[0])}]"
            for place in places[1:]:
                found = f"trie[{found} + {_code(place)}]"
        cases += f"\t\tcase {stand.places.index(label)}:\n\t\t\treturn {found};\n"
    asked = f"get_bits(s[{stand.label.word}], {stand.label.shift}, {stand.label.width})"
    head = f"static uint32_t\n{name}(const word *s)\n{{\n\tswitch ({asked})\n\t{{\n"
    return f"{head}{cases}\t\tdefault:\n\t\t\treturn {first};\n\t}}\n}}\n\n"


def _places(stand: Stand, known: Standings, label: str | None) -> list[Bits]:
    """Where the locals lie that are followed at a label."""
    if label is None:
        return []
    placed = list(stand.locals[label].values())
    found = [placed[at] for at in known.followed[label]]
    bits = [one for one in found if isinstance(one, Bits)]
    if len(bits) < len(found):
        raise TooWide("a local that fits in no word")
    return bits


def _filled(trie: _Trie, places: Sequence[Bits], numbers: dict[tuple[Value, ...], int]) -> int:
    """A node that leads from the codes of these locals to the numbers; where it begins."""
    place, rest = places[0], places[1:]
    node = trie.node(place.width)
    for value in dict.fromkeys(values[0] for values in numbers):
        inner = {values[1:]: number for values, number in numbers.items() if values[0] == value}
        at = node + pack(place.type, value)
        trie.entries[at] = _filled(trie, rest, inner) if rest else inner[()]
    return node


def _code(place: Bits) -> str:
    return f"get_bits(s[{place.word}], {place.shift}, {place.width})"


def _tables(prepared: Prepared, relation: Relation) -> str:
    total = len(relation.beside_enabled)
    width = (total + WORD - 1) // WORD
    distinct = dict.fromkeys((*relation.beside_enabled, *relation.beside_disabled))
    unique = {row: number for number, row in enumerate(distinct)}
    rows = ", ".join(_bits(row, width) for row in unique)
    numbers = {name: number for number, (name, _) in enumerate(prepared.model.steps())}
    steps = [
        0 if one.label is None else numbers[f"{instance.process}.{one.label}"]
        for instance, known in zip(prepared.instances, relation.standings, strict=True)
        for one in known.standings
    ]
    enabled = _listed(unique[row] for row in relation.beside_enabled)
    disabled = _listed(unique[row] for row in relation.beside_disabled)
    return f"""static const word stubborn_rows[] = {{{rows}}};
static const uint16_t stubborn_enabled[] = {{{enabled}}};
static const uint16_t stubborn_disabled[] = {{{disabled}}};
static const word stubborn_sticky[] = {{{_bits(relation.sticky, width)}}};
static const uint16_t stubborn_steps[] = {{{_listed(steps)}}};
static const Stubborn stubborn = {{{len(prepared.instances)}, {width}, stubborn_rows,
	stubborn_enabled, stubborn_disabled, stubborn_sticky, stubborn_steps}};

"""


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))


def _bits(row: int, width: int) -> str:
    mask = (1 << WORD) - 1
    return ", ".join(f"UINT64_C({row >> WORD * at & mask:#x})" for at in range(width))
