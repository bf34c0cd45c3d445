# SPDX-License-Identifier: Apache-2.0
"""Trucks with trailers in a dataset: two things that belong together, joined at the kingpin."""
import numpy as np
import pytest

from conftest import run
from roadloom import Dataset, pose_apply, pose_inverse

TRUCK = 15  # class
# From the kingpin forward to the middle of the tractor's box and back to that of the trailer's, m.
TO_TRACTOR, TO_TRAILER = 1.5, 5.2

SCRIPT = """
local ahead_of_it = actor { kind = "articulated", speed_mps = 18, at = ahead(ego, 10) }
local beside_it = actor { kind = "articulated", speed_mps = 18,
                          at = beside(ego, { lane = "left", ahead_m = 14 }) }
return scene {
  duration_s = 1, frame_hz = 4, road = highway { lanes = 3, length_m = 900 },
  traffic = { vehicles = 24, mix = { car = 1, articulated = 2 } },
  actors = { ahead_of_it, beside_it },
  ego = { lane = "middle", start_m = 150, speed_mps = 18, rig = {
    cameras = { { name = "front", width_px = 320, height_px = 192, labels = "all" },
                { name = "left", width_px = 320, height_px = 192, yaw_deg = 50 } },
    lidars = { { name = "roof", preset = "vlp16" } } } },
}
"""


@pytest.fixture(scope="module")
def data(roadloom_bin, tmp_path_factory):
    folder = tmp_path_factory.mktemp("trailers")
    (folder / "trucks.lua").write_text(SCRIPT)
    run(roadloom_bin, "generate", folder / "trucks.lua", "-o", folder / "set", "--scenes", "1",
        "--seed", "4")
    made = Dataset(folder / "set")
    yield made
    made.close()


def pairs(data):
    """Ids of tractors and of their trailers."""
    tracks = data.shard(0).tracks(0)
    names = data.shard(0).names("kinds")
    kind = np.array([names[int(k)] for k in tracks["kind"]])
    tractors = tracks["tows"] > 0
    assert (kind[tractors] == "tractor").all() and (kind[tracks["towed_by"] > 0] == "trailer").all()
    assert (np.isin(kind, ("tractor", "trailer")) == (tractors | (tracks["towed_by"] > 0))).all()
    back = dict(zip(tracks["id"].tolist(), tracks["towed_by"].tolist()))
    found = list(zip(tracks["id"][tractors].tolist(), tracks["tows"][tractors].tolist()))
    assert len(found) >= 4 and all(back[trailer] == tractor for tractor, trailer in found)
    assert len({trailer for _, trailer in found}) == len(found) == (tracks["towed_by"] > 0).sum()
    assert (tracks["class"][tractors | (tracks["towed_by"] > 0)] == TRUCK).all()
    return found


def test_a_tractor_and_its_trailer_meet_at_the_kingpin(data):
    met = 0
    for frame in data:
        boxes = frame["boxes3d"]
        where = {int(i): k for k, i in enumerate(boxes["id"])}
        for tractor, trailer in pairs(data):
            if tractor not in where:
                assert trailer not in where
                continue
            a, b = boxes["pose"][where[tractor]], boxes["pose"][where[trailer]]
            height = boxes["size"][where[tractor]][2], boxes["size"][where[trailer]][2]
            front = pose_apply(a, np.array([[-TO_TRACTOR, 0, -height[0] / 2]]))[0]
            rear = pose_apply(b, np.array([[TO_TRAILER, 0, -height[1] / 2]]))[0]
            assert np.linalg.norm((front - rear)[:2]) < 0.12
            assert abs(front - rear)[2] < 0.15
            met += 1
    assert met > 12


def test_both_are_seen_and_labelled_apart(data):
    pixels = {"tractor": 0, "trailer": 0}
    names = data.shard(0).names("kinds")
    for frame in data:
        boxes = frame["boxes2d"]
        for number, camera in enumerate(data.shard(0).cameras):
            ids, classes = frame["instance"][camera], frame["semantic"][camera]
            for k in np.flatnonzero(boxes["camera"] == number):
                name = names[int(boxes["kind"][k])]
                if name not in pixels:
                    continue
                mask = ids == boxes["id"][k]
                assert (classes[mask] == TRUCK).all()
                assert mask.sum() == boxes["visible_pixels"][k] <= boxes["amodal_pixels"][k]
                pixels[name] += int(mask.sum())
    assert min(pixels.values()) > 500, pixels


def test_lidar_points_lie_in_the_boxes_of_their_instance(data):
    checked = 0
    for frame in data:
        boxes, points = frame["boxes3d"], frame["lidar"]["roof"]
        mount = data.shard(0).calibration(0)["roof"]["extrinsics"]
        xyz = np.stack([points["x"], points["y"], points["z"]], -1)
        world = pose_apply(frame["ego"]["pose"], pose_apply(np.asarray(mount).reshape(7), xyz))
        age = (points["t_ns"] * 1e-9)[:, None]
        for ids in pairs(data):
            for thing in ids:
                k = np.flatnonzero(boxes["id"] == thing)
                mine = points["instance"] == thing
                if len(k) == 0 or not mine.any():
                    continue
                moved = world[mine] - age[mine] * boxes["velocity"][k[0]]
                local = pose_apply(pose_inverse(boxes["pose"][k[0]]), moved)
                assert (np.abs(local) < boxes["size"][k[0]] / 2 + 0.12).all()
                checked += int(mine.sum())
    assert checked > 100


def test_a_trailer_goes_the_way_of_its_tractor(data):
    for frame in data:
        boxes = frame["boxes3d"]
        where = {int(i): k for k, i in enumerate(boxes["id"])}
        for tractor, trailer in pairs(data):
            if tractor in where:
                a, b = where[tractor], where[trailer]
                assert np.linalg.norm(boxes["velocity"][a] - boxes["velocity"][b]) < 0.5
                assert boxes["flags"][a] & 31 == boxes["flags"][b] & 31
