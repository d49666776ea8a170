N = 1 // 0  # E: [module] importing the spec failed: ZeroDivisionError: integer division or modulo by zero
