// The phase of a load in which every webapp asks the services.
#pragma once
#include <string>

#include "load/crowd.hpp"
#include "text/json_text.hpp"

namespace wsmq::command {

class RequestPhase {
public:
    /// `window`: requests that are open at a time.
    RequestPhase(net::io_context& io, Crowd& crowd, const LoadArguments& arguments, unsigned window)
        : io_{io}, crowd_{crowd}, arguments_{arguments}, window_{window} {}

    net::awaitable<void> run();
    [[nodiscard]] std::uint64_t wanted() const noexcept {
        return arguments_.services > 0 ? std::uint64_t{arguments_.requests} * arguments_.webapps : 0;
    }
    /// With an answer, or an error.
    [[nodiscard]] std::uint64_t ended() const noexcept { return latencies_.count() + failed_; }
    [[nodiscard]] bool is_complete() const noexcept { return latencies_.count() == wanted(); }
    /// Beside the meter's.
    void add_to(Json&) const;
    [[nodiscard]] const Latencies& latencies() const noexcept { return latencies_; }
    [[nodiscard]] std::uint64_t failed() const noexcept { return failed_; }
    /// Why the first one failed; empty where none has.
    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

private:
    net::awaitable<void> ask_in_turn();

    net::io_context& io_;
    Crowd& crowd_;
    const LoadArguments& arguments_;
    unsigned window_;
    std::uint64_t next_ = 0;
    std::uint64_t failed_ = 0;
    std::string problem_;
    Latencies latencies_;
};

}  // namespace wsmq::command
