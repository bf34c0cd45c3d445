# SPDX-License-Identifier: Apache-2.0
"""One shard: an HDF5 file of whole scenes. docs/dataset-format.md lists what is in it."""
from __future__ import annotations

import math
import os
from types import TracebackType
from typing import Any, Dict, Iterable, List, Optional, Tuple, Type, Union

import h5py
import numpy as np

from .errors import DamagedShard
from .geometry import pose_inverse, pose_multiply
from .labels import decode, panoptic

Path = Union[str, "os.PathLike[str]"]
Columns = Dict[str, np.ndarray]

IMAGES = ("rgb", "depth", "range", "semantic", "instance", "normal", "flow", "flow_back",
          "occlusion", "albedo", "mark", "raw", "hdr")
LIDAR = ("x", "y", "z", "intensity", "ring", "t_ns", "instance", "semantic", "echo")
KEYS: Tuple[str, ...] = (
    "rgb", "depth", "range", "semantic", "instance", "panoptic", "normal", "flow", "flow_back",
    "occlusion", "albedo", "mark", "raw", "hdr", "shots", "lidar", "boxes3d", "boxes2d", "amodal",
    "keypoints3d", "keypoints2d", "signals", "ego", "weather", "calibration",
)
"""What a frame can hold; Dataset(keys=…) picks from these."""

# What h5py raises on a file that isn't what it was, and numpy on what it gives then.
_H5_ERRORS = (OSError, RuntimeError, LookupError, ValueError, TypeError, AttributeError,
              OverflowError)
_OBJECTS_MAX = 4096
_DEFLATE_MOST = 1032  # bytes that one of deflate's can become


def _text(value: Any) -> str:
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


