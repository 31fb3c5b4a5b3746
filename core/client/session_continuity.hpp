// Which session the next CONNECT resumes, and what the session that CONNACK speaks of is worth.
#pragma once
#include "wsmq/options.hpp"

namespace wsmq::client {

class SessionContinuity {
public:
    /// What is still valid on a new connection.
    struct Survivors {
        bool messages = false;       ///< the exchanges of QoS 1 and 2
        bool subscriptions = false;  ///< as the broker has them
    };

    void started() noexcept { was_connected_ = false; }
    void renamed() noexcept { is_renamed_ = true; }
    /// CONNECT was sent, and no connection came of it. Without a refusal the broker may have made a session.
    void handshake_failed(bool by_refusal) noexcept { connack_missed_ = !by_refusal; }

    /// Since start().
    [[nodiscard]] bool was_connected() const noexcept { return was_connected_; }
    /// A reconnection resumes its own session where the protocol can say so; a clean session of MQTT 3 ended with its
    /// connection.
    [[nodiscard]] bool asks_for_clean_start(const ConnectOptions& options) const noexcept {
        const bool resumes = was_connected_ && !is_renamed_ && options.version == Version::v5;
        return options.clean_start && !resumes;
    }

    /// CONNACK accepted the connection.
    [[nodiscard]] Survivors accepted(bool session_present, const ConnectOptions& options) noexcept {
        // MQTT 3.1 does not say whether there was a session, and one that is present may have been made for a CONNECT
        // whose CONNACK was lost. Retransmitting messages does no harm where the session was lost, nor does renewing
        // subscriptions where it was not.
        const bool is_unknown = options.version == Version::v3_1 && !options.clean_start;
        const bool is_ours = !connack_missed_ && !is_renamed_;
        connack_missed_ = is_renamed_ = false;
        was_connected_ = true;
        return {session_present || is_unknown, session_present && is_ours};
    }

private:
    bool was_connected_ = false;
    bool connack_missed_ = false;  ///< of the last CONNECT
    bool is_renamed_ = false;      ///< since the last CONNACK: no session of ours has this client identifier
};

}  // namespace wsmq::client
