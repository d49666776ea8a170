"""A generated model with representatives: its successors are those of orbits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import permutations
from math import factorial

from modelcheck.engines.native.cells import Cell, Cells, Unpermutable, cells, stretches
from modelcheck.engines.native.generated import Generated
from modelcheck.engines.native.packing import pack
from modelcheck.engines.symmetry.orbits import Orbits
from modelcheck.engines.symmetry.walks import Walk
from modelcheck.ir.expressions import Scope

MOST = 720
"""So many permutations are tried on a state whose parts cannot just be sorted."""

KEY = 63
"""Bits of a value's own parts that fit in a word, with one to spare: `AFTER` in symmetry.h."""


@dataclass(frozen=True, slots=True)
class Key:
    """How the own parts of each value are brought side by side in one word."""

    masks: tuple[tuple[int, ...], ...]
    """By word of the state: the bits of each value."""

    offsets: tuple[int, ...]
    """By word of the state: where its bits lie in the key."""


def with_orbits(generated: Generated, orbits: Orbits) -> Generated:
    """The same model, whose states are representatives; raises `Unpermutable`."""
    layout = generated.layout
    found = [cells(layout, orbits, one.domain) for one in orbits.domains]
    keys = [_key(one, sorts=orbits.sight(number).tells_all) for number, one in enumerate(found)]
    if any(key is None for key in keys) and orbits.order > MOST:
        raise Unpermutable(f"there are more than {MOST} permutations to try")
    text = [generated.text.replace('#include "model.h"', '#include "symmetry.h"', 1)]
    for number, one in enumerate(found):
        text.append(_tables(number, one))
    text.append(_domains(found))
    text.append(_visited(generated, orbits))
    text.append(_represent(found, keys))
    text.append(_size(found, keys))
    text.append(_expand(generated, orbits))
    text += [generated.single, _mover(generated), _keys(found, keys)]
    most = max((one.domain.size for one in orbits.domains if one.walk), default=1)
    return replace(
        generated,
        text="\n".join(text),
        entry="expand_orbit",
        fan_out=generated.fan_out * most,
    )


def _key(found: Cells, *, sorts: bool) -> Key | None:
    """How to sort the values of a domain; None if that does not settle which state it is."""
    count = sum(cell.width for cell in found.owned[0])
    if not sorts or count > KEY or len({_order(one) for one in found.owned}) > 1:
        return None
    words = range(1 + max(cell.word for one in found.owned for cell in one))
    widths = [sum(cell.width for cell in found.owned[0] if cell.word == word) for word in words]
    return Key(
        tuple(tuple(_mask(one, word) for one in found.owned) for word in words),
        tuple(sum(widths[:word]) for word in words),
    )


def _order(owned: tuple[Cell, ...]) -> tuple[tuple[int, int], ...]:
    """The parts of a value as they come one after the other, each with its word."""
    numbers = sorted(range(len(owned)), key=lambda at: (owned[at].word, owned[at].shift))
    return tuple((at, owned[at].word) for at in numbers if owned[at].width)


def _mask(owned: tuple[Cell, ...], word: int) -> int:
    return sum(((1 << one.width) - 1) << one.shift for one in owned if one.word == word)


def _tables(number: int, found: Cells) -> str:
    size = found.domain.size
    owned = [cell for one in found.owned for cell in one]
    guards = [guard for one in found.stored for guard in one.guards]
    stored, first = [], 0
    for one in found.stored:
        stored.append(f"{{{one.cell}, {one.first}, {first}, {len(one.guards)}}}")
        first += len(one.guards)
    ways = list(permutations(range(size))) if factorial(size) <= MOST else []
    limits = [f"{{{one.cell}, {one.least}, {one.most}}}" for one in guards]
    tables = [
        _table("Cell", f"owned_{number}", [str(cell) for cell in owned]),
        _table("Guard", f"guards_{number}", limits),
        _table("Stored", f"stored_{number}", stored),
        _table("uint8_t", f"permutations_{number}", [str(to) for way in ways for to in way]),
    ]
    return "\n".join(tables)


def _table(kind: str, name: str, entries: list[str]) -> str:
    inside = ", ".join(entries)
    return f"static const {kind} {name}[] = {{{inside or '0'}}};"


def _domains(found: list[Cells]) -> str:
    rows = []
    for number, one in enumerate(found):
        size = one.domain.size
        ways = factorial(size) if factorial(size) <= MOST else 0
        rows.append(
            f"\t{{{size}, {len(one.owned[0])}, owned_{number}, {len(one.stored)}, "
            f"stored_{number}, guards_{number}, {ways}, permutations_{number}}},\n"
        )
    return f"static const Domain domains[] = {{\n{''.join(rows)}}};\n"


