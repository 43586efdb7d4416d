"""What happens when the server starts."""

import socket

from dashboard.shell.startup import set_tcp_nodelay


def test_connections_do_not_wait_for_acknowledgements():
    with socket.socket(socket.AF_INET) as listening, socket.socket(socket.AF_INET) as idle:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        set_tcp_nodelay()
        assert listening.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert not idle.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        with socket.create_connection(listening.getsockname()), listening.accept()[0] as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
