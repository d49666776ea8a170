"""Constants and expectations: one spec, many instances.

A name of the module that is bound to a value is a constant, and `--set NWRITERS=3` replaces it
before the module runs, so that domains and everything else that follows from it follow. `expect`
pins what an instance gives: how many states, or which violation after how many steps.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import Below, Spec, Steps, record, wait_until

NWRITERS: int = 2
CHECKED: bool = True
Writer = Annotated[int, Below(NWRITERS)]


@record
class Shared:
    writing: Annotated[int, Below(NWRITERS + 1)] = 0


spec = Spec("constants and expectations", Shared)


@spec.process
def writer(s: Shared, me: Writer) -> Steps:
    yield "begin"
    if CHECKED:
        wait_until(s.writing == 0)
    s.writing += 1

    yield "end"
    s.writing -= 1


@spec.always
def one_writer(s: Shared) -> bool:
    return s.writing <= 1


@spec.sometimes
def somebody_writes(s: Shared) -> bool:
    return s.writing == 1


spec.expect(states=8)
spec.expect(NWRITERS=3, states=20)
spec.expect(CHECKED=False, violated="one_writer", steps=2)
