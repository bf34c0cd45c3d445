# SPDX-License-Identifier: Apache-2.0
"""A dataset's folder as one list of frames."""
from __future__ import annotations

import glob
import hashlib
import json
import operator
import os
import warnings
from collections import OrderedDict
from typing import Any, Dict, Iterator, List, Optional, Sequence, Set, Tuple

import numpy as np

from .errors import DamagedShard, IncompleteDataset, NotADataset
from .shard import KEYS, Path, Shard

_OPEN_AT_ONCE = 16


def _split_of(path: str) -> str:
    return os.path.basename(path).split("-")[0]


def _kind_of(job: str) -> str:
    """What made the folder of that job.json; "" when it doesn't say."""
    try:
        with open(job, encoding="utf-8") as file:
            return str(json.load(file).get("kind", ""))
    except (OSError, ValueError, AttributeError):
        return ""


class Dataset(Sequence[Dict[str, Any]]):
    """The frames of a dataset, or of one of its splits, as dicts of numpy arrays.

    path           a dataset's folder, or one shard
    split          "train", "val", "test" or what the job called its splits; None for all
    keys           which of roadloom.KEYS to read; None reads all but "panoptic", which is made
    allow_partial  read what is there of a dataset whose job hasn't finished
    verify         check every shard's SHA-256 against manifest.json first

    `dataset[i]` opens shards as it needs them, in whichever process it runs: objects may be
    handed to forked or spawned workers. A worker should read with one thread.
    """

    def __init__(self, path: Path, split: Optional[str] = None,
                 keys: Optional[Sequence[str]] = None, allow_partial: bool = False,
                 verify: bool = False) -> None:
        self.path = os.fsdecode(path)
        self.split = split
        self.keys = self._checked_keys(keys)
        self.shards: List[str] = []
        self._sha256: Dict[str, str] = {}
        self._splits: Set[str] = set()
        counts = self._find(allow_partial)
        # numpy, not a list: forked workers then don't copy it by counting references.
        self._ends = np.cumsum(np.asarray(counts, np.int64))
        self._open: "OrderedDict[int, Shard]" = OrderedDict()
        self._process = os.getpid()
        if verify:
            self.verify()

    @staticmethod
    def _checked_keys(keys: Optional[Sequence[str]]) -> Tuple[str, ...]:
        if keys is None: # what is stored
            return tuple(key for key in KEYS if key != "panoptic")
        if isinstance(keys, str):
            raise TypeError(f"keys={keys!r}: give a list of keys, [{keys!r}]")
        for key in keys:
            if key not in KEYS:
                raise ValueError(f"{key!r} is not a key of a frame; keys are {', '.join(KEYS)}")
        return tuple(keys)

    # -- finding the shards ---------------------------------------------------------------

    def _find(self, allow_partial: bool) -> List[int]:
        if os.path.isfile(self.path):
            self.shards = [self.path]
            return [self._frames_in(self.path)]
        if not os.path.isdir(self.path):
            raise NotADataset(f"{self.path}: there is no dataset there")
        manifest = os.path.join(self.path, "manifest.json")
        folder = os.path.join(self.path, "shards")
        if not os.path.isdir(folder) and not os.path.exists(manifest):
            raise NotADataset(f"{self.path}: not a dataset: it has neither manifest.json nor shards/")
        if _kind_of(os.path.join(self.path, "job.json")) == "drive":
            raise NotADataset(f"{self.path}: not a dataset but episodes of `roadloom drive`; its report.html and "
                              "episodes.csv tell of them, `roadloom replay` shows them")
        if not os.path.exists(os.path.join(self.path, "_SUCCESS")):
            if not allow_partial:
                raise IncompleteDataset(
                    f"{self.path}: the job hasn't finished (no _SUCCESS): run the same generate "
                    "command again, or read what is there with allow_partial=True")
            warnings.warn(f"{self.path}: not complete; reading what is there", stacklevel=4)
        if os.path.exists(manifest):
            counts = self._from_manifest(manifest)
        else:
            counts = self._from_folder(folder)
        if not self.shards:
            if self.split and self.split not in self._splits | {"train", "val", "test"}:
                raise NotADataset(f"{self.path}: no split {self.split!r}; it has "
                                  f"{', '.join(sorted(self._splits))}")
            part = f"split {self.split!r}" if self.split else "dataset"
            warnings.warn(f"{self.path}: the {part} is empty", stacklevel=4)
        return counts

    def _from_manifest(self, manifest: str) -> List[int]:
        try:
            with open(manifest, encoding="utf-8") as file:
                rows = json.load(file)["shards"]
            self._splits = {str(row["split"]) for row in rows}
            rows = [r for r in rows if self.split is None or r["split"] == self.split]
            for row in rows:
                inside = os.path.normpath(row["path"])
                if os.path.isabs(inside) or inside.split(os.sep)[0] == os.pardir:
                    raise NotADataset(f"{manifest}: {row['path']} lies outside the dataset")
                path = os.path.join(self.path, inside)
                self.shards.append(path)
                self._sha256[path] = str(row.get("sha256", ""))
                if not os.path.exists(path):
                    raise DamagedShard(f"{path}: listed in manifest.json, but missing")
                if "bytes" in row and os.path.getsize(path) != row["bytes"]:
                    raise DamagedShard(f"{path}: {os.path.getsize(path)} bytes where manifest.json "
                                       f"says {row['bytes']}; make the shard again")
            return [int(row["frames"]) for row in rows]
        except (ValueError, KeyError, TypeError) as error:
            raise NotADataset(f"{manifest}: can't be read: {error!r}") from error

    def _from_folder(self, folder: str) -> List[int]:
        found = sorted(glob.glob(os.path.join(glob.escape(folder), "*.h5")))
        self._splits = {_split_of(p) for p in found}
        self.shards = [p for p in found if self.split is None or _split_of(p) == self.split]
        return [self._frames_in(path) for path in self.shards]

    @staticmethod
    def _frames_in(path: str) -> int:
        with Shard(path) as shard:
            return len(shard)

    def verify(self) -> None:
        """Reads every shard and checks its SHA-256. Raises DamagedShard."""
        for path in self.shards:
            if not self._sha256.get(path):
                raise NotADataset(f"{path}: there is no manifest.json with a hash to check against")
            digest = hashlib.sha256()
            with open(path, "rb") as file:
                for block in iter(lambda: file.read(1 << 20), b""):
                    digest.update(block)
            if digest.hexdigest() != self._sha256[path]:
                raise DamagedShard(f"{path}: damaged: its SHA-256 isn't manifest.json's")

    # -- frames ---------------------------------------------------------------------------

    def __len__(self) -> int:
        return int(self._ends[-1]) if len(self._ends) else 0

    def locate(self, index: int) -> Tuple[int, int]:
        """(number in `shards`, frame in that shard) of frame `index`."""
        length = len(self)
        at = index + length if index < 0 else index
        if not 0 <= at < length:
            raise IndexError(f"frame {index}: the dataset has {length}")
        shard = int(np.searchsorted(self._ends, at, side="right"))
        return shard, at - (int(self._ends[shard - 1]) if shard else 0)

    def shard(self, number: int) -> Shard:
        """Shard `number` of `shards`, opened in this process; the dataset closes it."""
        if os.getpid() != self._process:
            # HDF5 handles from before a fork would read wrong data: leave them to the parent.
            self._open = OrderedDict()
            self._process = os.getpid()
        shard = self._open.pop(number, None)
        if shard is None:
            shard = Shard(self.shards[number])
            before = int(self._ends[number - 1]) if number else 0
            if len(shard) != int(self._ends[number]) - before:
                raise DamagedShard(f"{shard.path}: {len(shard)} frames where manifest.json says "
                                   f"{int(self._ends[number]) - before}")
        self._open[number] = shard
        while len(self._open) > _OPEN_AT_ONCE:
            self._open.popitem(last=False)[1].close()
        return shard

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        number, frame = self.locate(operator.index(index))
        return self.shard(number).frame(frame, self.keys)

    def __iter__(self) -> Iterator[Dict[str, Any]]:
        for i in range(len(self)):
            yield self[i]

    def close(self) -> None:
        """Closes the shards that this process has open."""
        if os.getpid() == self._process:
            for shard in self._open.values():
                shard.close()
        self._open = OrderedDict()

    def __getstate__(self) -> Dict[str, Any]:
        state = dict(self.__dict__)
        state["_open"] = OrderedDict()
        return state

    def __setstate__(self, state: Dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._process = os.getpid()

    def __repr__(self) -> str:
        part = f", split={self.split!r}" if self.split else ""
        return f"<roadloom.Dataset {self.path!r}{part}: {len(self)} frames in {len(self.shards)} shards>"
