"""OpenStack's Swift with its S3 interface, all of it in one folder: python3 swift_server.py FOLDER PROXY ACCOUNT CONTAINER OBJECT (free ports of 127.0.0.1).

Needs Debian's python3-swift. Says "ready" when it answers, and ends when stdin does, or with its parent.
"""
import ctypes
import os
import pwd
import signal
import socket
import sys
import time

from swift.common.ring import RingBuilder
from swift.common.utils import set_swift_dir
from swift.common.wsgi import run_wsgi

folder, ports = sys.argv[1], dict(zip(("proxy", "account", "container", "object"), map(int, sys.argv[2:6])))
user = pwd.getpwuid(os.getuid()).pw_name

# Logins insist on a cache; nobody listens at port 9, and Swift goes on without.
PIPELINE = """
[pipeline:main]
pipeline = catch_errors cache s3api tempauth slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
conn_timeout = 60
node_timeout = 60
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:9
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
[filter:tempauth]
use = egg:swift#tempauth
user_test_fleetprof = s3cret-of-the-tests .admin
[filter:slo]
use = egg:swift#slo
"""


# A machine that is busy must not make lists lag behind: nothing here mends them later.
PATIENCE = "conn_timeout = 60\nnode_timeout = 60\ncontainer_update_timeout = 60\n"


def write(name, text):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(text)


def build_ring(kind):
    """One device, one copy."""
    builder = RingBuilder(1, 1, 0)
    builder.add_dev({"id": 0, "region": 1, "zone": 1, "weight": 1.0, "ip": "127.0.0.1", "port": ports[kind], "replication_ip": "127.0.0.1", "replication_port": ports[kind], "device": "disk"})
    builder.rebalance()
    builder.get_ring().save(os.path.join(folder, f"{kind}.ring.gz"))


def serve(kind):
    """In a process of its own."""
    head = f"[DEFAULT]\nbind_ip = 127.0.0.1\nbind_port = {ports[kind]}\nworkers = 0\nuser = {user}\nswift_dir = {folder}\ndevices = {folder}\nmount_check = false\n"
    write(f"{kind}.conf", head + (PIPELINE if kind == "proxy" else f"[pipeline:main]\npipeline = {kind}-server\n[app:{kind}-server]\nuse = egg:swift#{kind}\n{PATIENCE}"))
    child = os.fork()
    if child == 0:
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        os._exit(run_wsgi(os.path.join(folder, f"{kind}.conf"), f"{kind}-server"))
    return child


def wait_for(port):
    """Ends with an error where a server has ended."""
    while True:
        if os.waitpid(-1, os.WNOHANG)[0] != 0:
            sys.exit("a server of Swift has ended")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)


os.makedirs(os.path.join(folder, "disk"))
write("swift.conf", "[swift-hash]\nswift_hash_path_suffix = tests\nswift_hash_path_prefix = tests\n")
set_swift_dir(folder)
for each in ("account", "container", "object"):
    build_ring(each)
children = [serve(each) for each in ports]
for each in ports.values():
    wait_for(each)
print("ready", flush=True)
sys.stdin.read()
for each in children:
    os.kill(each, signal.SIGKILL)
