// What every layer gives its client: a store that is durable in time, wake-ups, ends that are told. Over a scripted
// broker, so that the moment at which bytes leave can be looked at.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <boost/asio/detached.hpp>
#include <csignal>
#include <fstream>
#include <iterator>

#include "support/scratch_directory.hpp"
#include "support/scripted_broker.hpp"
#include "wsmq/native/cancel.hpp"
#include "wsmq/native/device.hpp"
#include "wsmq/native/service.hpp"
#include "wsmq/native/webapp.hpp"

namespace wsmq::native::messaging_test {
namespace {

using namespace std::chrono_literals;
using test::run_ready;
using test::ScratchDirectory;
using test::ScriptedBroker;
using wsmq::test::Packet;
using wsmq::test::PacketType;

/// Writes to files fail with file_too_large while it lives.
class FilesAreFull {
public:
    FilesAreFull() {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        rlimit limit = before_;
        limit.rlim_cur = 0;
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FilesAreFull() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, before_signal_);
    }
    FilesAreFull(const FilesAreFull&) = delete;
    FilesAreFull& operator=(const FilesAreFull&) = delete;

private:
    void (*before_signal_)(int) = std::signal(SIGXFSZ, SIG_IGN);
    rlimit before_{};
};

std::unique_ptr<Service> make(Service*, boost::asio::io_context& io, const ClientOptions& client) {
    Service::Options options;
    options.service = "orders";
    return std::make_unique<Service>(io.get_executor(), std::vector<std::string>{"mqtt://localhost"}, options, client);
}
std::unique_ptr<Webapp> make(Webapp*, boost::asio::io_context& io, const ClientOptions& client) {
    Webapp::Options options;
    options.uid = "acme:ann";
    return std::make_unique<Webapp>(io.get_executor(), "mqtt://localhost", options, client);
}
std::unique_ptr<Device> make(Device*, boost::asio::io_context& io, const ClientOptions& client) {
    Device::Options options;
    options.serial_number = "SN-1";
    return std::make_unique<Device>(io.get_executor(), "mqtt://localhost", options, client);
}

template <class M> class NativeLayer : public testing::Test {
protected:
    ~NativeLayer() override {
        member.reset();
        run_ready(io);
    }
    void make_member() {
        options.make_transport = [this](const auto&, std::size_t host) { return broker.make_transport(host); };
        options.connect.keep_alive = 0s;
        options.connect.reconnect.backoff_min = options.connect.reconnect.backoff_max = backoff;
        member = make(static_cast<M*>(nullptr), io, options);
    }
    void join() {
        bool joined = false;
        member->async_join([&](ErrorCode error, const JoinAnswer&) { joined = !error; });
        RUN_UNTIL(io, joined);
    }

    boost::asio::io_context io;
    ScriptedBroker broker{io};
    ScratchDirectory scratch;
    ClientOptions options;
    Duration backoff{0};
    std::unique_ptr<M> member;
};

using Layers = testing::Types<Service, Webapp, Device>;
struct LayerName {
    template <class M> static std::string GetName(int) {
        return std::is_same_v<M, Service> ? "Service" : std::is_same_v<M, Webapp> ? "Webapp" : "Device";
    }
};
TYPED_TEST_SUITE(NativeLayer, Layers, LayerName);

TYPED_TEST(NativeLayer, WhatIsPublishedIsOnTheDiskBeforeItLeaves) {
    const auto log = this->scratch.file("log");
    this->options.store = FileStore::open(log);
    this->make_member();
    std::vector<bool> was_on_disk;
    this->broker.intercept = [&](const Packet& packet) {
        if (packet.type != PacketType::publish || packet.qos == Qos::at_most_once) return false;
        std::ifstream file{log, std::ios::binary};
        const std::string written{std::istreambuf_iterator<char>{file}, {}};
        was_on_disk.push_back(written.find(packet.topic) != std::string::npos);
        return false;
    };
    this->join();
    ASSERT_FALSE(was_on_disk.empty());
    EXPECT_THAT(was_on_disk, testing::Each(true));
}

TYPED_TEST(NativeLayer, TellsThatItsStoreFailsAndThatItWorksAgain) {
    this->options.store = FileStore::open(this->scratch.file("log"));
    this->make_member();
    std::vector<ErrorCode> told;
    this->member->on_store_state([&](ErrorCode error) { told.push_back(error); });
    {
        const FilesAreFull full;
        this->join();
        run_ready(this->io);
    }
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told.front(), boost::system::errc::file_too_large);
    this->member->async_leave(boost::asio::detached);
    RUN_UNTIL(this->io, told.size() == 2);
    EXPECT_EQ(told.back(), ErrorCode{});
}

TYPED_TEST(NativeLayer, WakesUp) {
    this->backoff = 1h;
    this->make_member();
    this->member->wake_up();  // before anything, it does no harm
    this->join();
    int disconnections = 0;
    this->member->on_disconnected([&](const Disconnection&) { ++disconnections; });
    this->broker.refuse_openings(TransportError::connect_failed);
    this->broker.cut();
    RUN_UNTIL(this->io, disconnections == 1);
    run_ready(this->io);
    const auto openings = this->broker.openings();
    this->member->wake_up();
    RUN_UNTIL(this->io, this->broker.openings() == openings + 1);
}

TYPED_TEST(NativeLayer, JoiningIsCancelled) {
    this->make_member();
    this->broker.hold_answers(true);
    CancelSource source;
    ErrorCode ended;
    this->member->async_join(cancel_with(source, [&](ErrorCode error, const JoinAnswer&) { ended = error; }));
    RUN_UNTIL(this->io, this->broker.count(PacketType::connect) == 1);
    source.cancel();
    RUN_UNTIL(this->io, bool{ended});
    EXPECT_EQ(ended, Errc::stopped);
    run_ready(this->io);
    EXPECT_EQ(this->broker.transports_alive(), 0u);
    // What is cancelled can begin anew.
    this->broker.hold_answers(false);
    this->join();
    EXPECT_TRUE(this->member->is_joined());
}

