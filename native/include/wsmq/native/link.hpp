// One transport from its opening to its end, with the buffers that it is lent. The driver's own.
#pragma once
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "wsmq/native/transport.hpp"

namespace wsmq::native {

struct Link {
    static constexpr std::size_t read_size = 64u << 10;

    explicit Link(std::shared_ptr<Transport> of) : transport{std::move(of)} {}

    std::shared_ptr<Transport> transport;  ///< null: there can be none
    std::vector<std::uint8_t> inbound = std::vector<std::uint8_t>(read_size);
    std::vector<std::uint8_t> outbound;  ///< while it is written
    std::vector<std::uint8_t> last;      ///< what goes before the end
    std::optional<boost::asio::steady_timer> limit;
    bool open = false;
    bool reading = false;
    bool unread = false;  ///< the protocol still borrows `inbound`
    bool writing = false;
    bool write_failed = false;  ///< and what the peer sent before is still read
    bool ending = false;
};

}  // namespace wsmq::native
