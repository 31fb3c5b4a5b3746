// A client with a layer on top is a protocol that any driver can drive.
#include "wsmq/messaging/node.hpp"

#include <gtest/gtest.h>

#include "support/packet.hpp"
#include "wsmq/messaging/json.hpp"
#include "wsmq/messaging/webapp.hpp"

namespace wsmq::messaging {
namespace {

static_assert(Protocol<Node<Webapp>>);

TEST(Node, TellsTheClientsAndTheLayersEventsAsAlternativesOfOneVariant) {
    const Node<Webapp>::Event own = Joined{.again = true};
    const Node<Webapp>::Event of_client = CloseTransport{};
    EXPECT_TRUE(std::holds_alternative<Joined>(own));
    EXPECT_TRUE(std::holds_alternative<CloseTransport>(of_client));
}

/// Whether the connection is still there after two minutes in which nothing is read.
bool outlives_silence(bool held) {
    Webapp::Options options;
    options.uid = "acme:ann:aaaa";
    TimePoint now{std::chrono::hours{1'000}};
    const auto end = now + std::chrono::minutes{2};
    Node<Webapp> node{*Webapp::connect_options({}, options), options};
    std::vector<std::uint8_t> output;
    const auto settle = [&] {
        while (!std::holds_alternative<NeedInput>(node.next_event())) continue;
        (void)node.take_output(output);
    };
    EXPECT_EQ(node.start(now), Errc::none);
    settle();
    node.transport_opened(now);
    settle();
    const auto answer = test::encode_from_broker(test::connack(), Version::v5);
    node.receive(answer, now);
    settle();
    node.hold_input(held, now);
    while (node.client().is_connected() && node.next_deadline() && *node.next_deadline() < end) {
        now = *node.next_deadline();
        node.handle_timeout(now);
        settle();
    }
    return node.client().is_connected();
}

TEST(Node, SilenceIsNoDeadConnectionWhileInputIsHeld) {
    EXPECT_FALSE(outlives_silence(false));
    EXPECT_TRUE(outlives_silence(true));
}

}  // namespace
}  // namespace wsmq::messaging
