from __future__ import annotations

from typing import Annotated, Optional, Union

from modelcheck import Array, Below, Between, Queue, Spec, Steps, each, queue, record


@record
class Shared:
    full: bool = False
    extra: Array[int, bool] = each(False)  # E: [type] a plain int has no finite domain


spec = Spec("refused", Shared)


@spec.process
def p(s: Shared) -> Steps:
    yield "a"
    s.full = True
