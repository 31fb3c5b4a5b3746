// A real broker for the tests of one suite, about which a test that fails tells.
#pragma once
#include <gtest/gtest.h>

#include <utility>

#include "support/loop.hpp"
#include "support/mosquitto.hpp"

namespace wsmq::native::test {

class MosquittoSuite : public testing::Test {
protected:
    static void SetUpTestSuite() { mosquitto = new Mosquitto; }
    static void TearDownTestSuite() { delete std::exchange(mosquitto, nullptr); }

    void SetUp() override { ASSERT_TRUE(mosquitto) << "it has not started"; }
    void TearDown() override {
        if (HasFailure() && mosquitto) ADD_FAILURE() << mosquitto->report();
    }

    static inline Mosquitto* mosquitto = nullptr;
    Loop loop;
};

}  // namespace wsmq::native::test
