#include "process/jobs.hpp"

namespace wsmq::command {

Jobs::Jobs(net::io_context& io, JobSettings settings, unsigned at_once, const Report& report)
    : io_{io}, settings_{std::move(settings)}, at_once_{at_once}, report_{report} {}

void Jobs::add(native::Request request) {
    std::erase_if(waiting_, [](const auto& each) { return each.has_ended(); });
    waiting_.push_back(std::move(request));
    pump();
}

void Jobs::pump() {
    while (running_.size() < at_once_ && !waiting_.empty()) {
        auto next = std::move(waiting_.front());
        waiting_.pop_front();
        if (!next.has_ended()) start(std::move(next));
    }
}

void Jobs::start(native::Request request) {
    const auto job = std::make_shared<Job>(io_, settings_, std::move(request), report_);
    running_.insert(job);
    net::co_spawn(io_, job->run(children_), [this, job](std::exception_ptr) {
        running_.erase(job);
        pump();
        changed_.cancel();
    });
}

void Jobs::end_all() {
    waiting_.clear();
    for (const auto& job : running_) job->end();
}

net::awaitable<void> Jobs::empty() {
    while (!running_.empty() || !waiting_.empty()) {
        boost::system::error_code cancelled;
        co_await changed_.async_wait(net::redirect_error(net::use_awaitable, cancelled));
    }
}

}  // namespace wsmq::command
