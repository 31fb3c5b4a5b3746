#include "client/client_log.hpp"

#include <boost/asio/post.hpp>
#include <exception>
#include <utility>
#include <variant>

#include "transport/sanitize.hpp"

namespace wsmq::native {

namespace {

std::string name_of(OperationId id) { return "operation " + std::to_string(static_cast<std::uint32_t>(id)); }

}  // namespace

ClientLog::ClientLog(boost::asio::any_io_executor executor, Logger logger, LogLevel least, const Hosts& hosts)
    : executor_{std::move(executor)}, logger_{std::move(logger)}, least_{least}, hosts_{hosts} {}

void ClientLog::event(const Event& event) {
    if (const auto* open = std::get_if<OpenTransport>(&event)) {
        opening(*open);
    } else if (const auto* connected = std::get_if<Connected>(&event)) {
        write(LogLevel::info,
              connected->session_present ? "Connected; the broker has our session." : "Connected; the session is new.");
    } else if (const auto* lost = std::get_if<SubscriptionLost>(&event)) {
        write(LogLevel::warning, "The subscription to " + printable(lost->topic_filter) +
                                     " is lost: " + std::string{describe(lost->reason)} + ".");
    } else if (const auto* failed = std::get_if<Failed>(&event)) {
        write(LogLevel::warning, "A message or subscription (" + name_of(failed->id) +
                                     ") was given up: " + std::string{describe(failed->error)} + ".");
    } else if (const auto* completed = std::get_if<Completed>(&event); completed && is_failure(completed->reason)) {
        write(LogLevel::warning, "The broker refused a message or subscription (" + name_of(completed->id) +
                                     "): " + std::string{describe(completed->reason)} + ".");
    }
}

void ClientLog::opening(const OpenTransport& open) {
    packets_.begin();
    write(LogLevel::info,
          "Connecting to " + hosts_.name(open.host) + ", attempt " + std::to_string(open.attempt + 1) + ".");
}

void ClientLog::disconnected(const Disconnection& end) {
    std::string line = end.was_connected ? "The connection ended" : "The attempt to connect failed";
    if (end.error) line += ": " + end.error.message();
    if (!end.detail.empty()) line += " (" + end.detail + ")";
    if (!end.reason_string.empty()) line += ", \"" + printable(end.reason_string) + "\"";
    if (end.reconnecting) line += "; the next attempt follows in " + std::to_string(end.retry_in.count()) + " ms";
    const auto of_error = end.reconnecting ? LogLevel::warning : LogLevel::error;
    const auto level = end.error ? of_error : LogLevel::info;
    write(level, line + ".");
}

void ClientLog::bytes(PacketLog::Direction direction, Bytes chunk) {
    const char* verb = direction == PacketLog::Direction::sent ? "Sent " : "Received ";
    while (const auto packet = packets_.next(direction, chunk)) write(LogLevel::debug, verb + to_text(*packet));
}

void ClientLog::write(LogLevel level, std::string_view line) {
    if (level > least_) return;
    try {
        logger_(level, line);
    } catch (...) {  // it must not come between bytes and the engine
        boost::asio::post(executor_, [thrown = std::current_exception()] { std::rethrow_exception(thrown); });
    }
}

}  // namespace wsmq::native
