from __future__ import annotations

from typing import Annotated, Optional, Union

from modelcheck import Array, Below, Between, Queue, Spec, Steps, each, queue, record


@record
class Shared:
    full: bool = False
    extra: bool | Annotated[int, Below(2)] | None = None  # E: [type] a union is only `T | None`


spec = Spec("refused", Shared)


@spec.process
def p(s: Shared) -> Steps:
    yield "a"
    s.full = True
