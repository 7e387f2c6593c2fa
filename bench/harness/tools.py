"""How each contender makes the same journey. A function here is the `steps` of one measured run."""

import json
import os
from dataclasses import dataclass

from measure import Failed


@dataclass
class Journey:
    setting: object
    source: str  # the repository's URL
    target: str
    repository: object
    folder: str  # for what a tool stages; thrown away afterwards


def hfpipe(*flags):
    def steps(run, to):
        # In memory: a file would count as what hfpipe writes to disk.
        with os.fdopen(os.memfd_create("result"), "w+b") as result:
            run.step([to.setting.program("hfpipe"), "copy", to.source, to.target, "--ca-cert", to.setting.ca,
                      "--progress", "none", "--format", "json", *flags], stdout=result)
            result.seek(0)
            document = json.load(result)
        if not document["ok"] or document["lfs"]["sent"] != len(to.repository.objects):
            raise Failed(f"hfpipe: {json.dumps(document)[:2000]}")

    return steps


def git_lfs(run, to):
    """What the script did that hfpipe replaces: stage everything, then push everything."""
    mirror = os.path.join(to.folder, "mirror.git")
    run.step(["git", "clone", "--quiet", "--mirror", to.source, mirror])
    run.step(["git", "-C", mirror, "lfs", "fetch", "--all"])
    run.step(["git", "-C", mirror, "lfs", "push", "--all", to.target])
    run.step(["git", "-C", mirror, "push", "--quiet", "--mirror", to.target])


def _get(to):
    oid, _ = to.repository.objects[0]
    return ["curl", "-sS", "--fail", "--cacert", to.setting.ca, f"{to.source}.git/info/lfs/objects/{oid}"]


def _put(to):
    oid, size = to.repository.objects[0]
    # With its length, as object stores want it; without this header curl would send it in chunks.
    return ["curl", "-sS", "--fail", "--cacert", to.setting.ca, "-T", "-", "-H", "Transfer-Encoding:", "-H",
            f"Content-Length: {size}", f"{to.target}.git/info/lfs/objects/{oid}"]


def curl(run, to):
    """`curl | curl`: the first object of the repository, verified by nobody."""
    read, write = os.pipe()
    children = [run.start(_get(to), stdout=write), run.start(_put(to), stdin=read)]
    os.close(read)
    os.close(write)
    run.reap(*children)


def curl_sha256(run, to):
    """`curl | tee >(openssl dgst -sha256) | curl`, spelled out so that every process is waited for."""
    got, get = os.pipe()
    hashed, hash_it = os.pipe()
    passed, pass_on = os.pipe()
    with os.fdopen(os.memfd_create("digest"), "w+b") as digest:
        children = [
            run.start(_get(to), stdout=get),
            run.start(["tee", f"/dev/fd/{hash_it}"], stdin=got, stdout=pass_on, keep=[hash_it]),
            run.start(["openssl", "dgst", "-sha256"], stdin=hashed, stdout=digest),
            run.start(_put(to), stdin=passed),
        ]
        for end in (got, get, hashed, hash_it, passed, pass_on):
            os.close(end)
        run.reap(*children)
        digest.seek(0)
        if to.repository.objects[0][0] not in digest.read().decode():
            raise Failed("curl: the digest is wrong")
