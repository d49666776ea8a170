from collections import deque  # E: [foreign-import] a spec may not import collections
