"""How quick an evacuation can be at best, and what sets that."""
