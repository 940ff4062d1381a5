"""Which option to take while it isn't known how things are."""
