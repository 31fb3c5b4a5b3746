// What is attached to a client: one connection for the layer and for plain publish and subscribe, and every order in
// which the two can begin and end. Over a scripted broker, whose packets can be looked at.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <type_traits>

#include "support/scripted_broker.hpp"
#include "wsmq/native/attach_error.hpp"
#include "wsmq/native/device.hpp"
#include "wsmq/native/service.hpp"
#include "wsmq/native/webapp.hpp"

namespace wsmq::native::messaging_test {
namespace {

using namespace std::chrono_literals;
using test::run_ready;
using test::ScriptedBroker;
using wsmq::test::Packet;
using wsmq::test::PacketType;

// None of them moves: what was attached, and client(), stay where they are.
static_assert(!std::is_move_constructible_v<Client> && !std::is_move_assignable_v<Client>);
static_assert(!std::is_move_constructible_v<Service> && !std::is_move_assignable_v<Service>);
static_assert(!std::is_move_constructible_v<Webapp> && !std::is_move_assignable_v<Webapp>);
static_assert(!std::is_move_constructible_v<Device> && !std::is_move_assignable_v<Device>);

class NativeAttached : public testing::Test {
protected:
    NativeAttached() {
        options.make_transport = [this](const auto&, std::size_t host) { return broker.make_transport(host); };
        options.connect.keep_alive = 0s;
        options.connect.reconnect.backoff_min = options.connect.reconnect.backoff_max = 0ms;
    }
    ~NativeAttached() override {
        device.reset();
        webapp.reset();
        service.reset();
        client.reset();
        run_ready(io);
    }

    Client& make_client() {
        client = std::make_unique<Client>(io.get_executor(), "mqtt://localhost", options);
        return *client;
    }
    Service& attach_service(const std::string& name = "orders") {
        Service::Options of_service;
        of_service.service = name;
        service = std::make_unique<Service>(*client, of_service);
        return *service;
    }
    Webapp& attach_webapp() {
        Webapp::Options of_webapp;
        of_webapp.uid = "acme:ann:0123";
        webapp = std::make_unique<Webapp>(*client, of_webapp);
        return *webapp;
    }
    Device& attach_device() {
        Device::Options of_device;
        of_device.serial_number = "SN-1";
        device = std::make_unique<Device>(*client, of_device);
        return *device;
    }
    template <class Attached> ErrorCode join(Attached& attached) {
        std::optional<ErrorCode> ended;
        attached.async_join([&](ErrorCode error, const JoinAnswer& answer) {
            ended = error;
            detail = answer.detail;
        });
        RUN_UNTIL(io, ended.has_value());
        return *ended;
    }
    ErrorCode connect() {
        std::optional<ErrorCode> ended;
        client->async_connect([&](ErrorCode error, const ConnectAnswer&) { ended = error; });
        RUN_UNTIL(io, ended.has_value());
        return *ended;
    }
    void ask_service(std::string_view text) {
        broker.send(wsmq::test::publish("app/webapp/req/orders/acme:ann:0123", text));
    }
    [[nodiscard]] std::vector<std::string> published() const {
        std::vector<std::string> topics;
        for (const auto& packet : broker.packets()) {
            if (packet.type == PacketType::publish) topics.push_back(packet.topic);
        }
        return topics;
    }

