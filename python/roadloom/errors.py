# SPDX-License-Identifier: Apache-2.0
"""What can go wrong with a dataset, in one line each."""


class RoadloomError(Exception):
    """Base of all errors of this package."""


class NotADataset(RoadloomError, FileNotFoundError):
    """There is no dataset at that path."""


class IncompleteDataset(RoadloomError):
    """The job that makes the dataset hasn't finished."""


class DamagedShard(RoadloomError, OSError):
    """A shard is cut short, changed or unreadable."""
