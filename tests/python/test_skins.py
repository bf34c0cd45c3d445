# SPDX-License-Identifier: Apache-2.0
"""Users' people with a skin and a walk: every phase that is drawn is the file's mesh as numpy skins it, by
the formulas of glTF 2.0 and of nothing that the program has; and joints that the file names are the labels'."""
import json
import struct
import subprocess

import numpy as np
import pytest
from conftest import run
from scipy.interpolate import CubicHermiteSpline
from test_own_things import depths

import roadloom
from roadloom import geometry

trimesh = pytest.importorskip("trimesh")

PHASES, CYCLE_S = 8, 1.2
COCO = ["nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow",
        "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle",
        "right_ankle"]
# name: (parent, place in the parent, name of a point of COCO or Mixamo); y up, z ahead, x to the left.
BONES = [("root", None, (0, 0, 0)), ("mixamorig:Hips", 0, (0, 0.95, 0)), ("spine", 1, (0, 0.35, 0)),
         ("Head", 2, (0, 0.3, 0)), ("mixamorig:LeftUpLeg", 1, (0.1, 0, 0)), ("mixamorig:LeftLeg", 4, (0, -0.45, 0)),
         ("mixamorig:LeftFoot", 5, (0, -0.43, 0)), ("mixamorig:RightUpLeg", 1, (-0.1, 0, 0)),
         ("mixamorig:RightLeg", 7, (0, -0.45, 0)), ("mixamorig:RightFoot", 8, (0, -0.43, 0)),
         ("mixamorig:LeftShoulder", 2, (0.08, 0.1, 0)), ("mixamorig:LeftArm", 10, (0.12, 0, 0)),
         ("mixamorig:LeftForeArm", 11, (0.02, -0.27, 0)), ("mixamorig:LeftHand", 12, (0, -0.25, 0)),
         ("mixamorig:RightShoulder", 2, (-0.08, 0.1, 0)), ("mixamorig:RightArm", 14, (-0.12, 0, 0)),
         ("mixamorig:RightForeArm", 15, (-0.02, -0.27, 0)), ("mixamorig:RightHand", 16, (0, -0.25, 0)),
         ("nose", 3, (0, 0.05, 0.11)), ("left_eye", 3, (0.03, 0.09, 0.1)), ("right_eye", 3, (-0.03, 0.09, 0.1)),
         ("left_ear", 3, (0.08, 0.07, 0)), ("right_ear", 3, (-0.08, 0.07, 0))]
JOINTS = list(range(18))  # of the skin
MESH_NODE = len(BONES)
NAMED = {"left_shoulder": "LeftArm", "left_elbow": "LeftForeArm", "left_wrist": "LeftHand", "left_hip": "LeftUpLeg",
         "left_knee": "LeftLeg", "left_ankle": "LeftFoot"}
NAMED.update({k.replace("left", "right"): v.replace("Left", "Right") for k, v in list(NAMED.items())})


def turn(axis, degrees):
    half = np.radians(degrees) / 2
    return np.array([*(np.sin(half) * np.asarray(axis, float)), np.cos(half)])


def matrix(shift, q, scale=(1, 1, 1)):
    x, y, z, w = np.asarray(q, float) / np.linalg.norm(q)
    out = np.eye(4)
    out[:3, :3] = np.array([[1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
                            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
                            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)]]) * scale
    out[:3, 3] = shift
    return out


# The file is in other units and turned, as exporters' are; its root sets that right.
ROOT_TURN, ROOT_SCALE = turn((1, 0, 0), -90), 0.01
ROOT = matrix((0, 0, 0), ROOT_TURN, [ROOT_SCALE] * 3)
INNER = np.linalg.inv(ROOT)


def shift_of(bone):
    """A child of the root is in its frame, the others in their own, in hundredths."""
    name, parent, at = BONES[bone]
    if parent is None:
        return (0, 0, 0)
    return (INNER @ [*at, 1])[:3] if parent == 0 else np.asarray(at) / ROOT_SCALE


def rest_turn(bone):
    # Hips undo the root's turn, so that all below them have axes as the world's.
    return ROOT_TURN if bone == 0 else turn((1, 0, 0), 90) if bone == 1 else np.array([0, 0, 0, 1.0])


