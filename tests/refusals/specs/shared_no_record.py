from modelcheck import Spec


class Shared:  # E: [type] Shared is neither a record nor an enum
    pass


spec = Spec("x", Shared)
