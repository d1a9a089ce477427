"""The brokers under test, each a process of its own on a free port."""
import os, resource, signal, socket, subprocess, time

from harness import wire

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PEERS = os.path.join(ROOT, "..", "shared", "peers")
START_KAFKA = os.path.join(PEERS, "kafka", "start-broker")
CHRONIK = os.path.join(ROOT, "chronik-server")


def build():
    """Builds Chronik if its sources changed, and prints its version."""
    subprocess.run([CHRONIK, "version"], check=True)


def free_port(neighbours=0):
    """A port that nobody listens on, nor on the next ones."""
    while True:
        sockets = [socket.socket()]
        try:
            sockets[0].bind(("127.0.0.1", 0))
            port = sockets[0].getsockname()[1]
            for next_port in range(port + 1, port + 1 + neighbours):
                sockets.append(socket.socket())
                sockets[-1].bind(("127.0.0.1", next_port))
            return port
        except (OSError, OverflowError):
            continue
        finally:
            for one in sockets:
                one.close()


class Chronik:
    """The published server. `seconds` is the time from its start to its first answer."""
    name = "Chronik"

    def __init__(self, data, open_files=None):
        self.port, self.data = free_port(), data
        limit = (lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (open_files, open_files))) if open_files else None
        start = time.monotonic()
        self.process = subprocess.Popen(
            [CHRONIK, "start", "--listen", f"127.0.0.1:{self.port}", "--data-dir", data],
            stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, preexec_fn=limit)
        while not self.answers():
            if self.process.poll() is not None:
                raise SystemExit(f"the server ended with {self.process.returncode}")
            time.sleep(0.002)
        self.seconds = time.monotonic() - start

    @property
    def pid(self):
        return self.process.pid

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def answers(self):
        try:
            with wire.Client(self.port) as client:
                return len(client.ask(wire.API_VERSIONS, 0, b"")) > 0
        except OSError:
            return False

    def end(self, how=signal.SIGTERM):
        """Sends the signal, waits for the end, and gives the seconds that took."""
        start = time.monotonic()
        self.process.send_signal(how)
        self.process.wait(timeout=600)
        return time.monotonic() - start


class Kafka:
    """Apache Kafka of ../shared, broker and controller in one process."""
    name = "Kafka"

    def __init__(self, folder):
        self.port = free_port(neighbours=1)
        run = subprocess.run([START_KAFKA, folder, str(self.port)], stdout=subprocess.PIPE, text=True, check=True)
        self.pid, self.data = int(run.stdout.split()[-1]), os.path.join(folder, "data")

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    @staticmethod
    def is_here():
        return os.access(START_KAFKA, os.X_OK)

    def end(self):
        os.kill(self.pid, signal.SIGTERM)
        while os.path.exists(f"/proc/{self.pid}"):
            time.sleep(0.05)
