# SPDX-License-Identifier: Apache-2.0
"""roadloom export-scene against an outside reader: trimesh loads what was written, and rays cast
at its triangles meet what our camera saw, thing by thing."""
import json
import struct
import subprocess

import numpy as np
import pytest
import trimesh
from conftest import run

import roadloom

SCRIPT = """
return scene {
  duration_s = 4, frame_hz = 2,
  road = intersection { arms = 4, arm_m = 60, signals = 1 },
  traffic = { vehicles_per_km = 50, mix = { car = 3, bicycle = 2, truck = 1 } },
  pedestrians = { per_km = 40 },
  weather = clear {}, time_of_day_h = 11,
  ego = { rig = { cameras = { { name = "eye", width_px = 320, height_px = 192, fov_deg = 80,
                                position_m = { 1.7, 0, 1.5 } } } } },
}
"""


def read_json(path):
    data = path.read_bytes()
    magic, version, size = struct.unpack("<4sII", data[:12])
    assert magic == b"glTF" and version == 2 and size == len(data)
    length, kind = struct.unpack("<I4s", data[12:20])
    assert kind == b"JSON"
    return json.loads(data[20:20 + length])


@pytest.fixture(scope="module")
def exported(roadloom_bin, tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    script = folder / "crossing.lua"
    script.write_text(SCRIPT)
    said = run(roadloom_bin, "export-scene", script, "--seed", 3, "--at", 2, "--gltf",
               folder / "out.glb")
    run(roadloom_bin, "generate", script, "--seed", 3, "-o", folder / "data")
    return folder, said


def test_every_thing_is_a_node_that_says_what_it_is(exported):
    folder, said = exported
    doc = read_json(folder / "out.glb")
    things = [n for n in doc["nodes"] if "mesh" in n]
    ids = {}
    for node in things:
        if node["extras"]["id"]:
            ids.setdefault(node["extras"]["id"], []).append(node)
    for nodes in ids.values():
        assert sum("wheel" not in n["name"] for n in nodes) == 1
        assert len({n["extras"]["class"] for n in nodes}) == 1
    assert sum(" ego" in n["name"] for n in things) == 1
    assert any("wheel" in n["name"] for n in things)
    # Many things, few meshes' worth of bytes: geometry is shared.
    shared = {m["primitives"][0]["attributes"]["POSITION"] for m in doc["meshes"]}
    assert len(shared) < len(things) / 2
    assert said.split(": ")[1].startswith(f"{len(things)} things")
    # The sun shines down from where noon has it.
    sun = next(n for n in doc["nodes"] if n["name"] == "Sun")
    assert "KHR_lights_punctual" in sun["extensions"]
    x, y, z, w = sun["rotation"]
    down = trimesh.transformations.quaternion_matrix([w, x, y, z])[:3, :3] @ (0, 0, -1)
    # 50 degrees north in June, an hour before noon: 61 degrees high in the southeast.
    assert down[2] == pytest.approx(-np.sin(np.radians(61)), abs=0.03)
    assert down[1] > 0.3 and -0.35 < down[0] < -0.05


def test_cameras_that_gltf_cant_have_are_named(roadloom_bin, tmp_path):
    script = SCRIPT.replace("fov_deg = 80", 'lens = "equirectangular", fov_deg = 360').replace("192", "160")
    (tmp_path / "panorama.lua").write_text(script)
    result = subprocess.run([roadloom_bin, "export-scene", str(tmp_path / "panorama.lua"), "--gltf",
                             str(tmp_path / "out.glb")], capture_output=True, text=True, timeout=300)
    assert result.returncode == 0 and "camera eye" in result.stderr, result.stderr
    assert "cameras" not in read_json(tmp_path / "out.glb")


def world_triangles(scene):
    """Corners of all triangles in our own frame, and the node each is of; the ego is left out."""
    corners, owner, names = [], [], []
    for name in scene.graph.nodes_geometry:
        matrix, geometry = scene.graph[name]
        if " ego" in name:
            continue
        mesh = scene.geometry[geometry]
        p = trimesh.transform_points(mesh.vertices, matrix)[mesh.faces]
        corners.append(np.stack([p[..., 0], -p[..., 2], p[..., 1]], -1))  # y up -> z up
        owner.append(np.full(len(p), len(names)))
        names.append(name)
    return np.concatenate(corners), np.concatenate(owner), names


def first_hit(corners, origin, direction):
    """Distance along direction and triangle, by Moeller and Trumbore."""
    a = corners[:, 0] - origin
    e1, e2 = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    p = np.cross(direction, e2)
    det = np.einsum("ij,ij->i", e1, p)
    with np.errstate(all="ignore"):
        u = -np.einsum("ij,ij->i", a, p) / det
        q = np.cross(-a, e1)
        v = q @ direction / det
        t = np.einsum("ij,ij->i", e2, q) / det
        t[~((u >= 0) & (v >= 0) & (u + v <= 1) & (t > 1e-4))] = np.inf
    best = int(np.argmin(t))
    return t[best], best


def test_rays_at_the_file_meet_what_the_camera_saw(exported):
    folder, said = exported
    scene = trimesh.load(folder / "out.glb")
    corners, owner, names = world_triangles(scene)
    whole = int(said.split()[-2])
    assert len(corners) > whole  # meshes are drawn more than once
    frame = roadloom.Dataset(folder / "data")[4]  # 2 s at 2 Hz
    depth, ids = frame["depth"]["eye"], frame["instance"]["eye"]
    doc = read_json(folder / "out.glb")
    by_name = {n["name"]: n["extras"]["id"] for n in doc["nodes"] if "extras" in n}
    eye = next(n for n in doc["nodes"] if "camera" in n)
    view = doc["cameras"][0]["perspective"]
    x, y, z, w = eye["rotation"]
    turn = trimesh.transformations.quaternion_matrix([w, x, y, z])[:3, :3]
    origin = np.array(eye["translation"])
    tall = np.tan(view["yfov"] / 2)
    rng = np.random.default_rng(1)
    tested = same = same_id = 0
    moving = set()
    for _ in range(160):
        row, column = int(rng.integers(4, 188)), int(rng.integers(4, 316))
        near = depth[row - 1:row + 2, column - 1:column + 2]
        if not (near > 0).all() or near.max() > 60 or near.max() > 1.1 * near.min():
            continue  # sky, what is far, edges
        own = np.array([(column + 0.5 - 160) / 96 * tall, (96 - row - 0.5) / 96 * tall, -1])
        t, hit = first_hit(corners, origin, turn @ own)
        tested += 1
        same += abs(t - depth[row, column]) < 0.002 * depth[row, column] + 0.005
        name = names[owner[hit]]
        same_id += by_name.get(name.split("_")[0], by_name.get(name)) == ids[row, column]
        moving.add(int(ids[row, column]))
    assert tested > 60 and len(moving) > 5
    assert same >= 0.97 * tested, f"{same} of {tested} depths are the camera's"
    assert same_id >= 0.97 * tested, f"{same_id} of {tested} ids are the camera's"


def test_the_same_scene_gives_the_same_file(exported, roadloom_bin):
    folder, _ = exported
    run(roadloom_bin, "export-scene", folder / "crossing.lua", "--seed", 3, "--at", 2, "--gltf",
        folder / "again.glb")
    assert (folder / "again.glb").read_bytes() == (folder / "out.glb").read_bytes()


@pytest.mark.parametrize("words, code, say", [
    ([], 2, "--gltf"),
    (["--gltf", "no/such/folder/x.glb"], 1, "no/such/folder"),
    (["--gltf", "x.glb", "--at", "soon"], 2, "--at"),
])
def test_wrong_words_are_one_clear_line(exported, roadloom_bin, words, code, say):
    folder, _ = exported
    result = subprocess.run([roadloom_bin, "export-scene", str(folder / "crossing.lua"), *words],
                            capture_output=True, text=True, cwd=folder)
    assert result.returncode == code
    assert say in result.stderr and len(result.stderr.splitlines()) == 1
