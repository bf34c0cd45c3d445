# SPDX-License-Identifier: Apache-2.0
"""Reads datasets of driving scenes made by Roadloom, and drives in its scenes.

>>> from roadloom import Dataset
>>> frames = Dataset("dataset/", split="train")
>>> frames[0]["rgb"]["CAM_FRONT"].shape
(384, 640, 3)

Needs numpy and h5py, nothing else; DriveEnv and DriveVectorEnv need gymnasium besides.
docs/python.md explains every key.
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
from .raw import bayer_colors, develop
from .shard import Shard

__all__ = [
    "KEYS",
    "DamagedShard",
    "Dataset",
    "DriveEnv",
    "DriveVectorEnv",
    "IncompleteDataset",
    "NotADataset",
    "RoadloomError",
    "Shard",
    "bayer_colors",
    "box_corners",
    "cityscapes_ids",
    "compressed",
    "develop",
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


def __getattr__(name):  # what needs gymnasium is loaded when it is asked for
    if name in ("DriveEnv", "DriveVectorEnv"):
        from . import envs

        return getattr(envs, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
