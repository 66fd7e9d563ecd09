"""Where what is shipped comes from: libraries by ldd, Debian packages by dpkg, Swift packages by the build's own files."""

import hashlib
import json
import os
import re
import subprocess
import sys


def fail(reason):
    sys.exit(f"scripts/package: {reason}")


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def operating_system():
    """The fields of os-release."""
    with open("/etc/os-release", encoding="utf-8") as file:
        return dict(line.strip().replace('"', "").split("=", 1) for line in file if "=" in line)


def libraries(programs):
    """The paths of all libraries that the programs load, and their loader, in order."""
    found = set()
    for program in programs:
        listing = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
        if missing := re.findall(r"(\S+) => not found", listing):
            fail(f"{program} wants {', '.join(missing)}, which this machine does not have")
        found |= set(re.findall(r"(/\S+) \(0x", listing))
    return sorted(found)


def owners(paths):
    """Which Debian package each file is of; None for a file that is of none."""
    # Debian moved /lib into /usr/lib; packages made before that still name the old place.
    names = {path: {os.path.realpath(path), re.sub("^/usr/(s?bin|lib)", r"/\1", os.path.realpath(path))} for path in paths}
    asked = sorted(set().union(*names.values()))
    listing = subprocess.run(["dpkg", "-S", *asked], capture_output=True, text=True, check=False).stdout
    known = {}
    for line in listing.splitlines():
        packages, _, path = line.partition(": ")
        if not line.startswith("diversion "):
            known[path] = packages.split(", ")[0]
    return {path: next((known[name] for name in sorted(candidates) if name in known), None)
            for path, candidates in names.items()}


def debian_packages(names):
    """What dpkg knows of each package, ordered by name."""
    fields = ["binary:Package", "Package", "Version", "Architecture", "source:Package", "source:Version", "Homepage"]
    form = "\\t".join(f"${{{field}}}" for field in fields) + "\\n"
    listing = subprocess.run(["dpkg-query", "-W", f"-f={form}", *sorted(names)], capture_output=True, text=True, check=True)
    packages = [dict(zip(fields, line.split("\t"))) for line in listing.stdout.splitlines()]
    return sorted(packages, key=lambda package: package["binary:Package"])


def linked_modules(binaries, program):
    """The Swift modules whose objects the linker was given for a program, each with one of its sources."""
    with open(f"{binaries}/{program}.product/Objects.LinkFileList", encoding="utf-8") as file:
        objects = {line.strip().strip("'\"") for line in file}
    with open(f"{binaries}/description.json", encoding="utf-8") as file:
        commands = json.load(file)["swiftCommands"].values()
    return {command["moduleName"]: command["sources"][0] for command in commands if objects & set(command["objects"])}


def swift_packages(binaries, programs):
    """The packages that are linked into the programs: name, place, version, revision, folder; ordered by name."""
    with open(f"{binaries}/../../workspace-state.json", encoding="utf-8") as file:
        dependencies = json.load(file)["object"]["dependencies"]
    sources = set().union(*(linked_modules(binaries, program).values() for program in programs))
    packages = []
    for dependency in dependencies:
        folder = dependency["subpath"]
        if any(f"/checkouts/{folder}/" in source for source in sources):
            state = dependency["state"]["checkoutState"]
            packages.append({
                "name": folder,
                "location": dependency["packageRef"]["location"].removesuffix(".git"),
                "version": state.get("version") or state["revision"],
                "revision": state["revision"],
                "folder": os.path.realpath(f"{binaries}/../../checkouts/{folder}"),
            })
    return sorted(packages, key=lambda package: package["name"].lower())
