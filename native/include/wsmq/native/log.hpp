// What a client reports of itself to a log.
#pragma once
#include <cstdint>
#include <functional>
#include <string_view>

namespace wsmq::native {

/// From the most to the least important.
enum class LogLevel : std::uint8_t {
    error,    ///< the connection ended for good
    warning,  ///< a connection was lost, an attempt failed, a subscription or a message was given up
    info,     ///< attempts and connections
    debug,    ///< every packet: its name, identifier, topic and reason code, never its payload or credentials
};

/// Called on the client's executor with one line without its end, valid during the call. It must not call or destroy
/// the client. What it throws comes out of the loop's run(), and stops nothing else.
using Logger = std::function<void(LogLevel, std::string_view line)>;

}  // namespace wsmq::native
