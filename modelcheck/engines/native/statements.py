"""Statements as C: one function for each step of each instance, which adds its successors.

What a step changes it changes in a copy of the state; a choice loops over its options with copies
of its own. A false wait, a violation and the end of the step all leave the innermost such loop.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from modelcheck.engines.native.codes import code_of, converted, fits, literal, shifted
from modelcheck.engines.native.expressions import Expressions
from modelcheck.engines.native.layout import Bits, Layout, Placement, Stand, TooWide, fits_word
from modelcheck.engines.native.packing import width
from modelcheck.engines.native.places import Slot, load, lying
from modelcheck.engines.native.stores import assign, insert, pop, push, remove
from modelcheck.engines.native.text import Function, Tables, bare, c_type
from modelcheck.errors import ModelCheckBug
from modelcheck.ir.expressions import TRUE, Literal, join, type_of
from modelcheck.ir.model import Process, Step
from modelcheck.ir.statements import (
    Assign,
    Check,
    Choose,
    Goto,
    If,
    Insert,
    Pop,
    Push,
    Remove,
    Statement,
    Wait,
)
from modelcheck.ir.types import Type, Value
from modelcheck.semantics import Prepared

LONGEST = 20_000
"""Lines of C in one step: more would keep the compiler busy for too long."""


@dataclass(frozen=True, slots=True)
class Job:
    """A step of an instance, and what the search calls it."""

    process: Process
    step: Step
    stand: Stand
    number: int
    """Of the step among all steps of the model."""

    claim: int
    """The number of the claim that its checks hold."""


class Statements:
    """Writes the body of one step of one instance."""

    def __init__(self, layout: Layout, prepared: Prepared, tables: Tables, job: Job) -> None:
        self.job = job
        self.words = layout.words
        self.function = Function(tables)
        self.write = Expressions(layout, prepared, self.function)
        self.types = {local.name: local.type for local in job.process.locals}
        self.depth = 0
        """How many choices there are around."""

        self.leave = ""
        self._leave_by("return count;")

    def _leave_by(self, leave: str) -> None:
        """What ends the run of the step with the choices made so far."""
        self.leave = leave
        tallied = f"tally_violation(tally, {self.job.number}, {self.job.claim});"
        self.function.violate = (tallied, leave)

    def text(self, name: str, body: tuple[Statement, ...], used: set[str]) -> str:
        """The C function of a body; `used` names the locals that it speaks of."""
        text = self.function.text
        text.add(f"word\t\tn[{self.words}];")
        for local in sorted(used):
            if not fits_word(self.types[local]):
                raise TooWide(f"the local {local} of {width(self.types[local])} bits")
            self.write.names[local] = f"l_{_identifier(local)}"
            text.add(f"{c_type(self.types[local])} {self.write.names[local]} = 0;")
        text.add()
        text.add("memcpy(n, s, sizeof n);")
        for local, at in self.job.stand.locals[self.job.step.label].items():
            if local in used:
                text.add(f"{self.write.names[local]} = {bare(load(_stored(at)))};")
        if not self.body(body):
            raise ModelCheckBug("a step fell off its end")
        lines = "\n".join(text.lines)
        head = f"static int\n{name}(const word *s, word *out, int count, Tally *tally)"
        return f"{head}\n{{\n{lines}\n}}\n"

    def body(self, body: tuple[Statement, ...]) -> bool:
        """Write a body; whether it always ends the step."""
        if len(self.function.text.lines) > LONGEST:
            raise TooWide("a step with so many ways through it")
        for position, statement in enumerate(body):
            rest = body[position + 1 :]
            match statement:
                case Choose():
                    self._choose(statement, rest)
                    return True
                case If() if _chooses(statement.then) or _chooses(statement.otherwise):
                    return self._if(_split(statement, rest))
                case _:
                    if self._statement(statement):
                        return True
        return False

    def _statement(self, statement: Statement) -> bool:
        match statement:
            case Assign():
                assign(self.write, statement)
            case Push():
                push(self.write, statement)
            case Pop():
                pop(self.write, statement)
            case Insert():
                insert(self.write, statement)
            case Remove():
                remove(self.write, statement)
            case Check(condition):
                self.function.check(self.write.value(condition))
            case Wait(condition):
                self.function.text.add(f"if (!{self.write.value(condition)})")
                self.function.text.add(f"\t{self.leave}")
            case If():
                return self._if(statement)
            case Goto(label):
                self._goto(label)
                return True
            case Choose():
                raise ModelCheckBug("a choice is written with what follows it")
            case _:
                assert_never(statement)
        return False

    def _if(self, branch: If) -> bool:
        text = self.function.text
        text.open(f"if ({bare(self.write.value(branch.condition))})")
        then = self.body(branch.then)
        text.close()
        if not branch.otherwise:
            return False
        text.open("else")
        otherwise = self.body(branch.otherwise)
        text.close()
        return then and otherwise

    def _choose(self, choose: Choose, rest: tuple[Statement, ...]) -> None:
        """Offer the values one after the other, each with copies of all that may change."""
        text = self.function.text
        self.depth += 1
        options, number = f"options_{self.depth}", f"offered_{self.depth}"
        text.open()
        held = _offered(choose)
        self._offer_all(choose, held, (options, number))
        at = f"at_{self.depth}"
        text.open(f"for (int {at} = 0; {at} < {number}; {at}++)")
        self._choose_one(choose, rest, f"{options}[{at}]", held)
        text.close()
        text.add(self.leave)
        text.close()
        self.depth -= 1

    def _offer_all(self, choose: Choose, held: Type, names: tuple[str, str]) -> None:
        """Write the array of what is on offer, and how much that is."""
        text, (options, number) = self.function.text, names
        known = [literal(*one) for one in _constants(choose)]
        if known:
            text.add(f"static const int64_t {options}[] = {{{', '.join(known)}}};")
            text.add(f"const int {number} = {len(known)};")
            text.add()
            return
        text.add(f"int64_t {options}[{max(1, len(choose.offers))}];")
        text.add(f"int {number} = 0;")
        text.add()
        for offer in choose.offers:
            if offer.condition != TRUE:
                text.open(f"if ({bare(self.write.value(offer.condition))})")
            value = self.write.as_type(offer.value, held)
            text.add(f"{number} = add_option({options}, {number}, (int64_t) {value});")
            if offer.condition != TRUE:
                text.close()

    def _choose_one(
        self, choose: Choose, rest: tuple[Statement, ...], option: str, held: Type
    ) -> None:
        names, leave, state = dict(self.write.names), self.leave, self.write.state
        text, inner = self.function.text, f"n_{self.depth}"
        text.add(f"word\t\t{inner}[{self.words}];")
        for local, name in names.items():
            self.write.names[local] = f"{name}_{self.depth}"
            text.add(f"{c_type(self.types[local])} {name}_{self.depth} = {name};")
        text.add()
        text.add(f"memcpy({inner}, {state}, sizeof {inner});")
        self.write.state = inner
        self._leave_by("continue;")
        t = choose.target.type
        once = self.function.temporary(f"({option})", held)
        self.function.check(fits(once, held, t))
        chosen = converted(self.function, once, held, t)
        text.add(f"{self.write.names[choose.target.name]} = {bare(chosen)};")
        if not self.body(rest):
            raise ModelCheckBug("a step fell off its end after a choice")
        self.write.names, self.write.state = names, state
        self._leave_by(leave)

    def _goto(self, label: str | None) -> None:
        """The step ends: write where the instance stands now, and hand the state out."""
        text, state, stand = self.function.text, self.write.state, self.job.stand
        bits = self._location(label)
        for word, mask in sorted(_area(stand).items()):
            kept = f"({state}[{word}] & ~UINT64_C({mask:#x}))"
            text.add(f"{state}[{word}] = {bare(' | '.join([kept, *bits.get(word, ())]))};")
        text.add(f"memcpy(out + {self._place()}, {state}, sizeof {state});")
        text.add("count++;")
        text.add(f"tally->taken[{self.job.number}]++;")
        text.add(self.leave)

    def _place(self) -> str:
        return "count" if self.words == 1 else f"(size_t) count * {self.words}"

    def _location(self, label: str | None) -> dict[int, list[str]]:
        """The bits of a location, by word."""
        stand = self.job.stand
        bits: dict[int, list[str]] = {}
        if stand.places.index(label):
            at = shifted(str(stand.places.index(label)), stand.label.shift)
            bits.setdefault(stand.label.word, []).append(at)
        for local, placement in stand.locals[label].items() if label is not None else ():
            if not isinstance(placement, Bits):
                raise TooWide("a local that fits in no word")
            if placement.width:
                code = code_of(self.write.names[local], placement.type)
                bits.setdefault(placement.word, []).append(shifted(code, placement.shift))
        return bits


def fan_out(body: tuple[Statement, ...]) -> int:
    """At most how many transitions one step of one instance has in a state."""
    return max(_ways(body))


def _ways(body: tuple[Statement, ...]) -> tuple[int, int]:
    """At most how many ways lead through a body to the end of the step, and out of the body."""
    ended, ways = 0, 1
    for statement in body:
        match statement:
            case Choose(offers=offers):
                ways *= len(offers)
            case If(_, then, otherwise):
                one, other = _ways(then), _ways(otherwise)
                ended = max(ended, ways * max(one[0], other[0]))
                ways *= max(one[1], other[1])
            case Goto():
                return max(ended, ways), 0
            case _:
                pass
    return ended, ways


def _chooses(body: tuple[Statement, ...]) -> bool:
    return any(
        isinstance(one, Choose)
        or (isinstance(one, If) and (_chooses(one.then) or _chooses(one.otherwise)))
        for one in body
    )


def _split(branch: If, rest: tuple[Statement, ...]) -> If:
    """A branch with a choice, which loops over what follows: that is written on both ways."""
    return If(
        branch.condition,
        branch.then if _ends(branch.then) else (*branch.then, *rest),
        branch.otherwise if _ends(branch.otherwise) else (*branch.otherwise, *rest),
        branch.span,
    )


def _ends(body: tuple[Statement, ...]) -> bool:
    """Whether every path of a body ends the step."""
    match body[-1:]:
        case (Goto(),):
            return True
        case (If(_, then, otherwise),):
            return _ends(then) and _ends(otherwise)
        case _:
            return False


def _offered(choose: Choose) -> Type:
    """A type that holds all values on offer."""
    held = type_of(choose.offers[0].value) if choose.offers else choose.target.type
    for offer in choose.offers[1:]:
        held = join(held, type_of(offer.value))
    if not fits_word(held):
        raise TooWide(f"a choice between values of {width(held)} bits")
    return held


def _constants(choose: Choose) -> list[tuple[Type, Value]]:
    """The distinct values on offer, if they are the same in every state."""
    held = _offered(choose)
    if not all(one.condition == TRUE and isinstance(one.value, Literal) for one in choose.offers):
        return []
    offered = [one.value.value for one in choose.offers if isinstance(one.value, Literal)]
    return [(held, value) for value in dict.fromkeys(offered)]


def _stored(placement: Placement) -> Slot:
    slot = lying("n", placement)
    if not isinstance(slot, Slot):
        raise TooWide("a local that fits in no word")
    return slot


def _area(stand: Stand) -> dict[int, int]:
    """The bits of an instance's location and locals, by word."""
    found: dict[int, int] = {}
    places = [one for by_name in stand.locals.values() for one in by_name.values()]
    for bits in [stand.label, *places]:
        if isinstance(bits, Bits):
            mask = ((1 << bits.width) - 1) << bits.shift
            found[bits.word] = found.get(bits.word, 0) | mask
    return {word: mask for word, mask in found.items() if mask}


def _identifier(name: str) -> str:
    return "".join(letter if letter.isalnum() else f"_{ord(letter)}_" for letter in name)
