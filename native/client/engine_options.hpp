// What a client of ours gives to its engine, and how it asks for credentials; for messaging/ as well.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "client/hosts.hpp"
#include "wsmq/export.hpp"
#include "wsmq/native/client_options.hpp"

namespace wsmq::native {

/// From the system's cryptographic source.
[[nodiscard]] WSMQ_EXPORT std::uint64_t random_seed();

/// The engine's options, with the hosts, chance, the store, and the credentials of a URL filled in.
[[nodiscard]] WSMQ_EXPORT ConnectOptions engine_options(const ClientOptions&, const Hosts&);

/// What of a client's addresses and options is out of range, for people; empty where nothing is.
[[nodiscard]] WSMQ_EXPORT std::string wrong_option(const ClientOptions&, const Hosts&);

/// Asks the user for the credentials of one attempt. `answer` is called on the executor, at once where nobody can be
/// asked.
WSMQ_EXPORT void ask_credentials(const ClientOptions&, const boost::asio::any_io_executor&,
                                 std::function<void(std::optional<Credentials>)> answer);

}  // namespace wsmq::native
