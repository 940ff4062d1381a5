"""Lower bounds on the time to evacuate: one for planning, one for the verification of the model.

``planning.planning_bound(scenario)`` is the quickest evacuation through the same capacities with every input at its median;
``strict.strict_bound_h(compiled, seed, replication)`` is what no run with the same draws can beat.
docs/explanation/bounds.md tells what is relaxed.
"""
