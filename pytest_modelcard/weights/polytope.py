"""Small linear programmes: few weights, as many constraints as there are elements."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Weights are looked for in [-BOX, BOX]. Wider than any recipe, so reaching it says "not determined".
BOX = 16.0

_MOST_STEPS = 1000
_TOLERANCE = 1e-11


class Slabs:
    """The points x with low <= rows @ x <= high, inside the box. Ends may be infinite."""

    def __init__(self, rows: Array, low: Array, high: Array) -> None:
        size = rows.shape[1]
        length = np.linalg.norm(rows, axis=1)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # rows too small to say anything
            rows, low, high = rows / length[:, None], low / length, high / length
        normal = np.concatenate([rows, -rows, np.eye(size), -np.eye(size)])
        limit = np.concatenate([high, -low, np.full(2 * size, BOX)])
        finite = np.isfinite(limit) & np.isfinite(normal).all(axis=1)
        self._normal, self._limit = normal[finite], limit[finite]

    def furthest(self, direction: Array) -> Array | None:
        """The point furthest in a direction; None where no point satisfies all.

        The dual simplex method: it starts at a corner of the box and brings in the most violated constraint
        until none is. With few unknowns that takes tens of steps, each one product with all rows.
        """
        size = direction.size
        basis = np.diag(np.where(direction < 0, -1.0, 1.0))
        ends = np.full(size, BOX)
        for _ in range(_MOST_STEPS):
            point: Array = np.linalg.solve(basis, ends)
            excess = self._normal @ point - self._limit
            worst = int(np.argmax(excess))
            if excess[worst] <= _TOLERANCE * (1 + float(np.abs(point).max())):
                return point
            share = np.linalg.solve(basis.T, self._normal[worst])
            price = np.linalg.solve(basis.T, direction)
            able = share > 1e-12
            if not able.any():
                return None
            ratio = np.full(size, np.inf)
            ratio[able] = np.maximum(price[able], 0) / share[able]
            leaving = int(np.argmin(ratio))
            basis[leaving], ends[leaving] = self._normal[worst], self._limit[worst]
        return None

    def extremes(self, directions: Array) -> tuple[list[tuple[float, float]], Array] | None:
        """The range of each direction's value over the points, and a point in the middle of those reached."""
        ranges, corners = [], []
        for direction in directions:
            least, most = self.furthest(-direction), self.furthest(direction)
            if least is None or most is None:
                return None
            ranges.append((float(direction @ least), float(direction @ most)))
            corners += [least, most]
        return ranges, np.mean(corners, axis=0)
