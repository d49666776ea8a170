if True:
	x = 1
        y = 2  # E: [syntax] not Python: inconsistent use of tabs and spaces in indentation
