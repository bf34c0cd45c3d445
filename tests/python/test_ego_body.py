# SPDX-License-Identifier: Apache-2.0
"""What a rig's sensors see of their own vehicle: three cameras and three lidars side by side in one
place that differ in `ego_body` alone, against rays cast at the ego's triangles as export-scene writes
them."""
import subprocess

import numpy as np
import pytest
import trimesh
from conftest import run
from test_export_scene import first_hit

import roadloom

EGO = 29
BODIES = ("shadow", "shown", "none")
WIDE, HIGH, FOV, PITCH = 96, 80, 100, 35
SCRIPT = """
local cameras, lidars = {}, {}
for _, body in ipairs { "shadow", "shown", "none" } do
  cameras[#cameras + 1] = { name = body, width_px = 96, height_px = 80, fov_deg = 100,
    position_m = { -1.2, 0.5, 2.2 }, pitch_deg = 35, ego_body = body,
    labels = { "standard", "flow", "flow_back", "occlusion", "normal", "amodal" } }
  lidars[#lidars + 1] = { name = "lidar_" .. body, preset = "hdl32e", azimuth_steps = 180, ego_body = body,
    position_m = { 0.9, 0, 1.9 }, range_min_m = 0, range_noise_m = 0 }
end
return scene {
  duration_s = 1, frame_hz = 2, road = straight { length_m = 200, lanes = 2 },
  actors = { actor { at = ahead(ego, 6), speed_mps = 8 }, actor { kind = "car", at = beside(ego, { lane = "left" }) } },
  traffic = { vehicles = 0 }, weather = clear {}, time_of_day_h = 9,
  ego = { speed_mps = 8, driver = "constant", rig = { name = "own", cameras = cameras, lidars = lidars } },
}
"""


@pytest.fixture(scope="module")
def made(roadloom_bin, tmp_path_factory):
    """Frame 1 of 2, at 0.5 s, and the corners of the ego's triangles then, in the world."""
    folder = tmp_path_factory.mktemp("ego")
    (folder / "own.lua").write_text(SCRIPT)
    run(roadloom_bin, "generate", folder / "own.lua", "--seed", 5, "-o", folder / "data")
    run(roadloom_bin, "export-scene", folder / "own.lua", "--seed", 5, "--at", 0.5, "--gltf", folder / "own.glb")
    scene = trimesh.load(folder / "own.glb")
    corners = []
    for name in scene.graph.nodes_geometry:
        if " ego" in name:
            matrix, geometry = scene.graph[name]
            mesh = scene.geometry[geometry]
            p = trimesh.transform_points(mesh.vertices, matrix)[mesh.faces]
            corners.append(np.stack([p[..., 0], -p[..., 2], p[..., 1]], -1))  # y up -> z up
    return roadloom.Dataset(folder / "data")[1], np.concatenate(corners)


def turned(q, v):
    w, u = q[0], np.asarray(q[1:])
    return v + 2 * np.cross(u, np.cross(u, v) + w * np.asarray(v))


def test_the_body_is_where_its_triangles_are(made):
    frame, corners = made
    depth, semantic, ids = (frame[k]["shown"] for k in ("depth", "semantic", "instance"))
    own = semantic == EGO
    pose = roadloom.pose_multiply(frame["ego"]["pose"], frame["calibration"]["shown"]["extrinsics"])
    fx = WIDE / 2 / np.tan(np.radians(FOV / 2))
    rng = np.random.default_rng(2)
    tested = wrong = met = 0
    for _ in range(300):
        row, column = int(rng.integers(1, HIGH - 1)), int(rng.integers(1, WIDE - 1))
        around = own[row - 1:row + 2, column - 1:column + 2]
        if around.any() != around.all():
            continue  # edges
        ray = turned(pose[3:], np.array([(column + 0.5 - WIDE / 2) / fx, (row + 0.5 - HIGH / 2) / fx, 1]))
        t, _ = first_hit(corners, pose[:3], ray)
        if own[row, column]:
            near = depth[row - 1:row + 2, column - 1:column + 2]
            if near.max() > 1.15 * near.min():
                continue  # seams and the like
            wrong += not abs(t - depth[row, column]) < 0.003 * t + 0.003
            met += 1
        else:
            wrong += 0 < depth[row, column] and t < depth[row, column] - 0.02
        tested += 1
    assert tested > 150 and met > 60, (tested, met)
    assert wrong <= 0.02 * tested, f"{wrong} of {tested} rays"
    assert len(np.unique(ids[own])) == 1


def test_only_pixels_of_the_body_differ(made):
    frame, _ = made
    own = frame["semantic"]["shown"] == EGO
    assert 0.1 < own.mean() < 0.9
    who = frame["instance"]["shown"][own][0]
    assert who > 0 and ((frame["instance"]["shown"] == who) == own).all()
    for other in ("shadow", "none"):
        assert not (frame["semantic"][other] == EGO).any() and not (frame["instance"][other] == who).any()
        behind = frame["depth"][other]
        assert (frame["depth"]["shown"][own] < np.where(behind[own] > 0, behind[own], np.inf)).all()
        for key in ("depth", "semantic", "instance", "normal", "flow"):
            assert np.array_equal(frame[key]["shown"][~own], frame[key][other][~own], equal_nan=True), key


