"""Designs: which points of a parameter space are looked at, from ``--vary`` or from a design file."""
