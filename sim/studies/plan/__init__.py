"""The least of a resource that gets all out in time."""
