# SPDX-License-Identifier: Apache-2.0
"""The tree keeps the house's rules, and the checker would see it if it didn't."""
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHECKER = ROOT / "tools" / "check-house"
LICENCE = "// SPDX-License-Identifier: Apache-2.0\n"
FOLDERS = ["base", "scenes", "sim", "render", "envs", "export", "cluster", "cli"]


def check(root):
    return subprocess.run(
        [sys.executable, CHECKER, root], capture_output=True, text=True, timeout=120
    )


def test_the_tree_keeps_the_rules():
    result = check(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    root = tmp_path_factory.mktemp("house") / "tree"
    root.mkdir()
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, root / folder)
    result = check(root)
    assert result.returncode == 0, result.stdout + result.stderr
    return root


# (file, what is written there, part of what the checker must say)
BREACHES = [
    ("scenes/planted.c", LICENCE + '#include "render/frame.h"\n', "scenes/ may not include"),
    ("base/planted.h", LICENCE + '#include "scenes/scene.h"\n', "base/ may not include"),
    ("export/planted.c", LICENCE + '#include "cluster/split.h"\n', "export/ may not include"),
    ("tests/sim/test_planted.c", LICENCE + '#include "render/frame.h"\n', "may not include"),
    ("sim/planted.c", LICENCE + '#include "sim/nowhere.h"\n', "is not there"),
    ("export/planted.c", LICENCE + "#include <CL/cl.h>\n", "known in render/ only"),
    ("sim/planted.c", LICENCE + "#include <lua.h>\n", "known in scenes/ only"),
    ("render/planted.c", LICENCE + "#include <hdf5.h>\n", "known in export/ only"),
    ("cli/planted.c", LICENCE + "#include <mpi.h>\n", "known in cluster/ only"),
    ("export/planted.c", LICENCE + '#include "render/kernels/types.h"\n', "for render/ only"),
    ("base/planted.c", "int planted(void);\n", "no licence line"),
    ("tools/planted", "#!/bin/sh\necho\n", "no licence line"),
    ("base/planted.h", LICENCE + "#ifndef PLANTED\n#define PLANTED\n#endif\n", "guard should be"),
    ("base/planted.c", LICENCE + "static int planted = 3;\n", "global and can change"),
    ("base/planted.c", LICENCE + "char *planted[4];\n", "global and can change"),
    ("sim/planted.c", LICENCE + "int f(void) { return rand(); }\n", "base/rng.h"),
    ("sim/planted.c", LICENCE + "void f(void) { exit(1); }\n", "end the program"),
    ("docs/planted.md", "See /" + "home/someone/file.\n", "path of one machine"),
    ("docs/planted.md", "From http:" + "//mirror.internal/x.\n", "the host mirror.internal"),
]


@pytest.mark.parametrize("path, text, said", BREACHES, ids=[f"{b[0]}: {b[2]}" for b in BREACHES])
def test_a_planted_breach_is_seen(copy, path, text, said):
    planted = copy / path
    os.makedirs(planted.parent, exist_ok=True)
    planted.write_text(text)
    try:
        result = check(copy)
    finally:
        planted.unlink()
    assert result.returncode == 1, result.stdout + result.stderr
    lines = [line for line in result.stdout.splitlines() if line.startswith(path + ":")]
    assert any(said in line for line in lines), result.stdout


def test_a_source_that_includes_itself_last_is_seen(copy):
    (copy / "base" / "planted.h").write_text(
        LICENCE + "#ifndef BASE_PLANTED_H\n#define BASE_PLANTED_H\n#endif\n"
    )
    (copy / "base" / "planted.c").write_text(
        LICENCE + '#include "base/rng.h"\n#include "base/planted.h"\n'
    )
    try:
        result = check(copy)
    finally:
        (copy / "base" / "planted.h").unlink()
        (copy / "base" / "planted.c").unlink()
    assert result.returncode == 1
    assert "base/planted.c:1: the first include should be its own header" in result.stdout