class Shard:
    """An open shard. Frames count from 0; use it in one process, and in one thread at a time.

    Raises DamagedShard when the file can't be a whole shard.
    """

    def __init__(self, path: Path) -> None:
        self.path = os.fsdecode(path)
        if not os.path.exists(self.path):
            raise DamagedShard(f"{self.path}: there is no such shard")
        try:
            self.file = h5py.File(self.path, "r")
        except OSError as error:
            raise DamagedShard(f"{self.path}: cut short, or not a shard: {error}") from error
        try:
            self._read_head()
        except DamagedShard:
            self.file.close()
            raise
        except _H5_ERRORS as error:
            self.file.close()
            raise self._damaged(error) from error

    def _damaged(self, error: Exception) -> DamagedShard:
        return DamagedShard(f"{self.path}: damaged: {error}; make the shard again")

    def _read_head(self) -> None:
        attributes = self.file.attrs
        if _text(attributes.get("format", "")) != "roadloom":
            raise DamagedShard(f"{self.path}: an HDF5 file, but not a Roadloom shard")
        version = _text(attributes.get("format_version", ""))
        parts = version.split(".")
        if parts[0] != "1" or len(parts) < 2 or not parts[1].isdecimal():
            raise DamagedShard(f"{self.path}: format version {version!r}; this reader knows 1.x")
        self._minor = int(parts[1])
        if int(attributes.get("complete", 0)) != 1:
            raise DamagedShard(f"{self.path}: not complete; make the shard again")
        self._refuse_outside()
        self.cameras: List[str] = _text(self.file["cameras"].attrs["names"]).split()
        self.lidars: List[str] = _text(self.file["lidars"].attrs["names"]).split()
        self._labels = {name: self._labels_of(name) for name in self.cameras}
        self.split: str = _text(attributes.get("split", ""))
        self._frames: Columns = {n: d[()] for n, d in self.file["frames"].items()}
        self._offsets: Dict[str, np.ndarray] = {}
        self._handles: Dict[str, Dict[str, h5py.Dataset]] = {}
        self._tables: Dict[str, Columns] = {}
        self._length = len(self._frames["timestamp_ns"])
        for name, column in self._frames.items():
            if len(column) != self._length:
                raise DamagedShard(f"{self.path}: damaged: /frames/{name} has {len(column)} rows "
                                   f"of {self._length}; make the shard again")

    def _refuse_outside(self) -> None:
        """A stranger's file may name other files for HDF5 to open, go round in circles, or claim
        to be larger than any memory: refuse it."""
        groups, seen = [self.file["/"]], 0
        while groups:
            group = groups.pop()
            for name in group:
                item = f"{self.path}: refused: {group.name.rstrip('/')}/{name}"
                seen += 1
                if seen > _OBJECTS_MAX:
                    raise DamagedShard(f"{item} is one object too many")
                if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                    raise DamagedShard(f"{item} is a link to elsewhere")
                child = group[name]
                if isinstance(child, h5py.Group):
                    groups.append(child)
                elif not isinstance(child, h5py.Dataset):
                    raise DamagedShard(f"{item} is neither a group nor a dataset")
                elif child.is_virtual or child.external:
                    raise DamagedShard(f"{item} keeps its data in another file")
                elif (math.prod(child.shape or (1,)) * child.dtype.itemsize
                      > _DEFLATE_MOST * child.id.get_storage_size()):
                    raise DamagedShard(f"{item} claims more values than the file can hold")

    def __len__(self) -> int:
        """Frames in the shard."""
        return self._length

    def __enter__(self) -> "Shard":
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file. The arrays that were read stay."""
        self._handles.clear()
        self.file.close()

    @property
    def attributes(self) -> Dict[str, Any]:
        """The shard's root attributes: seed, program_version, script_name, conventions, …"""
        return {k: _text(v) if isinstance(v, (bytes, str)) else int(v)
                for k, v in self.file.attrs.items()}

    @property
    def script(self) -> str:
        """The text of the scene script."""
        return _text(self.file["job/script"][()])

    def _columns(self, group: str) -> Dict[str, h5py.Dataset]:
        """The open columns of a table; opening them is most of a small read."""
        if group not in self._handles:
            if not isinstance(self.file.get(group), h5py.Group):
                raise ValueError(f"/{group} is missing")
            self._handles[group] = {n: d for n, d in self.file[group].items()
                                    if isinstance(d, h5py.Dataset) and n != "offset"}
        return self._handles[group]

    def _table(self, group: str) -> Columns:
        """A whole small table, read once."""
        if group not in self._tables:
            self._tables[group] = {n: d[()] for n, d in self._columns(group).items()}
        return self._tables[group]

    def scenes(self) -> Columns:
        """/scenes, one entry a scene; places and weather as str."""
        table = self._table("scenes")
        return {n: np.char.decode(v, "utf-8") if v.dtype.kind == "S" else v
                for n, v in table.items()}

    def tracks(self, scene_row: int) -> Columns:
        """Everything with an id in a scene: id, class, kind, role, size; since format 1.3 also
        pose (of what never moves), sign, sign_number and signal; since 1.5 driver and breaks (of
        moving vehicles); since 1.10 tows and towed_by (of tractors and trailers)."""
        return self._ragged("tracks", scene_row)

    def names(self, what: str) -> Dict[int, str]:
        """Names by number: of "taxonomy" (semantic classes), "kinds" (of things), "signs",
        "keypoints" (of people)."""
        lines = str(self.attributes[what]).splitlines()
        return {int(line.split()[0]): line.split()[1] for line in lines}

    def sign_name(self, sign: int, number: int = 0) -> str:
        """What a sign says in one word, with its number where it has one: "speed_limit_50"."""
        name = self.names("signs")[int(sign)]
        return f"{name}_{int(number)}" if number else name

    def map(self, scene_row: int) -> List[Dict[str, Any]]:
        """The polylines of a scene: kind, id, width, … and points (N, 3) in the world frame."""
        first, last = self._span("map/lines", scene_row)
        lines = self._slice("map/lines", first, last)
        ends = self._offset("map/points")[first:last + 1]
        points = self._slice("map/points", int(ends[0]), int(ends[-1]))
        xyz = np.stack([points["x"], points["y"], points["z"]], -1)
        out = []
        for i in range(last - first):
            line: Dict[str, Any] = {n: v[i] for n, v in lines.items()}
            line["points"] = xyz[ends[i] - ends[0]:ends[i + 1] - ends[0]]
            out.append(line)
        return out

    def calibration(self, scene_row: int) -> Dict[str, Columns]:
        """By sensor. Cameras: K, distortion, extrinsics, readout_s; lidars: extrinsics, …"""
        out: Dict[str, Columns] = {}
        for kind, names in (("cameras", self.cameras), ("lidars", self.lidars)):
            for name in names:
                table = self._table(f"{kind}/{name}/calib")
                out[name] = {n: v[scene_row].copy() for n, v in table.items()}
        return out

    def _span(self, group: str, owner: int) -> Tuple[int, int]:
        offset = self._offset(group)
        return int(offset[owner]), int(offset[owner + 1])

    def _offset(self, group: str) -> np.ndarray:
        """A ragged table's offsets, known to rise from none to all of its rows."""
        if group not in self._offsets:
            rows = {len(d) for d in self._columns(group).values()}
            offset = self.file[group + "/offset"][()]
            good = offset.ndim == 1 and len(offset) > 0 and offset[0] == 0 and \
                bool((offset[:-1] <= offset[1:]).all()) and rows == {int(offset[-1])}
            if not good:
                raise ValueError(f"the offsets of /{group} don't rise from none to all of its rows")
            self._offsets[group] = offset.astype(np.int64)
        return self._offsets[group]

    def _slice(self, group: str, first: int, last: int) -> Columns:
        return {n: d[first:last] for n, d in self._columns(group).items()}

    def _ragged(self, group: str, owner: int) -> Columns:
        return self._slice(group, *self._span(group, owner))

    def _small(self, group: str, owner: int) -> Columns:
        """Like _ragged, from memory."""
        first, last = self._span(group, owner)
        return {n: v[first:last].copy() for n, v in self._table(group).items()}

    def _keypoints(self, group: str, index: int) -> Columns:
        """Joints of people; none in shards of a format before 1.6."""
        if self._minor >= 6:
            return self._small(group, index)
        columns: Columns = {"id": np.zeros(0, np.uint32)}
        if group == "keypoints3d":
            columns["world"] = np.zeros((0, 17, 3))
        else:
            columns["camera"] = np.zeros(0, np.uint16)
            columns["px"] = np.zeros((0, 17, 2), np.float32)
            columns["visibility"] = np.zeros((0, 17), np.uint8)
        return columns

    def labels(self, camera: str) -> Tuple[str, ...]:
        """What a camera wrote beside its picture: "depth", "semantic", "flow", ..."""
        return self._labels[camera]

    def _labels_of(self, camera: str) -> Tuple[str, ...]:
        if self._minor >= 7:
            return tuple(_text(self.file["cameras"][camera].attrs["labels"]).split())
        return "depth", "semantic", "instance"  # before format 1.7

    def _amodal(self, index: int) -> List[Optional[Dict[str, Any]]]:
        """The amodal masks of a frame's boxes2d, in COCO's run lengths."""
        first, last = self._span("boxes2d", index)
        if self._minor < 7:
            return [None] * (last - first)
        camera = self._table("boxes2d")["camera"]
        ends = self._offset("amodal")[first:last + 1]
        runs = self.file["amodal/run"][int(ends[0]):int(ends[-1])]
        ends = ends - ends[0]
        sizes = [list(self._columns(f"cameras/{name}")["rgb"].shape[1:3]) for name in self.cameras]
        return [{"size": sizes[int(camera[first + i])], "counts": runs[ends[i]:ends[i + 1]].tolist()}
                if ends[i + 1] > ends[i] else None for i in range(last - first)]

    def _boxes3d(self, index: int) -> Columns:
        boxes = self._small("boxes3d", index)
        to_ego = pose_inverse(self._frames["ego_pose"][index])
        boxes["pose_ego"] = pose_multiply(to_ego, boxes["pose"])
        return boxes

    def _one(self, key: str, index: int) -> Any:
        if key in IMAGES:
            return {name: decode(key, self._columns(f"cameras/{name}")[key][index])
                    for name in self.cameras if key == "rgb" or key in self._labels[name]}
        if key == "shots":
            return {name: {n: v[index].copy() for n, v in self._table(group).items()}
                    for name in self.cameras for group in [f"cameras/{name}/shots"]
                    if self._minor >= 9 and group in self.file}
        if key == "panoptic":
            return {name: panoptic(columns["semantic"][index], columns["instance"][index])
                    for name in self.cameras for columns in [self._columns(f"cameras/{name}")]
                    if {"semantic", "instance"} <= set(self._labels[name])}
        if key == "amodal":
            return self._amodal(index)
        if key == "lidar":
            return {name: self._ragged(f"lidars/{name}", index) for name in self.lidars}
        if key == "boxes3d":
            return self._boxes3d(index)
        if key in ("boxes2d", "signals"):
            return self._small(key, index)
        if key in ("keypoints3d", "keypoints2d"):
            return self._keypoints(key, index)
        if key == "weather":
            return {n: float(v[index]) for n, v in self._table("weather").items()}
        if key == "ego":
            return {n[4:]: v[index].copy() for n, v in self._frames.items() if n.startswith("ego_")}
        if key == "calibration":
            return self.calibration(int(self._frames["scene_row"][index]))
        raise AssertionError(key)

    def frame(self, index: int, keys: Iterable[str]) -> Dict[str, Any]:
        """Frame `index` with the values of `keys` (see roadloom.KEYS) and where it is from.

        Images are those of the cameras that wrote them (see labels).
        """
        if not 0 <= index < self._length:
            raise IndexError(f"{self.path}: frame {index}: the shard has {self._length}")
        frames = self._frames
        out: Dict[str, Any] = {
            "scene": int(frames["scene"][index]),
            "frame": int(frames["frame"][index]),
            "timestamp_ns": int(frames["timestamp_ns"][index]),
            "duration_ns": int(frames["duration_ns"][index]),
        }
        for key in keys:
            if key not in KEYS:
                raise KeyError(f"{key!r} is not a key of a frame; keys are {', '.join(KEYS)}")
            try:
                out[key] = self._one(key, index)
            except _H5_ERRORS as error:
                raise self._damaged(error) from error
        return out
