"""A PostgreSQL server of one's own, in a temporary folder and on a socket there."""

import glob
import os
import pathlib
import shutil
import subprocess
import tempfile

NOBODY = 65534


class Postgres:
    def __init__(self):
        programs = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))
        self.programs = programs[-1] if programs else os.path.dirname(shutil.which("initdb") or "")
        # A socket's path has at most 107 bytes.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pinglink-pg-", dir="/tmp"))
        if os.geteuid() == 0:
            os.chown(self.folder, NOBODY, NOBODY)  # it refuses to run as root
        self.uri = f"postgresql://pinglink@{str(self.folder).replace('/', '%2F')}/postgres"
        self.run("initdb", "-D", "data", "-U", "pinglink", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        self.start()

    def run(self, program: str, *arguments: str) -> None:
        user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        subprocess.run([f"{self.programs}/{program}", *arguments], cwd=self.folder, check=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, env=os.environ | {"LC_ALL": "C"}, **user)

    def start(self) -> None:
        self.run("pg_ctl", "start", "-D", "data", "-l", "log", "-w", "-s", "-o",
                 f"-c listen_addresses='' -k '{self.folder}' -c max_connections=200")

    def crash(self) -> None:
        self.run("pg_ctl", "stop", "-D", "data", "-m", "immediate", "-s")

    def query(self, statement: str, schema: str = "public") -> list[tuple]:
        answer = subprocess.run([f"{self.programs}/psql", "-XqAt", "-F", "\t", "-d", self.uri, "-c", statement], check=True,
                                capture_output=True, text=True, env=os.environ | {"PGOPTIONS": f"--search_path={schema}"})
        return [tuple(line.split("\t")) for line in answer.stdout.splitlines()]

    def remove(self) -> None:
        try:
            self.crash()
        except subprocess.CalledProcessError:
            pass  # it is down already
        shutil.rmtree(self.folder, ignore_errors=True)
