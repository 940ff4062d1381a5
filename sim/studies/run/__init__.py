"""How long an evacuation takes, who is left behind, and why."""
