"""Whole writers held out together: one writer's sentences resemble each other, so random folds flatter."""

FOLDS: tuple[frozenset[int], ...] = (
    frozenset({1, 11, 13}),
    frozenset({4, 7, 9}),
    frozenset({3, 6, 8, 12}),
    frozenset({2, 5, 10, 14}),
)
