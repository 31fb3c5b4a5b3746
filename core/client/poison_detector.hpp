// Finds the operation over which the other side ends one connection after another, so that it can be given up and what
// is behind it goes on. Nothing sound may be taken for one, however bad the network is: so what is unanswered is sent
// one by one, and what was unanswered when the connection ended is tried against a control. The connection has to carry
// eight PINGREQs or more, a random number, each as long as it took to end over the suspect, and then has to end as
// quickly over the suspect alone; five times, with nothing else in between. Ends that come by chance, at whatever rate
// or after a fixed time, do so with a probability of less than one in a million. A broker that says what it does not
// like about a packet is believed the second time.
#pragma once
#include <optional>

#include "client/suspect.hpp"
#include "wsmq/error.hpp"
#include "wsmq/random.hpp"
#include "wsmq/reason_code.hpp"
#include "wsmq/types.hpp"

namespace wsmq::client {

class PoisonDetector {
public:
    /// Connections in a row that end with the same operation as their oldest one before any is isolated; one suffices
    /// where the broker's reason is about a packet.
    static constexpr unsigned losses_until_isolation = 3;
    static constexpr unsigned strikes_until_given_up = 5;
    static constexpr unsigned blames_until_given_up = 2;
    /// How long the other side may take to end the connection over the suspect.
    static constexpr Duration shortest_window{50};
    static constexpr Duration longest_window{1'000};
    /// Controls before the suspect is sent: this many, and up to twice as many more.
    static constexpr unsigned fewest_controls = 8;

    explicit PoisonDetector(std::uint64_t seed) noexcept : random_{seed} {}

    /// Whether what was sent before goes one by one, and everything else waits.
    [[nodiscard]] bool is_isolating() const noexcept { return isolating_; }

    void connected() noexcept;
    /// What to do about the oldest operation that was sent before, while nothing is on its way.
    enum class Step : std::uint8_t { wait, ping, send };
    [[nodiscard]] Step next(const Suspect& oldest, TimePoint now) noexcept;
    void sent(TimePoint now) noexcept;
    /// PINGRESP.
    void answered() noexcept { pinging_ = false; }
    /// When next() has another answer.
    [[nodiscard]] std::optional<TimePoint> deadline() const noexcept;
    /// Nothing is left of what was sent before.
    void clear() noexcept;

    /// A connection that was accepted ended.
    struct End {
        bool by_peer = false;
        ReasonCode reason = ReasonCode::success;  ///< of the broker's DISCONNECT
        Suspect oldest{};                         ///< the oldest operation that was on its way
    };
    /// True: the operation is to be given up.
    [[nodiscard]] bool ended(const End&, TimePoint now) noexcept;

private:
    void ended_in_crowd(const End&) noexcept;
    [[nodiscard]] bool ended_in_isolation(const End&, TimePoint now) noexcept;
    void suspect(const Suspect&) noexcept;

    Random random_;
    Suspect suspect_{};
    bool isolating_ = false;
    unsigned losses_ = 0;
    unsigned strikes_ = 0;
    unsigned blames_ = 0;
    Duration took_{};  ///< from the suspect to the end, the last time

    // Of this connection
    bool trying_ = false;   ///< the controls have begun
    bool pinging_ = false;  ///< PINGRESP is awaited
    bool tried_ = false;    ///< all controls passed before the suspect was sent
    unsigned controls_ = 0;
    Duration window_{};
    TimePoint sent_at_{};  ///< the last control, or operation
};

}  // namespace wsmq::client
