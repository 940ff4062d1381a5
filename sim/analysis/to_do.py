"""What to do, at the end of a run: which levers move the outcome most, of those whose present value is merely assumed.

Such levers are drawn like what isn't known, so that the sets of a run tell what moving them does.  Nothing more is simulated:
what one more of each capacity is worth is another question (``bottleneck``), and so is which option to take (``decide``).
"""

from __future__ import annotations

from sim.analysis.found import Summary
from sim.analysis.found_inputs import Factor
from sim.analysis.naming import named
from sim.analysis.words import mission_titles, share

NAMED = 3
BETTER = {"up": "lower is better", "down": "higher is better", "either": "neither end is better throughout"}
"""By the direction in which the answer, of which less is better, goes as the lever goes up."""
WHAT = {"left_behind": "how many are left behind", "hours_within_horizon": "the hours until all are out"}


def what_to_do(summary: Summary) -> str:
    """The sentence, from the summary of a run; empty where no lever is drawn or none stands out."""
    inputs = summary.inputs
    if inputs is None or not inputs.levers:
        return ""
    levers = inputs.levers
    titles = mission_titles(summary)
    each = [f"{named(one.factor, titles).with_path(one.factor)}: {_part(one)}, {BETTER[one.direction]}" for one in levers[:NAMED]]
    more = f"; and {len(levers) - NAMED} more" if len(levers) > NAMED else ""
    what = WHAT[inputs.measure]
    return f"What to do: of what is ours to choose, {what} depends most on {'; '.join(each)}{more}."


def _part(one: Factor) -> str:
    return f"{share(one.index)} of its variance over the sets ({share(one.low)} to {share(one.high)})"
