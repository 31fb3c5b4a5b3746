// Resolves a host name on a thread of its own: a resolver that hangs blocks neither the loop, nor the destruction of
// its context, nor the end of the process. Asio's resolver would block all three.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "transport/failure.hpp"
#include "wsmq/native/transport_options.hpp"

namespace wsmq::native {

/// The most threads at once; further look-ups wait. A thread that hangs stays until its resolver gives up.
constexpr int maximum_lookups = 32;

class LookupQueue;
/// The queue of the process.
[[nodiscard]] LookupQueue& lookup_queue();

class Lookup : public std::enable_shared_from_this<Lookup> {
public:
    using Addresses = std::vector<boost::asio::ip::address>;  ///< never empty
    using Answer = std::variant<Addresses, Failure>;
    using Handler = std::function<void(Answer)>;

    /// The handler runs on the executor, unless abandon() comes first. The executor's context must
    /// outlive the look-up or its abandonment.
    Lookup(boost::asio::any_io_executor, Handler, LookupQueue& = lookup_queue());

    /// Once. Without a function it uses the system's resolver, and shares the answer with concurrent look-ups of the
    /// same host.
    void start(const std::string& host, Resolve);
    void abandon();
    /// Called by the queue, from any thread.
    void answer(Answer);

private:
    LookupQueue& queue_;
    std::mutex mutex_;  ///< guards executor_, which is reset when the answer is not wanted any more
    std::optional<boost::asio::any_io_executor> executor_;
    Handler handler_;
};

/// getaddrinfo(3): may block for as long as the system is configured to try.
[[nodiscard]] Lookup::Addresses system_resolve(const std::string& host, boost::system::error_code&);

}  // namespace wsmq::native
