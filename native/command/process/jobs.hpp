// The requests that programs answer: a bounded number runs at once, the others wait.
#pragma once
#include <deque>
#include <set>

#include "process/job.hpp"

namespace wsmq::command {

class Jobs {
public:
    Jobs(net::io_context&, JobSettings, unsigned at_once, const Report&);

    /// The service bounds how many there are.
    void add(native::Request);
    /// Ends all of them.
    void end_all();
    /// At once, before this process ends.
    void kill_all() const noexcept { children_.kill_all(); }
    /// Ends when none runs or waits.
    net::awaitable<void> empty();

private:
    void pump();
    void start(native::Request);

    net::io_context& io_;
    JobSettings settings_;
    unsigned at_once_;
    const Report& report_;
    Children children_{io_};
    std::deque<native::Request> waiting_;
    std::set<std::shared_ptr<Job>> running_;
    net::steady_timer changed_{io_, net::steady_timer::time_point::max()};
};

}  // namespace wsmq::command
