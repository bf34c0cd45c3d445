# SPDX-License-Identifier: Apache-2.0
"""roadloom.Dataset: what a trainer relies on."""
import hashlib
import json
import multiprocessing
import os
import pickle
import shutil
import subprocess

import h5py
import numpy as np
import pytest

import roadloom
from roadloom import DamagedShard, Dataset, IncompleteDataset, NotADataset, Shard

pytestmark = pytest.mark.filterwarnings("ignore:.*not complete")


@pytest.fixture
def copy(sample, tmp_path):
    """A dataset that a test may spoil, with the files that the program adds."""
    folder = tmp_path / "dataset"
    shutil.copytree(sample, folder)
    rows = []
    for path in sorted((folder / "shards").glob("*.h5")):
        data = path.read_bytes()
        rows.append({"path": f"shards/{path.name}", "split": path.name.split("-")[0], "frames": 8,
                     "scenes": [0, 1], "bytes": len(data),
                     "sha256": hashlib.sha256(data).hexdigest()})
    (folder / "manifest.json").write_text(json.dumps({"shards": rows}))
    (folder / "_SUCCESS").touch()
    return folder


def test_a_dataset_has_its_splits_frames(copy):
    assert len(Dataset(copy)) == 24
    assert len(Dataset(copy, split="train")) == 16
    assert len(Dataset(copy, split="val")) == 8
    (copy / "manifest.json").unlink()
    assert len(Dataset(copy, split="train")) == 16


def test_a_frame_is_what_h5py_reads(copy):
    data = Dataset(copy)
    for index in (0, 7, 8, 23, -1):
        number, row = data.locate(index)
        frame = data[index]
        with h5py.File(data.shards[number], "r") as file:
            for key in ("rgb", "depth", "semantic", "instance"):
                assert np.array_equal(frame[key]["CAM_FRONT"], file[f"cameras/CAM_FRONT/{key}"][row])
            first, last = file["lidars/LIDAR_0/offset"][row:row + 2]
            assert np.array_equal(frame["lidar"]["LIDAR_0"]["x"], file["lidars/LIDAR_0/x"][first:last])
            first, last = file["boxes3d/offset"][row:row + 2]
            assert np.array_equal(frame["boxes3d"]["pose"], file["boxes3d/pose"][first:last])
            assert frame["timestamp_ns"] == file["frames/timestamp_ns"][row]
            assert frame["scene"] == file["frames/scene"][row]
            assert frame["weather"]["rain_mmh"] == file["weather/rain_mmh"][row]
            assert np.array_equal(frame["ego"]["pose"], file["frames/ego_pose"][row])


def test_keys_choose_what_is_read(copy):
    frame = Dataset(copy, keys=["rgb", "boxes2d"])[0]
    assert set(frame) == {"scene", "frame", "timestamp_ns", "duration_ns", "rgb", "boxes2d"}
    with pytest.raises(ValueError, match="'rbg' is not a key of a frame; keys are rgb, depth"):
        Dataset(copy, keys=["rbg"])
    with pytest.raises(TypeError, match="give a list of keys"):
        Dataset(copy, keys="rgb")
    assert set(Dataset(copy)[0]) >= set(roadloom.KEYS) - {"panoptic"}


def test_slices_and_bounds_are_a_lists(copy):
    data = Dataset(copy, keys=["ego"])
    assert [f["frame"] for f in data[2:6]] == [2, 3, 0, 1]
    assert data[-24]["timestamp_ns"] == data[0]["timestamp_ns"]
    for index in (24, -25):
        with pytest.raises(IndexError, match="the dataset has 24"):
            data[index]
    for index in ("1", 1.5, None):
        with pytest.raises(TypeError):
            data[index]


def test_one_shard_is_a_dataset(copy):
    path = copy / "shards" / "val-00002.h5"
    assert len(Dataset(path)) == len(Dataset(os.fsencode(path))) == len(Dataset(os.fsencode(copy), split="val")) == 8
    with Shard(path) as shard:
        assert shard.attributes["split"] == "val"
        assert shard.script.startswith("return scene")
        assert shard.scenes()["weather"].tolist() == ["clear", "rain"]
        lines = shard.map(1)
        assert [int(line["kind"]) for line in lines] == [0, 0, 1, 1, 1, 2, 2, 3]
        assert lines[0]["points"].shape == (41, 3)
        assert lines[7]["points"].shape == (5, 3)
        tracks = shard.tracks(1)
        (sign,) = np.flatnonzero(tracks["sign"])
        assert shard.names("kinds")[int(tracks["kind"][sign])] == "sign"
        assert shard.sign_name(tracks["sign"][sign], tracks["sign_number"][sign]) == "speed_limit_50"
        assert tracks["pose"][sign][:3] == pytest.approx([40, -6, 2.4])
        assert not tracks["pose"][tracks["role"] != 0].any()


