"""The plan as a schedule: who moves when with what, in one replication and in all of them."""
