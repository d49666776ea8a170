from modelcheck import Spec


class Shared:  # E: [type] the shared state Shared is no record
    pass


spec = Spec("x", Shared)
