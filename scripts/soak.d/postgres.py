"""A PostgreSQL server of one's own, in a temporary folder and on a socket there."""

import contextlib
import functools
import glob
import os
import pathlib
import shutil
import subprocess
import tempfile

from relay import Relay

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

    @functools.cached_property
    def wall_clock(self) -> str:
        """The library that sets a program's wall clock."""
        library = str(self.folder / "wall_clock.so")
        source = pathlib.Path(__file__).with_name("wall_clock.c")
        subprocess.run(["clang", "-O1", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        return library

    def run(self, program: str, *arguments: str) -> None:
        user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        subprocess.run([f"{self.programs}/{program}", *arguments], cwd=self.folder, check=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, env=os.environ | {"LC_ALL": "C"}, **user)

    def start(self) -> None:
        self.run("pg_ctl", "start", "-D", "data", "-l", "log", "-w", "-t", "600", "-s", "-o",
                 f"-c listen_addresses='' -k '{self.folder}' -c max_connections=200")

    def crash(self) -> None:
        self.run("pg_ctl", "stop", "-D", "data", "-m", "immediate", "-s")

    def restart(self) -> None:
        self.run("pg_ctl", "restart", "-D", "data", "-l", "log", "-m", "immediate", "-w", "-t", "600", "-s")

    def relay(self) -> Relay:
        return Relay(str(self.folder / ".s.PGSQL.5432"))

    @contextlib.contextmanager
    def held_snapshot(self):
        """A session that keeps everything visible that is there now, as a forgotten one does; a crash ends it."""
        session = subprocess.Popen([f"{self.programs}/psql", "-Xq", "-d", self.uri], stdin=subprocess.PIPE,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True)
        try:
            session.stdin.write("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class;\n")
            session.stdin.flush()
            yield
        finally:
            session.kill()
            session.wait()
            with contextlib.suppress(BrokenPipeError):
                session.stdin.close()

    def cpu(self) -> float:
        """The seconds that its processes have taken so far, those that are gone included."""
        master = (self.folder / "data" / "postmaster.pid").read_text().split("\n")[0]
        children = pathlib.Path(f"/proc/{master}/task/{master}/children").read_text().split()
        ticks = 0
        for process in [master, *children]:
            with contextlib.suppress(OSError):
                ticks += sum(map(int, pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(") ", 1)[1].split()[11:15]))
        return ticks / os.sysconf("SC_CLK_TCK")

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