SWINGS = {4: (30, 0), 5: (25, 0.1), 7: (30, 0.5), 8: (18, 0.6), 11: (22, 0.5), 12: (15, 0.4), 15: (22, 0), 16: (15, 0.9),
          2: (4, 0.2), 3: (6, 0.7)}
KEYS = 13
SPARSE = 4  # keys of splines, whose tangents then matter by degrees


def keyed(bone, key):
    degrees, phase = SWINGS[bone]
    return turn((1, 0.1 * (bone % 3), 0), degrees * np.sin(2 * np.pi * (key / (KEYS - 1) + phase)))


def knots(bone):
    """Turns at the keys of a spline, and how they change there, per second."""
    at = [(KEYS - 1) * k / (SPARSE - 1) for k in range(SPARSE)]
    slope = [(keyed(bone, k + 0.01) - keyed(bone, k - 0.01)) / 0.02 * (KEYS - 1) / CYCLE_S for k in at]
    return [keyed(bone, k) for k in at], slope


def splined(bone, share):
    """By scipy; the matrix makes it a unit again."""
    return CubicHermiteSpline(np.linspace(0, CYCLE_S, SPARSE), *knots(bone))(share * CYCLE_S)


def hip_at(key):
    """It goes ahead, half a metre up to the cycle's end, and up and down."""
    u = key / (KEYS - 1)
    return (INNER @ [0.02 * np.sin(2 * np.pi * u), 0.95 + 0.02 * np.cos(4 * np.pi * u), 1.1 * u, 1])[:3]


def between(a, b, u):
    """Slerp by the format's appendix C."""
    d = a @ b
    b, d = (b, d) if d >= 0 else (-b, -d)
    angle = np.arccos(min(1, d))
    if angle < 1e-6:
        return (1 - u) * a + u * b
    return (np.sin((1 - u) * angle) * a + np.sin(u * angle) * b) / np.sin(angle)


def globals_at(share, idle=False, spline=False):
    """Matrices of all bones at that share of the walk, of the way they stand, or at rest (None)."""
    out = []
    for bone, (_, parent, _) in enumerate(BONES):
        q, at, s = rest_turn(bone), shift_of(bone), [ROOT_SCALE] * 3 if bone == 0 else [1] * 3
        if share is not None:
            key = share * (KEYS - 1)
            i = min(int(key), KEYS - 2)
            if bone in SWINGS:
                q = splined(bone, share) if spline else between(keyed(bone, i), keyed(bone, i + 1), key - i)
            if bone == 1:
                at = (1 - (key - i)) * np.array(hip_at(i)) + (key - i) * np.array(hip_at(i + 1))
        elif idle and bone in (11, 15):
            q = turn((0, 0, 1), 12 if bone == 11 else -12)
        out.append((np.eye(4) if parent is None else out[parent]) @ matrix(at, q, s))
    return out


def body():
    """Vertices (n, 3) as bound, triangles, joints (n, 4) and weights (n, 4): tubes along bones whose ends go by two."""
    rest = globals_at(None)
    where = np.array([m[:3, 3] for m in rest])
    p, t, j, w = [], [], [], []
    for bone, (_, parent, _) in enumerate(BONES[:18]):
        if parent in (None, 0):
            continue
        a, b = where[parent], where[bone]
        along = (b - a) / np.linalg.norm(b - a)
        side = np.cross(along, (0, 0, 1) if abs(along[2]) < 0.9 else (1, 0, 0))
        side /= np.linalg.norm(side)
        other = np.cross(along, side)
        radius = 0.11 if bone == 2 else 0.05
        first = len(p)
        for ring in range(4):
            u = ring / 3
            for k in range(6):
                angle = k * np.pi / 3
                p.append(a + u * (b - a) + radius * (np.cos(angle) * side + np.sin(angle) * other))
                up = BONES[parent][1] or parent
                share = max(0, 0.5 - u) if up != parent else 0
                later = max(0, u - 0.5)
                j.append([parent, up, bone, 0])
                w.append([1 - share - later, share, later, 0])
        for ring in range(3):
            for k in range(6):
                q = [first + 6 * ring + k, first + 6 * ring + (k + 1) % 6]
                t += [[q[0], q[1], q[1] + 6], [q[0], q[1] + 6, q[0] + 6]]
        t += [[first, first + k + 1, first + k] for k in range(1, 5)]
        t += [[first + 18, first + 18 + k, first + 19 + k] for k in range(1, 5)]
    return np.array(p), np.array(t), np.array(j), np.array(w)


