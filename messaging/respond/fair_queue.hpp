// Fair queueing of calls by account: no account takes more than half of the limits, and accounts with waiting calls
// take turns.
#pragma once
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "wsmq/messaging/call_limits.hpp"

namespace wsmq::messaging {

class FairQueue {
public:
    explicit FairQueue(const CallLimits& limits) : limits_{limits} {}

    /// Whether there is room for a call of this size, open or waiting.
    [[nodiscard]] bool has_room(std::string_view account, std::size_t bytes) const;
    /// Adds a waiting call. Numbers grow.
    void add(std::string_view account, std::uint64_t call, std::size_t bytes);
    /// The call whose turn it is, which becomes open.
    std::optional<std::uint64_t> next();
    void end_open(std::string_view account);
    void end_waiting(std::string_view account, std::uint64_t call);

    [[nodiscard]] std::size_t open() const noexcept { return open_; }
    [[nodiscard]] std::size_t waiting() const noexcept { return waiting_; }
    [[nodiscard]] std::size_t size() const noexcept { return open_ + waiting_; }

private:
    struct Account {
        std::size_t open = 0;
        /// In their order, with their bytes. Any of them may end, so that a list would cost whoever ends many.
        std::map<std::uint64_t, std::size_t> waiting;
        std::size_t bytes = 0;  ///< of those that wait
        bool is_ready = false;
    };
    using Accounts = std::map<std::string, Account, std::less<>>;

    [[nodiscard]] bool may_open(const Account&) const noexcept;
    void take_waiting(Account&, std::uint64_t call);
    /// Makes it ready where it may open a call; removes it where it has none.
    void settle(Accounts::iterator);

    const CallLimits& limits_;
    Accounts accounts_;  ///< those with calls, or ready
    std::list<Accounts::iterator> ready_;
    std::size_t open_ = 0;
    std::size_t waiting_ = 0;
    std::size_t bytes_ = 0;
};

}  // namespace wsmq::messaging
