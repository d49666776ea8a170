"""Where an instance can stand, and on which labels its cycles are held."""

from pathlib import Path

from modelcheck.check import load
from modelcheck.engines.standings import Standing, standings_of
from modelcheck.engines.sticky import sticky
from modelcheck.passes.footprint import Unknown, Write
from tests.unit.engines.test_stubborn import HEADER


def process(path: Path, body: str):
    (path / "spec.py").write_text(HEADER + "@spec.process\ndef p(s: Shared) -> Steps:\n" + body)
    return load(str(path / "spec.py"), {}).model.processes[0]


COUNTING = """
    for i in range(3):
        yield "count"
        s.own[i] = 1
"""


def test_a_counter_tells_the_turns_of_a_loop_apart(tmp_path: Path) -> None:
    found = standings_of(process(tmp_path, COUNTING), None)
    assert found.standings == (
        Standing("count", (0,)),
        Standing("count", (1,)),
        Standing("count", (2,)),
        Standing(None, ()),
    )
    writes = [act.footprint.writes for act in found.acts]
    assert writes[:3] == [{Write(("own", at), (1,))} for at in range(3)]
    assert [act.targets for act in found.acts] == [(1,), (2,), (3,), ()]
    assert sticky(found, [1, 1, 1, 1]) == 0


def test_what_is_read_may_be_anything(tmp_path: Path) -> None:
    body = """
    yield "read"
    i = s.n
    yield "write"
    s.own[i] = 1
"""
    found = standings_of(process(tmp_path, body), None)
    assert found.acts[0].targets == (1, 2, 3)
    assert found.standings[1:4] == tuple(Standing("write", (value,)) for value in range(3))


def test_with_too_many_standings_no_local_is_followed(tmp_path: Path) -> None:
    names = "abcdef"
    reads = "".join(f"    {name} = s.n\n" for name in names)
    writes = "".join(f"    s.own[{name}] = {name}\n" for name in names)
    body = f'\n    yield "read"\n{reads}    yield "write"\n{writes}'
    found = standings_of(process(tmp_path, body), None)
    assert found.standings == (Standing("read", ()), Standing("write", ()), Standing(None, ()))
    assert Write(("own", Unknown.ANY), None) in found.acts[1].footprint.writes


def test_one_step_of_each_cycle_is_held(tmp_path: Path) -> None:
    body = """
    while True:
        yield "outer"
        wait_until(s.a)
        while s.b:
            yield "inner"
            wait_until(s.c)
"""
    found = standings_of(process(tmp_path, body), None)
    labels = [one.label for one in found.standings]
    assert labels == ["outer", "inner"]
    assert [str(act.guard is not None) for act in found.acts] == ["True", "True"]
    assert sticky(found, [1, 1]) == 0b11
