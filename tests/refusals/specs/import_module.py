import enum  # E: [import] a spec imports names, not a module
