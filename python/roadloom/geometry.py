# SPDX-License-Identifier: Apache-2.0
"""Poses as the shards keep them: x y z qw qx qy qz, from their own frame to their parent's;
lenses of cameras by their calibration (see project).

Every function takes arrays with any leading dimensions.
"""
from __future__ import annotations

from typing import Any, Mapping, Tuple

import numpy as np

Array = np.ndarray

PINHOLE, BROWN_CONRADY, KANNALA_BRANDT, F_THETA, EQUIRECTANGULAR = range(5)


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


def _lens(calibration: Mapping[str, Any]) -> Tuple[int, Array, float]:
    """Model, coefficients and field; shards before 1.8 have pinholes alone."""
    if "model" not in calibration:
        return PINHOLE, np.zeros(8), np.pi / 2
    model = int(calibration["model"])
    if not PINHOLE <= model <= EQUIRECTANGULAR:
        raise ValueError(f"lens model {model} is unknown to this version of roadloom")
    return model, np.asarray(calibration["coefficients"], np.float64), float(calibration["field_rad"])


def _polynomial(model: int, k: Array) -> Array:
    """Coefficients of r(t) / t, highest power first."""
    rising = np.zeros(9)
    rising[0] = 1
    rising[[1, 2, 3, 4] if model == F_THETA else [2, 4, 6, 8]] = k[:4]
    return rising[::-1]


def _brown(k: Array, a: Array, b: Array) -> Tuple[Array, Array]:
    q = a * a + b * b
    s = (1 + q * (k[0] + q * (k[1] + q * k[4]))) / (1 + q * (k[5] + q * (k[6] + q * k[7])))
    return (a * s + 2 * k[2] * a * b + k[3] * (q + 2 * a * a),
            b * s + k[2] * (q + 2 * b * b) + 2 * k[3] * a * b)


def project(calibration: Mapping[str, Any], points: Array) -> Tuple[Array, Array]:
    """(..., 3) points in a camera's frame to (..., 2) places in its image (px), and whether the
    lens sees each: (...,) bool. Unseen ones are NaN; the image's borders don't count.

    `calibration` is a camera's of a frame's "calibration". Models as in docs/dataset-format.md.
    """
    model, k, field = _lens(calibration)
    points = np.asarray(points, np.float64)
    x, y, z = np.moveaxis(points, -1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        if model in (PINHOLE, BROWN_CONRADY):
            seen, u, v = z > 0, x / z, y / z
            if model == BROWN_CONRADY:
                seen = seen & (np.hypot(u, v) <= np.tan(field))
                u, v = _brown(k, u, v)
        elif model == EQUIRECTANGULAR:
            seen, u, v = (points != 0).any(-1), np.arctan2(x, z), np.arctan2(y, np.hypot(x, z))
        else:
            across = np.hypot(x, y)
            angle = np.arctan2(across, z)
            seen = angle <= field
            r = angle * np.polyval(_polynomial(model, k), angle)
            scale = np.where(across > 0, r / np.where(across > 0, across, 1), 0)
            u, v = x * scale, y * scale
    matrix = np.asarray(calibration["K"], np.float64)
    px = np.stack([matrix[0, 0] * u + matrix[0, 2], matrix[1, 1] * v + matrix[1, 2]], -1)
    return np.where(seen[..., None], px, np.nan), seen


def _brown_back(k: Array, most: float, u: Array, v: Array) -> Tuple[Array, Array, Array]:
    """Newton's steps with derivatives by central differences, held within the field."""
    held = np.minimum(1, most / np.maximum(np.hypot(u, v), 1e-300))
    a, b, h = u * held, v * held, 1e-6
    for _ in range(60):
        x, y = _brown(k, a, b)
        xa, ya = ((p - q) / (2 * h) for p, q in zip(_brown(k, a + h, b), _brown(k, a - h, b)))
        xb, yb = ((p - q) / (2 * h) for p, q in zip(_brown(k, a, b + h), _brown(k, a, b - h)))
        det = xa * yb - xb * ya
        det = np.where(np.abs(det) < 1e-12, 1e-12, det)
        da, db = (yb * (u - x) - xb * (v - y)) / det, (xa * (v - y) - ya * (u - x)) / det
        a, b = a + da, b + db
        held = np.minimum(1, most / np.maximum(np.hypot(a, b), 1e-300))
        a, b = a * held, b * held
        if np.abs(da).max(initial=0) + np.abs(db).max(initial=0) < 1e-13:
            break
    x, y = _brown(k, a, b)
    return a, b, np.hypot(x - u, y - v) < 1e-8


def _angle_of(model: int, k: Array, field: float, r: Array) -> Array:
    """The angle at which the curve reaches r: Newton, halving what holds it when it would leave."""
    curve = _polynomial(model, k)
    rising = np.append(curve, 0)
    slope = np.polyder(rising)
    low, high = np.zeros_like(r), np.full_like(r, field)
    t = np.minimum(r, field)
    for _ in range(60):
        off = np.polyval(rising, t) - r
        high, low = np.where(off > 0, t, high), np.where(off > 0, low, t)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = t - off / np.polyval(slope, t)
        t_next = np.where((step >= low) & (step <= high), step, (low + high) / 2)
        done = np.abs(t_next - t).max(initial=0) < 1e-15
        t = t_next
        if done:
            break
    return t


def unproject(calibration: Mapping[str, Any], px: Array) -> Tuple[Array, Array]:
    """(..., 2) places in a camera's image to (..., 3) directions in its frame, and whether the lens
    draws anything there: (...,) bool. Directions have z = 1 with pinhole and Brown-Conrady lenses,
    so that times depth they are points; with others unit length, so that times depth / z they are.
    What isn't seen is NaN.
    """
    model, k, field = _lens(calibration)
    matrix = np.asarray(calibration["K"], np.float64)
    px = np.asarray(px, np.float64)
    u = (px[..., 0] - matrix[0, 2]) / matrix[0, 0]
    v = (px[..., 1] - matrix[1, 2]) / matrix[1, 1]
    seen = np.ones(u.shape, bool)
    if model in (PINHOLE, BROWN_CONRADY):
        if model == BROWN_CONRADY:
            u, v, seen = _brown_back(k, np.tan(field), u, v)
        d = np.stack([u, v, np.ones_like(u)], -1)
    elif model == EQUIRECTANGULAR:
        seen = (np.abs(u) <= np.pi + 1e-9) & (np.abs(v) <= np.pi / 2 + 1e-9)
        d = np.stack([np.cos(v) * np.sin(u), np.sin(v), np.cos(v) * np.cos(u)], -1)
    else:
        r = np.hypot(u, v)
        seen = r <= field * np.polyval(_polynomial(model, k), field)
        t = _angle_of(model, k, field, r)
        scale = np.where(r > 0, np.sin(t) / np.where(r > 0, r, 1), 1)
        d = np.stack([u * scale, v * scale, np.cos(t)], -1)
    return np.where(seen[..., None], d, np.nan), seen
