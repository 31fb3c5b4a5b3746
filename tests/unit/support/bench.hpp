// A client on the test bench: a driver without a transport, a clock that only the test moves, and a
// broker that does what the script says.
//
//     Bench bench;
//     bench.connect();
//     const auto id = bench.publish("a", "hello", Qos::at_least_once);
//     bench.expect(publish("a", "hello").at(Qos::at_least_once, 1)).reply(puback(1));
//     bench.expect_event(seen::Completed{id});
//
// What the client sends and what it tells must be expected: whatever is left at the end of a test,
// and was not forgotten explicitly, fails it.
#pragma once
#include <deque>
#include <initializer_list>
#include <memory>

#include "support/packet.hpp"
#include "support/seen.hpp"
#include "support/where.hpp"
#include "wsmq/client.hpp"

namespace wsmq::test {

using namespace std::chrono_literals;

/// MQTT 5 with the client identifier "me" and no topic aliases, which would hide the topics.
[[nodiscard]] ConnectOptions plain_options();
/// The same below MQTT 5.
[[nodiscard]] ConnectOptions plain_options(Version);
/// Of a session that outlives its connections.
[[nodiscard]] ConnectOptions lasting_options(Version = Version::v5);

class Bench {
public:
    enum class Transport : std::uint8_t { none, wanted, open };

    explicit Bench(ConnectOptions options = plain_options());
    ~Bench();
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;

    [[nodiscard]] Client& client() noexcept { return *client_; }
    [[nodiscard]] TimePoint now() const noexcept { return now_; }
    [[nodiscard]] Transport transport() const noexcept { return transport_; }
    /// Of the last OpenTransport.
    [[nodiscard]] seen::OpenTransport wanted() const noexcept { return wanted_; }

    // --- Time --------------------------------------------------------------------------------------
    /// Lets the time pass, with a tick at each deadline on the way.
    Bench& advance(Duration);
    /// Lets the time pass without any tick.
    Bench& pass(Duration);
    /// The same, as for a page that is asleep; then one.
    Bench& sleep(Duration);
    /// The time until the next deadline; fails without one.
    [[nodiscard]] Duration until_deadline(Where = Where::here()) const;

    // --- The transport -----------------------------------------------------------------------------
    /// Expects that a transport is wanted, and opens it.
    Bench& open(Where = Where::here());
    /// Expects that a transport is wanted, and says that it could not be opened.
    Bench& refuse(Where = Where::here());
    /// Waits for the next attempt, where none has begun.
    Bench& await_attempt(Where = Where::here());
    /// The connection breaks; whatever the broker has not read is lost.
    Bench& cut(Where = Where::here());
    /// Expects that the client closed the transport since the last time.
    Bench& expect_hang_up(Where = Where::here());
    Bench& backlog(std::size_t bytes);

    // --- The broker --------------------------------------------------------------------------------
    Bench& expect(const Packet&, Where = Where::here());
    /// The next packet, which has this type.
    Packet take(PacketType, Where = Where::here());
    Packet take(Where = Where::here());
    Bench& expect_silence(Where = Where::here());
    Bench& reply(const Packet& packet, Where where = Where::here()) { return send(packet, where); }
    Bench& send(const Packet&, Where = Where::here());
    /// All of them in one piece.
    Bench& send(std::initializer_list<Packet>, Where = Where::here());
    Bench& send_bytes(Bytes, Where = Where::here());
    Bench& send_bytes(std::initializer_list<std::uint8_t>, Where = Where::here());
    Bench& send_in_pieces(const Packet&, std::size_t piece, Where = Where::here());
    /// Packets that the client sent and that no expectation has taken yet.
    [[nodiscard]] std::size_t packets_waiting() const noexcept { return packets_.size(); }

    // --- Whole exchanges ---------------------------------------------------------------------------
    /// start(), open, CONNECT, which it returns.
    Packet begin_connecting(Where = Where::here());
    /// The same, then CONNACK, Connected. Returns the CONNECT.
    Packet connect(const Packet& answer = connack(), Where = Where::here());
    /// Cuts, and expects the Disconnected that promises to come back.
    seen::Disconnected lose(Where = Where::here());
    /// Waits for the transport to be wanted again, then as connect(). Returns the CONNECT.
    Packet reconnect(const Packet& answer, Where = Where::here());
    /// One SUBSCRIBE of one filter, granted.
    void subscribed(std::string_view filter, Qos = Qos::exactly_once, Where = Where::here());

    // --- The application ---------------------------------------------------------------------------
    /// These expect that the call is accepted.
    void start(Where = Where::here());
    void stop(ReasonCode = ReasonCode::success);
    OperationId publish(std::string_view topic, std::string_view payload, Qos = Qos::at_most_once,
                        Where = Where::here());
    OperationId publish(std::string_view topic, std::string_view payload, const PublishOptions&, Where = Where::here());
    OperationId subscribe(std::initializer_list<Subscription>, Bytes properties = {}, Where = Where::here());
    OperationId unsubscribe(std::initializer_list<std::string_view>, Where = Where::here());
    void cancel(OperationId);
    /// These return why the call is refused.
    Errc try_publish(std::string_view topic, std::string_view payload, const PublishOptions& = {});
    Errc try_subscribe(std::initializer_list<Subscription>, Bytes properties = {});
    Errc try_unsubscribe(std::initializer_list<std::string_view>, Bytes properties = {});
    void wake_up();
    /// Of an application whose credentials have changed.
    void replace_connection();
    void provide_credentials(Credentials);
    void fail_credentials();
    Errc authenticate(std::string_view data);
    void fail_authentication();
    Errc reauthenticate(std::string_view data);

    // --- Events ------------------------------------------------------------------------------------
    Bench& expect_event(const seen::Event&, Where = Where::here());
    /// The next event, which is one of these.
    template <class E> E event(Where where = Where::here()) {
        const auto next = next_event(where);
        if (const E* found = std::get_if<E>(&next)) return *found;
        fail_at(where, "the next event is another one: " + describe_event(next));
        return {};
    }
    Bench& expect_no_event(Where = Where::here());
    [[nodiscard]] std::size_t events_waiting() const noexcept { return events_.size(); }
    /// The next one, whatever it is.
    seen::Event next_event(Where = Where::here());
    /// Drops the events and packets that nobody asked for.
    Bench& forget();
    Bench& forget_packets();
    Bench& forget_events();

    /// After a direct call on client(): drains the events, then the output.
    void settle();
    /// Destroys the client, and whatever it left.
    void destroy();

private:
    static std::string describe_event(const seen::Event&);
    void drain_events();
    void drain_output();
    void read_packets();
    void handle(const wsmq::Event&);
    void finish_connecting(const Packet& answer, bool again, Where);

    Version version_;
    std::unique_ptr<Client> client_;
    TimePoint now_;
    Transport transport_ = Transport::none;
    seen::OpenTransport wanted_;
    bool hung_up_ = false;
    Block output_;  ///< kept for its capacity
    Block unread_;  ///< what the broker has not parsed yet
    std::deque<Packet> packets_;
    std::deque<seen::Event> events_;
};

std::ostream& operator<<(std::ostream&, Bench::Transport);

}  // namespace wsmq::test
