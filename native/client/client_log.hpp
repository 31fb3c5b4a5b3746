// The lines that a client's log is given. Where nobody logs, the client has none of this.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <string>
#include <string_view>

#include "client/hosts.hpp"
#include "wsmq/event.hpp"
#include "wsmq/native/log.hpp"
#include "wsmq/native/results.hpp"
#include "wsmq/packet_log.hpp"

namespace wsmq::native {

class ClientLog {
public:
    ClientLog(boost::asio::any_io_executor, Logger, LogLevel least, const Hosts&);

    /// Every event before it is handled, but for Disconnected.
    void event(const Event&);
    /// With its cause, which Disconnected alone does not have.
    void disconnected(const Disconnection&);
    /// Bytes that were read, or that are about to be written. Precondition: has_packets().
    void bytes(PacketLog::Direction, Bytes);
    [[nodiscard]] bool has_packets() const noexcept { return least_ == LogLevel::debug; }

private:
    void opening(const OpenTransport&);
    void write(LogLevel, std::string_view line);

    boost::asio::any_io_executor executor_;  ///< for what the logger throws
    Logger logger_;
    LogLevel least_;
    const Hosts& hosts_;
    PacketLog packets_;
};

}  // namespace wsmq::native
