"""The whole model as a TLA+ module and the configuration with which TLC checks it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from modelcheck.errors import ModelCheckBug, UserError
from modelcheck.export.beginnings import beginnings
from modelcheck.export.names import Names, plain_text
from modelcheck.export.tla.order import BAG_OPERATORS, precedes
from modelcheck.export.tla.steps import FAULT, Acting, ActionWriter, headed
from modelcheck.export.tla.values import (
    DONE,
    UNSET,
    Words,
    before,
    domain,
    expression,
    function,
    literal,
    string,
)
from modelcheck.ir.contents import bag_items, named_types
from modelcheck.ir.expressions import Variable
from modelcheck.ir.model import Fairness, Model, Process, ProcessKind, Property, PropertyKind
from modelcheck.ir.statements import Check
from modelcheck.ir.types import (
    RecordType,
    Type,
)
from modelcheck.ir.walk import statements
from modelcheck.passes.explicit_checks import with_explicit_checks
from modelcheck.trace import State

# Reserved words, names of the standard modules, and names that every module here has.
RESERVED = frozenset(
    re.findall(
        r"\w+",
        """
    ACTION ASSUME ASSUMPTION AXIOM BOOLEAN BY CASE CHOOSE CONSTANT CONSTANTS COROLLARY DEF DEFINE
    DEFS DOMAIN ELSE ENABLED EXCEPT EXTENDS FALSE HAVE HIDE IF IN INSTANCE LAMBDA LEMMA LET LOCAL
    MODULE NEW OBVIOUS OMITTED ONLY OTHER PICK PROOF PROPOSITION PROVE QED RECURSIVE STATE STRING
    SUBSET SUFFICES TAKE TEMPORAL THEN THEOREM TRUE UNCHANGED UNION USE VARIABLE VARIABLES WF_ SF_
    WITH WITNESS Int Nat Real Seq Len Append Head Tail SubSeq SelectSeq Cardinality IsFiniteSet
    Print PrintT Assert JavaTime TLCGet TLCSet Permutations SortSeq RandomElement TLCEval ToString
    None Unset StopAtViolation Fault NoFault AllDone Terminating Init Next Spec vars fault shared
    Min Max Divide Modulo BagAdd BagRemove Precedes_ bag_ item_ count_ at_ x_ y_ what_
    """,
    )
)

HELPERS: Mapping[str, str] = {
    "Min": "Min(x_, y_) == IF x_ < y_ THEN x_ ELSE y_",
    "Max": "Max(x_, y_) == IF x_ > y_ THEN x_ ELSE y_",
    "Divide": "Divide(x_, y_) == IF y_ > 0 THEN x_ \\div y_ ELSE (-x_) \\div (-y_)",
    "Modulo": "Modulo(x_, y_) == x_ - y_ * Divide(x_, y_)",
}
NEEDS = {"Modulo": ("Divide",)}


@dataclass(frozen=True, slots=True)
class TlaText:
    """A module, and what TLC is to do with it."""

    module: str
    config: str


@dataclass(frozen=True, slots=True)
class Parts:
    """What the module is put together from."""

    model: Model
    name: str
    names: Names
    words: Words
    shared: Mapping[Variable, str]
    acting: tuple[Acting, ...]
    orders: Mapping[Type, str]
    operators: Mapping[str, str]
    """By process: the action of one instance."""

    @property
    def variables(self) -> tuple[str, ...]:
        """Every variable, in the order of their declaration."""
        own = (name for one in self.acting for name in (one.at, *one.own.values()))
        return (*self.shared.values(), *own, FAULT)


def tla(model: Model, name: str) -> TlaText:
    """The model as the module `name`, with the same distinct states once `StopAtViolation` is off.

    Raises `UserError` for a name that no module can have, and for what is not written out.
    """
    if not re.fullmatch(r"[A-Za-z]\w*", name, re.ASCII):
        raise UserError(
            f"{name!r} cannot be the name of a TLA+ module",
            way_out="a file name of letters, digits and underscores, such as race.tla",
        )
    starts = beginnings(model, "TLA+")
    parts = _parts(with_explicit_checks(model), name)
    claims = [_Claim(prop, parts.names.take(prop.name)) for prop in parts.model.properties]
    body = [
        _definitions(parts),
        _init(parts, starts),
        *_actions(parts),
        _next(parts),
        *(_claim_text(parts, one) for one in claims),
    ]
    sections = [_head(parts), *_helpers("\n".join(body)), *_orders(parts), *body, "=" * 78]
    return TlaText("\n\n".join(sections) + "\n", _config(claims))


def _parts(model: Model, name: str) -> Parts:
    names = Names((*RESERVED, name))
    inside = Names(RESERVED)
    records = [t for t in named_types(model) if isinstance(t, RecordType)]
    wanted = dict.fromkeys(field.name for t in records for field in t.fields)
    fields = {field: inside.take(field) for field in wanted}
    shared = {variable: names.take(variable.name) for variable in model.variables}
    at = {process.name: names.take(f"at_{process.name}") for process in model.processes}
    parameters: dict[str, str] = {}
    acting: list[Acting] = []
    for process in model.processes:
        parameter = ""
        if process.index is not None:
            wish = process.index.name
            parameter = parameters.get(wish) or names.take(wish)
            parameters[wish] = parameter
        kept = {local for step in process.steps for local in step.live}
        own = {
            local.name: names.take(f"{local.name}_of_{process.name}")
            for local in process.locals
            if local.name in kept
        }
        acting.append(Acting(process, at[process.name], own, parameter, ()))
    every = [(one.at, *one.own.values()) for one in acting]
    others = [
        tuple(name for at_, group in enumerate(every) if at_ != here for name in group)
        for here in range(len(acting))
    ]
    return Parts(
        model=model,
        name=name,
        names=names,
        words=Words(fields, at, tuple(names.take(name) for name in ("i", "j", "l", "o", "p", "q"))),
        shared=shared,
        acting=tuple(replace(one, others=rest) for one, rest in zip(acting, others, strict=True)),
        orders={item: names.take("Order") for item in bag_items(model)},
        operators={process.name: names.take(process.name) for process in model.processes},
    )


def _head(parts: Parts) -> str:
    rule = "-" * max(4, (68 - len(parts.name)) // 2)
    constants = ", ".join(f"{one.name} = {one.text}" for one in parts.model.constants) or "none"
    return f"""\
{rule} MODULE {parts.name} {rule}
\\* {plain_text(parts.model.title)}
\\* constants: {plain_text(constants)}
\\*
\\* A violated check leads to a state that says so in `{FAULT}`, from which nothing leads on. With
\\* StopAtViolation = FALSE there are none of these, and the distinct states are the model's own:
\\* turn TLC's deadlock check off then, as a state may have had nothing but violations before it.
EXTENDS Integers, Sequences, FiniteSets, TLC

