// The exit codes of the command, for scripts. Documented in docs/command.md.
#pragma once
#include <stdexcept>
#include <string>

namespace wsmq::command {

enum class ExitCode : int {
    success = 0,
    failed = 1,           ///< the broker refused a message or a subscription, the other side answered with an error,
                          ///< or something could not be written
    usage = 2,            ///< the arguments are not sound; nothing was sent
    not_connected = 3,    ///< no broker could be reached
    refused = 4,          ///< the broker refused the connection
    connection_lost = 5,  ///< the connection ended and may not, or could not, be taken up again
    no_responder = 6,     ///< no responder is online
    cancelled = 7,        ///< the request was cancelled, by SIGINT or SIGTERM
    timed_out = 27,       ///< -W ran out; the number is that of mosquitto_sub
};

/// Arguments that contradict each other or cannot be read. The text is for people.
class UsageError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Any other failure.
class CommandError : public std::runtime_error {
public:
    /// `details`: JSON text of an object, for --json; empty for none.
    CommandError(ExitCode code, const std::string& text, std::string details = {})
        : std::runtime_error{text}, code_{code}, details_{std::move(details)} {}
    [[nodiscard]] ExitCode code() const noexcept { return code_; }
    [[nodiscard]] const std::string& details() const noexcept { return details_; }

private:
    ExitCode code_;
    std::string details_;
};

}  // namespace wsmq::command
