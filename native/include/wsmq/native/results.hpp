// What operations end with, beside their error.
#pragma once
#include <boost/system/error_code.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "wsmq/event.hpp"
#include "wsmq/property.hpp"

namespace wsmq::native {

/// The broker's answer to a publish, subscribe or unsubscribe; empty where there was none.
struct Answer {
    /// Of a subscribe or unsubscribe: the first failure, else the first code.
    ReasonCode reason = ReasonCode::success;
    /// One per topic filter, in their order; empty for a publish.
    std::vector<ReasonCode> reason_codes{};
    std::vector<std::uint8_t> encoded_properties{};

    [[nodiscard]] PropertyView properties() const noexcept { return PropertyView{encoded_properties}; }
    /// The broker's own explanation; mostly empty.
    [[nodiscard]] std::string_view reason_string() const {
        return properties().text(PropertyId::reason_string).value_or("");
    }
};

/// The broker's CONNACK; where no connection came about, the reason of the last attempt.
struct ConnectAnswer {
    bool session_present = false;
    ReasonCode reason = ReasonCode::success;
    std::vector<std::uint8_t> encoded_properties{};
    /// What the transport says of its failure, for people.
    std::string detail{};

    [[nodiscard]] PropertyView properties() const noexcept { return PropertyView{encoded_properties}; }
    [[nodiscard]] std::string_view reason_string() const {
        return properties().text(PropertyId::reason_string).value_or("");
    }
};

/// A connection, or an attempt at one, ended.
struct Disconnection : Disconnected {
    /// Of the transport where it failed, else the broker's reason, else ours; none after
    /// async_disconnect().
    boost::system::error_code error;
    /// What the transport says of its failure, for people.
    std::string detail;
};

}  // namespace wsmq::native
