# SPDX-License-Identifier: Apache-2.0
"""The layout of roadloom/policy.h as gymnasium's spaces, and views of memory that fit them.

A struct becomes a Dict of its fields, a struct of equal floats (a motion, a point of the route) an
axis of them in the header's order, an array of structs an axis in front.
"""
import numpy as np
from gymnasium import spaces

from . import policy

FAR = 1e9  # all numbers are finite; none is farther from 0 than this


def _is_axis(dtype):
    kinds = {dtype.fields[name][0] for name in dtype.names}
    return len(kinds) == 1 and next(iter(kinds)) == np.dtype("<f4")


def space_of(dtype, shape=()):
    """The space of one value of that dtype, `shape` before it."""
    if dtype.subdtype:
        base, inner = dtype.subdtype
        return space_of(base, shape + inner)
    if dtype.names and _is_axis(dtype):
        return space_of(np.dtype("<f4"), (*shape, len(dtype.names)))
    if dtype.names:
        return spaces.Dict(
            {name: space_of(dtype.fields[name][0], shape) for name in dtype.names}
        )
    if dtype.kind == "u":
        return spaces.Box(0, np.iinfo(dtype).max, shape, dtype.type)
    return spaces.Box(-FAR, FAR, shape, dtype.type)


def views_of(array):
    """Nested dicts of plain arrays, fitting space_of(array.dtype), of a structured array's memory."""
    dtype = array.dtype
    if not dtype.names:
        return array
    if _is_axis(dtype):  # as_strided keeps what owns the memory alive
        first = array[dtype.names[0]]
        return np.lib.stride_tricks.as_strided(
            first, (*array.shape, len(dtype.names)), (*array.strides, first.itemsize)
        )
    return {name: views_of(array[name]) for name in dtype.names}


def rows_of(views, i):
    """A copy of row i of nested views."""
    if isinstance(views, dict):
        return {name: rows_of(view, i) for name, view in views.items()}
    return views[i, ...].copy()


def copies_of(views):
    if isinstance(views, dict):
        return {name: copies_of(view) for name, view in views.items()}
    return views.copy()


def sensor_views(blocks):
    """Of (n, bytes) blocks of roadloom_sensors, laid out alike, {name: view}: a camera's
    (n, H, W, 3), a lidar's {"points": (n, most, 4), "count": (n,)}."""
    head = np.frombuffer(blocks[0], policy.SENSED, 1)[0]
    first = policy.SENSED.fields["sensors"][1]
    step, count_at = policy.SENSOR.itemsize, policy.SENSOR.fields["points"][1]
    views = {}
    for i, it in enumerate(head["sensors"][: head["count"]]):
        start, size = int(it["data_at"]), int(it["data_size"])
        data = blocks[:, start : start + size]
        if it["kind"] == policy.CAMERA:
            # as_strided keeps what owns the memory alive; reshape would copy across blocks
            height, width = int(it["height_px"]), int(it["width_px"])
            view = np.lib.stride_tricks.as_strided(
                data, (len(blocks), height, width, 3), (blocks.strides[0], 3 * width, 3, 1)
            )
        else:
            at = first + i * step + count_at
            view = {
                "points": _rows(data.view("<f4"), (int(it["points_most"]), 4)),
                "count": blocks[:, at : at + 4].view("<u4")[:, 0],
            }
        views[it["name"].decode()] = view
    return views


def _rows(data, shape):
    strides = (data.strides[0], shape[1] * data.itemsize, data.itemsize)
    return np.lib.stride_tricks.as_strided(data, (len(data), *shape), strides)


def sensor_space(views):
    """The space of one env's row of sensor_views."""
    found = {}
    for name, view in views.items():
        if not isinstance(view, dict):
            found[name] = spaces.Box(0, 255, view.shape[1:], np.uint8)
            continue
        most = view["points"].shape[1]
        found[name] = spaces.Dict({
            "points": spaces.Box(-FAR, FAR, view["points"].shape[1:], np.float32),
            "count": spaces.Box(0, most, (), np.uint32),
        })
    return spaces.Dict(found)
