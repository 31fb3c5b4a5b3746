// Identifies an operation that was sent and not acknowledged, across connections and retransmissions.
#pragma once
#include <cstdint>

namespace wsmq::client {

struct Suspect {
    enum class Kind : std::uint8_t {
        none,
        renewal,  ///< SUBSCRIBE of our own; the number is of the subscription that it begins with
        request,  ///< the user's SUBSCRIBE or UNSUBSCRIBE
        publish,
        release,  ///< PUBREL of a QoS 2 message; the number is the message's
    };

    Kind kind = Kind::none;
    std::uint64_t number = 0;

    explicit operator bool() const noexcept { return kind != Kind::none; }
    friend bool operator==(const Suspect&, const Suspect&) = default;
};

}  // namespace wsmq::client
