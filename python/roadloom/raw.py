# SPDX-License-Identifier: Apache-2.0
"""RAW pictures in numpy: what cameras with full electronics read, made linear light again."""
from __future__ import annotations

from typing import Any, Mapping

import numpy as np

PATTERNS = ("RGGB", "BGGR", "GRBG", "GBRG")
"""Names of calibration's `bayer`: the colours of the pixels (0, 0), (1, 0), (0, 1), (1, 1)."""
RAW_WHITE = 4095
"""The largest RAW value."""


def bayer_colors(calib: Mapping[str, Any], height: int, width: int) -> np.ndarray:
    """(H, W) u1: 0 where a pixel is red, 1 green, 2 blue."""
    tile = np.array(["RGB".index(c) for c in PATTERNS[int(calib["bayer"])]], np.uint8).reshape(2, 2)
    return np.tile(tile, ((height + 1) // 2, (width + 1) // 2))[:height, :width]


def develop(raw: np.ndarray, calib: Mapping[str, Any], shot: Mapping[str, Any]) -> np.ndarray:
    """Linear sRGB light, (H, W, 3) f4 in cd/m^2, of a RAW picture: black level, white balance,
    demosaicing (bilinear), colour matrix.

    What the lens did, vignetting, blur and glare, stays in it, and so does noise: values may be
    below 0. Full pixels (RAW_WHITE) are brighter than it says.
    """
    height, width = raw.shape
    colors = bayer_colors(calib, height, width)
    dark = float(calib["black_level"]) + float(shot["system_gain"]) * float(shot["dark_e"])
    light = (raw.astype(np.float64) - dark) / float(shot["dn_per_cdm2"])
    light *= np.asarray(shot["white"], np.float64)[colors]
    kernel = np.array([0.25, 0.5, 0.25])

    def spread(image: np.ndarray) -> np.ndarray:
        out = np.pad(image, 1, mode="reflect")  # mirrored, which keeps the pattern
        out = sum(w * out[k:k + height] for k, w in enumerate(kernel))
        return sum(w * out[:, k:k + width] for k, w in enumerate(kernel))

    rgb = [spread(np.where(colors == c, light, 0)) / spread((colors == c).astype(np.float64))
           for c in range(3)]
    return (np.stack(rgb, -1) @ np.asarray(calib["ccm"], np.float64).T).astype(np.float32)
