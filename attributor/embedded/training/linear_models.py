"""Linear models over hashed features: logistic regression, and a softmax over alternatives.

Needs numpy, SciPy and scikit-learn: the extra `train`. One thread does all sums, so that a
machine's cores change nothing.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from attributor.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_matrix

    Vector = np.ndarray[Any, np.dtype[np.float64]]

BITS = 20
"""The table has 2^BITS weights."""
_PLACE_MASK = 2**BITS - 1
"""Keeps of a feature the bits that are its place in the table."""
_MAX_LBFGS_STEPS = 150
"""Learning among alternatives ends after this many steps, whatever is still to be gained."""
_ONLY_LABEL_LOG_ODDS = 4.0
"""The log-odds of a label where no example has the other one."""


@dataclass
class FeatureRows:
    """Rows of features, as places in the table of weights; `ends` are totals of features."""

    places: array[int] = field(default_factory=lambda: array("i"))
    ends: array[int] = field(default_factory=lambda: array("q", [0]))

    def add(self, features: Iterable[int]) -> None:
        """One row more."""
        self.places.extend([feature & _PLACE_MASK for feature in features])
        self.ends.append(len(self.places))

    def extend(self, other: FeatureRows) -> None:
        """All rows of another one too."""
        shift = self.ends[-1]
        self.places.extend(other.places)
        self.ends.extend([shift + end for end in other.ends[1:]])

    def matrix(self) -> csr_matrix:
        """The rows over the whole table."""
        import numpy as np
        from scipy.sparse import csr_matrix

        places, ends = np.array(self.places, dtype=np.int32), np.array(self.ends)
        return csr_matrix((np.ones(len(places)), places, ends), (len(ends) - 1, 2**BITS))


@dataclass
class LabelledRow:
    """Examples that are so or not, and how much each counts."""

    rows: FeatureRows = field(default_factory=FeatureRows)
    labels: list[bool] = field(default_factory=list)
    counts: list[float] = field(default_factory=list)

    def add(self, features: Iterable[int], label: bool, count: float = 1.0) -> None:
        """One example more."""
        self.rows.add(features)
        self.labels.append(label)
        self.counts.append(count)

    def extend(self, other: LabelledRow) -> None:
        """All examples of another one too."""
        self.rows.extend(other.rows)
        self.labels += other.labels
        self.counts += other.counts


@dataclass
class Choices:
    """Alternatives in groups; each is right with a probability, and the rest is that none is.

    `counts` says how much each group counts.
    """

    rows: FeatureRows = field(default_factory=FeatureRows)
    sizes: list[int] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)
    counts: list[float] = field(default_factory=list)

    @classmethod
    def of_labels(cls, examples: LabelledRow) -> Choices:
        """The examples as groups of one: it is so, or it is not."""
        labels = [float(label) for label in examples.labels]
        return cls(examples.rows, [1] * len(labels), labels, examples.counts)

    def add(self, alternatives: Iterable[Iterable[int]], shares: Iterable[float]) -> None:
        """One group more."""
        for features in alternatives:
            self.rows.add(features)
        given = list(shares)
        self.sizes.append(len(given))
        self.shares += given
        self.counts.append(1.0)


@dataclass(frozen=True)
class Start:
    """What was learned before: the weights over the whole table, and the constant."""

    weights: Vector
    constant: float = 0.0


def logistic(
    examples: LabelledRow, strength: float, fewest: int, seed: int
) -> tuple[Vector, float]:
    """The weights over the whole table, and the constant.

    Args:
        examples: what to learn from.
        strength: the inverse of the L2 penalty (scikit-learn's C).
        fewest: features seen less often are not learned.
        seed: of the solver's order of examples.

    Raises:
        UsageError: the extra `train` is not installed, or nothing is seen `fewest` times.
    """
    try:
        import numpy as np
        from sklearn.linear_model import LogisticRegression
        from threadpoolctl import threadpool_limits
    except ImportError as error:
        raise UsageError(
            "Training needs more than attributor itself: pip install 'attributor[train]'."
        ) from error
    weights = np.zeros(2**BITS)
    if len(set(examples.labels)) < 2:
        return weights, _ONLY_LABEL_LOG_ODDS if any(examples.labels) else -_ONLY_LABEL_LOG_ODDS
    matrix, used = _used(examples.rows, fewest)
    if not len(used):
        raise UsageError(
            "These articles are too few to learn from: nothing about their quotes comes "
            f"{fewest} times. Give more of them."
        )
    model = LogisticRegression(C=strength, solver="liblinear", tol=1e-3, random_state=seed)
    with threadpool_limits(1):
        model.fit(matrix, np.array(examples.labels), sample_weight=np.array(examples.counts))
    weights[used] = model.coef_[0]
    return weights, float(model.intercept_[0])


def softmax(choices: Choices, strength: float, fewest: int, start: Start | None = None) -> Vector:
    """The weights by which the right alternatives of each group score above the others and 0.

    Minimizes the cross-entropy between `shares` and the softmax of the scores, where "none" has
    the score 0, with an L2 penalty as in `logistic`. With a `start`, what comes back is how the
    weights change from there, and the penalty is on the change.
    """
    import numpy as np
    from scipy.optimize import minimize
    from threadpoolctl import threadpool_limits

    weights = np.zeros(2**BITS)
    if not choices.sizes:
        return weights
    matrix, used = _used(choices.rows, fewest)
    turned = matrix.T.tocsr()
    sizes, counts = np.array(choices.sizes), np.array(choices.counts)
    firsts, group = np.cumsum(sizes) - sizes, np.repeat(np.arange(len(sizes)), sizes)
    shares, each = np.array(choices.shares) * counts[group], counts[group]
    before = choices.rows.matrix() @ start.weights + start.constant if start else 0.0

    def loss(w: Vector) -> tuple[float, Vector]:
        scores = matrix @ w + before
        top = np.maximum(np.maximum.reduceat(scores, firsts), 0.0)
        odds = np.exp(scores - top[group])
        whole = np.add.reduceat(odds, firsts) + np.exp(-top)
        missed = counts @ (top + np.log(whole)) - shares @ scores
        slope = turned @ (each * odds / whole[group] - shares)
        return strength * missed + w @ w / 2, strength * slope + w

    with threadpool_limits(1):
        found = minimize(
            loss,
            np.zeros(len(used)),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": _MAX_LBFGS_STEPS},
        )
    weights[used] = found.x
    return weights


def _used(rows: FeatureRows, fewest: int) -> tuple[csr_matrix, np.ndarray[Any, np.dtype[np.int64]]]:
    """The columns that are seen often enough, and their places in the table."""
    import numpy as np

    matrix = rows.matrix()
    used = np.flatnonzero(np.bincount(matrix.indices) >= fewest)
    return matrix[:, used], used