def _visited(generated: Generated, orbits: Orbits) -> str:
    """How many values of each domain a walk has visited, and whether it is about to visit one."""
    lines = ["static inline void\nfind_visited(const word *s, int *visited)\n{"]
    picking = "0"
    for number, one in enumerate(orbits.domains):
        lines.append(f"\tvisited[{number}] = 0;")
        if one.walk is not None:
            lines += _cursor(generated, orbits, number, one.walk)
            picking = _picking(generated, orbits, number, one.walk)
    lines.append("}\n")
    lines.append(f"static inline bool\nis_picking(const word *s)\n{{\n\treturn {picking};\n}}\n")
    return "\n".join(lines)


def _cursor(generated: Generated, orbits: Orbits, number: int, walk: Walk) -> Iterator[str]:
    layout = generated.layout
    stand = layout.stands[orbits.walker(number)]
    label = f"get_bits(s[{stand.label.word}], {stand.label.shift}, {stand.label.width})"
    yield f"\tswitch ({label})\n\t{{"
    for name, cursor in walk.cursors.items():
        if cursor.scope is Scope.SHARED:
            lies = layout.shared[orbits.prepared.names.index(cursor.name)]
        else:
            lies = stand.locals[name][cursor.name]
        (cell,) = stretches(lies)
        value = f"(int) get_bits(s[{cell.word}], {cell.shift}, {cell.width})"
        yield f"\t\tcase {stand.places.index(name)}:"
        yield f"\t\t\tvisited[{number}] = {value};\n\t\t\tbreak;"
    yield "\t}"


def _picking(generated: Generated, orbits: Orbits, number: int, walk: Walk) -> str:
    layout = generated.layout
    stand = layout.stands[orbits.walker(number)]
    label = Cell(stand.label.word, stand.label.shift, stand.label.width)
    places = [layout.shared[orbits.prepared.names.index(one.name)] for one in walk.controls]
    flags = [cell for place in places for cell in stretches(place)]
    ways = []
    order = {mode: (stand.places.index(mode[0]), repr(mode[1])) for mode in walk.picking}
    for name, values in sorted(walk.picking, key=order.__getitem__):
        tests = [_is(label, stand.places.index(name))]
        for control, cell, value in zip(walk.controls, flags, values, strict=True):
            tests.append(_is(cell, pack(control.type, value)))
        ways.append(f"({' && '.join(tests)})")
    return " ||\n\t\t".join(ways)


def _is(cell: Cell, number: int) -> str:
    return f"get_bits(s[{cell.word}], {cell.shift}, {cell.width}) == {number}"


def _represent(found: list[Cells], keys: list[Key | None]) -> str:
    count = len(found)
    lines = ["void\nrepresent(word *n)\n{", f"\tint\t\t\tvisited[{count}];\n"]
    lines.append("\tfind_visited(n, visited);")
    if any(key is None for key in keys):
        lines.append(f"\tsettle(domains, {count}, visited, n);")
    else:
        for number, key in enumerate(keys):
            if key is not None:
                lines += _sort(number, found[number].domain.size, key)
    lines.append("}\n")
    return "\n".join(lines)


def _sort(number: int, size: int, key: Key) -> Iterator[str]:
    """Sort the values of a domain by their own parts, those visited before the others."""
    words = [word for word, masks in enumerate(key.masks) if any(masks)]
    rows = [
        ", ".join("AFTER" if at >= visited else "0" for at in range(size))
        for visited in range(size + 1)
    ]
    yield f"\t{{\n\t\tstatic const word border[][{size}] = {{{{{'}, {'.join(rows)}}}}};"
    here = f"visited[{number}]"
    yield f"\t\tconst word *after = border[{here} < {size} ? {here} : {size}];"
    for at in range(size):
        yield f"\t\tword\t\tk{at} = {_gathered(key, at)} | after[{at}];"
    yield ""
    for one, other in network(size):
        yield f"\t\torder(&k{one}, &k{other});"
    for word in words:
        whole = sum(key.masks[word])
        parts = [f"(n[{word}] & ~UINT64_C({whole:#x}))"]
        parts += [
            f"scatter(k{at} >> {key.offsets[word]}, UINT64_C({key.masks[word][at]:#x}))"
            for at in range(size)
        ]
        yield f"\t\tn[{word}] = {' | '.join(parts)};"
    yield "\t}"


def _gathered(key: Key, at: int) -> str:
    """The own parts of a value, side by side."""
    parts = [
        f"gather_bits(n[{word}], UINT64_C({masks[at]:#x})) << {key.offsets[word]}"
        for word, masks in enumerate(key.masks)
        if masks[at]
    ]
    return " | ".join(parts) or "0"


