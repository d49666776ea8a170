from __future__ import annotations

from typing import Annotated

from modelcheck import Below, Spec, record


@record
class Shared:
    count: Annotated[int, Below(4)] = 5  # E: [type] 5 lies outside the integers 0..3


spec = Spec("x", Shared)
