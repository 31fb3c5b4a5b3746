// Where a broker is, in the forms that the constructor takes.
#pragma once
#include <string>

namespace wsmq::wasm {

struct Address {
    std::string host;  ///< without the brackets of an IPv6 address
    int port = 0;      ///< 0: the scheme's own
    std::string path;
    std::string uri;

    /// ws: until the options say otherwise. JavaScript checks the URI that comes out of it.
    [[nodiscard]] static Address from_parts(std::string host, int port, std::string path);
    [[nodiscard]] static Address from_uri(std::string uri);
};

/// ws: replaced by wss:; any other scheme stays.
[[nodiscard]] std::string with_tls(const std::string& uri);

}  // namespace wsmq::wasm
