from modelcheck import record


@record
class Shared:
    count: bool  # E: [type] the field count of Shared has no default
