"""The names of causes and stages, in the order in which tables show them."""

CAUSES = (
    "order", "readiness", "vehicle", "permission", "crowd", "search", "consular", "holding", "seats", "stand", "runway",
    "service", "closure", "hub",
)  # fmt: skip
"""Root causes of a waiting hour."""

STAGES = ("mission", "readying", "transport", "road", "gate", "screening", "holding", "aboard", "out", "staying", "gave_up")
"""Where a person is; the counts over all of them add up to the staff."""

CAUSE = {name: i for i, name in enumerate(CAUSES)}
STAGE = {name: i for i, name in enumerate(STAGES)}