    boost::asio::io_context io;
    ScriptedBroker broker{io};
    ClientOptions options;
    std::unique_ptr<Client> client;
    std::unique_ptr<Service> service;
    std::unique_ptr<Webapp> webapp;
    std::unique_ptr<Device> device;
    std::string detail;
};

// --- One connection --------------------------------------------------------------------------------

TEST_F(NativeAttached, PublishesAndSubscribesOnTheConnectionOfTheService) {
    make_client();
    std::string asked;
    attach_service().on("create", [&](const Request& request) {
        asked = request.params_text();
        return 1;
    });
    EXPECT_EQ(join(*service), ErrorCode{});
    std::string heard;
    bool subscribed = false;
    bool acknowledged = false;
    service->client().async_subscribe(
        {"lab/#"}, [&](const wsmq::Message& message) { heard = as_text(message.payload); },
        [&](ErrorCode error, const Answer&) { subscribed = !error; });
    service->client().async_publish("lab/1", "21", {.qos = Qos::at_least_once},
                                    [&](ErrorCode error, const Answer&) { acknowledged = !error; });
    RUN_UNTIL(io, subscribed && acknowledged);
    broker.publish("lab/1", "21.5");
    ask_service(R"({"jsonrpc":"2.0","method":"create","params":[7],"id":"1"})");
    RUN_UNTIL(io, !heard.empty() && !asked.empty());
    EXPECT_EQ(heard, "21.5");
    EXPECT_EQ(asked, "[7]");
    EXPECT_EQ(broker.count(PacketType::connect), 1u);
    EXPECT_EQ(client->unclaimed_messages(), 0u);  // the request is the service's
}

TEST_F(NativeAttached, TheShortFormGivesItsOwnClientOut) {
    Device::Options of_device;
    of_device.serial_number = "SN-1";
    Device own{io.get_executor(), "mqtt://localhost", of_device, options};
    EXPECT_EQ(join(own), ErrorCode{});
    std::string heard;
    bool subscribed = false;
    own.client().async_subscribe(
        {"lab/1"}, [&](const wsmq::Message& message) { heard = as_text(message.payload); },
        [&](ErrorCode error, const Answer&) { subscribed = !error; });
    RUN_UNTIL(io, subscribed);
    broker.publish("lab/1", "22");
    RUN_UNTIL(io, heard == "22");
    EXPECT_EQ(own.client().client_id(), "SN-1");
}

TEST_F(NativeAttached, ConnectingTheClientJoins) {
    make_client();
    attach_webapp();
    int joined = 0;
    webapp->on_joined([&](bool) { ++joined; });
    EXPECT_EQ(connect(), ErrorCode{});
    RUN_UNTIL(io, joined == 1);
    EXPECT_TRUE(webapp->is_joined());
    EXPECT_EQ(join(*webapp), ErrorCode{});
    EXPECT_EQ(broker.count(PacketType::connect), 1u);
}

TEST_F(NativeAttached, DisconnectingTheClientLeaves) {
    make_client();
    attach_device();
    EXPECT_EQ(join(*device), ErrorCode{});
    const auto before = published().size();
    bool ended = false;
    client->async_disconnect([&](ErrorCode error) { ended = !error; });
    std::optional<ErrorCode> refused;
    client->async_connect([&](ErrorCode error, const ConnectAnswer&) { refused = error; });
    RUN_UNTIL(io, ended && refused);
    EXPECT_EQ(refused, Errc::stopped);  // it is on its way out
    ASSERT_EQ(published().size(), before + 1);
    const auto packets = broker.packets();
    EXPECT_EQ(packets.back().type, PacketType::disconnect);
    EXPECT_THAT(packets[packets.size() - 2].payload, testing::HasSubstr(R"("online":false)"));
    EXPECT_EQ(join(*device), ErrorCode{});  // and it can come back
}

TEST_F(NativeAttached, DisconnectingWithTheWillLeavesTheGoodbyeToTheBroker) {
    make_client();
    attach_device();
    EXPECT_EQ(join(*device), ErrorCode{});
    const auto before = published().size();
    bool ended = false;
    client->async_disconnect(ReasonCode::disconnect_with_will_message, [&](ErrorCode error) { ended = !error; });
    RUN_UNTIL(io, ended);
    EXPECT_EQ(published().size(), before);
    EXPECT_EQ(broker.packets().back().type, PacketType::disconnect);
}

TEST_F(NativeAttached, AFullInboxHoldsTheRequestsBackAsWell) {
    options.receive_maximum_messages = 1;
    make_client();
    int asked = 0;
    attach_service().on("create", [&](const Request&) { return ++asked; });
    EXPECT_EQ(join(*service), ErrorCode{});
    bool subscribed = false;
    client->async_subscribe({"lab/1"}, [&](ErrorCode error, const Answer&) { subscribed = !error; });
    RUN_UNTIL(io, subscribed);
    broker.publish("lab/1", "1");
    RUN_UNTIL(io, client->waiting_messages() == 1);
    ask_service(R"({"jsonrpc":"2.0","method":"create","id":"1"})");
    run_ready(io);
    EXPECT_EQ(asked, 0);
    EXPECT_GT(broker.unread_bytes(), 0u);
    EXPECT_TRUE(client->try_receive());
    RUN_UNTIL(io, asked == 1);
}

// --- What cannot be attached -----------------------------------------------------------------------

TEST_F(NativeAttached, ASecondOneIsRefused) {
    make_client();
    attach_service();
    attach_device();
    EXPECT_EQ(join(*device), AttachError::already_attached);
    EXPECT_NE(detail, "");
    EXPECT_EQ(device->set_status({{"recording", true}}), AttachError::already_attached);
    EXPECT_EQ(&device->client(), client.get());
    bool left = false;
    device->async_leave([&](ErrorCode error) { left = !error; });
    RUN_UNTIL(io, left);
    device.reset();
    EXPECT_EQ(join(*service), ErrorCode{});  // the first one does not mind
}

TEST_F(NativeAttached, AClientThatWasStartedIsRefused) {
    make_client();
    EXPECT_EQ(connect(), ErrorCode{});
    attach_webapp();
    EXPECT_EQ(join(*webapp), AttachError::already_started);
    EXPECT_EQ(webapp->join_room("hall"), AttachError::already_started);
    ErrorCode ended;
    webapp->async_request(Target::service("orders"), "create", nullptr, {},
                          [&](ErrorCode error, const Reply&) { ended = error; });
    RUN_UNTIL(io, bool{ended});
    EXPECT_EQ(ended, AttachError::already_started);
    EXPECT_TRUE(client->is_connected());
    // Nor once it has stopped: it may have a session.
    bool stopped = false;
    client->async_disconnect([&](ErrorCode) { stopped = true; });
    RUN_UNTIL(io, stopped);
    EXPECT_EQ(join(attach_service()), AttachError::already_started);
}

TEST_F(NativeAttached, AClientWithAWillOfItsOwnIsRefused) {
    options.connect.will = Will{.topic = "my/will"};
    make_client();
    attach_device();
    EXPECT_EQ(join(*device), AttachError::client_has_will);
    EXPECT_EQ(connect(), AttachError::client_has_will);
    device.reset();
    EXPECT_EQ(connect(), ErrorCode{});  // as the client that it was
    EXPECT_EQ(broker.packets().front().will->topic, "my/will");
}

TEST_F(NativeAttached, TheUnnamedBackendLeavesTheWillToTheClient) {
    options.connect.will = Will{.topic = "my/will"};
    make_client();
    EXPECT_EQ(join(attach_service("")), ErrorCode{});
    EXPECT_EQ(broker.packets().front().will->topic, "my/will");
}

// --- Who ends first --------------------------------------------------------------------------------

TEST_F(NativeAttached, AClientThatIsDestroyedEndsWhatIsAttached) {
    make_client();
    std::optional<Request> open;
    attach_service().on("create", [&](const Request& request) { open = request; });
    EXPECT_EQ(join(*service), ErrorCode{});
    ask_service(R"({"jsonrpc":"2.0","method":"create","id":"1"})");
    RUN_UNTIL(io, open.has_value());
    messaging::Error why{};
    open->on_end([&](messaging::Error error) { why = error; });
    client.reset();
    EXPECT_EQ(why, messaging::Error::left);
    EXPECT_FALSE(service->is_joined());
    EXPECT_EQ(join(*service), AttachError::client_destroyed);
    EXPECT_EQ(service->notify("acme:ann:0123", "hello", nullptr), AttachError::client_destroyed);
    EXPECT_THROW((void)service->client(), std::logic_error);
    EXPECT_EQ(broker.count(PacketType::disconnect), 0u);
    bool left = false;
    service->async_leave([&](ErrorCode error) { left = !error; });
    RUN_UNTIL(io, left);
}

TEST_F(NativeAttached, AClientThatIsDestroyedAbortsWhoWaits) {
    broker.hold_answers(true);
    make_client();
    attach_webapp();
    ErrorCode joined;
    ErrorCode answered;
    webapp->async_join([&](ErrorCode error, const JoinAnswer&) { joined = error; });
    webapp->async_request(Target::service("orders"), "create", nullptr, {},
                          [&](ErrorCode error, const Reply&) { answered = error; });
    RUN_UNTIL(io, broker.count(PacketType::connect) == 1);
    client.reset();
    RUN_UNTIL(io, joined && answered);
    EXPECT_EQ(joined, boost::asio::error::operation_aborted);
    EXPECT_EQ(answered, boost::asio::error::operation_aborted);
}

TEST_F(NativeAttached, AHandleThatIsDestroyedEndsTheConnectionWithTheWill) {
    make_client();
    attach_service();
    EXPECT_EQ(join(*service), ErrorCode{});
    std::vector<ErrorCode> ends;
    client->on_disconnected([&](const Disconnection& end) {
        if (!end.reconnecting) ends.push_back(end.error);
    });
    ErrorCode subscribed;
    broker.hold_answers(true);
    client->async_subscribe({"lab/1"}, [&](ErrorCode error, const Answer&) { subscribed = error; });
    run_ready(io);
    service.reset();
    RUN_UNTIL(io, !ends.empty() && subscribed);
    EXPECT_EQ(subscribed, Errc::stopped);
    EXPECT_THAT(ends, testing::ElementsAre(ErrorCode{AttachError::layer_destroyed}));
    run_ready(io);
    EXPECT_EQ(broker.count(PacketType::disconnect), 0u);
    EXPECT_EQ(broker.transports_alive(), 0u);
    EXPECT_EQ(connect(), AttachError::layer_destroyed);
    EXPECT_EQ(join(attach_service()), AttachError::already_started);
}

TEST_F(NativeAttached, AHandleThatIsDestroyedBeforeTheStartFreesTheClient) {
    make_client();
    attach_device();
    device.reset();
    attach_webapp();
    webapp.reset();
    EXPECT_EQ(join(attach_device()), ErrorCode{});
    EXPECT_EQ(client->client_id(), "SN-1");
}

TEST_F(NativeAttached, AClientWhoseHandleWasDestroyedBeforeTheStartIsPlainAgain) {
    make_client();
    attach_device();
    device.reset();
    EXPECT_EQ(connect(), ErrorCode{});
    EXPECT_FALSE(broker.packets().front().will);
    EXPECT_THAT(published(), testing::IsEmpty());
}

TEST_F(NativeAttached, HandlersMayDestroyBoth) {
    make_client();
    attach_webapp();
    bool gone = false;
    webapp->on_joined([&](bool) {
        webapp.reset();
        client.reset();
        gone = true;
    });
    connect();
    RUN_UNTIL(io, gone);
    run_ready(io);
    EXPECT_EQ(broker.transports_alive(), 0u);

    make_client();
    attach_service().on("create", [&](const Request&) {
        client.reset();
        service.reset();
        return 1;
    });
    EXPECT_EQ(join(*service), ErrorCode{});
    ask_service(R"({"jsonrpc":"2.0","method":"create","id":"1"})");
    RUN_UNTIL(io, !service);
    run_ready(io);
    EXPECT_EQ(broker.transports_alive(), 0u);
}

// --- Whose event it is -----------------------------------------------------------------------------

TEST_F(NativeAttached, ARefusalToJoinIsTheClientsEndAsWell) {
    make_client();
    attach_service();
    broker.intercept = [&](const Packet& packet) {
        if (packet.type != PacketType::subscribe) return false;
        broker.send(wsmq::test::suback(packet.id, std::vector(packet.filters.size(), ReasonCode::not_authorized)));
        return true;
    };
    ErrorCode ended;
    client->on_disconnected([&](const Disconnection& end) { ended = end.error; });
    EXPECT_EQ(join(*service), ReasonCode::not_authorized);
    RUN_UNTIL(io, bool{ended});
    EXPECT_EQ(ended, ReasonCode::not_authorized);
}

}  // namespace
}  // namespace wsmq::native::messaging_test