CONSTANTS None, Unset, StopAtViolation"""


def _helpers(body: str) -> Iterator[str]:
    """The operators that the body speaks of."""
    wanted = [name for name in HELPERS if f"{name}(" in body]
    wanted += [more for name in wanted for more in NEEDS.get(name, ()) if more not in wanted]
    yield from (HELPERS[name] for name in HELPERS if name in wanted)


def _orders(parts: Parts) -> Iterator[str]:
    if parts.orders:
        yield BAG_OPERATORS
    for item, name in parts.orders.items():
        yield f"{name}(x_, y_) == {precedes(item, 'x_', 'y_', parts.words)}"


def _definitions(parts: Parts) -> str:
    names = ", ".join(parts.variables)
    shared = ", ".join(parts.shared.values())
    unchanged = ", ".join(name for name in parts.variables if name != FAULT)
    return f"""\
VARIABLES {names}

vars == <<{names}>>
shared == <<{shared}>>

Fault(what_) == StopAtViolation /\\ {FAULT}' = what_ /\\ UNCHANGED <<{unchanged}>>
NoFault == {FAULT} = "none\""""


def _init(parts: Parts, starts: tuple[State, ...]) -> str:
    words = parts.words
    pairs = zip(parts.shared.items(), starts[0].shared, strict=True)
    lines = [f"/\\ {name} = {literal(v.type, value, words)}" for (v, name), value in pairs]
    lines.append(f'/\\ {FAULT} = "none"')
    ways = [[f"/\\ {one}" for one in _standing(parts, state)] for state in starts]
    if len(ways) == 1:
        lines += ways[0]
    else:
        lines += [
            line
            for way in ways
            for line in headed("/\\ \\/ " if way is ways[0] else "   \\/ ", way)
        ]
    return "\n".join(["Init ==", *(f"  {line}" for line in lines)])


def _standing(parts: Parts, state: State) -> Iterator[str]:
    """Where everybody stands, and with which locals."""
    locations = iter(state.locations)
    for one in parts.acting:
        process = one.process
        here = [next(locations) for _ in process.indices()]
        labels = [string(DONE if spot.label is None else spot.label) for spot in here]
        yield f"{one.at} = {_per_instance(process, labels, parts.words)}"
        for local in process.locals:
            if local.name not in one.own:
                continue
            held = []
            for spot in here:
                known = dict(zip(process.live(spot.label), spot.locals, strict=True))
                is_live = local.name in known
                held.append(
                    literal(local.type, known[local.name], parts.words) if is_live else UNSET
                )
            yield f"{one.own[local.name]} = {_per_instance(process, held, parts.words)}"


