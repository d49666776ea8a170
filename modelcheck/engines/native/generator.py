"""A model as a C file: the successors of a state, and what the properties say of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import indent

from modelcheck.engines.dependence import Relation
from modelcheck.engines.native.expressions import Expressions
from modelcheck.engines.native.generated import Asked, Generated
from modelcheck.engines.native.layout import Layout, lay_out
from modelcheck.engines.native.questions import Questions
from modelcheck.engines.native.reads import read_by_step
from modelcheck.engines.native.sites import Member, Sites, Step, grouped
from modelcheck.engines.native.statements import Job, Statements, fan_out
from modelcheck.engines.native.stubborn import Choosing, choosing
from modelcheck.engines.native.text import Function, Tables, bare
from modelcheck.engines.selection import claims
from modelcheck.engines.specialise import Specialiser
from modelcheck.engines.survey import presupposed
from modelcheck.ir.expressions import Expr, Scope
from modelcheck.ir.model import Model, Process, ProcessKind, PropertyKind
from modelcheck.ir.statements import Choose, Goto, Statement
from modelcheck.ir.walk import statements, variables, written
from modelcheck.semantics import Prepared, goal, prepare


def generate(model: Model, relation: Relation | None = None) -> Generated:
    """Write a model as C; raises `TooWide` where a value fits in no word.

    With a relation, of the successors of a state only those by a stubborn set are given.
    """
    prepared, layout, tables = prepare(model), lay_out(model), Tables()
    every = claims(model)
    functions: list[str] = []
    checked: list[tuple[int, str]] = []
    judged: list[str] = []
    conditions: list[Expr] = []
    asked: dict[str, Asked] = {}
    questions = Questions(prepared, layout, tables)
    for number, prop in enumerate(model.properties):
        name = f"holds_{number}"
        match prop.kind:
            case PropertyKind.ALWAYS:
                holds = questions.asked(name, prop.condition, divided=True)
                judged.append(_noted(number, f"!({holds})" if "&&" in holds else f"!{holds}"))
            case PropertyKind.SOMETIMES:
                holds = questions.asked(name, prop.condition, divided=False)
                judged.append(_noted(number, holds))
            case PropertyKind.EVERY_STEP:
                checked.append((number, name))
                functions.append(_over_step(prepared, layout, tables, name, prop.condition))
            case PropertyKind.EVENTUALLY | PropertyKind.LEADS_TO:
                promise = None if prop.target is None else len(conditions) + 1
                asked[prop.name] = Asked(len(conditions), promise)
                conditions += [goal(prop)] if promise is None else [goal(prop), prop.condition]
            case _:
                pass
    signs = [(prop.name, one) for prop in model.properties for one in presupposed(prepared, prop)]
    for number, (_, condition) in enumerate(signs, len(every)):
        holds = questions.asked(f"holds_{number}", condition, divided=False)
        judged.append(_noted(number, holds))
    asks = [
        questions.alone(f"asked_{number}", condition) for number, condition in enumerate(conditions)
    ]
    functions += questions.functions
    expansion = _expansion(prepared, layout, tables, relation)
    functions += expansion.functions
    plain = expansion.either() if asks and relation is None else expansion.calls
    expand = (expansion.declared, plain + _checked(layout, tuple(checked)) + expansion.kept)
    return Generated(
        text=_file(layout, tables, functions, expand, judged, _stuck(prepared, layout))
        + _asks(asks),
        layout=layout,
        claims=every,
        signs=tuple(name for name, _ in signs),
        steps=tuple(name for name, _ in every[len(model.properties) : -1]),
        asked=asked,
        fan_out=expansion.fan_out,
        index=expansion.index,
        answers=questions.answers,
        single=_single(expansion.instances),
    )


def _asks(functions: list[str]) -> str:
    """What is compiled for the graph of a model alone: the conditions that liveness speaks of."""
    if not functions:
        return ""
    cases = [
        f"\t\tcase {number}:\n\t\t\treturn asked_{number}(n);\n" for number in range(len(functions))
    ]
    return f"""