def skinned(share, idle=False, spline=False):
    """Vertices and points in the file's world; the way of the hips taken out."""
    p, _, joints, weights = body()
    weights = np.round(weights * 255) / 255  # as stored
    weights = weights / weights.sum(1, keepdims=True)
    now, rest = globals_at(share, idle, spline), globals_at(None)
    each = np.array([now[i] @ np.linalg.inv(rest[i]) for i in JOINTS])
    whole = np.einsum("nk,nkij->nij", weights, each[joints])
    out = np.einsum("nij,nj->ni", whole[:, :3], np.c_[p, np.ones(len(p))])
    points = {BONES[i][0].split(":")[-1]: now[i][:3, 3] for i in range(len(BONES))}
    points = np.array([points[NAMED.get(name, name)] for name in COCO])
    way = np.array([0, 0, 1.1 * share]) if share is not None else np.zeros(3)
    return out - way, points - way


def ours(p):
    return p[..., [2, 0, 1]]  # front +z, left +x, top +y


def poses(idle=True, spline=False):
    """Vertices and points of the 8 phases and of the one it stands in, in the body's frame, and its size."""
    every = [skinned(k / PHASES, spline=spline) for k in range(PHASES)]
    if idle:
        every.append(skinned(None, True))
    else:
        every.append(min(every, key=lambda pose: np.ptp(ours(pose[0])[:, 0]).round(4)))  # the first of those
    p = [ours(pose[0]) for pose in every]
    lo, hi = np.min([q.min(0) for q in p], 0), np.max([q.max(0) for q in p], 0)
    middle = np.array([*(lo + hi)[:2] / 2, lo[2]])
    return [q - middle for q in p], [ours(pose[1]) - middle for pose in every], hi - lo


def write(path, idle=True, change=None, spline=False):
    p, faces, joints, weights = body()
    rest = globals_at(None)
    # Bound in the mesh's own units, far from where its node stands, which counts for nothing.
    bind = matrix((3, -2, 1), turn((0, 1, 0), 40), [0.5] * 3)
    mesh = (np.linalg.inv(bind) @ np.c_[p, np.ones(len(p))].T).T[:, :3]
    inverse = np.array([(np.linalg.inv(rest[i]) @ bind).T for i in JOINTS])
    times = np.linspace(0.4, 0.4 + CYCLE_S, KEYS)
    parts, views, accessors = [], [], []

    def put(array, kind, shape, code, **more):
        data = np.ascontiguousarray(array, kind).tobytes()
        at = sum(map(len, parts))
        views.append({"buffer": 0, "byteOffset": at, "byteLength": len(data)})
        parts.append(data + b"\0" * (-len(data) % 4))
        accessors.append({"bufferView": len(views) - 1, "componentType": code, "type": shape,
                          "count": len(array) if np.ndim(array) > 1 or shape == "SCALAR" else 1, **more})
        return len(accessors) - 1

    primitive = {"attributes": {"POSITION": put(mesh, "<f4", "VEC3", 5126), "JOINTS_0": put(joints, "u1", "VEC4", 5121),
                                "WEIGHTS_0": put(np.round(weights * 255), "u1", "VEC4", 5121, normalized=True)},
                 "indices": put(faces.ravel(), "<u2", "SCALAR", 5123)}
    binds = put(inverse, "<f4", "MAT4", 5126)
    clock = put(times, "<f4", "SCALAR", 5126)
    walk = {"name": "Armature|Walk_Cycle", "samplers": [], "channels": []}

    def channel(clip, node, what, array, keys, how="LINEAR"):
        clip["channels"].append({"sampler": len(clip["samplers"]), "target": {"node": node, "path": what}})
        clip["samplers"].append({"input": keys, "interpolation": how,
                                 "output": put(array, "<f4", "VEC4" if what == "rotation" else "VEC3", 5126)})

    channel(walk, 1, "translation", [hip_at(k) for k in range(KEYS)], clock)
    knot_times = put(np.linspace(0.4, 0.4 + CYCLE_S, SPARSE), "<f4", "SCALAR", 5126)
    for bone in SWINGS:
        if spline:  # the tangent to a key, the key, the tangent from it
            rows = [row for q, slope in zip(*knots(bone)) for row in (slope, q, slope)]
            channel(walk, bone, "rotation", rows, knot_times, "CUBICSPLINE")
        else:
            channel(walk, bone, "rotation", [keyed(bone, k) for k in range(KEYS)], clock)
    clips = [walk]
    if idle:
        stands = {"name": "Idle", "samplers": [], "channels": []}
        moment = put(np.array([0.0, 1.0]), "<f4", "SCALAR", 5126)
        for bone, degrees in ((11, 12), (15, -12)):
            channel(stands, bone, "rotation", [turn((0, 0, 1), degrees), turn((0, 0, 1), -degrees)], moment, "STEP")
        clips = [stands, walk]
    nodes = []
    for bone, (name, _, _) in enumerate(BONES):
        children = [i for i, b in enumerate(BONES) if b[1] == bone]
        nodes.append({"name": name, "translation": list(map(float, shift_of(bone))),
                      "rotation": list(map(float, rest_turn(bone))), **({"children": children} if children else {}),
                      **({"scale": [ROOT_SCALE] * 3} if bone == 0 else {})})
    nodes.append({"name": "body", "mesh": 0, "skin": 0, "translation": [9, 9, 9]})
    doc = {"asset": {"version": "2.0"}, "scenes": [{"nodes": [0, MESH_NODE]}], "nodes": nodes,
           "meshes": [{"primitives": [primitive]}], "skins": [{"joints": list(JOINTS), "inverseBindMatrices": binds}],
           "animations": clips, "accessors": accessors, "bufferViews": views}
    if change:
        change(doc)
    data = b"".join(parts)
    doc["buffers"] = [{"byteLength": len(data)}]
    text = json.dumps(doc).encode()
    text += b" " * (-len(text) % 4)
    path.write_bytes(struct.pack("<4sII", b"glTF", 2, 28 + len(text) + len(data))
                     + struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(data), b"BIN\0") + data)


