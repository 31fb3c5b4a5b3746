// The requests that programs answer: so many at once, and the others in their turn.
#pragma once
#include <deque>
#include <set>

#include "process/job.hpp"

namespace wsmq::command {

class Jobs {
public:
    Jobs(net::io_context&, JobSettings, unsigned at_once, const Report&);

    /// Whoever adds them sees to it that there are not too many.
    void add(native::Request);
    /// Nothing of it is wanted any more.
    void end_all();
    /// At once: this process is about to end.
    void kill_all() const noexcept { children_.kill_all(); }
    /// Until none runs or waits.
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
