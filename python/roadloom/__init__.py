# SPDX-License-Identifier: Apache-2.0
"""Reads datasets of driving scenes made by Roadloom.

>>> from roadloom import Dataset
>>> frames = Dataset("dataset/", split="train")
>>> frames[0]["rgb"]["CAM_FRONT"].shape
(384, 640, 3)

Needs numpy and h5py, nothing else. docs/python.md explains every key.
"""
from .dataset import KEYS, Dataset
from .errors import DamagedShard, IncompleteDataset, NotADataset, RoadloomError
from .geometry import (
    box_corners,
    pose_apply,
    pose_inverse,
    pose_matrix,
    pose_multiply,
    project,
    unproject,
)
from .labels import (cityscapes_ids, compressed, mask_of, panoptic, panoptic_rgb, runs_of)
from .shard import Shard

__all__ = [
    "KEYS",
    "DamagedShard",
    "Dataset",
    "IncompleteDataset",
    "NotADataset",
    "RoadloomError",
    "Shard",
    "box_corners",
    "cityscapes_ids",
    "compressed",
    "mask_of",
    "panoptic",
    "panoptic_rgb",
    "pose_apply",
    "pose_inverse",
    "pose_matrix",
    "pose_multiply",
    "project",
    "runs_of",
    "unproject",
]
__version__ = "0.1.0"
