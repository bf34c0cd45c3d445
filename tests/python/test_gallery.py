# SPDX-License-Identifier: Apache-2.0
"""docs/gallery.md is what tools/gallery writes, its pictures are there, and its scripts run."""
import importlib.machinery
import importlib.util
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/gallery.md").read_text()


@pytest.fixture(scope="module")
def gallery():
    loader = importlib.machinery.SourceFileLoader("gallery", str(ROOT / "tools/gallery"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("gallery", loader))
    loader.exec_module(module)
    return module


def test_the_page_is_the_tools(gallery):
    assert PAGE == gallery.page(), "run tools/gallery"


def test_there_are_many_small_pictures():
    images = re.findall(r"!\[\w+\]\((.*)\)", PAGE)
    assert len(images) == len(set(images)) >= 24
    sizes = [(ROOT / "docs" / name).stat().st_size for name in images]
    assert max(sizes) < 150_000 and sum(sizes) < 4_000_000
    for name in images:
        assert (ROOT / "docs" / name).read_bytes()[:3] in (b"\xff\xd8\xff", b"\x89PN")
    kept = {p.name for p in (ROOT / "docs/images/gallery").iterdir()}
    assert kept == {pathlib.Path(name).name for name in images}


def test_every_script_builds(gallery, roadloom_bin, tmp_path):
    for rows in gallery.PICTURES.values():
        for name, row in rows.items():
            (tmp_path / f"{name}.lua").write_text(gallery.script_of(row))
            result = subprocess.run([roadloom_bin, "check", tmp_path / f"{name}.lua", "--scenes", "1", "--seed",
                                     str(row[1])], capture_output=True, text=True, timeout=120)
            assert result.returncode == 0, result.stderr