@pytest.mark.parametrize(
    "text",
    [
        "static const int planted = 3;\n",
        "static const char *const planted[] = {0};\n",
        "typedef struct planted planted;\n",
        "int planted(void);\n",
        "// rand() and exit() are only talked about: static int x = 3;\n",
        "enum { PLANTED = 3 };\n",
    ],
)
def test_what_is_fine_stays_unsaid(copy, text):
    planted = copy / "base" / "planted.c"
    planted.write_text(LICENCE + text)
    try:
        result = check(copy)
    finally:
        planted.unlink()
    assert result.returncode == 0, result.stdout


# The build itself must refuse a breach too, not only the checker: each folder sees
# only the folders that it links.
@pytest.mark.parametrize("folder, header", [("base", "sim/world.h"), ("sim", "render/frame.h")])
def test_the_build_refuses_a_folder_to_the_right(tmp_path, folder, header):
    compiler = shutil.which("cc")
    build = ROOT / "build" / "test"
    if not compiler or not (build / "house" / folder).exists():
        pytest.skip("needs cc and the configured test build")
    left = FOLDERS[: FOLDERS.index(folder) + 1]
    source = tmp_path / "planted.c"
    source.write_text(f'#include "{header}"\n')
    command = [compiler, "-std=c17", "-D_GNU_SOURCE", "-fsyntax-only", source]
    own = [f"-I{build / 'house' / f}" for f in left]
    everything = [f"-I{build / 'house' / f}" for f in FOLDERS if (build / "house" / f).exists()]
    assert subprocess.run(command + everything, capture_output=True).returncode == 0
    assert subprocess.run(command + own, capture_output=True).returncode != 0


def test_scripts_pass_shellcheck():
    if not shutil.which("shellcheck"):
        pytest.skip("shellcheck is not installed")
    scripts = [
        path
        for folder in ("tools", ".ci")
        for path in (ROOT / folder).iterdir()
        if path.is_file() and path.read_bytes().startswith((b"#!/usr/bin/env bash", b"#!/bin/sh"))
    ]
    assert len(scripts) >= 3
    result = subprocess.run(["shellcheck", *scripts], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


PAGES = [p for p in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_what_a_page_points_at_is_there(page):
    text = page.read_text()
    links = re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", text)
    missing = [link for link in links if not (page.parent / link).exists()]
    named = re.findall(r"(?<![\w/.-])((?:tools|scenes/library|docs|bench|tests|\.ci)/[\w./-]*\w)", text)
    missing += [name for name in named if not list(ROOT.glob(name + "*"))]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_the_commands_that_a_page_shows_exist(page):
    listed = re.findall(r"&cli_(\w+)", (ROOT / "cli" / "commands.c").read_text())
    commands = {name.replace("_", "-") for name in listed}
    assert "generate" in commands
    shown = set(re.findall(r"\broadloom ([a-z-]+)", "\n".join(code_of(page.read_text()))))
    assert shown <= commands


def code_of(text):
    """Blocks of code and `code` in lines that begin with the program's name."""
    blocks = re.findall(r"^```\w*\n(.*?)^```|^((?:    .*\n)+)", text, re.M | re.S)
    lines = [line for block in blocks for part in block for line in part.splitlines()]
    lines += re.findall(r"`(roadloom [^`]*)`", text)
    return [line for line in lines if re.match(r"\s*(mpirun .*)?roadloom [a-z]", line)]


def test_the_lists_of_packages_are_clean():
    names = []
    for path in ("packages.txt", "packages-test.txt"):
        for line in (ROOT / "tools" / path).read_text().splitlines():
            line = line.split("#")[0].strip()
            if line:
                assert re.fullmatch(r"[a-z0-9][a-z0-9.+-]+", line), line
                names.append(line)
    assert len(names) == len(set(names))
