#!/usr/bin/env python3
"""Makes an image for containers, as an OCI archive: the program, its libraries with their loader, what they read, no shell.

Usage: image.py --program FILE --copyright FILE --name NAME --version VERSION --revision TEXT --created EPOCH
                --files LIST --output FILE
What it takes from this machine it also writes into LIST, a path a line. The same input makes the same bytes.
"""

import argparse
import datetime
import glob
import gzip
import hashlib
import io
import json
import os
import subprocess
import tarfile

import origins

# Neither root nor anybody else on the machine.
USER = 65532
PASSWD = f"root:x:0:0:root:/:/\npinglink:x:{USER}:{USER}:pinglink:/data:/\n"
GROUP = f"root:x:0:\npinglink:x:{USER}:\n"
# Without it glibc asks the name servers before it looks into /etc/hosts.
NSSWITCH = "passwd: files\ngroup: files\nhosts: files dns\n"


class Tree:
    """The files of the image, by their path without the first slash."""

    def __init__(self, created):
        self.created = created
        self.entries = {}
        self.taken = set()

    def put(self, path, kind=tarfile.REGTYPE, data=b"", mode=0o644, owner=(0, 0), target=""):
        folder = os.path.dirname(path)
        if folder and folder not in self.entries:
            self.put(folder, tarfile.DIRTYPE, mode=0o755)
        entry = tarfile.TarInfo(path)
        entry.type, entry.mode, entry.mtime, entry.linkname = kind, mode, self.created, target
        entry.uid, entry.gid = owner
        entry.size = len(data)
        self.entries[path] = (entry, data)

    def take(self, path):
        """A file of this machine, at the same place, with the symbolic links on the way to it."""
        at = ""
        parts = path.strip("/").split("/")
        for index, part in enumerate(parts):
            at = f"{at}/{part}"
            if os.path.islink(at):
                target = os.readlink(at)
                self.put(at[1:], tarfile.SYMTYPE, mode=0o777, target=target)
                rest = parts[index + 1:]
                return self.take(os.path.normpath(os.path.join(os.path.dirname(at), target, *rest)))
        with open(path, "rb") as file:
            data = file.read()
        self.taken.add(path)
        self.put(path[1:], data=data, mode=0o755 if os.access(path, os.X_OK) else 0o644)

    def layer(self):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for path in sorted(self.entries):
                entry, data = self.entries[path]
                tar.addfile(entry, io.BytesIO(data))
        return out.getvalue()


def add_libraries(tree, program):
    libraries = origins.libraries([program])
    for library in libraries:
        tree.take(library)
    # glibc loads the encodings for --encoding while it runs.
    libc = next(library for library in libraries if "/libc.so." in library)
    encodings = os.path.join(os.path.dirname(os.path.realpath(libc)), "gconv")
    for folder, _, names in os.walk(encodings):
        for name in names:
            # The cache is made on each machine and belongs to no package; it only saves time.
            if name != "gconv-modules.cache":
                tree.take(os.path.join(folder, name))


def add_time_zones(tree):
    zones = "/usr/share/zoneinfo"
    if not os.path.exists(f"{zones}/UTC"):
        origins.fail("there are no time zones: apt-get install tzdata")
    for folder, folders, names in os.walk(zones):
        # The same zones with other leap seconds, and the time of this machine.
        folders[:] = [name for name in folders if name not in ("posix", "right")]
        for name in names:
            if name not in ("localtime", "posixrules"):
                tree.take(os.path.join(folder, name))


def add_trusted_roots(tree):
    """Those of Debian's package, and none that only this machine trusts."""
    roots = sorted(glob.glob("/usr/share/ca-certificates/mozilla/*.crt"))
    if not roots:
        origins.fail("there are no trusted roots: apt-get install ca-certificates")
    tree.taken.update(roots)
    bundle = b"".join(open(root, "rb").read().rstrip(b"\n") + b"\n" for root in roots)
    tree.put("etc/ssl/certs/ca-certificates.crt", data=bundle)
    tree.put("usr/lib/ssl/cert.pem", tarfile.SYMTYPE, mode=0o777, target="/etc/ssl/certs/ca-certificates.crt")


def add_packages(tree):
    """Licences, and what scanners for known weaknesses look for: the system and the packages."""
    tree.put("etc/os-release", data=open("/etc/os-release", "rb").read())
    names = {owner for owner in origins.owners(tree.taken).values() if owner}
    for package in origins.debian_packages(names):
        status = subprocess.run(["dpkg-query", "-s", package["binary:Package"]], capture_output=True, check=True).stdout
        tree.put(f"var/lib/dpkg/status.d/{package['Package']}", data=status)
        licence = f"/usr/share/doc/{package['Package']}/copyright"
        if os.path.exists(licence):
            tree.put(licence[1:], data=open(licence, "rb").read())


