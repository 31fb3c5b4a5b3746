// A webapp or a service of a command: joins, and logs its connection.
#pragma once
#include <string>

#include "session.hpp"
#include "wsmq/native/joining.hpp"
#include "wsmq/native/messaging_error.hpp"

namespace wsmq::command {

/// `Party` is a native::Webapp or a native::Service, and outlives this.
template <class Party> class Membership {
public:
    /// `name`: for the log (-d).
    Membership(Party& party, const Report& report, std::uint32_t maximum_losses, std::string name)
        : party_{party}, log_{report, maximum_losses}, name_{std::move(name)} {
        log_.on_lost = [this](const CommandError& error) {
            if (on_lost) on_lost(error);
        };
        party_.on_joined([this](bool again) {
            log_.connected((again ? "Joined again as " : "Joined as ") + name_ + '.');
            log_.settled();
        });
        party_.on_disconnected([this](const native::Disconnection& event) { log_.disconnected(event); });
    }

    /// Throws CommandError where it cannot join; false where end() was called first.
    [[nodiscard]] net::awaitable<bool> join() {
        native::ErrorCode error;
        const auto answer = co_await party_.async_join(net::redirect_error(net::use_awaitable, error));
        if (!error) co_return true;
        if (log_.is_ending()) co_return false;
        throw failure_of(error, answer);
    }
    /// Logs nothing more.
    void end() noexcept { log_.end(); }

    /// Called when an established connection ends for good, unless end() was called.
    std::function<void(const CommandError&)> on_lost;

    /// The error for a failure to join.
    [[nodiscard]] CommandError failure_of(const native::ErrorCode& error, const native::JoinAnswer& answer) const {
        if (log_.was_lost())
            return {ExitCode::connection_lost, "The connection was lost: " + explain(error, answer.detail)};
        if (log_.was_accepted()) return {ExitCode::failed, "Not joined: " + explain(error, answer.detail)};
        return not_connected(error, answer.detail);
    }

private:
    Party& party_;
    ConnectionLog log_;
    std::string name_;
};

}  // namespace wsmq::command
