from __future__ import annotations

from typing import Annotated, Optional, Union

from modelcheck import Array, Below, Between, Queue, Spec, Steps, each, queue, record


@record
class Shared:
    full: bool = False
    extra: Queue[bool] = queue(capacity=0)  # E: [module] importing the spec failed: ValueError: a queue needs a capacity of at least 1, not 0


spec = Spec("refused", Shared)


@spec.process
def p(s: Shared) -> Steps:
    yield "a"
    s.full = True