def add_machine(tree):
    for path, text in [("etc/passwd", PASSWD), ("etc/group", GROUP), ("etc/nsswitch.conf", NSSWITCH)]:
        tree.put(path, data=text.encode())
    # Where a container finds what the system gives it.
    for folder in ("dev", "proc", "sys"):
        tree.put(folder, tarfile.DIRTYPE, mode=0o755)
    tree.put("tmp", tarfile.DIRTYPE, mode=0o1777)
    # Where the input is mounted. An arbitrary user is often one of group 0.
    tree.put("data", tarfile.DIRTYPE, mode=0o775, owner=(USER, 0))


def descriptor(kind, blob, **more):
    return {"mediaType": f"application/vnd.oci.image.{kind}", "digest": digest(blob), "size": len(blob), **more}


def digest(blob):
    return "sha256:" + hashlib.sha256(blob).hexdigest()


def encoded(value):
    return json.dumps(value, indent=1, sort_keys=True).encode()


def archive(layer, arguments, architecture):
    """The blobs by their place in the archive."""
    created = datetime.datetime.fromtimestamp(arguments.created, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    packed = gzip.compress(layer, 9, mtime=0)
    labels = {
        "org.opencontainers.image.title": arguments.name,
        "org.opencontainers.image.version": arguments.version,
        "org.opencontainers.image.revision": arguments.revision,
        "org.opencontainers.image.created": created,
        "org.opencontainers.image.licenses": "MIT",
        "org.opencontainers.image.description": "Links PingOne users to accounts at external identity providers, in bulk",
    }
    config = encoded({
        "created": created,
        "architecture": architecture,
        "os": "linux",
        "config": {
            "User": f"{USER}:{USER}",
            "Env": ["PATH=/usr/bin"],
            "Entrypoint": [f"/usr/bin/{arguments.name}"],
            "WorkingDir": "/data",
            "StopSignal": "SIGTERM",
            "Labels": labels,
        },
        "rootfs": {"type": "layers", "diff_ids": [digest(layer)]},
        "history": [{"created": created, "created_by": "scripts/package --image"}],
    })
    manifest = encoded({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": descriptor("config.v1+json", config),
        "layers": [descriptor("layer.v1.tar+gzip", packed)],
        "annotations": labels,
    })
    index = encoded({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [descriptor(
            "manifest.v1+json",
            manifest,
            platform={"architecture": architecture, "os": "linux"},
            # What `podman load` calls it.
            annotations={"org.opencontainers.image.ref.name": f"{arguments.name}:{arguments.version}"},
        )],
    })
    place = {blob: "blobs/" + digest(blob).replace(":", "/") for blob in (config, manifest, packed)}
    # What `docker load` reads.
    docker = encoded([{
        "Config": place[config],
        "RepoTags": [f"{arguments.name}:{arguments.version}"],
        "Layers": [place[packed]],
    }])
    files = {path: blob for blob, path in place.items()}
    return {**files, "index.json": index, "manifest.json": docker, "oci-layout": encoded({"imageLayoutVersion": "1.0.0"})}


def main():
    parser = argparse.ArgumentParser()
    for name in ("program", "copyright", "name", "version", "revision", "files", "output"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--created", required=True, type=int)
    arguments = parser.parse_args()

    tree = Tree(arguments.created)
    add_libraries(tree, arguments.program)
    add_time_zones(tree)
    add_trusted_roots(tree)
    add_packages(tree)
    add_machine(tree)
    with open(arguments.program, "rb") as program:
        tree.put(f"usr/bin/{arguments.name}", data=program.read(), mode=0o755)
    with open(arguments.copyright, "rb") as text:
        tree.put(f"usr/share/doc/{arguments.name}/copyright", data=text.read())

    architecture = subprocess.run(
        ["dpkg", "--print-architecture"], capture_output=True, text=True, check=True
    ).stdout.strip()
    image = Tree(arguments.created)
    for path, blob in archive(tree.layer(), arguments, architecture).items():
        image.put(path, data=blob)
    with open(arguments.output, "wb") as file:
        file.write(image.layer())
    with open(arguments.files, "w", encoding="utf-8") as file:
        file.writelines(f"{path}\n" for path in sorted(tree.taken))


main()