def test_what_is_no_dataset_is_said(tmp_path, copy):
    with pytest.raises(NotADataset, match="there is no dataset there"):
        Dataset(tmp_path / "nothing")
    with pytest.raises(NotADataset, match="neither manifest.json nor shards"):
        Dataset(tmp_path)
    with pytest.raises(NotADataset, match="no split 'training'; it has train, val"):
        Dataset(copy, split="training")
    (copy / "manifest.json").write_text("{")
    with pytest.raises(NotADataset, match="manifest.json: can't be read"):
        Dataset(copy)
    (copy / "manifest.json").write_text(
        '{"shards": [{"path": "../../x.h5", "split": "val", "frames": 1}]}')
    with pytest.raises(NotADataset, match="lies outside the dataset"):
        Dataset(copy)


def test_an_unfinished_dataset_is_refused_unless_asked_for(copy):
    (copy / "_SUCCESS").unlink()
    with pytest.raises(IncompleteDataset, match="allow_partial=True"):
        Dataset(copy)
    with pytest.warns(UserWarning, match="not complete"):
        assert len(Dataset(copy, allow_partial=True)) == 24


def spoil(path, at, bit=3):
    data = bytearray(path.read_bytes())
    data[at] ^= 1 << bit
    path.write_bytes(bytes(data))


