# SPDX-License-Identifier: Apache-2.0
"""Labels of images that cameras write on demand, as the reader gives them."""
import numpy as np
import pytest

from roadloom import (Dataset, cityscapes_ids, compressed, mask_of, panoptic, panoptic_rgb,
                      pose_apply, pose_inverse, pose_multiply, runs_of)

KEYS = ("depth", "range", "semantic", "instance", "normal", "flow", "flow_back", "occlusion",
        "albedo", "mark")


@pytest.fixture
def frames(dataset):
    data = Dataset(dataset, allow_partial=not (dataset / "_SUCCESS").exists())
    assert len(data) > 0
    yield data
    data.close()


@pytest.mark.filterwarnings("ignore:.*not complete")
class TestImages:
    def test_a_frame_has_the_cameras_that_wrote_a_label(self, frames):
        shard = frames.shard(0)
        wrote = {name: shard.labels(name) for name in shard.cameras}
        for key in KEYS:
            assert set(frames[0][key]) == {name for name in wrote if key in wrote[name]}
        assert all("depth" in labels for labels in wrote.values())
        assert any("flow" in labels for labels in wrote.values())

    def test_units_are_those_of_the_page(self, frames):
        checked = 0
        for frame in frames:
            for name, depth in frame["depth"].items():
                if name not in frame["range"]:
                    continue
                calib, distance = frame["calibration"][name], frame["range"][name]
                y, x = np.mgrid[:depth.shape[0], :depth.shape[1]] + 0.5
                k = calib["K"]
                ray = np.sqrt(1 + ((x - k[0, 2]) / k[0, 0]) ** 2 + ((y - k[1, 2]) / k[1, 1]) ** 2)
                assert np.allclose(distance, depth * ray, rtol=1e-5)
                length = np.linalg.norm(frame["normal"][name], axis=-1)
                assert np.allclose(length[depth > 0], 1, atol=2e-4)
                assert not length[depth == 0].any()
                flow = frame["flow"][name]
                assert flow.dtype == np.float32 and flow.shape == depth.shape + (2,)
                assert np.nanmax(np.abs(flow)) < 512
                assert ((frame["occlusion"][name] & 2) > 0).sum() > 0
                assert not frame["albedo"][name][depth == 0].any()
                checked += 1
        assert checked > 0

    def test_amodal_masks_hold_the_visible_pixels(self, frames):
        checked = 0
        names = frames.shard(0).cameras
        for frame in frames:
            boxes, masks = frame["boxes2d"], frame["amodal"]
            assert len(masks) == len(boxes["id"])
            for i, runs in enumerate(masks):
                name = names[int(boxes["camera"][i])]
                if runs is None:
                    assert "amodal" not in frames.shard(0).labels(name)
                    continue
                mask = mask_of(runs)
                assert mask.shape == frame["instance"][name].shape
                assert mask.sum() == boxes["amodal_pixels"][i]
                y, x = np.nonzero(mask)
                assert boxes["amodal"][i].tolist() == [x.min(), y.min(), x.max() + 1, y.max() + 1]
                assert mask[frame["instance"][name] == boxes["id"][i]].all()
                assert runs_of(mask) == runs
                checked += 1
        assert checked > 0

    def test_flow_is_depth_and_poses(self, frames):
        """What stands still, between frames of a scene, by a camera with a global shutter."""
        checked, worst = 0, 0.0
        for index in range(len(frames) - 1):
            now, then = frames[index], frames[index + 1]
            if then["scene"] != now["scene"] or "sample" in str(frames.shard(0).path):
                continue
            moving = now["boxes3d"]["id"][np.linalg.norm(now["boxes3d"]["velocity"], axis=1) > 0]
            for one, other, key in ((now, then, "flow"), (then, now, "flow_back")):
                for name, flow in one[key].items():
                    calib, depth = one["calibration"][name], one["depth"][name]
                    if calib["readout_s"] > 0:
                        continue
                    y, x = np.mgrid[:depth.shape[0], :depth.shape[1]] + 0.5
                    pixels = np.stack([x, y, np.ones_like(x)], -1)
                    p = (pixels @ np.linalg.inv(calib["K"]).T) * depth[..., None].astype(float)
                    way = pose_multiply(
                        pose_inverse(pose_multiply(other["ego"]["pose"], calib["extrinsics"])),
                        pose_multiply(one["ego"]["pose"], calib["extrinsics"]))
                    p = pose_apply(way, p.reshape(-1, 3)).reshape(p.shape) @ calib["K"].T
                    uv = p[..., :2] / np.where(p[..., 2:] == 0, 1, p[..., 2:])
                    own = one["instance"][name]
                    still = (depth > 0) & ~np.isin(own, moving) & (one["semantic"][name] != 21)
                    still &= ~np.isnan(flow).any(-1)
                    off = np.linalg.norm(uv - pixels[..., :2] - flow, axis=-1)[still]
                    worst = max(worst, off.max())
                    checked += still.sum()
        assert worst < 0.02
        assert checked > 100000 or "sample" in str(frames.shard(0).path)

    def test_panoptic_segments_cover_the_image_once(self, frames):
        data = Dataset(frames.path, keys=["semantic", "instance", "panoptic"], allow_partial=True)
        for frame in data[:3]:
            for name, semantic in frame["semantic"].items():
                ids, segments = frame["panoptic"][name]["ids"], frame["panoptic"][name]["segments"]
                instance = frame["instance"][name]
                assert sum(s["area"] for s in segments) == ids.size
                things = {(s["category_id"], s["instance"]) for s in segments if s["instance"]}
                for s in segments:
                    mask = ids == s["id"]
                    y, x = np.nonzero(mask)
                    box = [x.min(), y.min(), x.max() - x.min() + 1, y.max() - y.min() + 1]
                    assert s["area"] == mask.sum() and s["bbox"] == box
                    assert (semantic[mask] == s["category_id"]).all()
                    if s["instance"]:
                        assert (instance[mask] == s["instance"]).all()
                rgb = panoptic_rgb(ids).astype(np.uint32)
                assert np.array_equal(rgb[..., 0] + 256 * rgb[..., 1] + 65536 * rgb[..., 2], ids)
                city = cityscapes_ids(semantic, instance)
                assert len(np.unique(city[city >= 24000])) == len(things)
                assert (city[semantic == 1] == 7).all() and (city[semantic == 11] == 23).all()
                assert (city[semantic == 14] // 1000 == 26).all()


def test_riders_and_their_bicycles_are_two_segments():
    semantic = np.array([[13, 13, 19], [1, 1, 19]], np.uint8)
    instance = np.array([[5, 5, 5], [0, 0, 5]], np.uint32)
    made = panoptic(semantic, instance)
    found = {(s["category_id"], s["instance"]): s for s in made["segments"]}
    assert set(found) == {(13, 5), (19, 5), (1, 0)}
    assert found[13, 5]["bbox"] == [0, 0, 2, 1] and found[19, 5]["area"] == 2
    assert cityscapes_ids(semantic, instance).tolist() == [[25000, 25000, 33000], [7, 7, 33000]]


def test_runs_are_cocos():
    mask = np.zeros((3, 4), bool)
    mask[1:, 1] = mask[0, 2] = True
    runs = runs_of(mask)
    assert runs == {"size": [3, 4], "counts": [4, 3, 5]}
    assert np.array_equal(mask_of(runs), mask)
    # What pycocotools' rleToString writes for these: counts from the fourth on as differences
    # from two before, five bits a letter from "0", the lowest first.
    assert compressed(runs) == {"size": [3, 4], "counts": "435"}
    assert compressed({"size": [10, 20], "counts": [100, 3, 60, 2, 35]})["counts"] == "T33l1OWO"
    with pytest.raises(ValueError, match="don't fill 3 x 4"):
        mask_of({"size": [3, 4], "counts": [4, 3]})
