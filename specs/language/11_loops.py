"""Loops: over constants with steps inside, over containers within a step.

A `for` over a range or an enum may contain steps: its counter is then part of the state. A `for`
over a container sees it as it was at the start, and has no steps inside. A `while` has a step on
every way round. `break` and `continue` do what they do in Python.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import Array, Below, FiniteSet, Spec, Steps, each, record, subset, wait_until

Page = Annotated[int, Below(3)]


@record
class Shared:
    dirty: FiniteSet[Page] = subset()
    written: Array[Page, Annotated[int, Below(3)]] = each(0)
    done: bool = False


spec = Spec("loops", Shared)


@spec.process
def backend(s: Shared) -> Steps:
    for page in range(3):
        yield "dirty"
        s.dirty.add(page)
    yield "finish"
    s.done = True


@spec.process
def checkpointer(s: Shared) -> Steps:
    while True:
        yield "flush"
        wait_until(len(s.dirty) > 0 or s.done)
        if len(s.dirty) == 0:
            break
        for page in s.dirty:
            if page == 2 and not s.done:
                continue
            s.dirty.discard(page)
            s.written[page] += 1


@spec.always
def written_once(s: Shared) -> bool:
    return all(times <= 1 for times in s.written)


@spec.sometimes
def all_at_once(s: Shared) -> bool:
    return len(s.dirty) == 3


spec.expect(states=14)
