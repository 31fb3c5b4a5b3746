#include "transport/lookup.hpp"

#include <netdb.h>
#include <pthread.h>

#include <atomic>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <system_error>
#include <thread>
#include <utility>

namespace wsmq::native {
namespace {

using boost::asio::ip::address;
using boost::system::error_code;

std::atomic<int> running_lookups{0};

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

error_code resolver_error(int error) {
    switch (error) {
        case EAI_NONAME: return boost::asio::error::host_not_found;
        case EAI_AGAIN: return boost::asio::error::host_not_found_try_again;
        case EAI_SYSTEM: return {errno, boost::system::system_category()};
        case EAI_MEMORY: return boost::asio::error::no_memory;
        default: return boost::asio::error::no_recovery;
    }
}

address to_address(const addrinfo& info) {
    if (info.ai_family == AF_INET) {
        sockaddr_in socket_address{};
        std::memcpy(&socket_address, info.ai_addr, sizeof socket_address);
        return boost::asio::ip::address_v4{ntohl(socket_address.sin_addr.s_addr)};
    }
    sockaddr_in6 socket_address{};
    std::memcpy(&socket_address, info.ai_addr, sizeof socket_address);
    boost::asio::ip::address_v6::bytes_type bytes{};
    std::memcpy(bytes.data(), &socket_address.sin6_addr, bytes.size());
    return boost::asio::ip::address_v6{bytes, socket_address.sin6_scope_id};
}

Lookup::Answer resolved(const std::string& host, const Resolve& resolve) {
    const auto failed = [&](const std::string& why) {
        return Lookup::Answer{Failure{TransportError::resolve_failed, host + ": " + why}};
    };
    try {
        error_code error;
        auto addresses = resolve(host, error);
        if (error) return failed(error.message());
        if (addresses.empty()) return failed("it has no address");
        return Lookup::Answer{std::move(addresses)};
    } catch (const std::exception& exception) {  // of a function that is not ours
        return failed(exception.what());
    } catch (...) {
        return failed("the resolver threw something");
    }
}

}  // namespace

Lookup::Addresses system_resolve(const std::string& host, error_code& error) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* first = nullptr;
    if (const int failure = getaddrinfo(host.c_str(), nullptr, &hints, &first); failure != 0) {
        error = resolver_error(failure);
        return {};
    }
    Lookup::Addresses addresses;
    for (const auto* info = first; info; info = info->ai_next) {
        if (info->ai_family == AF_INET || info->ai_family == AF_INET6) addresses.push_back(to_address(*info));
    }
    freeaddrinfo(first);
    return addresses;
}

Lookup::Lookup(boost::asio::any_io_executor executor, Handler handler)
    : executor_{std::move(executor)}, handler_{std::move(handler)} {}

void Lookup::start(const std::string& host, Resolve resolve) {
    if (!resolve) resolve = system_resolve;
    if (running_lookups.fetch_add(1) >= maximum_lookups) {
        --running_lookups;
        return answer(Failure{TransportError::resolve_failed, host + ": too many look-ups have not ended yet"});
    }
    try {
        const SignalsBlocked blocked;
        std::thread{[self = shared_from_this(), host, resolve = std::move(resolve)] {
            self->look_up(host, resolve);
            --running_lookups;
        }}.detach();
    } catch (const std::system_error& error) {
        --running_lookups;
        answer(Failure{TransportError::resolve_failed, host + ": " + error.what()});
    }
}

void Lookup::look_up(const std::string& host, const Resolve& resolve) { answer(resolved(host, resolve)); }

void Lookup::abandon() {
    const std::lock_guard lock{mutex_};
    executor_.reset();
    handler_ = nullptr;
}

void Lookup::answer(Answer result) {
    const std::lock_guard lock{mutex_};
    if (!executor_) return;
    const auto executor = *std::exchange(executor_, std::nullopt);
    boost::asio::post(executor, [self = shared_from_this(), result = std::move(result)]() mutable {
        // abandon() runs on this executor, too.
        if (const auto handler = std::exchange(self->handler_, nullptr)) handler(std::move(result));
    });
}

}  // namespace wsmq::native
