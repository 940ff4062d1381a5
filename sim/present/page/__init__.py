"""The page: one HTML file that holds an answer, opened from disk, with nothing loaded over the network."""
