// A client with a layer on top is a protocol that any driver can drive.
#include "wsmq/patterns/node.hpp"

#include <gtest/gtest.h>

#include "wsmq/patterns/json.hpp"
#include "wsmq/patterns/webapp.hpp"

namespace wsmq::patterns {
namespace {

static_assert(Protocol<Node<Webapp>>);

TEST(Node, TellsTheClientsAndTheLayersEventsAsAlternativesOfOneVariant) {
    const Node<Webapp>::Event own = Joined{.again = true};
    const Node<Webapp>::Event of_client = CloseTransport{};
    EXPECT_TRUE(std::holds_alternative<Joined>(own));
    EXPECT_TRUE(std::holds_alternative<CloseTransport>(of_client));
}

}  // namespace
}  // namespace wsmq::patterns