def test_damage_is_one_clear_error(copy):
    path = copy / "shards" / "train-00001.h5"
    whole = path.read_bytes()
    path.write_bytes(whole[:len(whole) // 2])
    with pytest.raises(DamagedShard, match="bytes where manifest.json says"):
        Dataset(copy)
    (copy / "manifest.json").unlink()
    with pytest.raises(DamagedShard, match="cut short"):
        Dataset(copy)
    path.unlink()
    assert len(Dataset(copy)) == 16


def test_verify_finds_any_flipped_bit(copy):
    Dataset(copy, verify=True)
    path = copy / "shards" / "train-00001.h5"
    spoil(path, path.stat().st_size // 2)
    with pytest.raises(DamagedShard, match="its SHA-256 isn't manifest.json's"):
        Dataset(copy, verify=True)


def read_all(path, out):
    try:
        with Shard(path) as shard:
            for i in (0, len(shard) - 1):
                shard.frame(i, roadloom.KEYS)
        out.put("read")
    except DamagedShard:
        out.put("refused")


def test_flipped_bits_never_crash_and_are_told_as_damage(copy):
    """In a process of its own, since libhdf5 is C: a crash would be seen as one."""
    path = copy / "shards" / "val-00002.h5"
    whole = path.read_bytes()
    results = multiprocessing.get_context("fork")
    answers = []
    for k in range(40):
        at = k * 311 if k < 20 else len(whole) * (k - 20) // 20
        path.write_bytes(whole)
        spoil(path, at, k % 8)
        queue = results.SimpleQueue()
        child = results.Process(target=read_all, args=(path, queue))
        child.start()
        child.join(60)
        assert child.exitcode == 0, f"a flipped bit at byte {at} ended the reader"
        answers.append(queue.get())
    assert "refused" in answers


def test_links_out_of_the_file_are_refused(copy):
    path = copy / "shards" / "val-00002.h5"
    with h5py.File(path, "r+") as file:
        file["weather/elsewhere"] = h5py.ExternalLink("/etc/passwd", "/x")
    with pytest.raises(DamagedShard, match="refused: /weather/elsewhere is a link to elsewhere"):
        Shard(path)


def put(file, path, values=None, shape=None, dtype=None):
    del file[path]
    if values is not None:
        file[path] = values
    else:
        file.create_dataset(path, shape, dtype, chunks=(1,) * len(shape))


def label_lost(file):
    del file["cameras/CAM_1/normal"]


def circle(file):
    file["map/again"] = file["map"]


LIES = {
    "claims more values than the file can hold":
        lambda f: put(f, "frames/timestamp_ns", shape=(1 << 40,), dtype="i8"),
    "one object too many": circle,
    "refused: /frames/named is neither a group nor a dataset":
        lambda f: f.__setitem__("frames/named", np.dtype("f4")),
    "/frames/scene has 3 rows of 8": lambda f: put(f, "frames/scene", np.zeros(3, "u4")),
    "the offsets of /boxes2d don't rise":
        lambda f: put(f, "boxes2d/offset", np.array([0, 2**63] + 7 * [0], "u8")),
    "the offsets of /boxes3d don't rise": lambda f: put(f, "boxes3d/id", np.zeros(1, "u4")),
    "the offsets of /lidars/LIDAR_0 don't rise":
        lambda f: put(f, "lidars/LIDAR_0/offset", np.arange(9, dtype="u8")),
    "list index out of range": lambda f: put(
        f, "boxes2d/camera", np.full(len(f["boxes2d/camera"]), 60000, "u2")),
    "/keypoints2d is missing": lambda f: f.pop("keypoints2d"),
    "/amodal is missing": lambda f: f.pop("amodal"),
    "normal": label_lost,
    "labels": lambda f: f["cameras/CAM_1"].attrs.pop("labels"),
    "/boxes3d is missing": lambda f: put(f, "boxes3d", np.zeros(3)),
    "format version '1.x'": lambda f: f.attrs.__setitem__("format_version", "1.x"),
}


@pytest.mark.parametrize("said", LIES)
def test_lies_and_gaps_are_told_as_damage(copy, said):
    path = copy / "shards" / "val-00002.h5"
    with h5py.File(path, "r+") as file:
        LIES[said](file)
    with pytest.raises(DamagedShard) as told:
        with Shard(path) as shard:
            for i in range(len(shard)):
                shard.frame(i, roadloom.KEYS)
    assert said in str(told.value) and "\n" not in str(told.value)


def test_older_shards_lack_what_came_later(copy):
    path = copy / "shards" / "val-00002.h5"
    with h5py.File(path, "r+") as file:
        file.attrs["format_version"] = "1.5.0"
        for name in ("keypoints2d", "keypoints3d", "amodal", "cameras/CAM_1/normal"):
            del file[name]
        del file["cameras/CAM_1"].attrs["labels"]
    with Shard(path) as shard:
        assert shard.labels("CAM_1") == ("depth", "semantic", "instance")
        frame = shard.frame(0, roadloom.KEYS)
        assert len(frame["keypoints2d"]["id"]) == 0 and set(frame["amodal"]) == {None}
        assert not frame["normal"] and frame["depth"].keys() == {"CAM_FRONT", "CAM_1"}
        with pytest.raises(KeyError, match="'smell' is not a key of a frame"):
            shard.frame(0, ["smell"])


def test_other_hdf5_files_are_refused(tmp_path):
    path = tmp_path / "other.h5"
    with h5py.File(path, "w") as file:
        file["x"] = 1
    with pytest.raises(DamagedShard, match="not a Roadloom shard"):
        Dataset(path)


def digest_of(data, index):
    frame = data[index]
    return hashlib.sha256(frame["rgb"]["CAM_FRONT"].tobytes()
                          + frame["lidar"]["LIDAR_0"]["x"].tobytes()).hexdigest()


def worker(data, indices, out):
    out.put([digest_of(data, i) for i in indices])


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_workers_read_what_the_parent_reads(copy, method):
    data = Dataset(copy, keys=["rgb", "lidar"])
    expected = [digest_of(data, i) for i in range(len(data))]  # all shards are open now
    context = multiprocessing.get_context(method)
    queues = [context.SimpleQueue() for _ in range(3)]
    children = [context.Process(target=worker, args=(data, list(range(n, 24, 3)), queue))
                for n, queue in enumerate(queues)]
    for child in children:
        child.start()
    for n, queue in enumerate(queues):
        assert queue.get() == expected[n::3]
    for child in children:
        child.join(60)
        assert child.exitcode == 0
    assert digest_of(data, 5) == expected[5]


def test_a_dataset_survives_pickling(copy):
    data = Dataset(copy, keys=["rgb"], split="train")
    data[0]
    again = pickle.loads(pickle.dumps(data))
    assert len(again) == 16
    assert np.array_equal(again[3]["rgb"]["CAM_1"], data[3]["rgb"]["CAM_1"])


def test_inspect_tells_what_is_in_it(copy, roadloom_bin, tmp_path):
    out = subprocess.run([roadloom_bin, "inspect", copy], capture_output=True, text=True)
    assert out.returncode == 0, out.stderr
    for part in ("dataset, complete", "6 scenes, 24 frames", "CAM_FRONT, 96 x 64 px", "Truck",
                 "train 16, val 8 frames", "rain"):
        assert part in out.stdout
    path = copy / "shards" / "val-00002.h5"
    picture = tmp_path / "sheet.png"
    out = subprocess.run([roadloom_bin, "inspect", path, "--sheet", picture],
                         capture_output=True, text=True)
    assert out.returncode == 0, out.stderr
    assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    spoil(path, path.stat().st_size // 3)
    out = subprocess.run([roadloom_bin, "inspect", path], capture_output=True, text=True)
    assert out.returncode == 1
    assert out.stderr.count("\n") == 1 and "damaged" in out.stderr
    out = subprocess.run([roadloom_bin, "inspect", copy], capture_output=True, text=True)
    assert out.returncode == 1 and "16 frames" in out.stdout


def test_the_page_holds_what_the_program_prints(roadloom_bin):
    out = subprocess.run([roadloom_bin, "inspect", "--columns"], capture_output=True, text=True)
    assert out.returncode == 0
    from test_reader_format import PAGE
    assert out.stdout.strip() in PAGE.read_text()
