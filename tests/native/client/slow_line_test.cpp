// A line that takes longer for a payload than the broker has for an answer.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "support/loop.hpp"
#include "support/scripted_server.hpp"
#include "wsmq/native/client.hpp"

namespace wsmq::native::test {
namespace {

using namespace std::chrono_literals;

std::size_t read_length(Peer& peer) {
    std::size_t length = 0;
    for (unsigned shift = 0;; shift += 7) {
        const auto byte = static_cast<unsigned char>(read_exactly(peer, 1)[0]);
        length |= std::size_t{byte & 0x7Fu} << shift;
        if (byte < 0x80) return length;
    }
}

/// Reads a packet of any size, 16 KiB every 20 ms, which is 800 kB in a second.
std::string read_slowly(Peer& peer) {
    std::string packet = read_exactly(peer, 1);
    for (std::size_t left = read_length(peer); left > 0;) {
        const std::string piece = read_exactly(peer, std::min<std::size_t>(left, 16u << 10));
        left -= piece.size();
        packet += piece;
        if (left > 0) std::this_thread::sleep_for(20ms);
    }
    return packet;
}

void answer_slowly(Peer& peer) {
    peer.set_option(boost::asio::socket_base::receive_buffer_size{16 << 10});
    read_slowly(peer);
    write_all(peer, std::string{"\x20\x03\0\0\0", 5});
    for (;;) {
        const auto type = static_cast<unsigned char>(read_slowly(peer)[0]) >> 4;
        if (type == 3) write_all(peer, std::string{"\x40\x02\0\x01", 4});
        if (type == 12) write_all(peer, std::string{"\xD0\0", 2});
    }
}

TEST(NativeSlowLine, APayloadThatTakesSeveralIntervalsArrivesOverOneConnection) {
    ScriptedServer server{answer_slowly};
    Loop loop;
    ClientOptions options;
    options.connect.keep_alive = 1s;
    Client client{loop.context.get_executor(), server.url("mqtt"), options};
    client.on_disconnected([](const Disconnection& end) { ADD_FAILURE() << end.error.message() << end.detail; });
    client.async_connect([](ErrorCode error, const ConnectAnswer&) { EXPECT_FALSE(error) << error.message(); });
    bool is_over = false;
    client.async_publish("a", std::string(4'000'000, 'x'), {.qos = Qos::at_least_once},
                         [&](ErrorCode error, const Answer&) {
                             EXPECT_FALSE(error) << error.message();
                             is_over = true;
                         });
    loop.until([&] { return is_over; });
    EXPECT_EQ(server.connections(), 1);
    client.on_disconnected(nullptr);
}

}  // namespace
}  // namespace wsmq::native::test
