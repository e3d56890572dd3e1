"""The resource that each statement belongs to: that of its subject, or of the blank nodes in it.

Blank nodes that statements connect belong together, and to one resource: the first of those that
lead to them. So each statement, and each blank node, belongs to one resource only.
"""

import numpy as np

from partyline.dataset import Numbers, Table

#: Stands for statements about blank nodes that no resource leads to.
NOBODY = -1


def owners(table: Table, rows: Numbers) -> Numbers:
    """Return for each of *rows* the number of the resource that it belongs to, or `NOBODY`.

    Other rows connect nothing.
    """
    first, size = table.terms.blank_nodes.start, len(table.terms)
    subjects = table.columns["subject"][rows].astype(np.int64)
    objects = table.columns["object"][rows].astype(np.int64)
    if first == size:
        return subjects
    both = (subjects >= first) & (objects >= first)
    groups = _connected(subjects[both] - first, objects[both] - first, size - first)
    leading = (subjects < first) & (objects >= first)
    owner = np.full(size - first, size)
    np.minimum.at(owner, groups[objects[leading] - first], subjects[leading])
    owner[owner == size] = NOBODY
    found = np.where(subjects < first, subjects, 0)
    is_object = objects >= first
    found[is_object] = owner[groups[objects[is_object] - first]]
    is_subject = subjects >= first
    found[is_subject] = owner[groups[subjects[is_subject] - first]]
    return found


def _connected(one: Numbers, other: Numbers, size: int) -> Numbers:
    """Return for each node the smallest one that edges connect it with.

    >>> _connected(np.array([1, 4]), np.array([2, 3]), 5).tolist()
    [0, 1, 1, 3, 3]
    """
    groups = np.arange(size)
    while True:
        before = groups.copy()
        smaller = np.minimum(groups[one], groups[other])
        np.minimum.at(groups, groups[one], smaller)
        np.minimum.at(groups, groups[other], smaller)
        groups = groups[groups]
        while not np.array_equal(groups, groups[groups]):
            groups = groups[groups]
        if np.array_equal(before, groups):
            return groups
