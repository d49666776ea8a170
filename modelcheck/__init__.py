"""modelcheck: finds races in multi-process systems before users do."""
