#!/usr/bin/env python3
"""Writes the bill of materials of a package or an image (CycloneDX 1.6, JSON), from what was built and linked.

Usage: sbom.py --kind application|container --artifact FILE --binaries FOLDER --version VERSION --revision TEXT
               --created EPOCH [--files LIST] --output FILE PROGRAM...
PROGRAM: the programs as they are shipped; FOLDER: where the build has left them. LIST: files of this machine that are in
the artifact besides the programs and their libraries, a path a line.
"""

import argparse
import datetime
import json
import os
import subprocess
import urllib.parse
import uuid

import origins

APACHE = [{"license": {"id": "Apache-2.0"}}]
MIT = [{"license": {"id": "MIT"}}]


def hashes(path):
    return [{"alg": "SHA-256", "content": origins.sha256(path)}]


def licences(folder):
    """By the words of the licence's own text; nothing where they are others."""
    for name in sorted(os.listdir(folder)):
        if name.upper().startswith("LICENSE"):
            with open(f"{folder}/{name}", encoding="utf-8") as file:
                text = file.read()
            if "Apache License" in text:
                return {"licenses": APACHE}
            if "Permission is hereby granted, free of charge" in text:
                return {"licenses": MIT}
    return {}


def swift_runtime():
    listing = subprocess.run(["swift", "--version"], capture_output=True, text=True, check=True).stdout
    version = listing.split("Swift version ")[1].split()[0]
    return {
        "type": "framework",
        "bom-ref": f"swift@{version}",
        "name": "swift",
        "version": version,
        "description": "The Swift runtime and Foundation",
        "licenses": [{"expression": "Apache-2.0 WITH Swift-exception"}],
        "purl": f"pkg:github/swiftlang/swift@swift-{version}-RELEASE",
    }


def swift_components(binaries, programs):
    for package in origins.swift_packages(binaries, programs):
        purl = f"pkg:swift/{package['location'].removeprefix('https://')}@{package['version']}"
        yield {
            "type": "library",
            "bom-ref": purl,
            "name": package["name"],
            "version": package["version"],
            **licences(package["folder"]),
            "purl": purl,
            "externalReferences": [{"type": "vcs", "url": package["location"]}],
            "properties": [{"name": "pinglink:revision", "value": package["revision"]}],
        }


def debian_components(names):
    system = origins.operating_system()
    for package in origins.debian_packages(names):
        name, version = (urllib.parse.quote(package[field], safe="") for field in ("Package", "Version"))
        place = f"{name}@{version}?arch={package['Architecture']}"
        purl = f"pkg:deb/{system['ID']}/{place}&distro={system['ID']}-{system['VERSION_ID']}"
        source = f"{package['source:Package']} {package['source:Version']}"
        yield {
            "type": "library",
            "bom-ref": purl,
            "name": package["Package"],
            "version": package["Version"],
            "purl": purl,
            "properties": [{"name": "pinglink:debian-source", "value": source}],
        }


def file_components(paths):
    for path in paths:
        yield {"type": "file", "bom-ref": f"file:{path}", "name": path, "hashes": hashes(path)}


def program_components(programs, version):
    for program in programs:
        name = os.path.basename(program)
        yield {
            "type": "application",
            "bom-ref": f"program:{name}",
            "name": f"/usr/bin/{name}",
            "version": version,
            "licenses": MIT,
            "hashes": hashes(program),
        }


def components(arguments):
    names = [os.path.basename(program) for program in arguments.program]
    files = origins.libraries(f"{arguments.binaries}/{name}" for name in names)
    if arguments.files:
        with open(arguments.files, encoding="utf-8") as file:
            files += file.read().splitlines()
    owners = origins.owners(files)
    yield from program_components(arguments.program, arguments.version)
    yield swift_runtime()
    yield from swift_components(arguments.binaries, names)
    yield from debian_components({owner for owner in owners.values() if owner})
    yield from file_components(sorted(path for path, owner in owners.items() if not owner))


def main():
    parser = argparse.ArgumentParser()
    for name in ("kind", "artifact", "binaries", "version", "revision", "output"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--created", required=True, type=int)
    parser.add_argument("--files")
    parser.add_argument("program", nargs="+")
    arguments = parser.parse_args()

    shipped = {
        "type": arguments.kind,
        "bom-ref": os.path.basename(arguments.artifact),
        "name": "pinglink",
        "version": arguments.version,
        "licenses": MIT,
        "hashes": hashes(arguments.artifact),
        "properties": [
            {"name": "pinglink:file", "value": os.path.basename(arguments.artifact)},
            {"name": "pinglink:revision", "value": arguments.revision},
        ],
    }
    parts = list(components(arguments))
    created = datetime.datetime.fromtimestamp(arguments.created, datetime.UTC)
    bill = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        # The same artifact has the same bill, its number too.
        "serialNumber": uuid.uuid5(uuid.NAMESPACE_URL, f"sha256:{origins.sha256(arguments.artifact)}").urn,
        "version": 1,
        "metadata": {"timestamp": created.strftime("%Y-%m-%dT%H:%M:%SZ"), "component": shipped},
        "components": parts,
        "dependencies": [
            {"ref": shipped["bom-ref"], "dependsOn": [part["bom-ref"] for part in parts]},
            *({"ref": part["bom-ref"]} for part in parts),
        ],
    }
    with open(arguments.output, "w", encoding="utf-8") as file:
        json.dump(bill, file, indent=1, ensure_ascii=False)
        file.write("\n")


main()