TYPED_TEST(NativeLayer, AnAuthenticationThatNobodyCanAnswerEndsTheAttempt) {
    this->options.connect.authentication_method = "SCRAM";
    this->make_member();
    this->broker.intercept = [&](const Packet& packet) {
        if (packet.type != PacketType::connect) return false;
        Packet challenge{.type = PacketType::auth, .reason = ReasonCode::continue_authentication};
        this->broker.send(challenge.with(PropertyId::authentication_method, std::string_view{"SCRAM"}));
        return true;
    };
    ErrorCode ended;
    this->member->async_join([&](ErrorCode error, const JoinAnswer&) { ended = error; });
    RUN_UNTIL(this->io, bool{ended});
    EXPECT_EQ(ended, Errc::authentication_failed);
}

TYPED_TEST(NativeLayer, AnOptionOfTheClientOutOfItsRangeIsNamed) {
    this->options.connect.receive_maximum = 0;
    this->make_member();
    ErrorCode ended;
    std::string detail;
    this->member->async_join([&](ErrorCode error, const JoinAnswer& answer) {
        ended = error;
        detail = answer.detail;
    });
    RUN_UNTIL(this->io, bool{ended});
    EXPECT_EQ(ended, Errc::invalid_argument);
    EXPECT_THAT(detail, testing::HasSubstr("receive_maximum"));
}

TEST(NativeLayerOptions, AreNamedWhereTheyAreOutOfTheirRange) {
    boost::asio::io_context io;
    const auto detail_of = [&](auto& member) {
        ErrorCode ended;
        std::string detail;
        member.async_join([&](ErrorCode error, const JoinAnswer& answer) {
            ended = error;
            detail = answer.detail;
        });
        RUN_UNTIL(io, bool{ended});
        EXPECT_EQ(ended, messaging::Error::invalid_argument);
        return detail;
    };
    const std::vector<std::pair<const char*, void (*)(Webapp::Options&)>> of_webapps{
        {"will_delay", [](Webapp::Options& o) { o.will_delay = std::chrono::seconds{0x1'0000'0000}; }},
        {"will_delay", [](Webapp::Options& o) { o.will_delay = -1s; }},
        {"presence_expiry", [](Webapp::Options& o) { o.presence_expiry = -1s; }},
        {"maximum_requests", [](Webapp::Options& o) { o.maximum_requests = 0; }},
        {"calls.concurrency", [](Webapp::Options& o) { o.calls.concurrency = 0; }},
        {"times in calls", [](Webapp::Options& o) { o.calls.stall_timeout = -1ms; }},
    };
    for (const auto& [name, spoil] : of_webapps) {
        Webapp::Options options;
        options.uid = "acme:ann";
        spoil(options);
        Webapp member{io.get_executor(), "mqtt://localhost", options};
        EXPECT_THAT(detail_of(member), testing::HasSubstr(name));
    }
    const std::vector<std::pair<const char*, void (*)(Service::Options&)>> of_services{
        {"record_expiry", [](Service::Options& o) { o.record_expiry = std::chrono::seconds{0x1'0000'0000}; }},
        {"statistics_interval", [](Service::Options& o) { o.statistics_interval = -1s; }},
        {"janitor_grace", [](Service::Options& o) { o.janitor_grace = -1s; }},
        {"calls.concurrency", [](Service::Options& o) { o.calls.concurrency = 0; }},
        {"times in calls", [](Service::Options& o) { o.calls.default_expiry = 0ms; }},
    };
    for (const auto& [name, spoil] : of_services) {
        Service::Options options;
        options.service = "orders";
        spoil(options);
        Service member{io.get_executor(), {"mqtt://localhost"}, options};
        EXPECT_THAT(detail_of(member), testing::HasSubstr(name));
    }
}

using NativeWebappLayer = NativeLayer<Webapp>;

TEST_F(NativeWebappLayer, TellsThatTheQueueHasRoomAgain) {
    options.connect.queue_maximum_messages = 3;
    make_member();
    int drained = 0;
    member->on_queue_drained([&] { ++drained; });
    member->async_join(boost::asio::detached);
    int accepted = 0;
    while (!member->send("acme:bob:bbbb", "hello")) ASSERT_LE(++accepted, 3);
    EXPECT_EQ(accepted, 3);
    EXPECT_EQ(drained, 0);
    RUN_UNTIL(io, drained == 1);
    EXPECT_FALSE(member->send("acme:bob:bbbb", "hello"));
}

TYPED_TEST(NativeLayer, AFailureThatIsOverIsNotTheCauseOfTheNextEnd) {
    this->options.connect.reconnect.retry_first_connection = true;
    this->make_member();
    this->broker.refuse_openings(TransportError::connect_failed, "an old failure");
    std::vector<std::string> details;
    this->member->on_disconnected([&](const Disconnection& told) { details.push_back(told.detail); });
    bool joined = false;
    this->member->async_join([&](ErrorCode error, const JoinAnswer&) { joined = !error; });
    RUN_UNTIL(this->io, this->broker.openings() > 1);
    this->broker.refuse_openings({});
    RUN_UNTIL(this->io, joined);
    details.clear();
    this->broker.send(wsmq::test::disconnect(ReasonCode::server_shutting_down));
    RUN_UNTIL(this->io, details.size() == 1);
    EXPECT_EQ(details.front(), "");
}

}  // namespace
}  // namespace wsmq::native::messaging_test
