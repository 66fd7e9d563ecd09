"""The pairs that are measured: what pinglink does, and what does the same or less."""

import csv
import json
import os
import pathlib
import random
import re
import statistics
import subprocess
import sys
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "soak.d"))

from postgres import Postgres  # noqa: E402
from fixed_server import ENVIRONMENT, PROVIDER, TOKEN, USER, Server

BENCHMARKS = ["tls_import", "tls_system_roots", "tls_start", "tls_reconnect", "import_libcurl", "cpu", "import_hey",
              "import_wrk", "import_curl", "import_aiohttp", "import_parallel", "validate", "version", "postgres", "growth",
              "one_more", "memory", "resume", "pace", "moving_pace"]
LONG = {"growth", "one_more", "memory", "resume", "pace", "moving_pace"}
BODY = json.dumps({"identityProvider": {"id": PROVIDER}, "externalId": "leslie",
                   "attributes": {"email": {"value": "leslie@example.com", "update": "EMPTY_ONLY"}}},
                  separators=(",", ":"))
CONTENT_TYPE = "application/vnd.pingidentity.account.link+json"
IN_FLIGHT = 64
MILLION = 1_000_000


class Bench:
    def __init__(self, folder: pathlib.Path, binaries, parts, server: Server, options, run, result):
        self.folder, self.parts, self.server, self.options = folder, parts, server, options
        self.pinglink = str(binaries / "pinglink")
        self.simulator = str(binaries / "pingone-simulator")
        self.make_run, self.result = run, result
        self.link_url = self.link_at(server.plain)
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith(("PINGONE_", "PINGLINK_")) and not name.lower().endswith("_proxy")}
        self.environment |= {"PINGONE_API_URL": server.plain, "PINGONE_AUTH_URL": server.plain,
                             "PINGONE_CLIENT_ID": "bench", "PINGONE_CLIENT_SECRET": "bench",
                             "PINGONE_ENVIRONMENT_ID": ENVIRONMENT,
                             "PINGONE_IDENTITY_PROVIDER_ID": PROVIDER, "HOME": str(folder)}
        (folder / "body.json").write_text(BODY)
        (folder / "tls.token").write_text(TOKEN)
        (folder / "plain.token").write_text("bench")

    # What runs

    def run(self, *command, expected: int = 0):
        return self.make_run([str(word) for word in command], self.folder, self.environment, expected)

    def rows_file(self, rows: int) -> pathlib.Path:
        """Rows of some 90 bytes with one attribute, all different; the same each time."""
        path = self.folder / f"{rows}.csv"
        if not path.exists():
            chance = random.Random(1)
            with path.open("w", newline="") as file:
                file.write("userID,externalId,attributes.email\n")
                for number in range(rows):
                    user = uuid.UUID(int=chance.getrandbits(128), version=4)
                    file.write(f"{user},{number:012d},user{number}@example.com\n")
        return path

    @staticmethod
    def link_at(door: str) -> str:
        return f"{door}/v1/environments/{ENVIRONMENT}/users/{USER}/linkedAccounts"

    def whole_import(self, rows: int, *arguments, at: str | None = None):
        """From nothing to the summary, with a ledger that keeps its promises; `at`: another door of the server."""
        for left in self.folder.glob(f"{rows}.csv.ledger*"):
            left.unlink()
        urls = ["--api-url", at, "--auth-url", at] if at else []
        run = self.run(self.pinglink, "import", self.rows_file(rows), "--rate", "100000", "--concurrency", IN_FLIGHT,
                       "--json", "--quiet", *urls, *arguments)
        assert json.loads(run.output)["linked"] == rows, run.output
        return run

    def pairs(self, ours, theirs) -> list[tuple[float, float]]:
        return [(ours(), theirs()) for _ in range(self.options.runs)]

    def ratios(self, what: str, against: str, wanted: str, ours, theirs) -> list:
        figures = self.pairs(ours, theirs)
        note = f"{statistics.median(a for a, _ in figures):,.0f}/s against {statistics.median(b for _, b in figures):,.0f}/s"
        return [self.result(what, against, [a / b for a, b in figures], wanted, note=note)]

    def links_per_second(self) -> float:
        return self.options.rows / self.whole_import(self.options.rows).wall

    def curl_loop(self, rows: int, threads: int, url: str, *roots):
        token = "tls.token" if url.startswith("https:") else "plain.token"
        return self.run(self.compiled("curl_loop.c", "curl"), url, "body.json", token, rows, threads, *roots)

    def against_libcurl(self, wire: str, wanted: tuple[str, str], ours, theirs) -> list:
        """Rows a second and CPU a row of the same runs; libcurl's are what no program that is built on it can better."""
        rows = self.options.rows
        runs = [(ours(), theirs()) for _ in range(self.options.runs)]

        def row(what: str, wanted: str, unit: str, scale: float, figure, ratio) -> object:
            note = " against ".join(f"{scale * statistics.median(figure(run) for run in column):,.0f}{unit}"
                                    for column in zip(*runs))
            return self.result(f"{what}, {wire}", "libcurl alone in 64 threads of C", [ratio(a, b) for a, b in runs], wanted,
                               note=note)

        return [row("whole import", wanted[0], "/s", rows, lambda run: 1 / run.wall, lambda a, b: b.wall / a.wall),
                row("CPU per linked row", wanted[1], " µs", 1e6 / rows, lambda run: run.cpu, lambda a, b: a.cpu / b.cpu)]

    # The pairs

    def tls_import(self):
        door, root, rows = self.server.tls, self.server.root, self.options.rows
        return self.against_libcurl("TLS 1.3, --ca-file", ("≥ 0.7", "≤ 1.5"),
                                    lambda: self.whole_import(rows, "--ca-file", root, at=door),
                                    lambda: self.curl_loop(rows, IN_FLIGHT, self.link_at(door), root))

    def tls_system_roots(self):
        """The bench's root joins the system's for as long as that takes: root only."""
        with SystemRoot(self.server.root):
            door, rows = self.server.tls, self.options.rows
            return self.against_libcurl("TLS 1.3, the system's roots", ("≥ 0.7", "≤ 1.5"),
                                        lambda: self.whole_import(rows, at=door),
                                        lambda: self.curl_loop(rows, IN_FLIGHT, self.link_at(door)))

    def tls_start(self):
        """640 rows over as many connections as may be, less those of the same rows over plain ones."""
        rows = 10 * IN_FLIGHT
        door, root = self.server.tls, self.server.root
        figures = [(self.whole_import(rows, "--ca-file", root, at=door).cpu, self.whole_import(rows).cpu)
                   for _ in range(self.options.runs)]
        note = "{:.2f} s against {:.2f} s in all".format(*(statistics.median(column) for column in zip(*figures)))
        return [self.result("CPU of 64 TLS connections and 640 rows", "the same over plain ones",
                            [a - b for a, b in figures], "≤ 0.6 s more", unit=" s more", note=note)]

    def tls_reconnect(self):
        """Sessions are resumed, so that a server that closes often costs little."""
        rows, root = self.options.rows, self.server.root
        figures = [tuple(1e6 * self.whole_import(rows, "--ca-file", root, at=door).cpu / rows
                         for door in [self.server.closing, self.server.tls]) for _ in range(self.options.runs)]
        note = "{:.0f} µs against {:.0f} µs".format(*(statistics.median(column) for column in zip(*figures)))
        return [self.result("CPU per linked row, connections closed after 100 requests", "a server that closes none",
                            [a / b for a, b in figures], "≤ 1.4", note=note)]

    def import_hey(self):
        def hey() -> float:
            run = self.run("hey", "-n", self.options.rows, "-c", IN_FLIGHT, "-m", "POST", "-T", CONTENT_TYPE, "-H",
                           "Authorization: Bearer bench", "-D", "body.json", self.link_url)
            return float(re.search(r"Requests/sec:\s*([\d.]+)", run.output)[1])

        return self.ratios("whole import, 64 in flight", "hey's bare requests", "", self.links_per_second, hey)

    def import_wrk(self):
        script = self.folder / "post.lua"
        script.write_text(f"wrk.method = 'POST'\nwrk.body = '{BODY}'\n"
                          f"wrk.headers['Content-Type'] = '{CONTENT_TYPE}'\n"
                          "wrk.headers['Authorization'] = 'Bearer bench'\n")

        def wrk() -> float:
            run = self.run("wrk", "-t", "1", "-c", IN_FLIGHT, "-d", "5s", "-s", script, self.link_url)
            return float(re.search(r"Requests/sec:\s*([\d.]+)", run.output)[1])

        return self.ratios("whole import, 64 in flight", "wrk", "", self.links_per_second, wrk)

    def import_libcurl(self):
        rows = self.options.rows
        return self.against_libcurl("plain HTTP", ("≥ 0.65", "≤ 2.0"), lambda: self.whole_import(rows),
                                    lambda: self.curl_loop(rows, IN_FLIGHT, self.link_url))

    def import_curl(self):
        rows = min(self.options.rows, 20_000)
        config = self.folder / "curl.config"
        entry = (f'url = "{self.link_url}"\nheader = "Content-Type: {CONTENT_TYPE}"\n'
                 f'header = "Authorization: Bearer bench"\ndata = "@body.json"\noutput = "/dev/null"\n')
        config.write_text("next\n".join([entry] * rows))

        def curl() -> float:
            return rows / self.run("curl", "--silent", "--parallel", "--parallel-max", IN_FLIGHT, "--config", config).wall

        return self.ratios("whole import, 64 in flight", "curl --parallel", "≥ 2", self.links_per_second, curl)

    def import_aiohttp(self):
        def aiohttp() -> float:
            script = self.parts / "aiohttp_client.py"
            rows = min(self.options.rows, 30_000)
            return rows / self.run("/usr/bin/python3", script, self.link_url, "body.json", rows, IN_FLIGHT).wall

        return self.ratios("whole import, 64 in flight", "a script on aiohttp", "≥ 4", self.links_per_second, aiohttp)

    def import_parallel(self):
        rows = 1000
        urls = self.folder / "urls"
        urls.write_text(f"{self.link_url}\n" * rows)

        def parallel() -> float:
            command = (f"curl --silent --output /dev/null -H 'Content-Type: {CONTENT_TYPE}' "
                       "-H 'Authorization: Bearer bench' --data @body.json {}")
            return rows / self.run("parallel", "--will-cite", "-j", IN_FLIGHT, "-a", urls, command).wall

        return self.ratios("whole import, 64 in flight", "GNU parallel + curl", "≥ 100", self.links_per_second, parallel)

    def cpu(self):
        rows = self.options.rows
        figures = self.pairs(lambda: self.whole_import(rows).cpu / rows,
                             lambda: self.curl_loop(rows, 1, self.link_url).cpu / rows)
        note = "{:.1f} µs against {:.1f} µs".format(*(1e6 * statistics.median(column) for column in zip(*figures)))
        return [self.result("CPU per linked row", "libcurl alone in a C loop", [a / b for a, b in figures], "", note=note)]

    def validate(self):
        rows = max(self.options.rows, MILLION)
        reader = self.compiled("csv_read.c", "csv")
        return self.ratios(
            "validate, rows/s", "libcsv alone", "≥ 0.35",
            lambda: rows / self.run(self.pinglink, "validate", self.rows_file(rows), "--quiet").wall,
            lambda: rows / self.run(reader, self.rows_file(rows)).wall)

    def version(self):
        figures = self.pairs(lambda: self.run(self.pinglink, "--version").wall, lambda: self.run("true").wall)
        return [self.result("pinglink --version", "true", [1000 * (a - b) for a, b in figures], "≤ 15 ms more",
                            unit=" ms more")]

    def postgres(self):
        """One process over a ledger in a database on this machine, which keeps its promises as well (fsync is on)."""
        rows, first, second = self.options.rows, [], []
        server = Postgres()
        try:
            for number in range(self.options.runs):
                place = ["--ledger", server.uri, "--ledger-schema", f"bench_{number}"]
                before = server.cpu()
                shared = self.whole_import(rows, *place)
                first.append((shared, server.cpu() - before, self.whole_import(rows)))
                with self.rows_file(rows).open("a") as file:  # else nothing but the file is read
                    file.write(f"{uuid.uuid4()},one-more,one@example.com\n")
                again = ["import", self.rows_file(rows), "--json", "--quiet"]
                second.append((self.run(self.pinglink, *again, *place), self.run(self.pinglink, *again)))
                self.rows_file(rows).unlink()
        finally:
            server.remove()
        cpu = [statistics.median(1e6 * value / rows for value in values) for values in zip(
            *((shared.cpu, database, alone.cpu) for shared, database, alone in first))]
        memory = [max(run.memory for run in runs) for runs in zip(*((shared, alone) for shared, _, alone in first))]
        return [
            self.result("import with the ledger in PostgreSQL, rows/s", "in a file",
                        [alone.wall / shared.wall for shared, _, alone in first], "≥ 0.4",
                        note=f"CPU a row: {cpu[0]:.0f} µs and {cpu[1]:.0f} µs in the database against {cpu[2]:.0f} µs; "
                             f"peak memory {memory[0]:.0f} MB against {memory[1]:.0f} MB"),
            self.result("second run over finished rows and one more, PostgreSQL", "in a file",
                        [shared.wall / alone.wall for shared, alone in second], "≤ 4",
                        note=f"{statistics.median(shared.wall for shared, _ in second):.1f} s"),
        ]

    def growth(self):
        """The index by key is touched at random: how much dearer is a row when there are many?"""
        few, many = 60_000, 3 * MILLION
        a, b = [1e6 * self.whole_import(rows).cpu / rows for rows in [many, few]]
        return [self.result("CPU per linked row, 3 million rows", "60,000 rows", [a / b], "≤ 1.25",
                            note=f"{a:.0f} µs against {b:.0f} µs")]

    def one_more(self):
        rows = 3 * MILLION
        if not (self.folder / f"{rows}.csv.ledger").exists():
            self.whole_import(rows)
        with self.rows_file(rows).open("a") as file:
            file.write(f"{uuid.uuid4()},one-more,one@example.com\n")
        run = self.run(self.pinglink, "import", self.rows_file(rows), "--json", "--quiet")
        assert json.loads(run.output)["linked"] == 1, run.output
        self.rows_file(rows).unlink()
        return [self.result("CPU of a second run over 3 million rows and one more", "", [run.cpu], "≤ 10.4 s", unit=" s",
                            note=f"{run.wall:.1f} s")]

    def memory(self):
        small, large = MILLION, 10 * MILLION
        a, b = self.whole_import(small).memory, self.whole_import(large).memory
        note = f"{a:.0f} MB and {b:.0f} MB, of which {16 * small / 2**20:.0f} and {16 * large / 2**20:.0f} find duplicates"
        return [self.result("peak memory of an import", "1 million and 10 million rows", [b - 16 * large / 2**20],
                            "≤ 64 MB without the 16 bytes a row", unit=" MB", note=note)]

    def resume(self):
        rows = 10 * MILLION
        if not (self.folder / f"{rows}.csv.ledger").exists():
            self.whole_import(rows)
        reader = self.compiled("csv_read.c", "csv")
        figures = self.pairs(
            lambda: self.run(self.pinglink, "import", self.rows_file(rows), "--quiet").wall,
            lambda: self.run(reader, self.rows_file(rows)).wall)
        note = f"{statistics.median(a for a, _ in figures):.0f} s"
        return [self.result("second run over 10 million finished rows", "libcsv alone", [a / b for a, b in figures],
                            "≤ 6, ≤ 60 s", note=note)]

    def pace(self):
        rows, limit = 12_000, 100
        figures, refused = [], []
        for _ in range(min(self.options.runs, 3)):
            with self.simulated("--rate-limit", limit, "--latency", "50") as environment:
                took, summary = self.paced_import(rows, environment)
            figures.append(took / (rows / limit))
            refused.append(summary["throttled"] / summary["requests"])
        return [self.result("12,000 rows, 100/s permitted, --rate auto", "120 s", figures, "≤ 1.04",
                            note=f"{100 * statistics.median(refused):.1f} % answered 429 (wanted ≤ 1 %)")]

    def moving_pace(self):
        """100/s permitted, after 40 s 50/s, after 40 s more 100/s again: 12,000 rows take 140 s at best."""
        rows, limit = 12_000, 100
        figures = []
        for _ in range(min(self.options.runs, 3)):
            with self.simulated("--rate-limit", limit, "--latency", "50") as environment:
                settings = f"{environment['PINGONE_AUTH_URL']}/_simulator/settings"
                change = (f"for step in {limit // 2} {limit}; do sleep 40; "
                          f"curl -s -o /dev/null --json '{{\"rateLimit\": '$step'}}' {settings}; done")
                mover = subprocess.Popen(["bash", "-c", change])
                took, _ = self.paced_import(rows, environment)
                mover.wait()
            figures.append(took / (rows / limit + 20))
        return [self.result("the same, limit halved for 40 s", "140 s", figures, "≤ 1.06")]

    def paced_import(self, rows: int, environment: dict[str, str]) -> tuple[float, dict]:
        for left in self.folder.glob(f"{rows}.csv.ledger*"):
            left.unlink()
        command = [self.pinglink, "import", str(self.rows_file(rows)), "--json", "--quiet"]
        run = self.make_run(command, self.folder, environment, 0)
        return run.wall, json.loads(run.output)

    # Helpers

    def simulated(self, *options):
        return Simulator([self.simulator, "--port", "0", *map(str, options)], self.folder, self.environment)

    def compiled(self, source: str, library: str) -> pathlib.Path:
        program = self.folder / source.removesuffix(".c")
        if not program.exists():
            subprocess.run(["gcc", "-O2", "-pthread", "-o", program, self.parts / source,
                            f"-l{library}"], check=True)
        return program


class SystemRoot:
    """One more root in the system's bundle while the block lasts."""

    bundle = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")

    def __init__(self, root: pathlib.Path):
        self.root = root

    def __enter__(self) -> None:
        self.before = self.bundle.read_bytes()
        self.bundle.write_bytes(self.before + self.root.read_bytes())

    def __exit__(self, *_) -> None:
        self.bundle.write_bytes(self.before)


class Simulator:
    """A running pingone-simulator; its variables while the block lasts."""

    def __init__(self, command: list[str], folder: pathlib.Path, environment: dict[str, str]):
        self.command, self.folder, self.environment = command, folder, environment

    def __enter__(self) -> dict[str, str]:
        self.process = subprocess.Popen(self.command, cwd=self.folder, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        exports = [self.process.stdout.readline() for _ in range(6)]
        return self.environment | dict(line.removeprefix("export ").strip().split("=", 1) for line in exports)

    def __exit__(self, *_) -> None:
        self.process.terminate()
        self.process.wait()
