"""A linear program over time steps: rows with a name, solved by HiGHS, and what each row is worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.analysis.bounds.arguments import F64, I64


@dataclass
class Rows:
    """Inequalities a x <= b of one kind: which stage they are, their steps, and how much of b one person takes."""

    name: str
    cause: str
    first: I64
    """First and last step that a row is about, shape (rows,)."""
    last: I64
    per_person: F64


@dataclass
class Solution:
    """What the program found."""

    best: float
    x: F64
    worth: dict[tuple[str, str], F64]
    """By (cause, name): what one more person there in a step would add to the objective, shape (steps,)."""


class Program:
    """Variables are cumulative counts of people, one for each line and step; they never fall."""

    def __init__(self, lines: int, steps: int) -> None:
        self.lines, self.steps = lines, steps
        self.kinds: list[Rows] = []
        self._row: list[I64] = []
        self._column: list[I64] = []
        self._value: list[F64] = []
        self._rhs: list[F64] = []
        self.rows = 0
        self.upper = np.full((lines, steps), np.inf)
        """Limits on single variables are bounds, with no row."""
        self._closed = False

    def add(
        self, name: str, cause: str, terms: list[tuple[int, float, I64]], rhs: F64, span: tuple[I64, I64], per_person: F64 | float
    ) -> None:
        """Rows sum(coefficient * x[line, step]) <= rhs; a term is (line, coefficient, step of each row); none where < 0."""
        keep = np.flatnonzero(np.isfinite(rhs))
        if not len(keep):
            return
        index = np.arange(len(keep)) + self.rows
        for line, coefficient, steps in terms:
            at = steps[keep]
            real = at >= 0
            self._row.append(index[real])
            self._column.append(line * self.steps + at[real])
            self._value.append(np.full(int(real.sum()), coefficient))
        self._rhs.append(rhs[keep])
        self.rows += len(keep)
        unit = np.broadcast_to(np.asarray(per_person, dtype=np.float64), rhs.shape)[keep]
        self.kinds.append(Rows(name, cause, span[0][keep], span[1][keep], unit))

    def maximise(self, weights: F64) -> Solution | None:
        """The largest sum(weights * x), weights of shape (lines, steps); None if there is no solution at all."""
        from scipy.optimize import linprog
        from scipy.sparse import coo_matrix

        if not self._closed:
            self._close()
        size = self.lines * self.steps
        matrix = coo_matrix(
            (np.concatenate(self._value), (np.concatenate(self._row), np.concatenate(self._column))), shape=(self.rows, size)
        ).tocsr()
        upper = self.upper.reshape(-1)
        bounds = np.column_stack((np.zeros(size), upper))
        optimum = linprog(-weights.reshape(-1), A_ub=matrix, b_ub=np.concatenate(self._rhs), bounds=bounds, method="highs")  # type: ignore[call-overload]
        if optimum.status != 0:
            return None
        return Solution(-float(optimum.fun), optimum.x.reshape(self.lines, self.steps), self._worth(-optimum.ineqlin.marginals))

    def _close(self) -> None:
        """The last rows: a count never falls."""
        every, zero = np.arange(1, self.steps), np.zeros(self.steps - 1)
        for line in range(self.lines):
            self.add("", "", [(line, 1.0, every - 1), (line, -1.0, every)], zero, (every, every), 0.0)
        self._closed = True

    def _worth(self, prices: F64) -> dict[tuple[str, str], F64]:
        worth: dict[tuple[str, str], F64] = {}
        at = 0
        for kind in self.kinds:
            price = prices[at : at + len(kind.first)] * kind.per_person
            at += len(kind.first)
            if not kind.cause or not price.any():
                continue
            sums = worth.setdefault((kind.cause, kind.name), np.zeros(self.steps))
            for k in np.flatnonzero(price > 1e-9):
                i, j = int(kind.first[k]), int(kind.last[k]) + 1
                sums[i:j] += price[k] / (j - i)
        return worth
