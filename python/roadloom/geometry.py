# SPDX-License-Identifier: Apache-2.0
"""Poses as the shards keep them: x y z qw qx qy qz, from their own frame to their parent's.

Every function takes arrays with any leading dimensions.
"""
from __future__ import annotations

import numpy as np

Array = np.ndarray


def rotation_matrix(quaternion: Array) -> Array:
    """(..., 4) unit quaternions w x y z to (..., 3, 3) matrices."""
    w, x, y, z = np.moveaxis(np.asarray(quaternion, np.float64), -1, 0)
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.stack([np.stack(row, -1) for row in rows], -2)


def pose_matrix(pose: Array) -> Array:
    """(..., 7) poses to (..., 4, 4) matrices that map own points to the parent frame."""
    pose = np.asarray(pose, np.float64)
    out = np.zeros(pose.shape[:-1] + (4, 4))
    out[..., :3, :3] = rotation_matrix(pose[..., 3:])
    out[..., :3, 3] = pose[..., :3]
    out[..., 3, 3] = 1
    return out


def pose_apply(pose: Array, points: Array) -> Array:
    """(7,) pose on (N, 3) points."""
    pose = np.asarray(pose, np.float64)
    return np.asarray(points, np.float64) @ rotation_matrix(pose[3:]).T + pose[:3]


def pose_multiply(a: Array, b: Array) -> Array:
    """The pose that applies b, then a."""
    a, b = np.broadcast_arrays(np.asarray(a, np.float64), np.asarray(b, np.float64))
    rotated = np.einsum("...ij,...j->...i", rotation_matrix(a[..., 3:]), b[..., :3])
    aw, ax, ay, az = np.moveaxis(a[..., 3:], -1, 0)
    bw, bx, by, bz = np.moveaxis(b[..., 3:], -1, 0)
    turn = [
        aw * bw - ax * bx - ay * by - az * bz,
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
    ]
    return np.concatenate([a[..., :3] + rotated, np.stack(turn, -1)], -1)


def pose_inverse(pose: Array) -> Array:
    """The pose that maps the parent frame back to the own one."""
    pose = np.asarray(pose, np.float64)
    turn = pose[..., 3:] * np.array([1.0, -1.0, -1.0, -1.0])
    moved = -np.einsum("...ij,...j->...i", rotation_matrix(turn), pose[..., :3])
    return np.concatenate([moved, turn], -1)


def box_corners(pose: Array, size: Array) -> Array:
    """(N, 7) poses and (N, 3) sizes l w h to (N, 8, 3) corners in the poses' parent frame.

    The first four are the bottom: front left, front right, rear right, rear left; then the top.
    """
    pose, size = np.asarray(pose, np.float64), np.asarray(size, np.float64)
    signs = np.array(
        [(1, 1, -1), (1, -1, -1), (-1, -1, -1), (-1, 1, -1),
         (1, 1, 1), (1, -1, 1), (-1, -1, 1), (-1, 1, 1)], np.float64
    )
    own = 0.5 * size[..., None, :] * signs
    turned = np.einsum("...ij,...kj->...ki", rotation_matrix(pose[..., 3:]), own)
    return turned + pose[..., None, :3]
