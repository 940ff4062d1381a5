"""The names of causes and stages, in the order in which tables show them."""

CAUSES = (
    "order", "readiness", "vehicle", "permission", "crowd", "search", "consular", "holding", "seats", "stand", "runway",
    "service", "headcount", "closure", "hub",
)  # fmt: skip
"""Root causes of a waiting hour."""

STAGES = ("mission", "readying", "transport", "road", "gate", "screening", "holding", "aboard", "out", "staying", "gave_up")
"""Where a person is; the counts over all of them add up to the staff."""

CAUSE = {name: i for i, name in enumerate(CAUSES)}
STAGE = {name: i for i, name in enumerate(STAGES)}

DOING = ("ready", "road", "search", "consular", "board", "fly")
"""What a person does who is on the way and waits for nothing: gets ready, drives, is searched, is checked, boards, flies."""

STATES = (*CAUSES, "before", "deciding", *(f"doing_{name}" for name in DOING), "given_up")
"""All that an hour of a person may go into, waiting first: the hours of all of them add up to every hour of everybody who is
to be moved, from the start until out or the end of the run.  ``before``: nothing has begun; ``deciding``: from the trigger of
the order to the order; ``given_up``: after giving up on the way."""

STATE = {name: i for i, name in enumerate(STATES)}


def counted(n: int) -> str:
    """``1 person``, ``40 people``, for the event log."""
    return "1 person" if n == 1 else f"{n} people"


def hours_column(state: str) -> str:
    """The stored column of the person-hours of a state."""
    return f"wait_{state}" if state in CAUSE else state
