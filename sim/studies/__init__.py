"""Questions of more than one run: what analysis proposes, experiment simulates; what comes of it is kept and drawn."""
