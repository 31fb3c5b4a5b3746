// A model broker in the process, and transports to it: everything that a driver can meet, without a
// socket. The test runs the loop until what it waits for has happened.
#pragma once
#include <boost/asio/io_context.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "support/model_broker.hpp"
#include "wsmq/native/transport.hpp"

namespace wsmq::native::test {

using wsmq::test::BrokerLimits;
using wsmq::test::ModelBroker;
using wsmq::test::Packet;
using wsmq::test::PacketType;

class ScriptedBroker {
public:
    explicit ScriptedBroker(boost::asio::io_context& io, Version version = Version::v5, BrokerLimits limits = {})
        : io_{io}, version_{version}, model_{version, limits} {}

    [[nodiscard]] ModelBroker& model() noexcept { return model_; }
    [[nodiscard]] std::shared_ptr<Transport> make_transport(std::size_t host = 0);

    // --- What it does ----------------------------------------------------------------------
    /// Openings from now on fail with this.
    void refuse_openings(boost::system::error_code error, std::string detail = {});
    void refuse_openings(std::size_t host, boost::system::error_code error);
    /// Every packet but these is answered at once; those wait for answer().
    void hold_answers(bool held);
    /// In place of the model's answer: nothing where it returns true.
    std::function<bool(const Packet&)> intercept;
    void send(const Packet&);
    /// Another client publishes.
    void publish(const std::string& topic, const std::string& payload, Qos qos = Qos::at_most_once);
    /// The stream ends, and whatever is on its way is lost.
    void cut();
    /// Writes are not completed until it is released.
    void hold_writes(bool held);
    /// The next write fails, and reads go on.
    void fail_writes() { writes_fail_ = true; }

    // --- What it saw -----------------------------------------------------------------------
    [[nodiscard]] std::size_t openings() const noexcept { return hosts_.size(); }
    [[nodiscard]] const std::vector<std::size_t>& hosts() const noexcept { return hosts_; }
    [[nodiscard]] std::size_t writes() const noexcept { return writes_; }
    [[nodiscard]] std::size_t reads() const noexcept { return reads_; }
    [[nodiscard]] std::size_t unread_bytes() const noexcept;
    [[nodiscard]] std::size_t closings() const noexcept { return closings_; }
    [[nodiscard]] std::size_t transports_alive() const noexcept { return alive_; }
    [[nodiscard]] const std::vector<Packet>& packets() const noexcept { return packets_; }
    [[nodiscard]] std::size_t count(PacketType) const;

private:
    class Wire;
    void receive(Bytes);
    void pass_on();

    boost::asio::io_context& io_;
    Version version_;
    ModelBroker model_;
    std::weak_ptr<Wire> wire_;  ///< the last one that was opened
    std::vector<std::uint8_t> unparsed_;
    std::vector<Packet> packets_;
    std::vector<std::size_t> hosts_;
    boost::system::error_code refusal_;
    std::string refusal_detail_;
    std::optional<std::size_t> refused_host_;
    std::size_t writes_ = 0;
    std::size_t reads_ = 0;
    std::size_t closings_ = 0;
    std::size_t alive_ = 0;
    bool answers_held_ = false;
    bool writes_held_ = false;
    bool writes_fail_ = false;
};

/// Runs the loop until `condition` holds; fails the test where nothing is left to run, or it takes
/// very many steps.
void run_until(boost::asio::io_context& io, const std::function<bool()>& condition, const char* what);
#define RUN_UNTIL(io, condition)     \
    ::wsmq::native::test::run_until( \
        io, [&] { return (condition); }, #condition)
/// Runs what can run now, and nothing that waits.
void run_ready(boost::asio::io_context& io);

}  // namespace wsmq::native::test
