// The requests that programs answer: a bounded number runs at once, the others wait.
#pragma once
#include <deque>
#include <functional>
#include <set>

#include "process/job.hpp"

namespace wsmq::command {

class Jobs {
public:
    Jobs(net::io_context&, JobSettings, unsigned at_once, const Report&);

    /// The service bounds how many there are. `done`: called when its program has ended.
    void add(native::Request, std::function<void()> done);
    /// That run or wait.
    [[nodiscard]] std::size_t size() const noexcept { return running_.size() + waiting_.size(); }
    /// Ends all of them.
    void end_all();
    /// At once, before this process ends.
    void kill_all() const noexcept { children_.kill_all(); }
    /// Ends when none runs or waits.
    net::awaitable<void> empty();

private:
    struct Waiting {
        native::Request request;
        std::function<void()> done;
    };

    void pump();
    void start(Waiting);

    net::io_context& io_;
    JobSettings settings_;
    unsigned at_once_;
    const Report& report_;
    Children children_{io_};
    std::deque<Waiting> waiting_;
    std::set<std::shared_ptr<Job>> running_;
    net::steady_timer changed_{io_, net::steady_timer::time_point::max()};
};

}  // namespace wsmq::command
