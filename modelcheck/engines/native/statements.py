"""Statements as C: one function for each step of each instance, which adds its successors.

What a step changes it changes in a copy of the state; a choice loops over its options with copies
of its own. A false wait, a violation and the end of the step all leave the innermost such loop.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from modelcheck.engines.native.expressions import Expressions, Far, Place, Slot, Tables, Text
from modelcheck.engines.native.layout import Bits, Layout, Parts, Placement, Stand, TooWide
from modelcheck.engines.native.packing import is_scalar, width
from modelcheck.errors import ModelCheckBug
from modelcheck.ir.expressions import (
    TRUE,
    Conditional,
    Expr,
    Literal,
    Make,
    type_of,
)
from modelcheck.ir.expressions import Place as ModelPlace
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
from modelcheck.ir.types import BagType, OptionType, QueueType, SetType, Type, Value
from modelcheck.semantics import Prepared


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

    checked: tuple[tuple[int, str], ...]
    """Claims over every step, and the C functions that say whether they hold."""


class Statements:
    """Writes the body of one step of one instance."""

    def __init__(self, layout: Layout, prepared: Prepared, tables: Tables, job: Job) -> None:
        self.layout = layout
        self.job = job
        self.text = Text([])
        self.write = Expressions(layout, prepared, tables, self.text)
        self.leave = "return count;"
        self.depth = 0
        self._set_leave("return count;")
        self.types = {local.name: local.type for local in job.process.locals}

    def _set_leave(self, leave: str) -> None:
        self.leave = leave
        number = self.job.number
        self.write.violate = (
            f"tally->taken[{number}]++;",
            "tally->failing++;",
            f"tally_claim(tally, {self.job.claim});",
            leave,
        )

    def function(self, name: str, body: tuple[Statement, ...], used: set[str]) -> str:
        """The C function of a body; `used` names the locals that it speaks of."""
        words = self.layout.words
        self.text.add(f"word n[{words}];")
        for local in sorted(used):
            t = self.types[local]
            if width(t) > 64:  # noqa: PLR2004  # the bits of a word
                raise TooWide(f"the local {local} of {width(t)} bits")
            self.write.names[local] = f"l_{_identifier(local)}"
            self.text.add(f"{_c_type(t)} l_{_identifier(local)} = 0;")
        self.text.add("")
        self.text.add("memcpy(n, s, sizeof n);")
        for local, at in self.job.stand.locals.get(self.job.step.label, {}).items():
            if local in used:
                self.text.add(f"{self.write.names[local]} = {self._stored(at)};")
        if not self.body(body):
            raise ModelCheckBug("a step fell off its end")
        lines = "\n".join(self.text.lines)
        head = f"static int\n{name}(const word *s, word *out, int count, Tally *tally)"
        return f"{head}\n{{\n{lines}\n}}\n"

    def _stored(self, placement: Placement) -> str:
        if not isinstance(placement, Bits):
            raise TooWide("a local that fits in no word")
        return self.write.loaded(Slot(f"n[{placement.word}]", str(placement.shift), placement.type))

    def body(self, body: tuple[Statement, ...]) -> bool:
        """Write a body; whether it always ends the step."""
        for position, statement in enumerate(body):
            rest = body[position + 1 :]
            match statement:
                case Choose():
                    self._choose(statement, rest)
                    return True
                case If() if _chooses(statement.then) or _chooses(statement.otherwise):
                    return self._split(statement, rest)
                case _:
                    if self._statement(statement):
                        return True
        return False

    def _split(self, branch: If, rest: tuple[Statement, ...]) -> bool:
        """A branch with a choice, which loops over what follows: it is written on both ways."""
        return self._if(
            If(
                branch.condition,
                branch.then if _ends(branch.then) else (*branch.then, *rest),
                branch.otherwise if _ends(branch.otherwise) else (*branch.otherwise, *rest),
                branch.span,
            )
        )

    def _statement(self, statement: Statement) -> bool:
        write = self.write
        match statement:
            case Assign(place, value):
                self._assign(place, value)
            case Push():
                self._push(statement)
            case Pop():
                self._pop(statement)
            case Insert():
                self._insert(statement)
            case Remove():
                self._remove(statement)
            case Check(condition):
                write.check(write.value(condition))
            case Wait(condition):
                test = write.value(condition)
                self.text.open(f"if (!{test})")
                self.text.add(self.leave)
                self.text.close()
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
        test = self.write.value(branch.condition)
        self.text.open(f"if ({test})")
        then = self.body(branch.then)
        self.text.close()
        if not branch.otherwise:
            return False
        self.text.open("else")
        otherwise = self.body(branch.otherwise)
        self.text.close()
        return then and otherwise

    def _assign(self, place: ModelPlace, value: Expr) -> None:
        held, wanted = type_of(value), type_of(place)
        if width(wanted) > 64:  # noqa: PLR2004  # the bits of a word
            self._assign_parts(self.write.place(place), value)
            return
        once = self.write.temporary(self.write.value(value), held)
        self._store_checked(self.write.place(place), once, held)

    def _assign_parts(self, target: Place, value: Expr) -> None:
        if not isinstance(target, Far) or len(target.parts) != 1:
            raise TooWide("an assignment of a large value to one of several places")
        (placement,) = target.parts
        match value:
            case Literal(_, known):
                self._store_literal(placement, known)
            case Make(_, parts) if isinstance(placement, Parts):
                for part, expr in zip(placement.parts, parts, strict=True):
                    if isinstance(part, Parts):
                        self._assign_parts(Far((part,), "0"), expr)
                    else:
                        held = type_of(expr)
                        once = self.write.temporary(self.write.value(expr), held)
                        self._store_checked(self._slot(part), once, held)
            case Conditional():
                raise TooWide("a choice between large values")
            case _:
                source = self.write.place(value)
                if not isinstance(source, Far) or len(source.parts) != 1:
                    raise TooWide("a copy of a large value from one of several places")
                self._copy(placement, source.parts[0])

    def _store_literal(self, placement: Placement, value: Value) -> None:
        match placement:
            case Bits():
                self._store(self._slot(placement), self.write.literal(placement.type, value))
            case Parts(_, parts):
                for part, held in zip(
                    parts, value if isinstance(value, tuple) else (), strict=True
                ):
                    self._store_literal(part, held)

    def _copy(self, target: Placement, source: Placement) -> None:
        match target, source:
            case Bits(), Bits():
                self._store(self._slot(target), self.write.loaded(self._slot(source)))
            case Parts(_, parts), Parts(_, others):
                for part, other in zip(parts, others, strict=True):
                    self._copy(part, other)
            case _:
                raise TooWide("a copy between values that are laid out differently")

    def _store_checked(self, place: Place, once: str, held: Type) -> None:
        if not isinstance(place, Slot):
            raise TooWide("an assignment to one of several places")
        self.write.check(self.write.fits(once, held, place.type))
        self._store(place, self.write.converted(once, held, place.type))

    def _store(self, place: Slot, value: str) -> None:
        """Put a value of the place's own type there."""
        if place.is_whole:
            self.text.add(f"{place.word} = {value};")
            return
        code = self.write.code(value, place.type)
        bits = width(place.type)
        if place.inside_option:
            bits, code = width(OptionType(place.type)), f"(1 + {code})"
        self.text.add(f"{place.word} = put_bits({place.word}, {place.shift}, {bits}, {code});")

    def _slot(self, bits: Bits) -> Slot:
        return Slot(f"{self.write.state}[{bits.word}]", str(bits.shift), bits.type)

    def _container(self, place: ModelPlace) -> tuple[Slot, Type, str]:
        """A container's place, its type, and what it holds now."""
        slot = self.write.place(place)
        if not isinstance(slot, Slot):
            raise TooWide("a container that fits in no word")
        return slot, slot.type, self.write.temporary(self.write.loaded(slot), slot.type)

    def _item(self, value: Expr) -> tuple[str, Type]:
        held = type_of(value)
        return self.write.temporary(self.write.value(value), held), held

    def _push(self, push: Push) -> None:
        slot, t, now = self._container(push.queue)
        if not isinstance(t, QueueType):
            raise ModelCheckBug("a push on what is no queue")
        once, held = self._item(push.value)
        sizes = f"{t.capacity}, {width(t.item)}"
        self.write.check(f"pool_length({now}, {sizes}) < {t.capacity}")
        self.write.check(self.write.fits(once, held, t.item))
        code = self.write.code(self.write.converted(once, held, t.item), t.item)
        self._store(slot, f"queue_push({now}, {sizes}, {code})")

    def _pop(self, pop: Pop) -> None:
        slot, t, now = self._container(pop.queue)
        if not isinstance(t, QueueType):
            raise ModelCheckBug("a pop of what is no queue")
        sizes = f"{t.capacity}, {width(t.item)}"
        self.write.check(f"pool_length({now}, {sizes}) > 0")
        self._store(slot, f"queue_pop({now}, {sizes})")
        if pop.target is not None:
            first = self.write.natural(f"pool_item({now}, {sizes}, 0)", t.item)
            once = self.write.temporary(first, t.item)
            self._store_checked(self.write.place(pop.target), once, t.item)

    def _insert(self, insert: Insert) -> None:
        slot, t, now = self._container(insert.container)
        if not isinstance(t, BagType | SetType):
            raise ModelCheckBug("an insertion into what is no bag and no set")
        once, held = self._item(insert.value)
        if isinstance(t, SetType):
            self.write.check(self.write.fits(once, held, t.item))
            self._store(slot, f"{now} | (word) 1 << {self.write.member(once, held, t.item)}")
            return
        sizes = f"{t.capacity}, {width(t.item)}"
        self.write.check(f"pool_length({now}, {sizes}) < {t.capacity}")
        self.write.check(self.write.fits(once, held, t.item))
        code = self.write.code(self.write.converted(once, held, t.item), t.item)
        self._store(slot, f"bag_insert({now}, {sizes}, {code})")

    def _remove(self, remove: Remove) -> None:
        slot, t, now = self._container(remove.container)
        if not isinstance(t, BagType | SetType):
            raise ModelCheckBug("a removal from what is no bag and no set")
        once, held = self._item(remove.value)
        inside = self.write.fits(once, held, t.item)
        if isinstance(t, SetType):
            without = f"{now} & ~((word) 1 << {self.write.member(once, held, t.item)})"
            self._store(slot, without if inside == "1" else f"({inside}) ? {without} : {now}")
            return
        sizes = f"{t.capacity}, {width(t.item)}"
        code = self.write.code(self.write.converted(once, held, t.item), t.item)
        self.write.check(inside)
        self.write.check(f"pool_holds({now}, {sizes}, {code})")
        self._store(slot, f"bag_remove({now}, {sizes}, {code})")

    def _choose(self, choose: Choose, rest: tuple[Statement, ...]) -> None:
        """Offer the values one after the other, each with copies of all that may change."""
        t = choose.target.type
        self.depth += 1
        options, number, at = (f"{name}_{self.depth}" for name in ("options", "offered", "at"))
        self.text.open("")
        self.text.add(f"{_c_type(t)} {options}[{max(1, len(choose.offers))}];")
        self.text.add(f"int {number} = 0;")
        self.text.add("")
        distinct = all(isinstance(one.value, Literal) for one in choose.offers)
        seen: list[object] = []
        for offer in choose.offers:
            if distinct and offer.condition == TRUE:
                if isinstance(offer.value, Literal) and offer.value.value in seen:
                    continue
                seen.append(offer.value.value if isinstance(offer.value, Literal) else None)
            self._offer(offer.condition, offer.value, t, (options, number), distinct=distinct)
        self.text.open(f"for (int {at} = 0; {at} < {number}; {at}++)")
        self._choose_one(choose, rest, f"{options}[{at}]")
        self.text.close()
        self.text.add(self.leave)
        self.text.close()
        self.depth -= 1

    def _offer(
        self, condition: Expr, value: Expr, t: Type, names: tuple[str, str], *, distinct: bool
    ) -> None:
        options, number = names
        guarded = condition != TRUE
        if guarded:
            self.text.open(f"if ({self.write.value(condition)})")
        held = type_of(value)
        once = self.write.temporary(self.write.value(value), held)
        self.write.check(self.write.fits(once, held, t))
        converted = self.write.converted(once, held, t)
        self.text.add(f"{options}[{number}] = {converted};")
        if distinct and not guarded:
            self.text.add(f"{number}++;")
        else:
            known = f"known_{self.depth}"
            self.text.open("")
            self.text.add(f"bool {known} = false;")
            self.text.add("")
            self.text.open(f"for (int i = 0; i < {number}; i++)")
            self.text.add(f"{known} |= {options}[i] == {options}[{number}];")
            self.text.close()
            self.text.add(f"{number} += !{known};")
            self.text.close()
        if guarded:
            self.text.close()

    def _choose_one(self, choose: Choose, rest: tuple[Statement, ...], option: str) -> None:
        names, leave, state = dict(self.write.names), self.leave, self.write.state
        inner = f"n_{self.depth}"
        self.text.add(f"word {inner}[{self.layout.words}];")
        self.write.state = inner
        for local, name in names.items():
            self.write.names[local] = f"{name}_{self.depth}"
            self.text.add(f"{_c_type(self.types[local])} {name}_{self.depth} = {name};")
        self.text.add("")
        self.text.add(f"memcpy({inner}, {state}, sizeof {inner});")
        end = f"next_{self.depth}_{next(self.write.fresh)}"
        self._set_leave(f"goto {end};")
        if choose.target.name in self.write.names:
            self.text.add(f"{self.write.names[choose.target.name]} = {option};")
        if not self.body(rest):
            raise ModelCheckBug("a step fell off its end after a choice")
        self.text.lines.append(f"{end}:")
        self.text.add(";")
        self.write.names, self.write.state = names, state
        self._set_leave(leave)

    def _goto(self, label: str | None) -> None:
        """The step ends: write where the instance stands now, and hand the state out."""
        state, stand = self.write.state, self.job.stand
        for word, mask in sorted(_area(stand).items()):
            self.text.add(f"{state}[{word}] &= ~UINT64_C({mask:#x});")
        codes: dict[int, list[str]] = {}
        if stand.places.index(label):
            at = f"(word) {stand.places.index(label)} << {stand.label.shift}"
            codes.setdefault(stand.label.word, []).append(at)
        if label is not None:
            for local, placement in stand.locals[label].items():
                if not isinstance(placement, Bits):
                    raise TooWide("a local that fits in no word")
                if placement.width:
                    code = self.write.code(self.write.names[local], placement.type)
                    codes.setdefault(placement.word, []).append(f"{code} << {placement.shift}")
        for word, parts in codes.items():
            self.text.add(f"{state}[{word}] |= {' | '.join(parts)};")
        for claim, function in self.job.checked:
            self.text.open(f"if (!{function}(s, {state}))")
            self.text.add(f"tally_claim(tally, {claim});")
            self.text.close()
        self.text.add(f"memcpy(out + (size_t) count * {self.layout.words}, {state}, sizeof n);")
        self.text.add("count++;")
        self.text.add(f"tally->taken[{self.job.number}]++;")
        self.text.add(self.leave)


def fan_out(body: tuple[Statement, ...]) -> int:
    """At most how many transitions one step of one instance has in a state."""
    for position, statement in enumerate(body):
        rest = body[position + 1 :]
        match statement:
            case Choose(offers=offers):
                return len(offers) * fan_out(rest)
            case If(_, then, otherwise):
                return max(fan_out((*then, *rest)), fan_out((*otherwise, *rest)))
            case Goto():
                return 1
            case _:
                pass
    return 1


def _chooses(body: tuple[Statement, ...]) -> bool:
    return any(
        isinstance(one, Choose)
        or (isinstance(one, If) and (_chooses(one.then) or _chooses(one.otherwise)))
        for one in body
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


def _c_type(t: Type) -> str:
    return "int64_t" if is_scalar(t) else "word"
