"""Which orders of a loop's steps are right, found without going through all of them."""
