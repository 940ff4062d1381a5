"""One page of stored results: for whoever opens no terminal."""