SCRIPT = """
local anna, still = asset("anna.glb", { class = "pedestrian" }), asset("still.glb", { class = "pedestrian" })
return scene {
  duration_s = 1.6, frame_hz = 5, road = straight { length_m = 200, sidewalk_m = 3 },
  actors = { actor { body = anna, at = ahead(ego, { gap_m = 6, lane = "sidewalk" }),
               behaviour = function(self) self:wait(0.3) self:walk_to(ahead(ego, { gap_m = 12, lane = "sidewalk" }), { speed_mps = 1.3 }) end },
             actor { body = still, at = ahead(ego, { gap_m = 9, lane = "sidewalk", facing = "against" }) } },
  traffic = { vehicles = 0 }, pedestrians = { count = 0 }, weather = clear {}, time_of_day_h = 11,
  ego = { speed_mps = 0, driver = "constant", rig = { lidars = {}, cameras = { { name = "eye", width_px = 640,
          height_px = 400, fov_deg = 60, position_m = { 2, 0, 1.3 }, yaw_deg = -18 } } } },
}
"""


@pytest.fixture(scope="module")
def made(roadloom_bin, tmp_path_factory):
    folder = tmp_path_factory.mktemp("skins")
    write(folder / "anna.glb")
    write(folder / "still.glb", idle=False)
    (folder / "own.lua").write_text(SCRIPT)
    said = subprocess.run([roadloom_bin, "generate", folder / "own.lua", "--seed", "4", "-o", folder / "data"],
                          capture_output=True, text=True, timeout=600)
    assert said.returncode == 0, said.stderr
    assert "left out" not in said.stderr, said.stderr
    run(roadloom_bin, "export-scene", folder / "own.lua", "--seed", 4, "--at", 1, "--gltf", folder / "out.glb")
    data = roadloom.Dataset(folder / "data")
    return folder, [data[i] for i in range(len(data))]


def person(frame, size):
    found = [i for i, its in enumerate(frame["boxes3d"]["size"]) if np.abs(its - size).max() < 2e-3]
    assert len(found) == 1, (size, frame["boxes3d"]["size"])
    return found[0]


