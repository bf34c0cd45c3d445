# SPDX-License-Identifier: Apache-2.0
"""Labels of one frame agree with each other in every modality."""
import numpy as np
import pytest

from roadloom import Dataset, box_corners, pose_apply, pose_inverse, pose_matrix, pose_multiply


@pytest.fixture
def frames(dataset):
    data = Dataset(dataset, allow_partial=not (dataset / "_SUCCESS").exists())
    assert len(data) > 0
    yield data
    data.close()


def cameras(data):
    return data.shard(0).cameras


@pytest.mark.filterwarnings("ignore:.*not complete")
class TestLabels:
    def test_visible_pixels_are_those_of_the_instance_image(self, frames):
        seen = 0
        for frame in frames:
            boxes = frame["boxes2d"]
            for number, name in enumerate(cameras(frames)):
                ids, counts = np.unique(frame["instance"][name], return_counts=True)
                pixels = dict(zip(ids.tolist(), counts.tolist()))
                mine = boxes["camera"] == number
                assert len(set(boxes["id"][mine].tolist())) == mine.sum()
                for i in np.flatnonzero(mine):
                    seen += 1
                    assert boxes["visible_pixels"][i] == pixels.get(int(boxes["id"][i]), 0)
                    assert boxes["visible_pixels"][i] <= boxes["amodal_pixels"][i]
                    assert boxes["visible_fraction"][i] == pytest.approx(
                        boxes["visible_pixels"][i] / max(1, boxes["amodal_pixels"][i]), abs=1e-6)
        assert seen > 0

    def test_visible_boxes_are_the_bounds_of_their_masks(self, frames):
        for frame in frames:
            boxes = frame["boxes2d"]
            for number, name in enumerate(cameras(frames)):
                image = frame["instance"][name]
                for i in np.flatnonzero((boxes["camera"] == number) & (boxes["visible_pixels"] > 0)):
                    y, x = np.nonzero(image == boxes["id"][i])
                    bounds = [x.min(), y.min(), x.max() + 1, y.max() + 1]
                    assert boxes["visible"][i].tolist() == bounds
                    a = boxes["amodal"][i]
                    assert a[0] <= bounds[0] and a[1] <= bounds[1]
                    assert a[2] >= bounds[2] and a[3] >= bounds[3]

    def test_every_moving_thing_in_a_picture_has_its_boxes(self, frames):
        for index, frame in enumerate(frames):
            number, row = frames.locate(index)
            shard = frames.shard(number)
            tracks = shard.tracks(int(shard.file["frames/scene_row"][row]))
            moving = set(tracks["id"][np.isin(tracks["role"], (1, 2))].tolist())
            known = set(tracks["id"].tolist())
            boxes2d, boxes3d = frame["boxes2d"], set(frame["boxes3d"]["id"].tolist())
            assert set(boxes2d["id"].tolist()) <= known
            assert boxes3d <= known
            for camera, name in enumerate(cameras(frames)):
                ids = set(np.unique(frame["instance"][name]).tolist()) - {0}
                assert ids <= known
                mine = set(boxes2d["id"][boxes2d["camera"] == camera].tolist())
                assert ids & moving <= mine
                assert ids & moving <= boxes3d

    def test_signs_and_signals_near_by_have_their_boxes(self, frames):
        checked = 0
        for index, frame in enumerate(frames):
            number, row = frames.locate(index)
            shard = frames.shard(number)
            tracks = shard.tracks(int(shard.file["frames/scene_row"][row]))
            kinds = shard.names("kinds")
            small = [k for k, name in kinds.items()
                     if name in ("sign", "signal", "walk_signal", "cone", "barrier")]
            away = np.linalg.norm(tracks["pose"][:, :2] - frame["ego"]["pose"][:2], axis=1)
            mine = np.flatnonzero(np.isin(tracks["kind"], small) & (away < 195))
            assert (tracks["sign"][tracks["kind"] == 6] > 0).all() and kinds[6] == "sign"
            assert not tracks["sign"][tracks["kind"] != 6].any()
            if not frame["boxes3d"]["id"].size or not np.isin(frame["boxes3d"]["kind"], small).any():
                continue  # the made-up drive has none
            where = {int(box): i for i, box in enumerate(frame["boxes3d"]["id"])}
            for i in mine:
                box = where[int(tracks["id"][i])]
                for column in ("pose", "size", "class", "kind"):
                    assert np.array_equal(frame["boxes3d"][column][box], tracks[column][i])
                checked += 1
            for camera, name in enumerate(cameras(frames)):
                ids = np.intersect1d(frame["instance"][name], tracks["id"][mine])
                boxes = frame["boxes2d"]["id"][frame["boxes2d"]["camera"] == camera]
                assert set(ids.tolist()) <= set(boxes.tolist())
        assert checked > 0 or "sample" in str(frames.shard(0).path)

    def test_semantic_and_instance_images_agree_on_classes(self, frames):
        for frame in frames:
            boxes = frame["boxes2d"]
            for number, name in enumerate(cameras(frames)):
                for i in np.flatnonzero((boxes["camera"] == number) & (boxes["visible_pixels"] > 20)):
                    inside = frame["semantic"][name][frame["instance"][name] == boxes["id"][i]]
                    values, counts = np.unique(inside, return_counts=True)
                    riders = {12, 13, 18, 19}  # a two-wheeler and who rides it share an id
                    main = int(values[counts.argmax()])
                    assert main == boxes["class"][i] or {main, int(boxes["class"][i])} <= riders

    def test_joints_project_into_their_cameras(self, frames):
        names = frames.shard(0).names("keypoints")
        assert len(names) == 17 and names[0] == "nose" and names[5] == "left_shoulder"
        checked = visible = 0
        for frame in frames:
            joints, seen = frame["keypoints3d"], frame["keypoints2d"]
            where = {int(i): n for n, i in enumerate(joints["id"])}
            assert set(joints["id"].tolist()) <= set(frame["boxes3d"]["id"].tolist())
            boxes = set(zip(frame["boxes2d"]["id"].tolist(), frame["boxes2d"]["camera"].tolist()))
            for i in range(len(seen["id"])):
                number = int(seen["camera"][i])
                name = cameras(frames)[number]
                assert (int(seen["id"][i]), number) in boxes
                v, px = seen["visibility"][i], seen["px"][i]
                assert set(v.tolist()) <= {0, 1, 2} and (px[v == 0] == 0).all()
                calib, image = frame["calibration"][name], frame["instance"][name]
                to_camera = pose_inverse(pose_multiply(frame["ego"]["pose"], calib["extrinsics"]))
                p = pose_apply(to_camera, joints["world"][where[int(seen["id"][i])]])
                uv = p @ calib["K"].T
                uv = uv[:, :2] / uv[:, 2:]
                inside = (p[:, 2] > 0.1) & (uv >= 0).all(-1) & (uv < image.shape[::-1]).all(-1)
                if float(calib["readout_s"]) == 0:
                    assert (inside == (v > 0)).all()
                    assert np.abs(uv - px)[v > 0].max(initial=0) < 0.02
                    checked += int((v > 0).sum())
                x, y = px[v == 2].astype(int).T
                assert (image[y, x] == seen["id"][i]).all()
                visible += int((v == 2).sum())
        assert (checked > 0 and visible > 0) or "sample" in str(frames.shard(0).path)

    def test_lidar_points_of_a_box_are_those_of_its_id(self, frames):
        total = 0
        for frame in frames:
            for number, points in enumerate(frame["lidar"].values()):
                surface = points["instance"][points["echo"] == 0]
                ids, counts = np.unique(surface, return_counts=True)
                by_id = dict(zip(ids.tolist(), counts.tolist()))
                boxes = frame["boxes3d"]
                for i, box_id in enumerate(boxes["id"].tolist()):
                    assert boxes["lidar_points"][i, number] == by_id.get(box_id, 0)
                    total += by_id.get(box_id, 0)
        assert total > 0

    def test_lidar_points_lie_in_the_boxes_of_their_instance(self, frames):
        checked = 0
        for frame in frames:
            for name, points in frame["lidar"].items():
                to_world = pose_multiply(frame["ego"]["pose"],
                                         frame["calibration"][name]["extrinsics"])
                noise = float(frame["calibration"][name]["range_noise_m"])
                xyz = np.stack([points["x"], points["y"], points["z"]], -1)
                boxes = frame["boxes3d"]
                for i, box_id in enumerate(boxes["id"].tolist()):
                    mine = (points["instance"] == box_id) & (points["echo"] == 0)
                    if not mine.any():
                        continue
                    own = pose_apply(pose_inverse(boxes["pose"][i]), pose_apply(to_world, xyz[mine]))
                    # The thing moves while the lidar turns; its box stands at the timestamp.
                    travel = np.linalg.norm(boxes["velocity"][i]) * frame["duration_ns"] * 1e-9
                    slack = 0.02 + 5 * noise + travel + 0.05 * (travel > 0)
                    assert (np.abs(own) <= boxes["size"][i] / 2 + slack).all()
                    checked += int(mine.sum())
        assert checked > 0

    def test_projected_boxes_cover_what_is_visible(self, frames):
        """The 3D box through the calibration finds the pixels of its instance."""
        checked = 0
        for frame in frames:
            b3, b2 = frame["boxes3d"], frame["boxes2d"]
            where = {int(box_id): i for i, box_id in enumerate(b3["id"])}
            for number, name in enumerate(cameras(frames)):
                calib = frame["calibration"][name]
                to_camera = pose_inverse(pose_multiply(frame["ego"]["pose"], calib["extrinsics"]))
                for i in np.flatnonzero((b2["camera"] == number) & (b2["visible_pixels"] > 50)):
                    k = where[int(b2["id"][i])]
                    if np.linalg.norm(b3["velocity"][k]) * frame["duration_ns"] * 1e-9 > 0.5 \
                            and float(calib["readout_s"]) > 0:
                        continue
                    corners = pose_apply(to_camera, box_corners(b3["pose"][k], b3["size"][k]))
                    if (corners[:, 2] < 1).any():
                        continue
                    uv = corners @ calib["K"].T
                    uv = uv[:, :2] / uv[:, 2:]
                    low, high = uv.min(0) - 3, uv.max(0) + 3
                    x0, y0, x1, y1 = b2["visible"][i]
                    assert low[0] <= x0 and low[1] <= y0 and high[0] >= x1 and high[1] >= y1
                    checked += 1
        assert checked > 0

    def test_depth_and_class_agree_about_the_sky(self, frames):
        for frame in frames:
            for name in cameras(frames):
                depth, semantic = frame["depth"][name], frame["semantic"][name]
                assert np.isfinite(depth).all() and (depth >= 0).all()
                assert (depth[semantic == 11] == 0).all()

    def test_poses_are_rigid(self, frames):
        for frame in frames:
            matrix = pose_matrix(frame["boxes3d"]["pose"])
            turn = matrix[:, :3, :3]
            assert np.allclose(turn @ np.swapaxes(turn, 1, 2), np.eye(3), atol=1e-6)
            back = pose_multiply(frame["ego"]["pose"], frame["boxes3d"]["pose_ego"])
            assert np.allclose(pose_matrix(back), matrix, atol=1e-6)

    def test_frames_of_a_scene_are_in_order(self, frames):
        last = {}
        for frame in frames:
            scene = frame["scene"]
            if scene in last:
                assert frame["frame"] == last[scene][0] + 1
                assert frame["timestamp_ns"] == last[scene][1]
            last[scene] = (frame["frame"], frame["timestamp_ns"] + frame["duration_ns"])
