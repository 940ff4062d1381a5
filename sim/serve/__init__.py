"""The page, live: one process that keeps scenarios loaded and answers a browser on this machine, and no other."""
