// The last failure of a transport, kept until the engine reports the disconnection that it caused.
#pragma once
#include <string>
#include <utility>

#include "wsmq/native/error_code.hpp"
#include "wsmq/native/results.hpp"

namespace wsmq::native {

struct TransportFailure {
    boost::system::error_code error{};
    std::string detail{};
    boost::system::error_code cause{};

    /// The disconnection with its cause: the transport's error where it failed, else the broker's reason code, else the
    /// engine's error. Resets this.
    [[nodiscard]] Disconnection explain(const Disconnected& disconnected) {
        const auto failure = std::exchange(*this, {});
        return {disconnected, failure.why(disconnected), failure.detail, failure.cause};
    }

private:
    [[nodiscard]] boost::system::error_code why(const Disconnected& disconnected) const {
        const bool of_transport =
            disconnected.why == Errc::transport_failed || disconnected.why == Errc::transport_closed;
        if (disconnected.why == Errc::none) return {};
        if (of_transport && error) return error;
        if (is_failure(disconnected.reason)) return disconnected.reason;
        return disconnected.why;
    }
};

}  // namespace wsmq::native
