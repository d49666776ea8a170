"""Why a trace fails: what each step changed, which steps race, who woke whom."""