#ifdef MARKS
{chr(10).join(functions)}
int
ask(const word *n, int question)
{{
	switch (question)
	{{
{"".join(cases)}	}}
	return 0;
}}
#endif
"""


def _single(instances: tuple[str, ...]) -> str:
    """A function that takes the steps of the instance of that number."""
    cases = "".join(
        f"\t\tcase {at}:\n{indent(one, chr(9) * 2)}\t\t\tbreak;\n"
        for at, one in enumerate(instances)
    )
    return f"""static int
expand_one(const word *s, int instance, word *out, Tally *tally)
{{
	int			count = 0;

	switch (instance)
	{{
{cases}	}}
	return count;
}}
"""


def _checked(layout: Layout, checked: tuple[tuple[int, str], ...]) -> str:
    """Code that notes which claims over steps a successor refutes."""
    if not checked:
        return ""
    tests = "".join(
        f"\t\tif (!{holds}(s, out + i * {layout.words}))\n\t\t\ttally_claim(tally, {claim});\n"
        for claim, holds in checked
    )
    return f"\tfor (int i = 0; i < count; i++)\n\t{{\n{tests}\t}}\n"


def _noted(number: int, condition: str) -> str:
    return f"\tif (tally->found[{number}] == 0 && {condition})\n\t\ttally_claim(tally, {number});\n"


@dataclass(frozen=True, slots=True)
class _Expansion:
    """The code that calls the steps."""

    functions: tuple[str, ...]
    declared: str
    """The variables that it needs."""

    calls: str
    kept: str
    """Keeps of the successors those that are enough, where a relation says which."""

    fan_out: int
    index: int
    """How many entries the index of what is remembered has."""

    instances: tuple[str, ...]
    """The steps of each instance."""

    def either(self) -> str:
        """The calls, or what a model is compiled to with MARKS: where each one's successors end."""
        marked = "".join(f"{one}\tMARK({at});\n" for at, one in enumerate(self.instances))
        return f"#ifdef MARKS\n{marked}#else\n{self.calls}#endif\n"


def _expansion(
    prepared: Prepared, layout: Layout, tables: Tables, relation: Relation | None
) -> _Expansion:
    """Write every step of every instance, and the code that calls them.

    With a relation, `ends` gets how many successors there are after each instance.
    """
    functions: list[str] = []
    alone = tuple(_members(prepared, layout, tables, functions))
    members = grouped(alone) if relation is None else alone
    sites, calls = Sites(layout.words), []
    for at, member in enumerate(members):
        if member.together:
            functions.append(_together(member))
        name = f"sites_{at}"
        table = sites.text(name, member)
        functions += [table] if table else []
        calls.append(_look_up(name, member) if table else _branches(member))
        if relation is not None:
            calls.append(f"\tends[{at + 1}] = count;\n")
    choice = Choosing("", "", "") if relation is None else choosing(prepared, layout, relation)
    return _Expansion(
        functions=tuple(filter(None, (*functions, choice.functions))),
        declared=choice.declared,
        calls="".join(calls),
        kept=choice.kept,
        fan_out=sum(member.successors for member in members),
        index=sites.index,
        instances=tuple(map(_branches, alone)),
    )


def _members(
    prepared: Prepared, layout: Layout, tables: Tables, functions: list[str]
) -> Iterator[Member]:
    numbers = {name: number for number, (name, _) in enumerate(prepared.model.steps())}
    offset = len(prepared.model.properties)
    for at, (instance, process) in enumerate(
        zip(prepared.instances, prepared.processes, strict=True)
    ):
        stand = layout.stands[at]
        steps: list[Step] = []
        for position, step in enumerate(process.steps):
            body = Specialiser(process.index, instance.index).body(step.body)
            number = numbers[f"{process.name}.{step.label}"]
            writer = Statements(
                layout, prepared, tables, Job(process, step, stand, number, offset + number)
            )
            name = f"step_{at}_{position}"
            comment = f"/* {instance}.{step.label} */\n"
            functions.append(comment + writer.text(name, body, _used(body, process)))
            reads = read_by_step(layout, prepared, stand, step.label, body)
            steps.append(Step(name, number, stand.places.index(step.label), reads, fan_out(body)))
        label = f"get_bits(s[{stand.label.word}], {stand.label.shift}, {stand.label.width})"
        yield Member(process.name, len(stand.places), label, tuple(steps))


