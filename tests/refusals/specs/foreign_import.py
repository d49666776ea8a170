import os  # E: [foreign-import] a spec may not import os

from modelcheck import Spec
