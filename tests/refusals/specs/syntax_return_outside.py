x = 1
return x  # E: [unsupported] `return` at the top level of a spec is not in the language
