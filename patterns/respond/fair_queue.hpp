// Whose turn it is: the calls that are open and those that wait, by account, so that none takes more than half of what
// there is. The accounts that may open another call stand in a line, and each opens one at its turn.
#pragma once
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "wsmq/patterns/call_limits.hpp"

namespace wsmq::patterns {

class FairQueue {
public:
    explicit FairQueue(const CallLimits& limits) : limits_{limits} {}

    /// Whether a call of so many bytes may begin or wait.
    [[nodiscard]] bool has_room(std::string_view account, std::size_t bytes) const;
    /// It waits. Numbers grow.
    void add(std::string_view account, std::uint64_t call, std::size_t bytes);
    /// The one whose turn it is, which is open from now on.
    std::optional<std::uint64_t> next();
    void end_open(std::string_view account);
    void end_waiting(std::string_view account, std::uint64_t call);

    /// Open and waiting ones.
    [[nodiscard]] std::size_t size() const noexcept { return open_ + waiting_; }

private:
    struct Account {
        std::size_t open = 0;
        std::map<std::uint64_t, std::size_t> waiting;  ///< in their order, with their bytes
        std::size_t bytes = 0;                         ///< of those that wait
        bool is_ready = false;
    };
    using Accounts = std::map<std::string, Account, std::less<>>;

    [[nodiscard]] bool may_open(const Account&) const noexcept;
    void take_waiting(Account&, std::uint64_t call);
    /// Puts it at the end of the line, or forgets it, as may be.
    void settle(Accounts::iterator);

    const CallLimits& limits_;
    Accounts accounts_;  ///< those that have calls, or stand in line
    std::list<Accounts::iterator> ready_;
    std::size_t open_ = 0;
    std::size_t waiting_ = 0;
    std::size_t bytes_ = 0;
};

}  // namespace wsmq::patterns