def _together(member: Member) -> str:
    """A function that takes the steps of neighbours, one after the other."""
    calls = "".join(f"\tcount = {one}(s, out, count, tally);\n" for one in member.together)
    head = (
        f"static int\n{member.steps[0].function}(const word *s, word *out, int count, Tally *tally)"
    )
    return f"{head}\n{{\n{calls}\treturn count;\n}}\n"


def _look_up(name: str, member: Member) -> str:
    at = "0" if member.places == 1 else member.label
    site = f"&{name}[{at}], {member.successors}"
    return f"\tcount = local_steps({site}, hand, s, out, count, tally);\n"


def _branches(member: Member) -> str:
    cases = "".join(
        f"\t\tcase {step.place}:\n\t\t\tcount = {step.function}(s, out, count, tally);\n"
        "\t\t\tbreak;\n"
        for step in member.steps
    )
    return f"\tswitch ({member.label})\n\t{{\n{cases}\t}}\n"


def _used(body: tuple[Statement, ...], process: Process) -> set[str]:
    """The locals that a step speaks of or hands on."""
    if not process.locals:
        return set()
    live = {step.label: step.live for step in process.steps}
    found: set[str] = set()
    for statement in statements(body):
        for expr in written(statement):
            found |= {v.name for v in variables(expr) if v.scope is Scope.LOCAL}
        match statement:
            case Choose(target):
                found.add(target.name)
            case Goto(str() as label):
                found.update(live[label])
            case _:
                pass
    return found


def _over_step(
    prepared: Prepared, layout: Layout, tables: Tables, name: str, condition: Expr
) -> str:
    function = Function(tables)
    same = " && ".join(
        f"((s[{word}] ^ n[{word}]) & UINT64_C({mask:#x})) == 0"
        for word, mask in layout.shared_bits().items()
    )
    function.text.add(f"if ({same or '1'})")
    function.text.add("\treturn 1;")
    value = Expressions(layout, prepared, function).value(Specialiser(None, None).expr(condition))
    function.text.add(f"return {bare(value)};")
    head = f"static int\n{name}(const word *s, const word *n)"
    return f"{head}\n{{\n" + "\n".join(function.text.lines) + "\n}\n"


def _stuck(prepared: Prepared, layout: Layout) -> str:
    tests = [
        f"get_bits(s[{stand.label.word}], {stand.label.shift}, {stand.label.width}) != 0"
        if None in stand.places
        else "1"
        for stand, process in zip(layout.stands, prepared.processes, strict=True)
        if process.kind is ProcessKind.PROCESS
    ]
    return " ||\n\t\t".join(tests) or "0"


def _file(
    layout: Layout,
    tables: Tables,
    functions: list[str],
    expansion: tuple[str, str],
    judged: list[str],
    stuck: str,
) -> str:
    deadlock = len(claims(layout.model)) - 1
    declared, calls = expansion
    title = layout.model.title.replace("*/", "* /")
    return f"""/* {title}: generated, one function for each step of an instance. */
#define WORDS {layout.words}

#include "local.h"
#include "model.h"

{tables.text()}{chr(10).join(functions)}
int
expand(const word *state, word *out, Tally *tally)
{{
	const Hand	hand = local_hand(tally);
	word		s[WORDS];
	int64_t		count = 0;
{declared}
	memcpy(s, state, sizeof s);
	tally->failing = 0;
{calls}
	if (count == 0 && tally->failing == 0 &&
		({stuck}))
		tally_claim(tally, {deadlock});
	return count;
}}

void
judge(const word *n, Tally *tally)
{{
{"".join(judged) or chr(9) + "(void) n;" + chr(10) + chr(9) + "(void) tally;" + chr(10)}}}
"""
