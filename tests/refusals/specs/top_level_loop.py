for i in range(3):  # E: [unsupported] `for` at the top level of a spec is not in the language
    print(i)
