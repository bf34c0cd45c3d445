# SPDX-License-Identifier: Apache-2.0
"""project and unproject: there and back, OpenCV's published formulas, and a dataset through lenses."""
import numpy as np
import pytest

from conftest import run
from roadloom import Dataset, pose_apply, pose_inverse, pose_multiply, project, unproject

PINHOLE, BROWN, FISHEYE, THETA, PANORAMA = range(5)


def calibration(model, coefficients=(), field=np.pi / 2, fx=320.0, fy=320.0, cx=320.0, cy=192.0):
    k = np.zeros(8)
    k[:len(coefficients)] = coefficients
    return {"K": np.array([[fx, 0, cx], [0, fy, cy], [0, 0, 1.0]]), "model": np.uint8(model),
            "coefficients": k, "field_rad": np.float64(field)}


LENSES = {
    "pinhole": calibration(PINHOLE),
    "brown": calibration(BROWN, (-0.28, 0.08, 0.0008, -0.0004, -0.006), 0.9, 460, 455),
    "rational": calibration(BROWN, (0.9, 0.1, 3e-4, 2e-4, 0.01, 1.25, 0.35, 0.02), 1.4),
    "fisheye": calibration(FISHEYE, (-0.03, 0.004, -0.002, 0.0003), np.radians(100), 180, 181),
    "theta": calibration(THETA, (-0.09415, 0.14209, -0.021195), np.radians(95), 339.749, 339.749),
    "panorama": calibration(PANORAMA, (), np.pi, 101.859, 101.859, 320, 160),
}


@pytest.mark.parametrize("name", LENSES)
def test_places_survive_the_way_to_a_direction_and_back(name):
    lens = LENSES[name]
    y, x = np.mgrid[0.5:384:5, 0.5:640:5]
    px = np.stack([x, y], -1)
    directions, seen = unproject(lens, px)
    back, again = project(lens, directions * 3.7)
    assert seen.mean() > 0.3 and again[seen].all()
    assert np.abs(back - px)[seen].max() < 1e-6
    assert np.isnan(directions[~seen]).all()


def test_formulas_are_opencvs():
    rng = np.random.default_rng(5)
    a, b = rng.uniform(-0.6, 0.6, 500), rng.uniform(-0.4, 0.4, 500)
    z = rng.uniform(1, 50, 500)
    points = np.stack([a * z, b * z, z], -1)
    for name in ("brown", "rational"):  # cv2.projectPoints
        k1, k2, p1, p2, k3, k4, k5, k6 = LENSES[name]["coefficients"]
        r2 = a**2 + b**2
        radial = (1 + k1 * r2 + k2 * r2**2 + k3 * r2**3) / (1 + k4 * r2 + k5 * r2**2 + k6 * r2**3)
        u = a * radial + 2 * p1 * a * b + p2 * (r2 + 2 * a**2)
        v = b * radial + p1 * (r2 + 2 * b**2) + 2 * p2 * a * b
        check(LENSES[name], points, u, v)
    k1, k2, k3, k4 = LENSES["fisheye"]["coefficients"][:4]  # cv2.fisheye.projectPoints
    r = np.hypot(a, b)
    t = np.arctan(r)
    bent = t * (1 + k1 * t**2 + k2 * t**4 + k3 * t**6 + k4 * t**8)
    check(LENSES["fisheye"], points, bent / r * a, bent / r * b)


def check(lens, points, u, v):
    px, seen = project(lens, points)
    matrix = lens["K"]
    should = np.stack([matrix[0, 0] * u + matrix[0, 2], matrix[1, 1] * v + matrix[1, 2]], -1)
    assert seen.all() and np.abs(px - should).max() < 1e-9


def test_what_a_lens_cannot_see_is_nan():
    behind = np.array([[1.0, 0, -1], [0, 0, -2]])
    px, seen = project(LENSES["pinhole"], behind)
    assert not seen.any() and np.isnan(px).all()
    t = np.radians([99.9, 100.1])
    _, seen = project(LENSES["fisheye"], np.stack([np.sin(t), 0 * t, np.cos(t)], -1))
    assert seen.tolist() == [True, False]
    old = {"K": LENSES["pinhole"]["K"]}  # a shard before 1.8
    assert project(old, np.array([0.0, 0, 5]))[0].tolist() == [320, 192]
    with pytest.raises(ValueError, match="unknown"):
        project(dict(LENSES["pinhole"], model=9), behind)


SCRIPT = """
return scene { duration_s = 0.2, frame_hz = 10, road = grid_city { blocks = {2, 2} },
  pedestrians = { per_km = 80 }, traffic = { vehicles_per_km = 20 },
  ego = { rig = { cameras = {
    { name = "fish", lens = "kannala_brandt", width_px = 480, height_px = 480, fov_deg = 200,
      distortion = {-0.02, 0.003}, labels = "all" },
    { name = "brown", lens = "brown_conrady", width_px = 640, height_px = 360, yaw_deg = 40,
      distortion = {-0.28, 0.08, 0.0008, -0.0004}, crop_px = {40, 20, 480, 320}, binning = 2,
      exposure_s = 0.01, labels = "all" },
    { name = "pano", lens = "equirectangular", width_px = 640, height_px = 320, fov_deg = 360,
      position_m = {1.2, 0, 2}, labels = "all" } } } } }
"""