def _per_instance(process: Process, texts: list[str], words: Words) -> str:
    return texts[0] if process.index is None else function(process.index.type, texts, words)


def _actions(parts: Parts) -> Iterator[str]:
    for one in parts.acting:
        writer = ActionWriter(one, parts.shared, parts.words, parts.orders, parts.names)
        called = f"({one.parameter})" if one.parameter else ""
        steps: list[str] = []
        for step in one.process.steps:
            name = parts.names.take(f"{one.process.name}_{step.label}")
            steps.append(f"{name}{called}")
            block = "\n".join(f"  {line}" for line in writer.action(step))
            yield f"\\* {plain_text(str(step.span))}\n{name}{called} ==\n{block}"
        whole = parts.operators[one.process.name]
        yield f"{whole}{called} ==\n  /\\ NoFault\n  /\\ " + _alternatives(steps, "     ")


def _alternatives(texts: list[str], indent: str) -> str:
    return f"\n{indent}".join(f"\\/ {text}" for text in texts) or "FALSE"


def _next(parts: Parts) -> str:
    done, moves, fair = [], [], []
    for one in parts.acting:
        process, name = one.process, parts.operators[one.process.name]
        index = process.index
        each = f"{one.parameter} \\in {domain(index.type)} : " if index is not None else ""
        where = f"({one.parameter})" if index is not None else ""
        at = f"{one.at}[{one.parameter}]" if index is not None else one.at
        some, every = ("\\E ", "\\A ") if each else ("", "")
        moves.append(f"{some}{each}{name}{where}")
        if process.kind is ProcessKind.PROCESS:
            done.append(f"{every}{each}{at} = {string(DONE)}")
        if process.fairness is not Fairness.NONE:
            sign = "WF" if process.fairness is Fairness.WEAK else "SF"
            fair.append(f"{every}{each}{sign}_vars({name}{where})")
    ended = "\n".join(f"  /\\ {one}" for one in done) or "  TRUE"
    spec = "\n".join(f"  /\\ {one}" for one in ("Init", "[][Next]_vars", *fair))
    return f"""\
AllDone ==
{ended}

\\* What has ended may stutter forever; environments may stop anywhere.
Terminating == AllDone /\\ UNCHANGED vars

Next ==
  {_alternatives([*moves, "Terminating"], "  ")}

Spec ==
{spec}"""


@dataclass(frozen=True, slots=True)
class _Claim:
    """A property and its name in the module."""

    prop: Property
    name: str


def _claim_text(parts: Parts, claim: _Claim) -> str:
    prop, words = claim.prop, parts.words
    past = {before(variable): name for variable, name in parts.shared.items()}
    condition = expression(prop.condition, {**parts.shared, **past}, words)
    match prop.kind:
        case PropertyKind.ALWAYS:
            return f"{claim.name} == {condition}"
        case PropertyKind.SOMETIMES:
            return f"\\* Violated where a witness is found.\n{claim.name} == ~({condition})"
        case PropertyKind.EVENTUALLY:
            return f"{claim.name} == {_unfailing(parts)}<>({condition})"
        case PropertyKind.LEADS_TO:
            target = (
                "FALSE" if prop.target is None else expression(prop.target, parts.shared, words)
            )
            leads = f"({condition}) ~> ({target})"
            return f"{claim.name} == {_unfailing(parts)}({leads})"
        case PropertyKind.EVERY_STEP:
            after = {variable: f"{name}'" for variable, name in parts.shared.items()}
            moved = expression(prop.condition, {**after, **past}, words)
            return f"{claim.name} == [][{moved}]_shared"
        case PropertyKind.CHECK | PropertyKind.DEADLOCK:
            raise ModelCheckBug(f"a property cannot be {prop.kind.value}")
        case _:
            assert_never(prop.kind)


def _unfailing(parts: Parts) -> str:
    """What a liveness property is asked of: a behaviour that ends in a violation refutes none."""
    steps = (step for process in parts.model.processes for step in process.steps)
    has_checks = any(isinstance(one, Check) for step in steps for one in statements(step.body))
    return "[]NoFault => " if has_checks else ""


def _config(claims: list[_Claim]) -> str:
    lines = ["CONSTANTS", "  None = None", "  Unset = Unset", "  StopAtViolation = TRUE"]
    lines += ["SPECIFICATION Spec", "INVARIANT NoFault"]
    for claim in claims:
        match claim.prop.kind:
            case PropertyKind.ALWAYS:
                lines.append(f"INVARIANT {claim.name}")
            case PropertyKind.SOMETIMES:
                lines.append(f"\\* for a witness: INVARIANT {claim.name}")
            case _:
                lines.append(f"PROPERTY {claim.name}")
    return "\n".join(lines) + "\n"
