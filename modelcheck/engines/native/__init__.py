"""The native engine: a model as C, and a search core that explores it at the speed of memory."""
