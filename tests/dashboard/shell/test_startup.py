"""What happens when the server starts."""

import resource
import socket
import subprocess
import sys
import threading

import pytest

from dashboard.cache import city_cache
from dashboard.shell import startup
from dashboard.shell.startup import allow_many_files, import_what_takes_long, open_first_city, set_tcp_nodelay
from tests.dashboard.demonstration import ROOT


def test_connections_do_not_wait_for_acknowledgements():
    with socket.socket(socket.AF_INET) as listening, socket.socket(socket.AF_INET) as idle:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        set_tcp_nodelay()
        assert listening.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert not idle.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        with socket.create_connection(listening.getsockname()), listening.accept()[0] as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_the_server_may_open_as_many_files_as_the_system_lets_it():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 1024), hard))
    allow_many_files()
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (hard, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_the_first_visitor_finds_the_first_view_worked_out(client, monkeypatch):
    opened = threading.Event()
    monkeypatch.setattr(startup, "OPENED", opened)
    open_first_city()
    assert opened.is_set()
    monkeypatch.setattr(city_cache, "snapshot_on", lambda *_: pytest.fail("The city was rated for the visitor."))
    monkeypatch.setattr(city_cache, "selected", lambda *_: pytest.fail("Buildings were selected for the visitor."))
    answer = client.get("/map/counts", params={"city": "demo", "box": "100,20,120,40"})
    assert answer.status_code == 200
    assert answer.json()["total"] > 0


def test_what_takes_long_to_import_is_there_before_the_first_study_is_opened():
    import_what_takes_long()
    assert all(name in sys.modules for name in startup.TAKE_LONG)


def test_no_component_is_declared_before_a_page_runs():
    """Streamlit would not know it: the map would stay empty for everybody."""
    code = "import sys; from dashboard.shell.startup import import_what_takes_long as take; take()"
    code += "; sys.exit('streamlit_folium' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
