def p(:  # E: [syntax] not Python: invalid syntax
    pass
