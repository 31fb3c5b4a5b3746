// Uses the transports from outside: an address, and an error that says what it is.
#include <boost/system/error_code.hpp>
#include <variant>

#include "wsmq/native/transport_error.hpp"
#include "wsmq/native/url.hpp"

int main() {
    const auto parsed = wsmq::native::parse_url("wss://example.org/mqtt?room=1");
    const auto* const url = std::get_if<wsmq::native::Url>(&parsed);
    if (url == nullptr || url->port != 443 || url->target != "/mqtt?room=1") return 1;
    const boost::system::error_code error = wsmq::native::TransportError::host_name_mismatch;
    return error && !error.message().empty() ? 0 : 1;
}
