// A client and a model broker with a wire between them that a test advances packet by packet, or
// byte by byte, and cuts whenever it likes. Everything is deterministic.
#pragma once
#include <map>
#include <memory>

#include "support/model_broker.hpp"
#include "support/seen.hpp"
#include "wsmq/client.hpp"

namespace wsmq::test {

class Link {
public:
    Link(const ConnectOptions& options, BrokerLimits limits);

    [[nodiscard]] Client& client() noexcept { return *client_; }
    [[nodiscard]] ModelBroker& broker() noexcept { return broker_; }
    [[nodiscard]] TimePoint now() const noexcept { return now_; }

    // --- Steps -------------------------------------------------------------------------------------
    /// The broker reads up to so many packets.
    void to_broker(std::size_t packets);
    /// The client reads up to so many bytes.
    void to_client(std::size_t bytes);
    /// The connection breaks, and everything on the wire is lost.
    void cut();
    /// The transport that the client waits for is there. False where it waits for none.
    bool open();
    /// The time passes up to the next deadline, and the tick comes.
    void tick();
    /// Whatever comes next without a loss. False: nothing moves any more.
    bool advance();
    /// Without further loss, until nothing moves any more. False when that takes for ever.
    [[nodiscard]] bool run();
    /// After a direct call on client().
    void settle();
    /// A new client object in the place of the old one, with the same store.
    void replace_client(const ConnectOptions& options);

    // --- What happened -----------------------------------------------------------------------------
    /// Payloads of the Message events of this QoS.
    [[nodiscard]] const std::vector<std::string>& received(Qos qos) const {
        return received_[static_cast<std::size_t>(qos)];
    }
    /// How often each operation ended, and how the last time.
    struct Ending {
        int times = 0;
        bool completed = false;
        Errc error = Errc::none;
        ReasonCode reason = ReasonCode::success;
    };
    [[nodiscard]] const std::map<OperationId, Ending>& endings() const noexcept { return endings_; }
    /// How often the client sent something.
    [[nodiscard]] std::size_t sends() const noexcept { return sends_; }
    [[nodiscard]] bool is_connected() const noexcept { return open_ && broker_.is_connected(); }
    /// What the client, seen from outside, did wrong; the broker's own list is apart.
    [[nodiscard]] const std::vector<std::string>& violations() const noexcept { return violations_; }

private:
    struct Sent {
        Packet packet;
        std::size_t size;
    };

    void handle(const Event&);
    void take_output();
    void count_in_flight(const Packet& sent);
    void count_acknowledged(Bytes received);
    [[nodiscard]] bool is_quiet() const;

    Version version_;
    BrokerLimits limits_;
    std::unique_ptr<Client> client_;
    ModelBroker broker_;
    TimePoint now_;

    bool wanted_ = false;
    bool open_ = false;
    Block unparsed_;                     ///< from the client
    std::deque<Sent> uplink_;            ///< whole packets of the client that the broker has not read
    Block downlink_;                     ///< bytes of the broker that the client has not read
    Block unframed_;                     ///< bytes that the client read, up to the next whole packet
    std::set<std::uint16_t> in_flight_;  ///< as the client must see it

    std::array<std::vector<std::string>, 3> received_;
    std::map<OperationId, Ending> endings_;
    std::size_t events_ = 0;
    std::size_t sends_ = 0;
    std::vector<std::string> violations_;
};

}  // namespace wsmq::test
