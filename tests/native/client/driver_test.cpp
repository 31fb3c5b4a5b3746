// The driver under another protocol than the client: a layer of messaging, which cannot be moved.
#include "wsmq/native/driver.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "support/scripted_broker.hpp"
#include "wsmq/messaging/node.hpp"
#include "wsmq/messaging/webapp.hpp"
#include "wsmq/native/completion.hpp"

namespace wsmq::native::test {
namespace {

using Node = messaging::Node<messaging::Webapp>;

struct DriverTest : testing::Test {
    boost::asio::io_context io;
    ScriptedBroker broker{io};
    std::vector<Node::Event> events;
    std::vector<std::string> failures;
    int writes_made_durable = 0;
    std::shared_ptr<Driver<Node>> driver;

    DriverTest() {
        messaging::Webapp::Options own;
        own.uid = "acme:ann:aaaa";
        own.random_seed = 1;
        const auto options = messaging::Webapp::connect_options({}, own);
        if (!options) throw std::runtime_error{std::string{describe(options.error())}};
        DriverHandlers<Node> handlers;
        handlers.make_transport = [this](std::size_t host) { return broker.make_transport(host); };
        handlers.handle_event = [this](Node::Event& event) { events.push_back(event); };
        handlers.transport_failed = [this](ErrorCode, const std::string& detail, ErrorCode) {
            failures.push_back(detail);
        };
        handlers.make_durable = [this] { ++writes_made_durable; };
        driver = std::make_shared<Driver<Node>>(io.get_executor(), std::move(handlers), *options, own);
    }
    ~DriverTest() override {
        if (driver) driver->shut_down();
        run_ready(io);
    }
    template <class E> [[nodiscard]] std::size_t count() const {
        return static_cast<std::size_t>(
            std::ranges::count_if(events, [](const auto& event) { return std::holds_alternative<E>(event); }));
    }
    void start() {
        ASSERT_EQ(driver->protocol().start(driver->now()), Errc::none);
        driver->flush_soon();
    }
};

TEST_F(DriverTest, DrivesALayer) {
    start();
    EXPECT_EQ(broker.openings(), 0u) << "nothing happens before the loop turns";
    RUN_UNTIL(io, count<Connected>() == 1);
    EXPECT_EQ(broker.packets().at(0).client_id, "acme:ann:aaaa");
    EXPECT_GT(writes_made_durable, 0);
}

TEST_F(DriverTest, ALostTransportIsOpenedAgain) {
    start();
    RUN_UNTIL(io, count<Connected>() == 1);
    broker.cut();
    RUN_UNTIL(io, count<Connected>() == 2);
    EXPECT_EQ(count<OpenTransport>(), 2u);
    EXPECT_EQ(failures.size(), 1u);
}

TEST_F(DriverTest, AfterItsEndNothingIsHandedOut) {
    start();
    RUN_UNTIL(io, count<Connected>() == 1);
    const auto before = events.size();
    driver->shut_down();
    broker.cut();
    run_ready(io);
    EXPECT_EQ(events.size(), before);
    driver.reset();
    run_ready(io);
    EXPECT_EQ(broker.transports_alive(), 0u);
}

TEST_F(DriverTest, WithoutATransportTheAttemptFails) {
    broker.refuse_openings(TransportError::resolve_failed, "no such host");
    start();
    RUN_UNTIL(io, count<Disconnected>() == 1);
    EXPECT_THAT(failures, testing::ElementsAre("no such host"));
}

}  // namespace
}  // namespace wsmq::native::test
