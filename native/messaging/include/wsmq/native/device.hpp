// A device of the wire convention (docs/protocol.md): a status that webapps watch, with a last will.
//
//     wsmq::native::Device device{io.get_executor(), "mqtts://example.org", {.serial_number = "SN-1001"}};
//     device.async_join(boost::asio::detached);
//     device.set_status({{"recording", true}});
//
// Threads, errors and lifetime: as of Service.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "wsmq/export.hpp"
#include "wsmq/native/client.hpp"
#include "wsmq/native/joining.hpp"
#include "wsmq/native/messaging_error.hpp"
#include "wsmq/patterns/device.hpp"

namespace wsmq::native {

class WSMQ_EXPORT Device {
public:
    using executor_type = boost::asio::any_io_executor;
    using Options = patterns::Device::Options;

    /// Attaches to a client that was not started yet.
    Device(Client&, const Options&);
    /// Makes its own client. Options that are not sound are found by async_join().
    Device(executor_type, const std::string& url, const Options&, ClientOptions client = {});
    ~Device();
    Device(const Device&) = delete;
    Device& operator=(const Device&) = delete;

    [[nodiscard]] executor_type get_executor() const noexcept;
    /// The connection that this is attached to: for plain publish and subscribe, and for its events and its state.
    /// Topics of the convention do not reach its handlers. Throws std::logic_error where it was destroyed.
    [[nodiscard]] Client& client() const;

    /// void(ErrorCode, JoinAnswer): ends when the status is published, or when that cannot come about. The status is
    /// published again after every reconnection, until async_leave().
    template <class Token> auto async_join(Token&& token) {
        return detail::initiate<JoinAnswer>(
            *this, [](Device& self, auto done) { self.begin_join(std::move(done)); }, token);
    }
    /// Publishes that it is offline, and disconnects. void(ErrorCode).
    template <class Token> auto async_leave(Token&& token) {
        return detail::initiate<>(
            *this, [](Device& self, auto done) { self.begin_leave(std::move(done)); }, token);
    }
    /// An object without a member "online", or Error::invalid_json. Without a connection it goes with the next one.
    ErrorCode set_status(const nlohmann::json& status);

    void on_joined(std::function<void(bool again)>);
    // The client's own, which have one handler each.
    void on_disconnected(std::function<void(const Disconnection&)> handler) {
        client().on_disconnected(std::move(handler));
    }
    void on_store_state(std::function<void(ErrorCode)> handler) { client().on_store_state(std::move(handler)); }
    void wake_up() { client().wake_up(); }
    [[nodiscard]] bool is_joined() const noexcept;

    class WSMQ_HIDDEN Impl;

private:
    Device(std::unique_ptr<Client>, const Options&);
    void begin_join(AnyCompletion<JoinAnswer>);
    void begin_leave(AnyCompletion<>);

    std::unique_ptr<Client> own_client_;  ///< null: it is somebody else's
    std::shared_ptr<Impl> impl_;
};

}  // namespace wsmq::native
