#include "transport/lookup.hpp"

#include <netdb.h>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstring>
#include <utility>

#include "transport/lookup_queue.hpp"

namespace wsmq::native {
namespace {

using boost::asio::ip::address;
using boost::system::error_code;

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

LookupQueue& lookup_queue() {
    // Never destroyed: a resolver that hangs must not hold up the end of the process.
    static auto& queue = *new LookupQueue{maximum_lookups, system_resolve};
    return queue;
}

Lookup::Lookup(boost::asio::any_io_executor executor, Handler handler, LookupQueue& queue)
    : queue_{queue}, executor_{std::move(executor)}, handler_{std::move(handler)} {}

void Lookup::start(const std::string& host, Resolve resolve) {
    queue_.enter(shared_from_this(), host, std::move(resolve));
}

void Lookup::abandon() {
    {
        const std::lock_guard lock{mutex_};
        executor_.reset();
        handler_ = nullptr;
    }
    queue_.leave(shared_from_this());
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
