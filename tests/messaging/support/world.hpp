// Several parties around one broker, and a clock that only the test moves. What a party tells is kept as lines of text,
// in their order; a test takes them and says which it expects.
//
//     World world;
//     auto& ann = world.webapp("acme:ann:aaaa");
//     world.join(ann);
//     const auto id = ann.request(Target::service("orders"), "sum", "[1,2]");
//     world.settle();
//     EXPECT_THAT(ann.take(), ElementsAre("response 1 3"));
#pragma once
#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <vector>

#include "support/broker.hpp"
#include "wsmq/messaging/node.hpp"
#include "wsmq/messaging/webapp.hpp"

namespace wsmq::test {

using namespace std::chrono_literals;
using messaging::Error;
using messaging::Target;
using messaging::Webapp;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// The layer's event as a line: "joined", "response 1 [1]", "failed 1 timed_out", "appeared acme:bob:b000 {}".
[[nodiscard]] std::string line_of(const messaging::Event&);
[[nodiscard]] std::string name_of(Error);

/// Whoever is connected to the broker.
class Party : public Broker::Wire {
public:
    Party(Broker& broker, const TimePoint& now, Version version) : broker_{broker}, now_{now}, version_{version} {}

    void deliver(const Packet&) override;
    void hang_up() override;

    /// Moves everything that can be moved. True: something moved.
    bool settle();
    virtual void tick() = 0;
    [[nodiscard]] virtual std::optional<TimePoint> next_deadline() const = 0;

    /// The connection breaks, and with `stays` it cannot be made again until online().
    void cut(bool stays = false);
    void online();
    /// From now on the broker is slow: only so many packets of it arrive, until this is called again.
    void let_through(std::size_t packets) { passes_ = packets; }
    [[nodiscard]] bool is_connected() const noexcept { return open_; }
    /// What it told since the last time.
    std::vector<std::string> take() { return std::exchange(lines_, {}); }
    /// Of the last request or notification that it was told.
    messaging::CallId last_call{};
    [[nodiscard]] TimePoint now() const noexcept { return now_; }

protected:
    virtual void receive(Bytes) = 0;
    virtual void opened() = 0;
    virtual void closed() = 0;
    /// Tells one event. False: there is none.
    virtual bool tell_event() = 0;
    virtual bool take_output(Block&) = 0;
    void tell(const messaging::Event&);
    void tell(const std::string& line) { lines_.push_back(line); }
    /// An end that the test, the user or another connection brought about.
    [[nodiscard]] static bool is_expected(const Disconnected& event) {
        return event.why == Errc::none || event.why == Errc::transport_closed ||
               event.why == Errc::disconnected_by_broker;
    }
    void want_transport();
    void close_transport();

private:
    bool send();
    bool try_to_open();

    Broker& broker_;
    const TimePoint& now_;
    Version version_;
    bool wanted_ = false;
    bool open_ = false;
    bool can_open_ = true;
    std::deque<Packet> inbox_;
    std::optional<std::size_t> passes_;  ///< of the inbox; nothing: all
    Block unread_;
    Block chunk_;  ///< lent to the client until it wants more
    std::vector<std::string> lines_;
};

/// A party that is a layer over a client.
template <class Layer> class Member final : public Party {
public:
    using Options = typename Layer::Options;

    Member(Broker& broker, const TimePoint& now, ConnectOptions base, const Options& options)
        : Party{broker, now, base.version}, node_{*Layer::connect_options(base, options), options} {}

    [[nodiscard]] messaging::Node<Layer>& node() noexcept { return node_; }
    [[nodiscard]] Layer& layer() noexcept { return node_.layer(); }
    void start() { EXPECT_EQ(node_.start(now()), Errc::none); }

    void tick() override { node_.handle_timeout(now()); }
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override { return node_.next_deadline(); }

private:
    void receive(Bytes bytes) override { node_.receive(bytes, now()); }
    void opened() override { node_.transport_opened(now()); }
    void closed() override { node_.transport_closed(now()); }
    bool take_output(Block& out) override { return node_.take_output(out); }
    bool tell_event() override {
        const auto event = node_.next_event();
        if (std::holds_alternative<NeedInput>(event)) return false;
        std::visit(
            [this](const auto& each) {
                using E = std::decay_t<decltype(each)>;
                if constexpr (std::is_constructible_v<messaging::Event, const E&>) {
                    tell(messaging::Event{each});
                } else if constexpr (std::is_same_v<E, OpenTransport>) {
                    want_transport();
                } else if constexpr (std::is_same_v<E, CloseTransport>) {
                    close_transport();
                } else if constexpr (std::is_same_v<E, Disconnected>) {
                    if (!is_expected(each)) tell("disconnected: " + std::string{describe(each.why)});
                } else if constexpr (std::is_same_v<E, Message>) {
                    tell("message " + std::string{each.topic} + " " + text_of(each.payload));
                }
            },
            event);
        return true;
    }

    messaging::Node<Layer> node_;
};

using WebappMember = Member<Webapp>;

/// A party without a layer, as a backend in any language is. What arrives is told as "message {topic} {payload}".
class Plain final : public Party {
public:
    Plain(Broker& broker, const TimePoint& now, ConnectOptions options)
        : Party{broker, now, options.version}, client_{std::move(options)} {}

    [[nodiscard]] Client& client() noexcept { return client_; }
    void start() { EXPECT_EQ(client_.start(now()), Errc::none); }
    void subscribe(std::string_view filter);
    void publish(std::string_view topic, std::string_view payload, bool retain = false, Bytes properties = {});
    /// The properties of the message that arrived last.
    Block last_properties;

    void tick() override { client_.handle_timeout(now()); }
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override { return client_.next_deadline(); }

private:
    void receive(Bytes bytes) override { client_.receive(bytes, now()); }
    void opened() override { client_.transport_opened(now()); }
    void closed() override { client_.transport_closed(now()); }
    bool take_output(Block& out) override { return client_.take_output(out); }
    bool tell_event() override;

    Client client_;
};

class World {
public:
    explicit World(BrokerTraits traits = {}) : broker{traits} { broker.tick(now); }
    ~World() { EXPECT_THAT(broker.violations(), IsEmpty()); }
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    /// The options of a webapp of this uid, with a seed of its own.
    [[nodiscard]] static Webapp::Options options(const std::string& uid);
    WebappMember& webapp(const std::string& uid, Version version = Version::v5);
    WebappMember& webapp(const Webapp::Options&, ConnectOptions base);
    template <class Layer> Member<Layer>& add(ConnectOptions base, const typename Layer::Options& options) {
        auto member = std::make_unique<Member<Layer>>(broker, now, std::move(base), options);
        auto& added = *member;
        parties_.push_back(std::move(member));
        return added;
    }
    /// A client without a layer, connected and subscribed to one filter.
    Plain& plain(const std::string& client_id, std::string_view filter, Version version = Version::v5);
    /// The request is accepted.
    messaging::RequestId request(WebappMember&, Target, std::string_view method, std::string_view params = {},
                                 const messaging::RequestOptions& = {});
    /// A webapp that has joined, and told nothing else.
    WebappMember& joined(const std::string& uid, Version version = Version::v5);

    /// Until nothing moves any more.
    void settle();
    /// Lets the time pass, with a tick at each deadline on the way.
    void advance(Duration);

    Broker broker;
    TimePoint now{std::chrono::hours{1'000}};

private:
    std::vector<std::unique_ptr<Party>> parties_;
};

}  // namespace wsmq::test
