# SPDX-License-Identifier: Apache-2.0
"""Every dataset of a shard opens in h5py and is what the format page says."""
import hashlib
import pathlib
import re
import subprocess

import h5py
import numpy as np
import pytest

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "dataset-format.md"
ROW = re.compile(r"^\| `(\w+)` \| (\w+) \| \((.*?)\) \| (.*?) \| (.*?) \| (.*?) \| (.*?) \|$")


def documented():
    """{group: {dataset: (type, shape, units)}} from the format page."""
    tables, group = {}, None
    for line in PAGE.read_text().splitlines():
        if line.startswith("### `"):
            group = line.split("`")[1]
            tables[group] = {}
        match = ROW.match(line)
        if match and group:
            name, kind, shape, units = match.groups()[:4]
            tables[group][name] = (kind, shape, units)
    return tables


def shards(dataset):
    found = sorted((dataset / "shards").glob("*.h5"))
    assert found
    return found


@pytest.fixture
def files(dataset):
    opened = [h5py.File(path, "r") for path in shards(dataset)]
    yield opened
    for file in opened:
        file.close()


def datasets_of(file):
    out = {}
    file.visititems(lambda n, o: out.__setitem__("/" + n, o) if isinstance(o, h5py.Dataset) else None)
    return out


def page_group(path):
    group = re.sub(r"^/(camera|lidar)s/[^/]+", r"/\1s/NAME", path.rsplit("/", 1)[0])
    return group


def test_every_dataset_is_on_the_page_with_its_type_and_units(files):
    tables = documented()
    for file in files:
        for path, item in datasets_of(file).items():
            name = path.rsplit("/", 1)[1]
            if name == "offset" or path.startswith("/job/") or path == "/index/path":
                continue
            kind, shape, units = tables[page_group(path)][name]
            assert item.dtype == np.dtype(kind), path
            assert item.attrs["units"].decode() == units, path
            assert item.ndim == shape.count(",") + 1, path


def test_every_documented_dataset_is_there(files):
    for file in files:
        for group, columns in documented().items():
            kind = group.split("/")[1]
            if "NAME" in group:
                groups = [group.replace("NAME", n) for n in file[kind].attrs["names"].decode().split()]
                assert groups
            else:
                groups = [group]
            for path in groups:
                if group == "/cameras/NAME/shots":  # of full electronics alone
                    full = file[path.replace("shots", "calib/electronics")][0] == 1
                    assert (path in file) == full
                    if not full:
                        continue
                labels = file[path].attrs.get("labels", b"").decode().split()
                for name in columns:
                    optional = group == "/cameras/NAME" and name != "rgb"
                    assert (f"{path}/{name}" in file) == (not optional or name in labels)


def test_every_dataset_says_units_frame_invalid_and_description(files):
    for file in files:
        for path, item in datasets_of(file).items():
            wanted = ["description"] if path.startswith("/job/") else [
                "units", "frame", "invalid", "description"]
            for name in wanted:
                assert item.attrs[name].decode(), f"{path} has no {name}"


def test_every_dataset_reads_to_the_end(files):
    for file in files:
        for path, item in datasets_of(file).items():
            values = item[()]
            if path not in ("/job/modules", "/job/overrides") and isinstance(values, np.ndarray):
                assert values.shape == item.shape


def test_nothing_is_of_variable_length_and_filters_are_everybodys(files):
    for file in files:
        for path, item in datasets_of(file).items():
            assert not h5py.check_vlen_dtype(item.dtype), path
            plist = item.id.get_create_plist()
            for i in range(plist.get_nfilters()):
                assert plist.get_filter(i)[0] in (h5py.h5z.FILTER_SHUFFLE, h5py.h5z.FILTER_DEFLATE)


def test_columns_of_a_table_are_equally_long_and_offsets_rise(files):
    for file in files:
        groups = {}
        for path, item in datasets_of(file).items():
            if path.startswith(("/job/", "/index/path")):
                continue
            group, name = path.rsplit("/", 1)
            groups.setdefault(group, {})[name] = item
        frames, scenes = len(file["frames/frame"]), len(file["scenes/index"])
        for group, columns in groups.items():
            lengths = {len(c) for n, c in columns.items() if n != "offset"}
            assert len(lengths) == 1, f"{group}: {lengths}"
            rows = lengths.pop()
            if "offset" not in columns:
                continue
            offset = columns["offset"][()].astype(np.int64)
            owners = {"/map/points": len(file["map/lines/id"]), "/map/lines": scenes,
                      "/map/links": scenes, "/map/signals": scenes, "/tracks": scenes,
                      "/amodal": len(file["boxes2d/id"])}
            assert len(offset) == owners.get(group, frames) + 1, group
            assert offset[0] == 0 and offset[-1] == rows, group
            assert (np.diff(offset) >= 0).all(), group
        for name in file["cameras"].attrs["names"].decode().split():
            assert len(file[f"cameras/{name}/rgb"]) == frames
            assert file[f"cameras/{name}/rgb"].chunks[0] == 1
            assert len(file[f"cameras/{name}/calib/K"]) == scenes
        assert len(file["weather/rain_mmh"]) == frames


def test_root_attributes_say_where_it_comes_from(files):
    for file in files:
        attributes = dict(file.attrs)
        assert attributes["format"] == b"roadloom"
        assert attributes["format_version"] == b"1.10.0"
        assert attributes["complete"] == 1
        assert attributes["split"] in (b"train", b"val", b"test")
        assert re.match(rb"0 Unlabeled 0 0 0\n1 Road 128 64 128\n", attributes["taxonomy"])
        assert b"19 person" in attributes["kinds"]
        assert re.match(rb"0 none\n1 stop\n2 give_way\n", attributes["signs"])
        assert b"return scene" in file["job/script"][()]
        for what in ["modules", "maps"]:
            lines = bytes(file[f"job/{what}"][()])
            assert hashlib.sha256(lines).hexdigest().encode() == attributes[f"{what}_sha256"]


def test_the_index_finds_the_chunks(files):
    for file in files:
        index = {name: item[()] for name, item in file["index"].items()}
        path = [p.decode() for p in index["path"]]
        with open(file.filename, "rb") as raw:
            whole = raw.read()
        for row in range(0, len(index["chunk"]), max(1, len(index["chunk"]) // 50)):
            item = file[path[index["dataset"][row]]]
            first = int(index["chunk"][row]) * item.chunks[0]
            at = (first,) + (0,) * (item.ndim - 1)
            mask, stored = item.id.read_direct_chunk(at)
            begin, size = int(index["address"][row]), int(index["size"][row])
            assert whole[begin:begin + size] == stored
            assert mask == index["filter_mask"][row]


def test_h5dump_shows_the_head_without_a_plugin(dataset):
    for path in shards(dataset):
        out = subprocess.run(["h5dump", "-H", path], capture_output=True, text=True, timeout=60)
        assert out.returncode == 0, out.stderr
        assert 'GROUP "boxes3d"' in out.stdout
