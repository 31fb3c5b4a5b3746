// A device of the wire convention (docs/protocol.md): a status that webapps watch, and a last will that sets it
// offline.
//
//     wsmq::native::Device device{io.get_executor(), "mqtts://example.org", {.serial_number = "SN-1001"}};
//     device.async_join(boost::asio::detached);
//     device.set_status({{"recording", true}});
//
// Client, threads, errors, cancellation and lifetime: as Service.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "wsmq/export.hpp"
#include "wsmq/messaging/device.hpp"
#include "wsmq/native/client.hpp"
#include "wsmq/native/joining.hpp"
#include "wsmq/native/messaging_error.hpp"

namespace wsmq::native {

class WSMQ_EXPORT Device {
public:
    using executor_type = boost::asio::any_io_executor;
    using Options = messaging::Device::Options;

    /// Attaches to a client that has never been started and outlives it. async_join() reports an AttachError.
    Device(Client&, const Options&);
    /// Makes its own client. Invalid options are reported by async_join().
    Device(executor_type, const std::string& url, const Options&, ClientOptions client = {});
    ~Device();
    Device(const Device&) = delete;
    Device& operator=(const Device&) = delete;

    [[nodiscard]] executor_type get_executor() const noexcept;
    /// As Service::client().
    [[nodiscard]] Client& client() const;

    /// Connects and publishes the status, again after each reconnection until async_leave(); ends when it is published.
    /// Completion: void(ErrorCode, JoinAnswer). Errors and cancellation: as Service::async_join().
    template <class Token> auto async_join(Token&& token) {
        return detail::initiate<JoinAnswer>(
            *this, [](Device& self, auto done) { self.begin_join(std::move(done)); }, token);
    }
    /// Publishes that the device is offline and disconnects; ends when everything is sent.
    /// Completion: void(ErrorCode). Errors: none of its own. Cancellation: none.
    template <class Token> auto async_leave(Token&& token) {
        return detail::initiate<>(
            *this, [](Device& self, auto done) { self.begin_leave(std::move(done)); }, token);
    }
    /// Publishes the status, now or with the next connection. Errors: messaging::Error::invalid_json (not an object, or
    /// with a member "online"), payload_too_large.
    ErrorCode set_status(const nlohmann::json& status);

    void on_joined(std::function<void(bool again)>);
    // Events of the client: each replaces the client's handler.
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

    std::unique_ptr<Client> own_client_;  ///< null where it is attached to another's
    std::shared_ptr<Impl> impl_;
};

}  // namespace wsmq::native
