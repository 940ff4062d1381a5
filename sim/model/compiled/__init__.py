"""A scenario prepared for any number of replications: typed, frozen, its references resolved and its draws registered.

A module for each part of the world; :mod:`sim.model.compiled.scenario` puts them together.
"""
