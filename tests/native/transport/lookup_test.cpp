#include "transport/lookup_queue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <future>
#include <mutex>

#include "support/loop.hpp"

namespace wsmq::native::test {
namespace {

using testing::UnorderedElementsAre;

TEST(LookupTest, TheSystemKnowsItsOwnName) {
    boost::system::error_code error;
    const auto addresses = system_resolve("localhost", error);
    EXPECT_FALSE(error);
    ASSERT_FALSE(addresses.empty());
    for (const auto& address : addresses) EXPECT_TRUE(address.is_loopback()) << address;
}

TEST(LookupTest, WhatIsNoNameIsNotFound) {
    boost::system::error_code error;
    EXPECT_TRUE(system_resolve("no such name", error).empty());
    EXPECT_TRUE(error);
}

TEST(LookupTest, NobodyIsToldAfterItWasAbandoned) {
    Loop loop;
    std::promise<void> asked;
    std::promise<void> release;
    LookupQueue queue{1, system_resolve};
    const auto told = [](const Lookup::Answer&) { ADD_FAILURE() << "told"; };
    const auto lookup = std::make_shared<Lookup>(loop.context.get_executor(), told, queue);
    lookup->start("broker", [&](const std::string&, boost::system::error_code&) {
        asked.set_value();
        release.get_future().wait();
        return Lookup::Addresses{boost::asio::ip::address_v4::loopback()};
    });
    asked.get_future().wait();
    lookup->abandon();
    EXPECT_EQ(lookup.use_count(), 1) << "a look-up that hangs keeps nothing";
    release.set_value();
    loop.run_out();
}

/// A resolver that waits until it is released, and what was asked of it.
class SlowResolver {
public:
    Lookup::Addresses operator()(const std::string& host) {
        std::unique_lock lock{mutex_};
        hosts_.push_back(host);
        changed_.notify_all();
        changed_.wait(lock, [this] { return released_; });
        return {boost::asio::ip::address_v4::loopback()};
    }
    [[nodiscard]] Resolve function() {
        return [this](const std::string& host, boost::system::error_code&) { return (*this)(host); };
    }
    void release() {
        const std::lock_guard lock{mutex_};
        released_ = true;
        changed_.notify_all();
    }
    std::vector<std::string> await(std::size_t calls) {
        std::unique_lock lock{mutex_};
        EXPECT_TRUE(changed_.wait_for(lock, patience, [&] { return hosts_.size() >= calls; }));
        return hosts_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> hosts_;
    bool released_ = false;
};

struct LookupThreadsTest : testing::Test {
    Loop loop;
    SlowResolver resolver;
    LookupQueue queue{2, resolver.function()};
    std::size_t answers = 0;

    ~LookupThreadsTest() override { resolver.release(); }
    std::shared_ptr<Lookup> start(const std::string& host, Resolve own = {}) {
        const auto told = [this](const Lookup::Answer& answer) {
            EXPECT_EQ(std::get<Lookup::Addresses>(answer).size(), 1u);
            ++answers;
        };
        auto lookup = std::make_shared<Lookup>(loop.context.get_executor(), told, queue);
        lookup->start(host, std::move(own));
        return lookup;
    }
    void await_answers(std::size_t count) {
        const auto end = std::chrono::steady_clock::now() + patience;
        while (answers < count && std::chrono::steady_clock::now() < end) {
            loop.context.restart();
            loop.context.run_one_for(std::chrono::milliseconds{2});
        }
        EXPECT_EQ(answers, count);
    }
};

TEST_F(LookupThreadsTest, WhoFindsNoThreadWaitsForItsTurn) {
    for (const auto* host : {"a", "b", "c", "d", "e"}) (void)start(host);
    EXPECT_EQ(resolver.await(2).size(), 2u);
    resolver.release();
    await_answers(5);
    EXPECT_THAT(resolver.await(5), UnorderedElementsAre("a", "b", "c", "d", "e"));
}

TEST_F(LookupThreadsTest, OneAnswerServesAllWhoAskTheSystemForTheSameHostMeanwhile) {
    for (int i = 0; i < 100; ++i) (void)start("broker");
    (void)resolver.await(1);
    for (int i = 0; i < 100; ++i) (void)start("broker");
    (void)start("other");
    resolver.release();
    await_answers(201);
    EXPECT_THAT(resolver.await(2), UnorderedElementsAre("broker", "other"));
    (void)start("broker");
    await_answers(202);
    EXPECT_EQ(resolver.await(3).size(), 3u) << "an answer is not kept";
}

TEST_F(LookupThreadsTest, FunctionsOfTheApplicationsOwnAreAskedEach) {
    for (int i = 0; i < 3; ++i) (void)start("broker", resolver.function());
    resolver.release();
    await_answers(3);
    EXPECT_EQ(resolver.await(3).size(), 3u);
}

TEST_F(LookupThreadsTest, WhatNobodyWaitsForAnyMoreIsNotLookedUp) {
    (void)start("a");
    (void)start("b");
    (void)resolver.await(2);
    const auto given_up = start("c");
    const auto one_of_two = start("d");
    (void)start("d");
    given_up->abandon();
    one_of_two->abandon();
    resolver.release();
    await_answers(3);
    EXPECT_THAT(resolver.await(3), UnorderedElementsAre("a", "b", "d"));
    EXPECT_EQ(given_up.use_count(), 1);
}

}  // namespace
}  // namespace wsmq::native::test
