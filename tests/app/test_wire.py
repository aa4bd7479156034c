"""Messages on a socket: whole, in order, whatever the pieces in which they come."""

from __future__ import annotations

import socket
import struct
import threading

import numpy as np
import pytest

from earmark.wire import LONGEST_HEADER, Closed, Connection


@pytest.fixture
def ends():
    first, second = (Connection(end) for end in socket.socketpair())
    yield first, second
    first.close()
    second.close()


def test_headers_and_arrays_arrive_as_they_were_sent(ends):
    scores = np.random.default_rng(0).random((3, 527), np.float32)
    ends[0].send({"about": "heard", "name": "鳥 \udcff"}, scores, np.zeros((0, 5), np.float32), np.float32([0.5]))
    message = ends[1].receive(5)
    assert message.header["name"] == "鳥 \udcff"
    assert [array.shape for array in message.arrays] == [(3, 527), (0, 5), (1,)]
    np.testing.assert_array_equal(message.arrays[0], scores)
    assert message.arrays[0].flags.writeable


def test_a_message_larger_than_the_sockets_buffer_arrives_whole(ends):
    samples = np.arange(3_000_000, dtype=np.float32)
    sender = threading.Thread(target=ends[0].send, args=({"id": 1}, samples))
    sender.start()
    np.testing.assert_array_equal(ends[1].receive(10).arrays[0], samples)
    sender.join()


def test_messages_of_many_threads_do_not_mix(ends):
    def send(number):
        for _ in range(20):
            ends[0].send({"number": number}, np.full(1000, number, np.float32))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for _ in range(100):
        message = ends[1].receive(5)
        assert (message.arrays[0] == message.header["number"]).all()
    for thread in threads:
        thread.join()


def test_nothing_in_time_is_none_and_half_a_message_is_kept():
    near, far = socket.socketpair()
    connection = Connection(near)
    assert connection.receive(0.01) is None
    header = b'{"shapes": [], "id": 7}'
    whole = struct.pack("<I", len(header)) + header
    far.sendall(whole[:9])
    assert connection.receive(0.01) is None
    far.sendall(whole[9:])
    assert connection.receive(1).header["id"] == 7
    connection.close()
    far.close()


def test_the_end_of_the_other_side_is_an_exception(ends):
    ends[0].close()
    with pytest.raises(Closed):
        ends[1].receive(1)
    with pytest.raises(Closed):
        ends[1].send({})


@pytest.mark.parametrize("noise", [struct.pack("<I", LONGEST_HEADER + 1), struct.pack("<I", 3) + b"abc", b"\2\0\0\0{}"])
def test_another_language_ends_the_conversation(noise):
    near, far = socket.socketpair()
    connection = Connection(near)
    far.sendall(noise)
    with pytest.raises(Closed):
        connection.receive(1)
    connection.close()
    far.close()


def test_what_is_not_a_number_does_not_cross_in_a_header(ends):
    with pytest.raises(ValueError, match="JSON"):
        ends[0].send({"score": float("nan")})
