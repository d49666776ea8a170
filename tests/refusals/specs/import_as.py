from modelcheck import Spec as S  # E: [import] Spec cannot be called S here: one thing has one name
