#include "client/hosts.hpp"

#include "transport/sanitize.hpp"
#include "wsmq/native/message.hpp"

namespace wsmq::native {

Hosts::Hosts(const std::vector<std::string>& urls) {
    if (urls.empty()) error_ = "no URL is given";
    for (const auto& text : urls) {
        const auto parsed = parse_url(text);
        const auto* wrong = std::get_if<UrlError>(&parsed);
        const auto* url = std::get_if<Url>(&parsed);
        if (url && url->scheme != Scheme::http) {
            urls_.push_back(*url);
            continue;
        }
        // Named by its place, because a URL may hold a password.
        const auto place = "URL " + std::to_string(urls_.size() + 1) + ": ";
        error_ = place + std::string{describe(wrong ? *wrong : UrlError::unknown_scheme)};
        return;
    }
}

Credentials Hosts::credentials() const {
    for (const auto& url : urls_) {
        if (!url.username && !url.password) continue;
        Credentials found{url.username, std::nullopt};
        if (url.password) {
            const auto bytes = as_bytes(*url.password);
            found.password.emplace(bytes.begin(), bytes.end());
        }
        return found;
    }
    return {};
}

std::string Hosts::name(std::size_t host) const {
    const auto& url = urls_[host];
    const auto begin = std::string{native::name(url.scheme)} + "://";
    if (url.scheme == Scheme::mqtt_unix) return begin + printable(url.target);
    const bool is_v6 = url.host.find(':') != std::string::npos;
    return begin + (is_v6 ? "[" + url.host + "]" : url.host) + ":" + std::to_string(url.port);
}

std::shared_ptr<Transport> Hosts::make_transport(const boost::asio::any_io_executor& executor, std::size_t host,
                                                 const ClientOptions& options) const {
    if (options.make_transport) return options.make_transport(executor, host);
    auto transport = options.transport;
    transport.version = options.connect.version;
    return native::make_transport(executor, urls_[host], transport);
}

}  // namespace wsmq::native
