"""Commands: arguments in, exit status out; a module for each kind, none with logic of its own."""
