// An exchange of AUTH packets (MQTT 5.0, 4.12): whose turn it is.
#pragma once
#include <cstdint>
#include <utility>

namespace wsmq::client {

class AuthenticationExchange {
public:
    /// With CONNECT or with our AUTH; the broker's turn.
    void begin() noexcept { turn_ = Turn::broker; }
    void end() noexcept { turn_ = Turn::nobody; }
    /// The broker asks for another AUTH.
    void challenged() noexcept { turn_ = Turn::client; }
    /// True where an AUTH of ours is awaited; then it is the broker's turn.
    [[nodiscard]] bool take_turn() noexcept {
        if (turn_ != Turn::client) return false;
        turn_ = Turn::broker;
        return true;
    }
    [[nodiscard]] bool is_running() const noexcept { return turn_ != Turn::nobody; }

private:
    enum class Turn : std::uint8_t {
        nobody,  ///< no exchange is running. Next: broker
        broker,  ///< its AUTH or CONNACK is awaited. Next: client, nobody
        client,  ///< the application's answer is awaited. Next: broker, nobody
    };
    Turn turn_ = Turn::nobody;
};

}  // namespace wsmq::client
