// The brokers of a client, and the transports to them.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "wsmq/native/client_options.hpp"

namespace wsmq::native {

class Hosts {
public:
    explicit Hosts(const std::vector<std::string>& urls);

    /// Which URL is invalid and why, for people; empty where none is.
    [[nodiscard]] const std::string& error() const noexcept { return error_; }
    [[nodiscard]] std::size_t size() const noexcept { return urls_.size(); }
    /// Username and password of the first URL that has either.
    /// Its address for people, without what may be secret.
    [[nodiscard]] std::string name(std::size_t host) const;
    /// Of the first URL that has any.
    [[nodiscard]] Credentials credentials() const;
    [[nodiscard]] std::shared_ptr<Transport> make_transport(const boost::asio::any_io_executor&, std::size_t host,
                                                            const ClientOptions&) const;

private:
    std::vector<Url> urls_;
    std::string error_;
};

}  // namespace wsmq::native
