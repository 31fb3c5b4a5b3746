#include "address.hpp"

#include <utility>

namespace wsmq::wasm {

namespace {

std::string decimal(int number) {
    std::string digits;
    for (; number > 0 || digits.empty(); number /= 10)
        digits.insert(digits.begin(), static_cast<char>('0' + number % 10));
    return digits;
}

}  // namespace

Address Address::from_parts(std::string host, int port, std::string path) {
    if (host.size() > 1 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    if (path.empty() || path.front() != '/') path.insert(path.begin(), '/');
    const bool is_v6 = host.find(':') != std::string::npos;
    std::string uri = is_v6 ? "ws://[" : "ws://";
    uri += host;
    if (is_v6) uri += ']';
    uri += ':';
    uri += decimal(port);
    uri += path;
    return {std::move(host), port, std::move(path), std::move(uri)};
}

Address Address::from_uri(std::string uri) {
    Address address;
    const std::size_t scheme_end = uri.find("://");
    const std::size_t host_begin = scheme_end == std::string::npos ? 0 : scheme_end + 3;
    const std::size_t path_begin = std::min(uri.find_first_of("/?", host_begin), uri.size());
    const std::string authority = uri.substr(host_begin, path_begin - host_begin);
    const std::size_t colon = authority.find(':', authority.find(']') == std::string::npos ? 0 : authority.find(']'));
    address.host = authority.substr(0, colon);
    if (address.host.size() > 1 && address.host.front() == '[')
        address.host = address.host.substr(1, address.host.size() - 2);
    if (colon != std::string::npos) {
        for (std::size_t at = colon + 1; at < authority.size(); ++at)
            address.port = address.port * 10 + (authority[at] - '0');
    }
    address.path = uri.substr(path_begin);
    if (address.path.empty()) address.path = "/";
    address.uri = std::move(uri);
    return address;
}

std::string with_tls(const std::string& uri) { return uri.starts_with("ws:") ? "wss" + uri.substr(2) : uri; }

}  // namespace wsmq::wasm