@pytest.fixture(scope="module")
def through_lenses(tmp_path_factory, roadloom_bin):
    folder = tmp_path_factory.mktemp("lenses")
    (folder / "lenses.lua").write_text(SCRIPT)
    run(roadloom_bin, "generate", folder / "lenses.lua", "-o", folder / "out", "--scenes", "1")
    return Dataset(folder / "out", split=None)


def test_shards_say_their_lenses(through_lenses):
    calib = through_lenses[0]["calibration"]
    assert [int(calib[n]["model"]) for n in ("fish", "brown", "pano")] == [FISHEYE, BROWN, PANORAMA]
    assert calib["brown"]["distortion"].tolist() == [-0.28, 0.08, 0.0008, -0.0004, 0]
    assert calib["brown"]["sensor"].tolist() == [640, 360]
    assert calib["brown"]["crop"].tolist() == [40, 20, 480, 320]
    assert int(calib["brown"]["binning"]) == 2 and float(calib["brown"]["exposure_s"]) == 0.01
    assert calib["brown"]["K"][0, 2] == (320 - 40) / 2 and calib["brown"]["K"][1, 2] == (180 - 20) / 2
    assert through_lenses[0]["rgb"]["brown"].shape == (160, 240, 3)


def test_joints_lie_where_project_says(through_lenses):
    names, checked = ("fish", "brown", "pano"), 0
    for frame in through_lenses:
        joints, seen = frame["keypoints3d"], frame["keypoints2d"]
        where = {int(i): n for n, i in enumerate(joints["id"])}
        for i in range(len(seen["id"])):
            calib = frame["calibration"][names[int(seen["camera"][i])]]
            to_camera = pose_inverse(pose_multiply(frame["ego"]["pose"], calib["extrinsics"]))
            px, _ = project(calib, pose_apply(to_camera, joints["world"][where[int(seen["id"][i])]]))
            shown = seen["visibility"][i] > 0
            assert np.abs(px - seen["px"][i])[shown].max(initial=0) < 0.02
            checked += int(shown.sum())
    assert checked > 50


def test_points_of_one_lens_are_those_of_another(through_lenses):
    """Depth of the fisheye as points, looked up in the panorama's depth."""
    frame = through_lenses[0]
    calib, depth = frame["calibration"], frame["depth"]
    y, x = np.mgrid[0:480, 0:480] + 0.5
    d, seen = unproject(calib["fish"], np.stack([x, y], -1))
    assert (depth["fish"][~seen] == 0).all() and (frame["semantic"]["fish"][~seen] == 0).all()
    use = seen & (depth["fish"] != 0) & (np.abs(d[..., 2]) > 0.05)
    points = d[use] * (depth["fish"][use] / d[..., 2][use])[:, None]
    to_pano = pose_multiply(pose_inverse(calib["pano"]["extrinsics"]), calib["fish"]["extrinsics"])
    p = pose_apply(to_pano, points)
    px, _ = project(calib["pano"], p)
    col, row = np.clip(px.astype(int), 0, [639, 319]).T
    there, _ = unproject(calib["pano"], np.stack([col, row], -1) + 0.5)
    far = depth["pano"][row, col] / there[..., 2]
    with np.errstate(invalid="ignore"):
        off = np.abs(far - np.linalg.norm(p, axis=-1)) / np.linalg.norm(p, axis=-1)
    assert np.median(off) < 0.01  # pixels beside each other, and what hides what


def test_flow_is_depth_and_poses_through_any_lens(through_lenses):
    now, after = through_lenses[0], through_lenses[1]
    assert np.abs(now["ego"]["pose"][:3] - after["ego"]["pose"][:3]).max() > 0.3
    for name in ("fish", "brown", "pano"):
        calib, depth, flow = now["calibration"][name], now["depth"][name], now["flow"][name]
        high, wide = depth.shape
        y, x = np.mgrid[0:high, 0:wide] + 0.5
        d, seen = unproject(calib, np.stack([x, y], -1))
        still = np.isin(now["semantic"][name], (1, 2, 3, 4, 5))  # ground, houses, walls, fences
        use = seen & still & (np.abs(d[..., 2]) > 0.05) & np.isfinite(flow).all(-1)
        p = d[use] * (depth[use] / d[..., 2][use])[:, None]
        there, back = (pose_multiply(f["ego"]["pose"], calib["extrinsics"]) for f in (now, after))
        px, again = project(calib, pose_apply(pose_inverse(back), pose_apply(there, p)))
        step = px - np.stack([x, y], -1)[use]
        if name == "pano":
            step[:, 0] -= wide * np.round(step[:, 0] / wide)
        off = np.abs(step - flow[use]).max(-1)[again]
        assert len(off) > 5000 and np.quantile(off, 0.999) < 0.04
        assert np.abs(flow[use]).max() > 5
        ranges = now["range"][name]
        assert np.abs(np.linalg.norm(p, axis=-1) / ranges[use] - 1).max() < 1e-3
