async def p() -> None:  # E: [unsupported] `async` at the top level of a spec is not in the language
    pass
