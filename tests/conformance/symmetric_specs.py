"""Random specs that treat the indices of a process array alike, or nearly so."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

HEADER = '''"""A spec made by chance."""

from __future__ import annotations

from typing import Annotated

from modelcheck import Array, Bag, Below, FiniteSet, Queue, Spec, Steps, bag
from modelcheck import domain, each, one_of, queue, record, wait_until

W = {workers}
Worker = Annotated[int, Below(W)]
Level = Annotated[int, Below(3)]


@record
class Part:
    mark: bool = False
    link: Worker | None = None


@record
class Shared:
    a: Array[Worker, bool] = each(False)
    b: Array[Worker, Level] = each(0)
    part: Array[Worker, Part] = each(Part)
    holder: Worker | None = None
    ready: FiniteSet[Worker] = FiniteSet()
    line: Queue[Worker] = queue(capacity=2)
    pool: Bag[Worker] = bag(capacity=2)
    flag: bool = False
    n: Level = 0


spec = Spec("by chance", Shared)
'''

CONDITIONS = (
    "s.a[{i}]",
    "not s.a[{i}]",
    "s.b[{i}] < 2",
    "s.b[{i}] == 0",
    "s.part[{i}].link is None",
    "s.part[{i}].link == {i}",
    "not s.part[{i}].mark",
    "s.holder is None",
    "s.holder == {i}",
    "s.holder != {i}",
    "{i} in s.ready",
    "{i} not in s.ready",
    "len(s.ready) < 2",
    "len(s.line) == 0",
    "len(s.line) > 0 and s.line.peek() == {i}",
    "len(s.pool) > 0",
    "{i} in s.pool",
    "any(s.a[w] for w in s.pool)",
    "all(s.b[w] > 0 or w == {i} for w in domain(Worker))",
    "not any(s.a[w] for w in domain(Worker))",
    "sum(s.b[w] for w in domain(Worker)) < 3",
    "not s.flag",
    "s.n < 2",
)
EFFECTS = (
    "s.a[{i}] = True",
    "s.a[{i}] = not s.a[{i}]",
    "s.b[{i}] = (s.b[{i}] + 1) % 3",
    "s.b[{i}] = 1",
    "s.part[{i}].link = {i}",
    "s.part[{i}].link = s.holder",
    "s.part[{i}] = Part(mark=True)",
    "s.holder = {i}",
    "s.holder = None",
    "s.ready.add({i})",
    "s.ready.discard({i})",
    "if len(s.line) < 2:\n        s.line.push({i})",
    "if len(s.line) > 0:\n        s.line.pop()",
    "if len(s.pool) < 2:\n        s.pool.add({i})",
    "if {i} in s.pool:\n        s.pool.remove({i})",
    "for w in s.pool:\n        s.b[w] = 1",
    "for w in s.pool:\n        s.holder = w",
    "for w in domain(Worker):\n        if s.a[w]:\n            s.b[w] = 0",
    "if s.holder is not None:\n        s.a[s.holder] = False",
    "s.flag = not s.flag",
    "s.n = (s.n + 1) % 3",
    "assert not (s.a[{i}] and s.b[{i}] == 2)",
    "assert s.holder is None or not s.part[s.holder].mark",
)
OWN = tuple(one for one in EFFECTS if "[{i}]" in one and "holder" not in one and "w]" not in one)
"""Effects on what belongs to one worker."""

PROPERTIES = (
    "always: not all(s.a[w] for w in domain(Worker))",
    "always: s.holder is None or s.b[s.holder] < 2",
    "always: all(w == s.holder or not s.part[w].mark for w in domain(Worker))",
    "sometimes: any(s.b[w] == 2 for w in domain(Worker))",
    "sometimes: len(s.line) == 2 and len(s.ready) == 1",
    "every_step: all(not before.a[w] or s.a[w] for w in domain(Worker))",
)
ODDITIES = (
    ("s.a[{i}]", "s.a[0]"),
    ("s.b[{i}]", "s.b[1]"),
    ("s.holder = {i}", "s.holder = 0"),
    ("s.holder == {i}", "s.holder == 1"),
    ("{i} in s.ready", "0 in s.ready"),
    ("s.n < 2", "s.n <= {i}"),
    ("s.b[{i}] == 0", "s.b[{i}] == {i}"),
    ("not s.flag", "{i} > 0"),
    ("for w in domain(Worker)", "for w in range(W - 1)"),
    ("s.ready.add({i})", "s.ready.add(({i} + 1) % W)"),
    ("s.a[{i}] = True", "s.a[W - 1 - {i}] = True"),
)
"""What tells workers apart, each in place of something that does not."""


@st.composite
def symmetric_specs(draw: DrawFn, *, odd: bool) -> str:
    """The text of one; where it is `odd`, one place in it may tell the workers apart."""
    kinds = draw(st.lists(st.sampled_from(["array", "walk", "alone"]), min_size=1, max_size=3))
    blocks = [_process(draw, f"p{number}", kind) for number, kind in enumerate(kinds)]
    claims = draw(st.lists(st.sampled_from(PROPERTIES), max_size=2, unique=True))
    blocks += [_property(number, claim) for number, claim in enumerate(claims)]
    text = HEADER.format(workers=draw(st.sampled_from([2, 3, 3]))) + "".join(blocks)
    return _with_oddity(draw, text) if odd else text


def _with_oddity(draw: DrawFn, text: str) -> str:
    there = [
        (old.format(i=index), new.format(i=index))
        for old, new in ODDITIES
        for index in ("me", "it", "x")
        if old.format(i=index) in text
    ]
    if not there:
        return text
    old, new = draw(st.sampled_from(there))
    return text.replace(old, new, 1)


def _process(draw: DrawFn, name: str, kind: str) -> str:
    sign = draw(st.sampled_from(["process", "environment"]))
    if kind == "walk":
        loops = draw(st.integers(1, 2))
        body = "".join(_loop(draw, f"{name}{at}") for at in range(loops))
        return f"\n\n@spec.{sign}\ndef {name}(s: Shared) -> Steps:{body}\n"
    given, indices = ("", ["x"]) if kind == "alone" else (", me: Worker", ["me", "x"])
    chooses = kind == "alone" or draw(st.booleans())
    body = ""
    for at in range(draw(st.integers(1, 3))):
        offered = draw(st.sampled_from(["domain(Worker)", "domain(Worker)", "s.pool", "s.ready"]))
        first = f"x = one_of({offered})" if chooses and at == 0 else ""
        index = draw(st.sampled_from(indices)) if chooses else "me"
        body += _step(draw, index, f"{name}{at}", first=first)
    return f"\n\n@spec.{sign}\ndef {name}(s: Shared{given}) -> Steps:{body}\n"


def _step(draw: DrawFn, index: str, label: str, *, first: str = "") -> str:
    lines = [f'yield "{label}"', *([first] if first else [])]
    if draw(st.booleans()):
        lines.append(f"wait_until({draw(st.sampled_from(CONDITIONS))})")
    if draw(st.integers(0, 3)) == 0:
        condition = draw(st.sampled_from(CONDITIONS))
        lines.append(f"if {condition}:\n        {draw(st.sampled_from(OWN))}")
    lines += draw(st.lists(st.sampled_from(EFFECTS), min_size=1, max_size=2))
    return "".join("\n    " + line.format(i=index) for line in lines)


def _loop(draw: DrawFn, label: str) -> str:
    """A visit of each worker: of its own parts, more often than not."""
    effects = OWN if draw(st.integers(0, 3)) else EFFECTS
    lines = ["for it in range(W):", f'    yield "{label}"']
    if draw(st.booleans()):
        lines.append(f"    wait_until({draw(st.sampled_from(CONDITIONS[:7]))})")
    effect = draw(st.sampled_from(effects)).replace("\n", "\n    ")
    lines.append(f"    {effect}")
    if draw(st.integers(0, 5)) == 0:
        lines.append("    if s.flag:\n            break")
    return "".join("\n    " + line.format(i="it") for line in lines)


def _property(number: int, claim: str) -> str:
    kind, _, condition = claim.partition(": ")
    given = "before: Shared, s: Shared" if kind == "every_step" else "s: Shared"
    return f"\n\n@spec.{kind}\ndef is{number}({given}) -> bool:\n    return {condition}\n"
