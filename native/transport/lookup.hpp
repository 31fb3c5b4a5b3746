// The addresses of a host, looked up on a thread beside the loop: a resolver that hangs holds up neither the loop, nor
// the destruction of its context, nor the end of the process, all of which Asio's own resolver waits for.
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

/// A thread that hangs stays until its resolver gives up. So many at once; further look-ups wait for their turn.
constexpr int maximum_lookups = 32;

class LookupQueue;
/// The process's own.
[[nodiscard]] LookupQueue& lookup_queue();

class Lookup : public std::enable_shared_from_this<Lookup> {
public:
    using Addresses = std::vector<boost::asio::ip::address>;  ///< never empty
    using Answer = std::variant<Addresses, Failure>;
    using Handler = std::function<void(Answer)>;

    /// The handler runs on the executor, unless abandon() comes first. The executor's context must
    /// outlive the look-up or its abandonment.
    Lookup(boost::asio::any_io_executor, Handler, LookupQueue& = lookup_queue());

    /// Once. Without a function the system's resolver is asked, and the answer is shared with whoever asks for the same
    /// host meanwhile.
    void start(const std::string& host, Resolve);
    void abandon();
    /// The queue's, from any thread.
    void answer(Answer);

private:
    LookupQueue& queue_;
    std::mutex mutex_;  ///< of the executor, which is gone when nobody wants to know any more
    std::optional<boost::asio::any_io_executor> executor_;
    Handler handler_;
};

/// getaddrinfo(3): may block for as long as the system is configured to try.
[[nodiscard]] Lookup::Addresses system_resolve(const std::string& host, boost::system::error_code&);

}  // namespace wsmq::native
