"""The two hosts, their certificates and repositories, and the tools' environment: everything around a measured run."""

import json
import os
import shutil
import ssl
import subprocess
import urllib.request

import tools
from measure import Failed, Run


class Host:
    """A bench_host that runs: `url`, `port`, `pid`."""

    def __init__(self, argv):
        self._process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
        ready = self._process.stdout.readline()
        if not ready:
            raise Failed(f"{argv[0]} did not start")
        self.__dict__.update(json.loads(ready))
        self.pid = self._process.pid

    def stop(self):
        self._process.terminate()
        self._process.wait()


class Setting:
    """One source, one target and what lies between them. Hosts are started once for each set of flags and reused."""

    def __init__(self, build, work):
        self.build = os.path.abspath(build)
        self.work = os.path.abspath(work)
        self.cache = os.path.join(self.build, "bench-digests.txt")
        self.ca = self.path("ca", "ca.pem")
        self._lists = []
        self._hosts = {}
        self._serial = 0
        for folder in ("home", "source/acme", "target/acme"):
            os.makedirs(self.path(folder))
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": self.path("home"),
            "LANG": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_SSL_CAINFO": self.ca,
            "SSL_CERT_FILE": self.ca,
        }
        self._run_tool("forge", "certs", self.path("ca"))
        # A file's first reader pays for its time of access, pages written to disk. run.py starts each program once.
        with open(self.ca, "rb") as ca:
            ca.read()
        for key, value in (("http.sslCAInfo", self.ca), ("lfs.locksverify", "false"), ("user.name", "bench"),
                           ("user.email", "bench@example.com"), ("init.defaultBranch", "main"),
                           ("advice.detachedHead", "false"), ("gc.auto", "0")):
            self._git("config", "--global", key, value)

    def path(self, *parts):
        return os.path.join(self.work, *parts)

    def program(self, name):
        return os.path.join(self.build, name)

    def has_flag(self, flag):
        help_text = subprocess.run([self.program("hfpipe"), "help", "copy"], capture_output=True, text=True,
                                   check=False).stdout
        return flag in help_text

    def _run_tool(self, name, *arguments):
        return subprocess.run([self.program(name), *arguments], check=True, capture_output=True, text=True).stdout

    def _git(self, *arguments, stdin=None):
        subprocess.run(["git", *arguments], check=True, env=self.environment, input=stdin, stdout=subprocess.DEVNULL)

    # ---- repositories

    def make_repository(self, name, specs):
        """A repository `acme/name` at the source with a pointer for each object of `specs` ("8x512MB")."""
        seed = 1
        objects = []
        listed = self.path(f"{name}.objects")
        with open(listed, "w", encoding="ascii") as out:
            for spec in specs:
                text = self._run_tool("bench_host", "objects", spec, "--seed", str(seed), "--digest-cache", self.cache)
                out.write(text)
                objects += [(oid, int(size)) for oid, size, _ in (line.split() for line in text.splitlines())]
                seed += int(spec.split("x")[0])
        self._lists.append(listed)
        bare = self.path("source/acme", name + ".git")
        self._git("init", "-q", "--bare", bare)
        self._git("-C", bare, "fast-import", "--quiet", stdin=history_of(objects))
        return Repository(name, objects)

    def new_target(self):
        """An empty repository at the target; its name."""
        self._serial += 1
        name = f"run-{self._serial}"
        self._git("init", "-q", "--bare", self.path("target/acme", name + ".git"))
        return name

    # ---- hosts

    def host(self, side, tls=True, flags=()):
        key = (side, tls, tuple(flags))
        if key not in self._hosts:
            argv = [self.program("bench_host"), "serve", "--root", self.path(side), *flags]
            if tls:
                argv += ["--tls-cert", self.path("ca", "server.pem"), "--tls-key", self.path("ca", "server.key")]
            if side == "source":
                for listed in self._lists:
                    argv += ["--objects", listed]
            self._hosts[key] = Host(argv)
        return self._hosts[key]

    def line(self, host, milliseconds):
        """A proxy before `host`; the URL to reach it by."""
        key = ("line", host.port, milliseconds)
        if key not in self._hosts:
            self._hosts[key] = Host([self.program("latency_proxy"), "--to", str(host.port), "--delay",
                                     str(milliseconds)])
        return host.url.replace(str(host.port), str(self._hosts[key].port))

    def stop(self):
        for host in self._hosts.values():
            host.stop()
        self._hosts.clear()

    def counts(self, host):
        context = ssl.create_default_context(cafile=self.ca) if host.url.startswith("https") else None
        with urllib.request.urlopen(host.url + "/counts", context=context) as answer:
            return json.load(answer)

    # ---- runs

    def run(self, steps, source, target, repository, delay=0):
        """Measures `steps`, a function of tools.py, from `repository` at the host `source` into an empty one at
        `target`, and checks by the target's own count that every byte of it arrived."""
        name = self.new_target()
        folder = self.path("scratch")
        os.makedirs(folder)
        before = self.counts(target)
        journey = tools.Journey(
            setting=self,
            source=f"{self.line(source, delay) if delay else source.url}/acme/{repository.name}",
            target=f"{self.line(target, delay) if delay else target.url}/acme/{name}",
            repository=repository,
            folder=folder,
        )
        ends = [host.pid for host in self._hosts.values()]
        try:
            measured = Run(self.environment, folder, ends).measure(lambda run: steps(run, journey))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            shutil.rmtree(self.path("target/acme", name + ".git"), ignore_errors=True)
            os.sync()  # what a run left to be written shall not burden the next one
        arrived = self.counts(target)["uploaded_bytes"] - before["uploaded_bytes"]
        if arrived != repository.bytes:
            raise Failed(f"{arrived} of {repository.bytes} bytes arrived")
        return measured


class Repository:
    def __init__(self, name, objects):
        self.name = name
        self.objects = objects
        self.bytes = sum(size for _, size in objects)


def history_of(objects):
    """A fast-import stream: one commit with the .gitattributes and a pointer for each object, a hundred to a folder."""
    out = [b"blob\nmark :1\n" + _data(b"*.bin filter=lfs diff=lfs merge=lfs -text\n")]
    for mark, (oid, size) in enumerate(objects, start=2):
        pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {size}\n"
        out.append(f"blob\nmark :{mark}\n".encode() + _data(pointer.encode()))
    out.append(b"commit refs/heads/main\ncommitter bench <bench@example.com> 1700000000 +0000\n" +
               _data(b"Adds the weights\n") + b"M 100644 :1 .gitattributes\n")
    for mark in range(2, len(objects) + 2):
        out.append(f"M 100644 :{mark} {mark // 100}/object-{mark}.bin\n".encode())
    return b"".join(out)


def _data(text):
    return f"data {len(text)}\n".encode() + text + b"\n"