def drawn(frame, number, shapes, faces):
    """Median difference of depth to each of the shapes, over the pixels of that box's thing."""
    calibration, boxes = frame["calibration"]["eye"], frame["boxes3d"]
    place = geometry.pose_multiply(geometry.pose_inverse(calibration["extrinsics"]), boxes["pose_ego"][number])
    rows, columns = np.nonzero(frame["instance"]["eye"] == boxes["id"][number])
    few = np.linspace(0, len(rows) - 1, 250).astype(int)
    rows, columns = rows[few], columns[few]
    rays = (np.linalg.inv(calibration["K"]) @ np.stack([columns + 0.5, rows + 0.5, np.ones(len(rows))])).T
    out = []
    for shape in shapes:
        own = geometry.pose_apply(place, shape - (0, 0, boxes["size"][number][2] / 2))
        off = np.abs(depths(own[faces], rays) - frame["depth"]["eye"][rows, columns])
        out.append((np.median(off), np.mean(off < 0.003)))
    return np.array(out)


def test_each_phase_is_the_skin_of_that_moment(made):
    _, frames = made
    shapes, _, size = poses()
    faces = body()[1]
    phases = []
    for frame in frames[3:8]:
        off = drawn(frame, person(frame, size), shapes, faces)
        best = int(np.argmin(off[:, 0]))
        assert off[best, 0] < 0.001 and off[best, 1] > 0.97, off
        assert np.delete(off[:, 0], best).min() > 3 * off[best, 0]
        phases.append(best)
    assert len(set(phases)) >= 3 and PHASES not in phases, phases
    # It walks on: 0.26 m a frame of a cycle of 0.83 of its height.
    steps = np.diff(phases) % PHASES
    assert (abs(steps - 0.26 / (0.83 * size[2]) * PHASES) <= 1).all(), phases


def test_who_stands_has_the_feet_together_unless_the_file_says_how(made):
    _, frames = made
    shapes, _, size = poses(idle=False)
    assert np.abs(size - poses()[2]).max() > 4e-3  # else the two were one
    off = drawn(frames[2], person(frames[2], size), shapes, body()[1])
    assert off[PHASES, 0] < 0.001 and off[PHASES, 1] > 0.97, off
    # The other one stands by its Idle at the first frame.
    shapes, _, size = poses()
    off = drawn(frames[0], person(frames[0], size), shapes, body()[1])
    assert int(np.argmin(off[:, 0])) == PHASES and off[PHASES, 0] < 0.001, off


def test_a_walk_of_cubic_splines_goes_by_their_tangents(roadloom_bin, tmp_path):
    write(tmp_path / "still.glb", idle=False, spline=True)
    alone = SCRIPT[:SCRIPT.index("actors")] + """
  actors = { actor { body = asset("still.glb", { class = "pedestrian" }), at = ahead(ego, { gap_m = 6, lane = "sidewalk" }),
    behaviour = function(self) self:walk_to(ahead(ego, { gap_m = 12, lane = "sidewalk" }), { speed_mps = 1.3 }) end } },
""" + SCRIPT[SCRIPT.index("  traffic"):]
    (tmp_path / "own.lua").write_text(alone.replace('local anna, still = asset("anna.glb", { class = "pedestrian" }), '
                                                    'asset("still.glb", { class = "pedestrian" })', ""))
    run(roadloom_bin, "generate", tmp_path / "own.lua", "--seed", 4, "-o", tmp_path / "data")
    data = roadloom.Dataset(tmp_path / "data")
    shapes, _, size = poses(idle=False, spline=True)
    assert np.abs(size - poses(idle=False)[2]).max() > 4e-3  # else tangents hardly mattered
    for frame in [data[i] for i in range(3, 8)]:
        off = drawn(frame, person(frame, size), shapes[:PHASES], body()[1])
        best = int(np.argmin(off[:, 0]))
        assert off[best, 0] < 0.001 and off[best, 1] > 0.97, off


