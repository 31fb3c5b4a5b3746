#include "transport/read_coalescer.hpp"

#include <gtest/gtest.h>

namespace wsmq::native::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::microseconds;

constexpr std::size_t room = 64u << 10;
constexpr std::size_t piece = 100;

/// Reads in virtual time.
struct ReadCoalescerTest : testing::Test {
    ReadCoalescer coalescer{200us};
    TimePoint now{1h};

    ReadCoalescerTest() { read(piece, 0us); }
    void read(std::size_t size, microseconds after) {
        now += after;
        coalescer.read(size, room, now);
    }
    void read_a_sample() {
        for (unsigned i = 0; i < ReadCoalescer::sample; ++i) read(piece, 20us);
    }
};

TEST_F(ReadCoalescerTest, AfterAFewCloseReadsNothingWaits) {
    for (unsigned i = 0; i + 1 < ReadCoalescer::sample; ++i) read(piece, 20us);
    EXPECT_FALSE(coalescer.is_due());
}

TEST_F(ReadCoalescerTest, LittleReadsThatFollowOneAnotherCloselyMakeTheNextOneWait) {
    read_a_sample();
    EXPECT_TRUE(coalescer.is_due());
}

TEST_F(ReadCoalescerTest, ReadsThatAreFarApartNeverWait) {
    for (int i = 0; i < 10'000; ++i) {
        read(piece, 100us);
        ASSERT_FALSE(coalescer.is_due());
    }
}

TEST_F(ReadCoalescerTest, WithoutATimeToWaitNothingWaits) {
    coalescer = ReadCoalescer{0us};
    read(piece, 0us);
    read_a_sample();
    EXPECT_FALSE(coalescer.is_due());
}

TEST_F(ReadCoalescerTest, WaitsGoOnWhileTheyBringWhatCameMeanwhile) {
    read_a_sample();
    for (int i = 0; i < 1'000; ++i) {
        read(10 * piece, 200us);
        ASSERT_TRUE(coalescer.is_due());
    }
}

TEST_F(ReadCoalescerTest, AfterAFullBufferTheRestIsReadAtOnce) {
    read_a_sample();
    read(room, 200us);
    EXPECT_FALSE(coalescer.is_due());
    read(piece, 1us);
    EXPECT_TRUE(coalescer.is_due());
}

TEST_F(ReadCoalescerTest, LargeReadsDoNotMakeTheNextOneWait) {
    for (int i = 0; i < 1'000; ++i) read(room / 2, 20us);
    EXPECT_FALSE(coalescer.is_due());
}

TEST_F(ReadCoalescerTest, StoppedItLooksAtTheStreamAnew) {
    read_a_sample();
    coalescer.stop();
    EXPECT_FALSE(coalescer.is_due());
    read_a_sample();
    EXPECT_TRUE(coalescer.is_due());
}

/// Whoever sends has so many pieces on their way at once, and sends the next ones when he is answered.
struct WindowTest : ReadCoalescerTest {
    /// Of `reads`, so many waited.
    int waits(std::size_t window, microseconds round_trip, int reads) {
        int waited = 0;
        for (int i = 0; i < reads; ++i) {
            if (coalescer.is_due()) {
                ++waited;
                read(window * piece, 200us + round_trip);
            } else {
                read(piece, round_trip / static_cast<int>(window));
            }
        }
        return waited;
    }
};

TEST_F(WindowTest, WhoWaitsForEachAnswerIsHardlyEverHeldUp) { EXPECT_LE(waits(1, 40us, 100'000), 30); }

TEST_F(WindowTest, AWindowThatWaitsWouldSlowDownIsHardlyEverHeldUp) { EXPECT_LE(waits(4, 100us, 100'000), 30 * 8); }

TEST_F(WindowTest, AWindowThatIsLargeEnoughIsCoalesced) { EXPECT_GE(waits(100, 2'000us, 10'000), 9'000); }

}  // namespace
}  // namespace wsmq::native::test
