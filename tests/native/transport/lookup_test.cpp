#include "transport/lookup.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "support/loop.hpp"

namespace wsmq::native::test {
namespace {

using testing::HasSubstr;

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
    const auto lookup =
        std::make_shared<Lookup>(loop.context.get_executor(), [](const Lookup::Answer&) { ADD_FAILURE() << "told"; });
    lookup->start("broker", [&](const std::string&, boost::system::error_code&) {
        asked.set_value();
        release.get_future().wait();
        return Lookup::Addresses{boost::asio::ip::address_v4::loopback()};
    });
    asked.get_future().wait();
    lookup->abandon();
    const std::weak_ptr<Lookup> ending = lookup;
    release.set_value();
    while (ending.use_count() > 1) std::this_thread::yield();
    loop.run_out();
}

TEST(LookupTest, ThreadsThatHangAreNotWithoutEnd) {
    Loop loop;
    std::promise<void> release;
    const auto released = release.get_future().share();
    std::vector<std::shared_ptr<Lookup>> lookups;
    std::vector<Failure> failures;
    const auto told = [&](const Lookup::Answer& answer) { failures.push_back(std::get<Failure>(answer)); };
    const auto hang = [released](const std::string&, boost::system::error_code&) {
        released.wait();
        return Lookup::Addresses{};
    };
    for (int i = 0; i <= maximum_lookups; ++i) {
        lookups.push_back(std::make_shared<Lookup>(loop.context.get_executor(), told));
        lookups.back()->start("broker", hang);
    }
    loop.until([&] { return !failures.empty(); });
    ASSERT_EQ(failures.size(), 1u);
    EXPECT_THAT(failures.front().detail, HasSubstr("too many look-ups"));
    release.set_value();
    while (failures.size() < lookups.size()) {
        loop.context.restart();
        loop.context.run_one_for(std::chrono::milliseconds{2});
    }
    for (const auto& lookup : lookups) {
        while (lookup.use_count() > 1) std::this_thread::yield();
    }
}

}  // namespace
}  // namespace wsmq::native::test
