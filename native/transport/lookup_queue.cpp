#include "transport/lookup_queue.hpp"

#include <pthread.h>

#include <csignal>
#include <exception>
#include <system_error>
#include <thread>
#include <utility>

namespace wsmq::native {
namespace {

/// The program's signals are for the program's own threads.
class SignalsBlocked {
public:
    SignalsBlocked() {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, &before_);
    }
    ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;

private:
    sigset_t before_{};
};

Lookup::Answer failed(const std::string& host, const std::string& why, boost::system::error_code cause = {}) {
    return Failure{TransportError::resolve_failed, host + ": " + why, cause};
}

Lookup::Answer resolved(const std::string& host, const Resolve& resolve) {
    try {
        boost::system::error_code error;
        auto addresses = resolve(host, error);
        if (error) return failed(host, error.message(), error);
        if (addresses.empty()) return failed(host, "it has no address");
        return addresses;
    } catch (const std::exception& exception) {  // of a function that is not ours
        return failed(host, exception.what());
    } catch (...) {
        return failed(host, "the resolver threw something");
    }
}

}  // namespace

LookupQueue::~LookupQueue() {
    std::unique_lock lock{mutex_};
    thread_ended_.wait(lock, [this] { return threads_ == 0; });
}

void LookupQueue::enter(const std::shared_ptr<Lookup>& lookup, const std::string& host, Resolve resolve) {
    JobPointer job;
    std::string failure;
    {
        const std::lock_guard lock{mutex_};
        job = job_for(host, std::move(resolve));
        job->askers.insert(lookup);
        jobs_[lookup] = job;
        if (threads_ >= limit_ || waiting_.empty()) return;
        try {
            start_thread();
            return;
        } catch (const std::system_error& error) {
            if (threads_ > 0) return;  // it gets its turn
            failure = error.what();
            waiting_.clear();
        }
    }
    finish(job, failed(host, failure));
}

void LookupQueue::leave(const std::shared_ptr<Lookup>& lookup) {
    const std::lock_guard lock{mutex_};
    const auto node = jobs_.extract(lookup);
    if (node.empty()) return;
    const auto& job = node.mapped();
    job->askers.erase(lookup);
    // One that runs cannot be called back, and may still be of use to others.
    if (job->askers.empty() && waiting_.remove(job) != 0 && !job->resolve) shared_.erase(job->host);
}

LookupQueue::JobPointer LookupQueue::job_for(const std::string& host, Resolve resolve) {
    const bool is_shared = !resolve;
    if (const auto found = shared_.find(host); is_shared && found != shared_.end()) return found->second;
    auto job = std::make_shared<Job>(Job{host, std::move(resolve)});
    if (is_shared) shared_[host] = job;
    waiting_.push_back(job);
    return job;
}

void LookupQueue::start_thread() {
    const SignalsBlocked blocked;
    std::thread{[this] { work(); }}.detach();
    ++threads_;
}

void LookupQueue::work() {
    std::unique_lock lock{mutex_};
    while (!waiting_.empty()) {
        const auto job = waiting_.front();
        waiting_.pop_front();
        lock.unlock();
        finish(job, resolved(job->host, job->resolve ? job->resolve : system_));
        lock.lock();
    }
    --threads_;
    thread_ended_.notify_all();
}

void LookupQueue::finish(const JobPointer& job, const Lookup::Answer& answer) {
    std::set<std::shared_ptr<Lookup>> askers;
    {
        const std::lock_guard lock{mutex_};
        askers.swap(job->askers);
        for (const auto& each : askers) jobs_.erase(each);
        if (!job->resolve) shared_.erase(job->host);
    }
    for (const auto& each : askers) each->answer(answer);
}

}  // namespace wsmq::native
