// Runs look-ups on a bounded number of threads. Concurrent look-ups of one host by the system's resolver share one
// answer.
#pragma once
#include <condition_variable>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "transport/lookup.hpp"

namespace wsmq::native {

/// Thread-safe. It must outlive its threads, so that a process keeps one for ever.
class LookupQueue {
public:
    /// `system` resolves for look-ups without a function of their own.
    LookupQueue(int limit, Resolve system) : limit_{limit}, system_{std::move(system)} {}
    /// Waits for its threads.
    ~LookupQueue();
    LookupQueue(const LookupQueue&) = delete;
    LookupQueue& operator=(const LookupQueue&) = delete;

    /// Answers the look-up, unless it leaves first.
    void enter(const std::shared_ptr<Lookup>&, const std::string& host, Resolve);
    void leave(const std::shared_ptr<Lookup>&);

private:
    struct Job {
        std::string host;
        Resolve resolve;  ///< null: the system's resolver, whose answer is shared
        std::set<std::shared_ptr<Lookup>> askers{};
    };
    using JobPointer = std::shared_ptr<Job>;

    [[nodiscard]] JobPointer job_for(const std::string& host, Resolve);
    void start_thread();
    void work();
    void finish(const JobPointer&, const Lookup::Answer&);

    const int limit_;
    const Resolve system_;
    std::mutex mutex_;
    std::condition_variable thread_ended_;
    std::list<JobPointer> waiting_;
    std::map<std::string, JobPointer> shared_;  ///< jobs that wait or run
    std::map<std::shared_ptr<Lookup>, JobPointer> jobs_;
    int threads_ = 0;
};

}  // namespace wsmq::native
