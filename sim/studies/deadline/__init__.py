"""How late a mission can still decide."""
