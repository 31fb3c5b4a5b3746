#include "wsmq/native/alarm.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

namespace wsmq::native::test {
namespace {

using namespace std::chrono_literals;

struct AlarmTest : testing::Test {
    boost::asio::io_context io;
    int rung = 0;
    std::optional<Alarm> alarm{std::in_place, io.get_executor(), [this] { ++rung; }};
    const TimePoint now = std::chrono::steady_clock::now();

    /// Where nothing that is due is left, it returns at once.
    void run_what_is_due() {
        io.restart();
        io.poll();
    }
};

TEST_F(AlarmTest, RingsOnceWhenItIsDue) {
    alarm->set(now);
    run_what_is_due();
    run_what_is_due();
    EXPECT_EQ(rung, 1);
}

TEST_F(AlarmTest, ADeadlineThatMovesAwayLeavesTheTimerAsItIs) {
    alarm->set(now);
    for (int i = 0; i < 1'000; ++i) alarm->set(now + 1h);
    run_what_is_due();
    EXPECT_EQ(rung, 1) << "one spurious call, in place of a thousand timers";
    alarm->set(now + 1h);
    run_what_is_due();
    EXPECT_EQ(rung, 1);
}

TEST_F(AlarmTest, ADeadlineThatComesNearerIsKept) {
    alarm->set(now + 1h);
    alarm->set(now);
    run_what_is_due();
    EXPECT_EQ(rung, 1);
}

TEST_F(AlarmTest, WithoutADeadlineTheLoopHasNothingToWaitFor) {
    alarm->set(now + 1h);
    alarm->set(std::nullopt);
    io.run();
    EXPECT_EQ(rung, 0);
}

TEST_F(AlarmTest, MayBeDestroyedByWhatItRings) {
    alarm.emplace(io.get_executor(), [this] { alarm.reset(); });
    alarm->set(now);
    io.run();
    EXPECT_FALSE(alarm);
}

TEST_F(AlarmTest, DestroyedItDoesNotRing) {
    alarm->set(now);
    alarm.reset();
    io.run();
    EXPECT_EQ(rung, 0);
}

}  // namespace
}  // namespace wsmq::native::test
