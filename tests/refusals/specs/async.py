async def p() -> None:  # E: [unsupported] async is not in the language
    pass