def test_a_body_that_rides_along_does_not_move(made):
    frame, _ = made
    own = frame["semantic"]["shown"] == EGO
    for key in ("flow", "flow_back"):
        moved = frame[key]["shown"][own]
        assert np.isfinite(moved).all() and np.abs(moved).max() < 0.1, key
        assert np.nanmax(np.abs(frame[key]["shadow"][own])) > 5  # the road below it
    hidden = frame["occlusion"]["shown"][own] & (1 | 4) > 0
    assert hidden.mean() < 0.02, hidden.mean()


def test_what_goes_behind_it_is_hidden_then(made):
    frame, _ = made
    own = frame["semantic"]["shown"] == EGO
    inner, outer = own.copy(), own.copy()
    for axis in (0, 1):
        for way in (-1, 1):
            inner &= np.roll(own, way, axis)
            outer |= np.roll(own, way, axis)
    for key, hidden in (("flow", 1), ("flow_back", 4)):
        # Where the road's pixels go: the ego is where it was.
        y, x = np.nonzero(~own & np.isfinite(frame[key]["shown"]).all(2))
        to = np.stack([x, y], 1) + 0.5 + frame[key]["shown"][y, x]
        column, row = np.floor(to).astype(int).T
        inside = (to >= 0).all(1) & (column < WIDE) & (row < HIGH)
        y, x, column, row = y[inside], x[inside], column[inside], row[inside]
        bits = {k: frame["occlusion"][k][y, x] & hidden > 0 for k in BODIES}
        behind, free = inner[row, column], ~outer[row, column]
        if key == "flow":
            assert behind.sum() > 10, behind.sum()
        assert bits["shown"][behind].all() and free.sum() > 500
        assert np.array_equal(bits["shown"][free], bits["shadow"][free])


def test_shadows_are_there_unless_it_has_none(made):
    frame, _ = made
    light = {k: frame["rgb"][k].astype(float).mean(2) for k in BODIES}
    darker = light["none"] - light["shadow"] > 15
    assert darker.mean() > 0.02, darker.mean()
    assert (frame["semantic"]["none"][darker] != 11).all() and (light["shadow"] - light["none"] > 15).mean() < 0.002
    # Beside the body its shadow is the one that is seen where the body itself is not.
    beside = darker & (frame["semantic"]["shown"] != EGO)
    assert beside.sum() > 20
    assert np.abs(light["shown"] - light["shadow"])[beside].mean() < 3


def test_it_is_no_thing_to_be_found(made):
    frame, _ = made
    who = frame["instance"]["shown"][frame["semantic"]["shown"] == EGO][0]
    for key in ("boxes2d", "boxes3d"):
        assert len(frame[key]["id"]) and not (frame[key]["id"] == who).any()
        assert not (frame[key]["class"] == EGO).any()
    # Its neighbours are hidden by it: amodal masks stay, visible parts don't.
    boxes = frame["boxes2d"]
    for thing in np.unique(boxes["id"]):
        mine = {int(c): i for i, c in enumerate(boxes["camera"]) if boxes["id"][i] == thing}
        assert len({int(boxes["amodal_pixels"][i]) for i in mine.values()}) == 1
        assert boxes["visible_pixels"][mine[1]] <= boxes["visible_pixels"][mine[0]]
        seen = int((frame["instance"]["shown"] == thing).sum())
        assert boxes["visible_pixels"][mine[1]] == seen


def test_beams_meet_it_where_they_are_asked_to(made):
    frame, corners = made
    lidars = frame["lidar"]
    own = lidars["lidar_shown"]["semantic"] == EGO
    assert own.sum() > 100
    for other in ("shadow", "none"):
        assert not (lidars[f"lidar_{other}"]["semantic"] == EGO).any()
    # Points off the body are the same, by firing.
    keys = {k: list(zip(v["ring"].tolist(), v["t_ns"].tolist())) for k, v in lidars.items()}
    plain = dict(zip(keys["lidar_shadow"], lidars["lidar_shadow"]["x"].tolist()))
    for i in np.flatnonzero(~own):
        assert plain[keys["lidar_shown"][i]] == lidars["lidar_shown"]["x"][i]
    # The lidar's motion is taken out of points, as if they stood still; put back (8 m/s, straight on), each lies
    # on a triangle: the ray from the lidar through it ends there.
    points = np.stack([lidars["lidar_shown"][k] for k in "xyz"], 1)[own]
    points[:, 0] -= 8 * lidars["lidar_shown"]["t_ns"][own] * 1e-9
    pose = frame["ego"]["pose"]
    origin = pose[:3] + turned(pose[3:], np.array([0.9, 0, 1.9]))
    off = []
    for p in points[:: max(1, len(points) // 60)]:
        t, _ = first_hit(corners, origin, turned(pose[3:], p / np.linalg.norm(p)))
        off.append(abs(t - np.linalg.norm(p)))
    assert np.median(off) < 0.002 and np.mean(np.array(off) < 0.03) > 0.95, np.sort(off)[-5:]


def test_another_word_is_an_error(roadloom_bin, tmp_path):
    (tmp_path / "own.lua").write_text(SCRIPT.replace("ego_body = body", 'ego_body = "bonnet"', 1))
    result = subprocess.run([roadloom_bin, "check", str(tmp_path / "own.lua")], capture_output=True, text=True,
                            timeout=300)
    assert result.returncode == 1 and len(result.stderr.splitlines()) == 1
    assert "ego_body" in result.stderr and 'unknown "bonnet"' in result.stderr, result.stderr
