"""How many sets decide, and the weights behind intervals of sets: cases with a closed form."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.power import decided, sets_to_decide
from sim.analysis.weights import DRAWS, draws

ALWAYS, NEVER = np.array([[1.0, 1.0]]), np.array([[0.0, 0.0]])
ONE = np.ones(1)


def test_where_all_sets_work_the_lower_end_is_the_root_of_the_tail() -> None:
    """0.025 ** (1 / n) reaches 0.9 with 36 sets, and the other way round the upper end falls below 0.1."""
    assert [decided(ALWAYS, ONE, n, 0.9, single=True) for n in (35, 36)] == [0.0, 1.0]
    assert [decided(NEVER, ONE, n, 0.1, single=True) for n in (35, 36)] == [0.0, 1.0]


@pytest.mark.parametrize("kinds", [ALWAYS, NEVER], ids=["always", "never"])
def test_every_share_is_at_least_nothing(kinds: np.ndarray) -> None:
    """The lower end is 0 where no set works, and not below."""
    assert decided(kinds, ONE, 10, 0.0, single=True) == 1.0


def test_fewest_sets_to_decide() -> None:
    works = np.ones(20)
    assert sets_to_decide(works, works, 0.9, 1000, single=True) == 36
    assert sets_to_decide(works, works, 0.9, 35, single=True) is None


@pytest.mark.parametrize("sets", [1, 7])
def test_weights_are_drawn_as_often_as_said(sets: int) -> None:
    """All draws, whatever the blocks that they come in, and none of them twice."""
    drawn = np.concatenate([*draws(sets)])
    assert drawn.shape == (DRAWS, sets)
    assert len(np.unique(drawn[:, 0])) == DRAWS
