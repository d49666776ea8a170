from __future__ import annotations

from typing import Annotated, Optional, Union

from modelcheck import Array, Below, Between, Queue, Spec, Steps, each, queue, record


@record
class Shared:
    full: bool = False
    extra: Annotated[int, Below("x")] = 0  # E: [type] the ends of Below(bound='x') are no integers


spec = Spec("refused", Shared)


@spec.process
def p(s: Shared) -> Steps:
    yield "a"
    s.full = True
