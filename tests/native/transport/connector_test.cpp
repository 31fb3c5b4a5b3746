#include "transport/connector.hpp"

#include <gtest/gtest.h>

namespace wsmq::native::test {
namespace {

std::string in_turn(const std::vector<std::string>& texts) {
    std::vector<boost::asio::ip::address> addresses;
    for (const auto& text : texts) addresses.push_back(boost::asio::ip::make_address(text));
    std::string result;
    for (const auto& address : interleaved(addresses)) result += address.to_string() + " ";
    return result;
}

TEST(ConnectorTest, TheFamiliesTakeTurns) {
    EXPECT_EQ(in_turn({"::1", "::2", "::3", "10.0.0.1", "10.0.0.2"}), "::1 10.0.0.1 ::2 10.0.0.2 ::3 ");
    EXPECT_EQ(in_turn({"10.0.0.1", "10.0.0.2", "::1"}), "10.0.0.1 ::1 10.0.0.2 ");
    EXPECT_EQ(in_turn({"10.0.0.2", "10.0.0.1"}), "10.0.0.2 10.0.0.1 ");
}

}  // namespace
}  // namespace wsmq::native::test
