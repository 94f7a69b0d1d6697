"""Where the figures come from: the machine, the compiler, the build."""

import datetime
import json
import os
import pathlib
import platform
import shutil
import subprocess
import tempfile

TMPFS = pathlib.Path("/dev/shm")
ROOM_NEEDED_BYTES = 1 << 30  # Four files of 64 MiB, the floor's files, and some to spare.


def first_line(*command):
    try:
        out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""
    return out.splitlines()[0] if out else ""


def cpu_model():
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def file_system(path):
    """The type of the file system that holds `path`, as in /proc/mounts; "" when that is not to be had."""
    path = pathlib.Path(path).resolve()
    best = (-1, "")
    try:
        mounts = pathlib.Path("/proc/mounts").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    for mount in mounts:
        point, kind = mount.split()[1:3]
        if path.is_relative_to(point):
            best = max(best, (len(point), kind))
    return best[1]


def build_option(build, wanted):
    options = json.loads((build / "meson-info/intro-buildoptions.json").read_text(encoding="utf-8"))
    return next((option["value"] for option in options if option["name"] == wanted), "")


def compiler(build):
    """The first line of what the build's C++ compiler says of itself."""
    targets = json.loads((build / "meson-info/intro-targets.json").read_text(encoding="utf-8"))
    for group in (group for target in targets for group in target["target_sources"]):
        if group.get("language") == "cpp":
            return first_line(*group["compiler"], "--version")
    return ""


def describe(build):
    return {
        "cpu": cpu_model(),
        "cores": len(os.sched_getaffinity(0)),
        "kernel": f"{platform.system()} {platform.release()}",
        "compiler": compiler(build),
        "build_type": build_option(build, "buildtype"),
        "disk": file_system(build),
        "date": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
    }


def has_room(directory):
    try:
        with tempfile.TemporaryDirectory(dir=directory):
            return shutil.disk_usage(directory).free >= ROOM_NEEDED_BYTES
    except OSError:
        return False


def places(scratch):
    """Directories by kind of file system; a kind that is not there or has no room is left out."""
    found = {}
    kind = "tmpfs" if file_system(scratch) == "tmpfs" else "disk"
    if has_room(scratch):
        found[kind] = scratch
    if "tmpfs" not in found and file_system(TMPFS) == "tmpfs" and has_room(TMPFS):
        found["tmpfs"] = TMPFS
    return found
