// The options that a client gives to its engine, and how it asks for credentials.
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

/// The engine's options, completed with the number of hosts, the random seed, the store, and the credentials of a URL.
[[nodiscard]] ConnectOptions engine_options(const ClientOptions&, const Hosts&);

/// Which URL or option of a client is invalid, for people; empty where none is.
[[nodiscard]] std::string option_error(const ClientOptions&, const Hosts&);

/// Asks the application for the credentials of one attempt. `answer` is called on the executor; at once, and with
/// nothing, where no ClientOptions::credentials is set.
void ask_credentials(const ClientOptions&, const boost::asio::any_io_executor&,
                                 std::function<void(std::optional<Credentials>)> answer);

}  // namespace wsmq::native