def _mover(generated: Generated) -> str:
    """Which instance leads from a state to one that another state stands for, and to which."""
    instances = len(generated.layout.stands)
    return f"""int
find_mover(const word *s, const word *wanted, int only, word *out, word *after)
{{
	uint64_t	taken[{len(generated.steps) + 1}] = {{0}};
	uint32_t	found[{generated.decisions + 1}] = {{0}};
	Tally		tally = {{.taken = taken, .found = found}};

	for (int instance = 0; instance < {instances}; instance++)
	{{
		int			count = 0;

		if (only < 0 || instance == only)
			count = expand_one(s, instance, out, &tally);
		for (int i = 0; i < count; i++)
		{{
			word	   *next = out + i * WORDS;

			memcpy(after, next, WORDS * sizeof(word));
			represent(next);
			if (memcmp(next, wanted, WORDS * sizeof(word)) == 0)
				return instance;
		}}
	}}
	return -1;
}}
"""


def _keys(found: list[Cells], keys: list[Key | None]) -> str:
    """By what the values of each domain are sorted; none if that does not settle all."""
    lines = ["int\nkeys_of(const word *n, word *keys)\n{"]
    settled = [key for key in keys if key is not None]
    if len(settled) < len(found):
        return "\n".join((*lines, "\t(void) n;\n\t(void) keys;\n\treturn 0;\n}\n"))
    lines += [f"\tint\t\t\tvisited[{len(found)}];\n", "\tfind_visited(n, visited);"]
    for number, (one, key) in enumerate(zip(found, settled, strict=True)):
        for value in range(one.domain.size):
            after = f"({value} >= visited[{number}] ? AFTER : 0)"
            lines.append(f"\t*keys++ = {_gathered(key, value)} | {after};")
    return "\n".join((*lines, "\treturn 1;\n}\n"))


def network(size: int) -> Iterator[tuple[int, int]]:
    """Comparisons that sort so many numbers whatever they are (Batcher's merge exchange)."""
    top = 1 << max(0, (size - 1).bit_length() - 1)
    step = top
    while step > 0:
        reach, rest, gap = top, 0, step
        while True:
            for at in range(size - gap):
                if at & step == rest:
                    yield at, at + gap
            if reach == step:
                break
            gap, reach, rest = reach - step, reach >> 1, step
        step >>= 1


def _size(found: list[Cells], keys: list[Key | None]) -> str:
    """How many states some representatives stand for."""
    count = len(found)
    if any(key is None for key in keys):
        body = f"""		uint64_t	all = 0;
		uint64_t	same = 0;

		count_permutations(domains, {count}, visited, n, n, &all, &same);
		total += all / same;"""
    else:
        lines = ["\t\tuint64_t\tfound = 1;\n"]
        for number, key in enumerate(keys):
            if key is not None:
                size = found[number].domain.size
                held = ", ".join(_gathered(key, at) for at in range(size))
                lines.append(f"\t\tconst word\tkeys_{number}[] = {{{held}}};")
                ways = f"arrangements(keys_{number}, {size}, visited[{number}])"
                lines.append(f"\t\tfound *= {ways};")
        body = "\n".join([*lines, "\t\ttotal += found;"])
    return f"""uint64_t
states_of(const word *states, uint64_t count)
{{
	uint64_t	total = 0;

	for (uint64_t i = 0; i < count; i++)
	{{
		const word *n = states + i * WORDS;
		int			visited[{count}];

		find_visited(n, visited);
{body}
	}}
	return total;
}}
"""


def _expand(generated: Generated, orbits: Orbits) -> str:
    """The successors of all that a representative stands for, as representatives."""
    walked = next(((n, one.walk) for n, one in enumerate(orbits.domains) if one.walk), None)
    head = more = ""
    if walked is not None:
        number, walk = walked
        own = [
            at
            for at, name in enumerate(generated.steps)
            if name.partition(".")[0] == walk.process.name
        ]
        row = f"{number}, {own[0]}, {own[-1]}, {len(generated.steps)}"
        head = f"static const Walk walk = {{{row}}};\n"
        more = f"""	if (is_picking(s))
		count = visit_others(&domains[{number}], &walk, expand, find_visited, s, out, count, tally);
"""
    return f"""{head}
int
expand_orbit(const word *s, word *out, Tally *tally)
{{
	int			count = expand(s, out, tally);

{more}	for (int i = 0; i < count; i++)
		represent(out + i * WORDS);
	return count;
}}
"""