def test_joints_are_where_the_file_has_them(made):
    _, frames = made
    faces, tested = body()[1], 0
    for idle in (True, False):
        shapes, points, size = poses(idle)
        for frame in frames[3:6]:
            number = person(frame, size)
            best = int(np.argmin(drawn(frame, number, shapes, faces)[:, 0]))
            own = np.flatnonzero(frame["keypoints3d"]["id"] == frame["boxes3d"]["id"][number])
            assert len(own) == 1
            place = frame["boxes3d"]["pose"][number]
            world = geometry.pose_apply(place, points[best] - (0, 0, size[2] / 2))
            assert np.abs(frame["keypoints3d"]["world"][own[0]] - world).max() < 0.002
            tested += 1
    assert tested == 6


def test_vertices_are_those_of_the_formulas(made):
    folder, _ = made
    doc = trimesh.load(folder / "out.glb")
    found = 0
    for idle in (True, False):
        shapes, _, _ = poses(idle)
        corners = [np.sort(shape[body()[1]].reshape(-1, 3).round(4), 0) for shape in shapes]
        for mesh in doc.geometry.values():
            own = np.sort(np.asarray(mesh.vertices)[mesh.faces].reshape(-1, 3), 0)
            found += any(len(own) == len(c) and np.abs(own - c).max() < 2e-4 for c in corners)
    assert found >= 2


def without_names(doc):
    doc["nodes"][18]["name"] = "tip"


def alone(doc):
    doc["animations"] = doc["animations"][1:]
    doc["animations"][0]["name"] = "mixamo.com"


def no_walk(doc):
    doc["animations"][1]["name"] = "Jump"


@pytest.mark.parametrize("change, points, walks", [(without_names, 0, True), (alone, 1, True), (no_walk, 1, False)])
def test_what_a_file_lacks_is_left_out(roadloom_bin, tmp_path, change, points, walks):
    write(tmp_path / "anna.glb", change=change)
    write(tmp_path / "still.glb", idle=False)
    (tmp_path / "own.lua").write_text(SCRIPT.replace("duration_s = 1.6", "duration_s = 0.6"))
    said = subprocess.run([roadloom_bin, "generate", tmp_path / "own.lua", "--seed", "4", "-o", tmp_path / "data"],
                          capture_output=True, text=True, timeout=600)
    assert said.returncode == 0 and ("animations" in said.stderr) == (not walks), said.stderr
    frame = roadloom.Dataset(tmp_path / "data")[2]
    assert len(frame["keypoints3d"]["id"]) == 1 + points
    # The box is that of all poses that are drawn.
    size = poses(change is not alone)[2] if walks else np.ptp(ours(skinned(None, True)[0]), axis=0)
    found = (np.abs(frame["boxes3d"]["size"] - size).max(1) < 2e-3).sum()
    assert found == (2 if change is alone else 1), frame["boxes3d"]["size"]


def loose_joint(doc):
    doc["skins"][0]["joints"][3] = 99


def few_joints(doc):
    doc["skins"][0]["joints"] = doc["skins"][0]["joints"][:5]


def no_weights(doc):
    del doc["meshes"][0]["primitives"][0]["attributes"]["WEIGHTS_0"]


def no_skin(doc):
    doc["nodes"][MESH_NODE]["skin"] = 4


def no_keys(doc):
    doc["animations"][1]["samplers"][0]["output"] = 2


def no_time(doc):
    keys = doc["accessors"][doc["animations"][1]["samplers"][0]["input"]]
    keys["count"] = 1


def far_point(doc):
    doc["nodes"][18]["translation"] = [0, 1e9, 0]


@pytest.mark.parametrize("change, says", [
    (far_point, "a joint that is named is nowhere near"), (loose_joint, "skin 0 has a joint that isn't a node"), (few_joints, "hangs on joint"),
    (no_weights, "there is no accessor -1"), (no_skin, "there is no skin 4"),
    (no_keys, "accessor 2 has a type"), (no_time, "takes no time")])
def test_what_cant_be_is_one_clear_line(roadloom_bin, tmp_path, change, says):
    write(tmp_path / "anna.glb", change=change)
    write(tmp_path / "still.glb")
    (tmp_path / "own.lua").write_text(SCRIPT)
    result = subprocess.run([roadloom_bin, "check", str(tmp_path / "own.lua")], capture_output=True, text=True,
                            timeout=300)
    assert result.returncode == 1 and says in result.stderr and len(result.stderr.splitlines()) == 1, result.stderr
