from __future__ import annotations

from typing import Annotated, Optional, Union

from modelcheck import Array, Below, Between, Queue, Spec, Steps, each, queue, record


@record
class Shared:
    full: bool = False
    extra: Annotated[int, Between(3, 1)] = 3  # E: [type] Between(low=3, high=1) is an empty domain


spec = Spec("refused", Shared)


@spec.process
def p(s: Shared) -> Steps:
    yield "a"
    s.full = True
