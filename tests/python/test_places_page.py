# SPDX-License-Identifier: Apache-2.0
"""docs/places.md shows every place that the program knows; tools/pictures can draw them all."""
import importlib.machinery
import importlib.util
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/places.md"


@pytest.fixture(scope="module")
def luacats(roadloom_bin):
    return subprocess.run(
        [roadloom_bin, "fields", "--luacats"], capture_output=True, text=True, check=True
    ).stdout


@pytest.fixture(scope="module")
def places(luacats):
    return re.findall(r"^---@return roadloom.place\nfunction (\w+)\(", luacats, re.M)


def needs_file(luacats, place):
    block = luacats.split(f"roadloom.{place}_fields\n", 1)[1].split("\n\n", 1)[0]
    return "---@field file? string" in block


def sections():
    parts = re.split(r"^## (\w+)$", PAGE.read_text(), flags=re.M)[1:]
    return dict(zip(parts[::2], parts[1::2]))


def test_the_page_names_every_place_and_no_other(places):
    assert sorted(sections()) == sorted(places), "run tools/pictures"


def test_every_place_made_from_numbers_has_a_small_picture(luacats, places):
    total = 0
    for place in places:
        if needs_file(luacats, place):
            continue
        images = re.findall(r"!\[.*\]\((.*)\)", sections()[place])
        assert images
        for image in (ROOT / "docs" / name for name in images):
            assert image.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
            assert image.stat().st_size <= 150 * 1024
            total += image.stat().st_size
    assert total <= 3 * 1024 * 1024


def test_the_scripts_of_the_page_run(tmp_path, roadloom_bin, luacats, places):
    for place in places:
        if needs_file(luacats, place):
            continue
        text = sections()[place]
        script, svg = tmp_path / f"{place}.lua", tmp_path / f"{place}.svg"
        command = re.search(r"`roadloom (road .*?)`", text)[1].split()
        for lua in re.findall(r"```lua\n(.*?)```", text, re.S):
            script.write_text(lua)
            result = subprocess.run(
                [roadloom_bin, *command], cwd=tmp_path, capture_output=True, text=True, timeout=60
            )
            assert result.returncode == 0, result.stderr
            assert svg.exists()
            svg.unlink()


def test_the_tool_has_a_row_for_every_place(luacats, places):
    loader = importlib.machinery.SourceFileLoader("pictures", str(ROOT / "tools/pictures"))
    spec = importlib.util.spec_from_loader("pictures", loader)
    pictures = importlib.util.module_from_spec(spec)
    loader.exec_module(pictures)
    assert set(pictures.PLACES) == {p for p in places if not needs_file(luacats, p)}
    for place, (_, _, lines, highlights) in pictures.PLACES.items():
        known = pictures.fields_of(luacats, place)
        assert set(highlights) <= set(known)
        # What stands in the braces of a part is of another place.
        own = re.sub(r"\w+ \{[^{}]*\}", "", " ".join(lines))
        assert set(re.findall(r"(\w+) =", own)) <= set(known)
