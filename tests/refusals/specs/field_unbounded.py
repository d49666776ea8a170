from __future__ import annotations

from modelcheck import Spec, record


@record
class Shared:
    count: int = 0  # E: [type] a plain int has no finite domain


spec = Spec("x", Shared)
