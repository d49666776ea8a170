from modelcheck import record


@record  # E: [module] importing the spec failed: TypeError: field Shared.count has no default
class Shared:
    count: bool
