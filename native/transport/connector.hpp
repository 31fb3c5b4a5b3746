// Connects by TCP to the first of several addresses that answers (RFC 8305, "happy eyeballs"): the address families
// alternate, and the next address is tried as soon as one fails or has not answered for a while, in parallel with those
// that are still being tried.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "transport/failure.hpp"
#include "wsmq/types.hpp"

namespace wsmq::native {

/// The families alternate, that of the first address first; within a family the order stays (RFC 8305, 4).
[[nodiscard]] std::vector<boost::asio::ip::address> interleaved(const std::vector<boost::asio::ip::address>&);

class Connector : public std::enable_shared_from_this<Connector> {
public:
    using Answer = std::variant<boost::asio::ip::tcp::socket, Failure>;
    using Handler = std::function<void(Answer)>;

    Connector(boost::asio::any_io_executor, const std::vector<boost::asio::ip::address>&, std::uint16_t port,
              Duration next_address);

    /// Once. The handler never runs from within the call, nor after cancel().
    void start(Handler);
    void cancel();
    /// The error of each address that was tried.
    [[nodiscard]] std::string summary() const;

private:
    [[nodiscard]] boost::system::error_code cause() const;
    struct Attempt {
        boost::asio::ip::tcp::endpoint endpoint;
        boost::asio::ip::tcp::socket socket;
        boost::system::error_code error{};  ///< why it failed
        bool running = true;
    };

    void try_next();
    void try_next_later();
    void ended(Attempt&, boost::system::error_code);
    void complete(Answer);

    boost::asio::any_io_executor executor_;
    std::vector<boost::asio::ip::address> addresses_;
    std::uint16_t port_;
    Duration next_address_;
    boost::asio::steady_timer timer_;
    Handler handler_;
    std::list<Attempt> attempts_;  ///< in the order of addresses_
};

}  // namespace wsmq::native
