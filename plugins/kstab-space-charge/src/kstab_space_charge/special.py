"""A special function that neither ``math`` nor numpy has."""

from math import pi, sqrt


def erfi(x: float) -> float:
    """Return the imaginary error function, 2/√π ∫₀ˣ exp(s²) ds.

    Its Taylor series, whose terms all have the same sign, so that no digits are lost
    (https://dlmf.nist.gov/7.6.E1 at an imaginary argument).

    Raises:
        OverflowError: x² is beyond about 700.

    >>> round(erfi(1.0), 12)
    1.650425758798
    """
    power, total, n = x, x, 0
    while abs(power) > 1e-17 * abs(total):
        n += 1
        power *= x * x / n
        total += power / (2 * n + 1)
    if abs(total) == float("inf"):
        raise OverflowError("the argument of erfi is too large")
    return 2.0 / sqrt(pi) * total
