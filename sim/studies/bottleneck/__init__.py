"""Who waited for what, and what one more of each capacity is worth."""
