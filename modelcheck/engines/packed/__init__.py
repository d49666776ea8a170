"""Search in Python over states packed into integers, for machines without a C compiler."""
