# SPDX-License-Identifier: Apache-2.0
"""The man page and bash's completion say what the program takes."""
import os
import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = os.environ.get("ROADLOOM_BIN", str(ROOT / "build" / "test" / "roadloom"))
PAGE = ROOT / "docs" / "roadloom.1"

pytestmark = pytest.mark.skipif(not os.path.exists(BIN), reason="ROADLOOM_BIN is not built")


def said(*args):
    return subprocess.run([BIN, *args], capture_output=True, text=True, check=True, timeout=60).stdout


def commands():
    listed = re.search(r"Commands:\n(.*?)\n\n", said("--help"), re.S).group(1)
    return [line.split()[0] for line in listed.splitlines()]


def options_of(command):
    """The long options of a command as its --help lists them."""
    return re.findall(r"^ +(?:-\w, )?--([\w-]+)", said(command, "--help"), re.M)


def test_the_page_is_what_the_program_prints():
    assert PAGE.read_text() == said("manual"), "make it again: roadloom manual > docs/roadloom.1"


def test_every_option_is_on_the_page():
    assert len(commands()) >= 8
    for command in commands():
        name = re.escape(command.replace("-", "\\-"))  # as roff spells it
        part = re.search(rf"^\.SS roadloom {name}\b.*?(?=^\.S[SH] )", PAGE.read_text(), re.M | re.S).group()
        for option in set(options_of(command)) - {"help", "usage"}:
            assert "\\-\\-" + option.replace("-", "\\-") + "\\fR" in part, f"{command} --{option}"


def test_the_page_is_clean_roff():
    if not shutil.which("groff"):
        pytest.skip("needs groff")
    result = subprocess.run(["groff", "-man", "-Tutf8", "-ww", str(PAGE)], capture_output=True, text=True)
    assert result.returncode == 0 and result.stderr == ""
    assert "--shard-scenes" in re.sub(".\x08", "", result.stdout)  # bold is printed over


def complete(folder, *words):
    """What bash proposes for the last of the words."""
    (folder / "roadloom.bash").write_text(said("completion"))
    line = " ".join(f"'{w}'" for w in words)
    text = f"""source roadloom.bash; compopt() {{ :; }}
        COMP_WORDS=('{BIN}' {line}); COMP_CWORD={len(words)}; _roadloom
        printf '%s\\n' "${{COMPREPLY[@]}}" """
    result = subprocess.run(["bash", "--norc", "-c", text], capture_output=True, text=True, cwd=folder, timeout=60)
    assert result.returncode == 0 and result.stderr == "", result
    return sorted(result.stdout.split())


def test_bash_completes_commands_options_and_fields(tmp_path):
    for name in ("town.lua", "highway.lua"):
        (tmp_path / name).write_text("return scene {}\n")
    assert complete(tmp_path, "gen") == ["generate"]
    assert set(commands()) <= set(complete(tmp_path, ""))
    assert complete(tmp_path, "generate", "--s") == ["--scenes", "--seed", "--set", "--shard-scenes", "--split"]
    assert complete(tmp_path, "generate", "to") == ["town.lua"]
    assert complete(tmp_path, "generate", "town.lua", "-o", "hi") == ["highway.lua"]
    assert complete(tmp_path, "generate", "town.lua", "--device", "g") == ["gpu"]
    assert complete(tmp_path, "generate", "town.lua", "--scenes", "") == []
    assert "traffic.vehicles_per_km=" in complete(tmp_path, "check", "--set", "traffic.v")
    assert complete(tmp_path, "generate", "--device", "=", "g") == ["gpu"]
    assert complete(tmp_path, "generate", "--device", "=") == ["accelerator", "cpu", "gpu"]
    assert complete(tmp_path, "help", "pre") == ["preview"]


def test_bash_completes_every_option_of_every_command(tmp_path):
    for command in commands():
        wanted = {"--" + o for o in options_of(command)} - {"--usage"}
        assert wanted <= set(complete(tmp_path, command, "--")), command
