// What the other tests stand on: it tells why it failed, and does not fail by chance.
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <set>

#include "support/loop.hpp"
#include "support/mosquitto.hpp"
#include "support/scripted_server.hpp"

namespace wsmq::native::test {
namespace {

TEST(NativeSupport, NoPortIsGivenTwice) {
    const auto ports = unused_ports(500);
    EXPECT_EQ((std::set<std::uint16_t>{ports.begin(), ports.end()}).size(), 500u);
}

TEST(NativeSupport, WhatDoesNotBecomeSoEndsTheTest) {
    Loop loop;
    bool ended = false;
    const auto wait = [&] {
        try {
            loop.until([] { return false; });
        } catch (const testing::AssertionException&) {
            ended = true;
        }
    };
    EXPECT_NONFATAL_FAILURE(wait(), "the loop has nothing left to do");
    EXPECT_TRUE(ended);
}

TEST(NativeSupport, AMosquittoThatDoesNotStartTellsWhy) {
    std::string why;
    try {
        const Mosquitto mosquitto{"no_such_setting 1\n"};
    } catch (const std::runtime_error& error) {
        why = error.what();
    }
    EXPECT_NE(why.find("has ended with exit code"), std::string::npos) << why;
    EXPECT_NE(why.find("no_such_setting"), std::string::npos) << why;
}

TEST(NativeSupport, AMosquittoTellsThatItRuns) {
    Mosquitto mosquitto;
    mosquitto.restart();
    EXPECT_EQ(mosquitto.report().find("Mosquitto runs. Its log ends:\n"), 0u) << mosquitto.report();
}

}  // namespace
}  // namespace wsmq::native::test
