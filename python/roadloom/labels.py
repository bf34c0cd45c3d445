# SPDX-License-Identifier: Apache-2.0
"""Labels as trainers take them: units, panoptic ids, masks from run lengths."""
from __future__ import annotations

from typing import Any, Dict, List, Tuple

import numpy as np

FLOW_STEP = 1 / 64
"""A stored step of optical flow, px."""
NORMAL_STEP = 1 / 32767
"""A stored step of a normal."""

HDR_UNIT = 100
"""Light is stored in units of so many cd/m^2."""

HIDDEN, OUTSIDE, BACK_HIDDEN, BACK_OUTSIDE, BACK_NONE = 1, 2, 4, 8, 16
"""Bits of an occlusion image."""

MARKS = {1: "solid", 2: "broken", 3: "double", 4: "stop", 5: "crossing", 6: "symbol", 7: "area",
         8: "bay"}
"""Kinds of paint in a mark image, `mark & 15`; `mark & 16`: it is yellow."""

THINGS = (12, 13, 14, 15, 16, 17, 18, 19)
"""Semantic classes whose instances a panoptic image tells apart: people and vehicles, as Cityscapes."""

CITYSCAPES = {1: 7, 2: 8, 3: 11, 4: 12, 5: 13, 6: 17, 7: 19, 8: 20, 9: 21, 10: 22, 11: 23, 12: 24,
              13: 25, 14: 26, 15: 27, 16: 28, 17: 31, 18: 32, 19: 33, 20: 4, 21: 5, 24: 7, 25: 6,
              26: 15, 27: 10, 28: 14, 29: 1}
"""Cityscapes' label ids of semantic classes; those that it doesn't have are 0, unlabeled. The ego's own
body is its 1, ego vehicle, which isn't evaluated."""


def decode(key: str, stored: np.ndarray) -> np.ndarray:
    """A stored image in its unit: flow in px (NaN where it can't be said), unit normals, light in
    cd/m^2."""
    if key in ("flow", "flow_back"):
        flow = stored.astype(np.float32) * np.float32(FLOW_STEP)
        flow[(stored == -32768).any(-1)] = np.nan
        return flow
    if key == "normal":
        return stored.astype(np.float32) * np.float32(NORMAL_STEP)
    if key == "hdr":
        return stored.astype(np.float32) * np.float32(HDR_UNIT)
    return stored


def panoptic(semantic: np.ndarray, instance: np.ndarray,
             things: Tuple[int, ...] = THINGS) -> Dict[str, Any]:
    """Panoptic segments of an image: {"ids": (H, W) u32, "segments": [...]}.

    A segment is one instance of a class in `things`, or all of another class. `segments` are
    COCO's segments_info: id, category_id (the semantic class), area, bbox [x, y, w, h], iscrowd,
    and instance, the track id (0 of stuff). Ids are below 2^24: id = R + 256 G + 65536 B.
    A rider and the bicycle under them share a track id; they are two segments.
    """
    semantic, instance = np.asarray(semantic), np.asarray(instance)
    own = np.where(np.isin(semantic, things), instance, 0).astype(np.uint64)
    keys, inverse = np.unique((own << np.uint64(8)) | semantic.astype(np.uint64),
                              return_inverse=True)
    inverse = inverse.reshape(semantic.shape)
    height, width = semantic.shape
    ids = (inverse + 1).astype(np.uint32)
    rows, columns = np.divmod(np.arange(height * width), width)
    flat = inverse.ravel()
    area = np.bincount(flat, minlength=len(keys))
    low = np.full((2, len(keys)), max(height, width), np.int64)
    high = np.zeros((2, len(keys)), np.int64)
    for k, at in enumerate((columns, rows)):
        np.minimum.at(low[k], flat, at)
        np.maximum.at(high[k], flat, at)
    segments: List[Dict[str, Any]] = []
    for i, key in enumerate(keys.tolist()):
        segments.append({
            "id": i + 1, "category_id": key & 255, "instance": key >> 8, "area": int(area[i]),
            "bbox": [int(low[0, i]), int(low[1, i]), int(high[0, i] - low[0, i] + 1),
                     int(high[1, i] - low[1, i] + 1)], "iscrowd": 0})
    return {"ids": ids, "segments": segments}


def panoptic_rgb(ids: np.ndarray) -> np.ndarray:
    """Segment ids as COCO's panoptic PNG has them: (H, W, 3) u8, id = R + 256 G + 65536 B."""
    ids = np.asarray(ids, np.uint32)
    return np.stack([ids & 255, ids >> 8 & 255, ids >> 16 & 255], -1).astype(np.uint8)


def cityscapes_ids(semantic: np.ndarray, instance: np.ndarray) -> np.ndarray:
    """Cityscapes' instanceIds: (H, W) i32, its label id for stuff, 1000 label + n for things.

    n counts each class's instances in the image from 0, by track id.
    """
    semantic, instance = np.asarray(semantic), np.asarray(instance)
    table = np.zeros(256, np.int32)
    for own, theirs in CITYSCAPES.items():
        table[own] = theirs
    out = table[semantic]
    for thing in THINGS:
        mask = semantic == thing
        if mask.any():
            _, number = np.unique(instance[mask], return_inverse=True)
            out[mask] = table[thing] * 1000 + number.ravel()
    return out


def mask_of(runs: Dict[str, Any]) -> np.ndarray:
    """The mask (H, W) bool of COCO's uncompressed run lengths {"size": [H, W], "counts": [...]}."""
    height, width = runs["size"]
    counts = np.asarray(runs["counts"], np.int64)
    if counts.sum() != height * width or (counts < 0).any():
        raise ValueError(f"runs of {counts.sum()} pixels don't fill {height} x {width}")
    inside = np.arange(len(counts)) % 2 == 1
    return np.repeat(inside, counts).reshape(width, height).T


def runs_of(mask: np.ndarray) -> Dict[str, Any]:
    """COCO's uncompressed run lengths of a mask."""
    mask = np.asarray(mask, bool)
    flat = np.concatenate([[False], mask.T.ravel()])
    ends = np.flatnonzero(flat[1:] != flat[:-1])
    counts = np.diff(np.concatenate([[0], ends, [mask.size]]))
    if mask.size and counts[-1] == 0:
        counts = counts[:-1]
    return {"size": list(mask.shape), "counts": counts.tolist()}


def compressed(runs: Dict[str, Any]) -> Dict[str, Any]:
    """The same with counts as pycocotools packs them into a string."""
    out = []
    counts = runs["counts"]
    for i, count in enumerate(counts):
        value = int(count) - (int(counts[i - 2]) if i > 2 else 0)
        more = True
        while more:
            bits = value & 31
            value >>= 5
            more = value != (-1 if bits & 16 else 0)
            out.append(chr((bits | 32 if more else bits) + 48))
    return {"size": list(runs["size"]), "counts": "".join(out)}
