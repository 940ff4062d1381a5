"""All blocks, in the order in which they are made: what others build on first."""

from __future__ import annotations

from making import backcast, bounds, figures, forecast, inputs, learnt, limits, outcomes
from making.block import Block

BLOCKS: tuple[Block, ...] = (
    *inputs.BLOCKS,
    *bounds.BLOCKS,
    *outcomes.BLOCKS,
    *limits.BLOCKS,
    *figures.BLOCKS,
    *backcast.BLOCKS,
    *forecast.BLOCKS,
    *learnt.BLOCKS,
)
"""Names are unique; every one has its place in a page (``tests/docs/test_pages.py``)."""
