from modelcheck import *  # E: [import] a spec says which names it imports
