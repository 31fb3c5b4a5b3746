// A layer's hold on its client: what wsmq::native_messaging may do to it.
#pragma once
#include <memory>
#include <string>

#include "client/layer.hpp"
#include "wsmq/export.hpp"
#include "wsmq/native/attach_error.hpp"
#include "wsmq/native/client.hpp"
#include "wsmq/native/completion.hpp"

namespace wsmq::native {

/// Keeps the engine alive beyond its client.
class WSMQ_EXPORT Attachment {
public:
    explicit Attachment(native::Client&);

    /// Holds the layer until detach() or the end of the client. Where it is refused, nothing but client() and
    /// executor() may be called.
    [[nodiscard]] AttachError attach(std::shared_ptr<Layer>);
    /// The end of the layer. A connection is dropped without DISCONNECT, so that the broker publishes the last will.
    void detach();

    /// Throws std::logic_error where it was destroyed.
    [[nodiscard]] native::Client& client() const;
    [[nodiscard]] const boost::asio::any_io_executor& executor() const noexcept;

    // --- The engine --------------------------------------------------------------------------------
    /// What of the client's options is out of range; empty where nothing is.
    [[nodiscard]] std::string option_error() const;
    /// As the client gives them to its engine.
    [[nodiscard]] ConnectOptions engine_options() const;
    /// Before the first start.
    void replace_engine(ConnectOptions);
    [[nodiscard]] wsmq::Client& engine() const noexcept;
    [[nodiscard]] TimePoint now() const;
    /// After each call on the engine or on the layer.
    void flush_soon() const;

    // --- The life cycle ----------------------------------------------------------------------------
    /// Nothing where it is started.
    [[nodiscard]] StartFailure start() const;
    /// `why`: what the client reports where the end has no other cause.
    void stop(boost::system::error_code why) const;
    /// `done` ends once the connection is closed and everything is sent. False: nothing is started, so nothing is left
    /// to stop.
    bool await_end(AnyCompletion<> done) const;

private:
    std::shared_ptr<native::Client::Impl> impl_;
    native::Client* client_;
};

}  // namespace wsmq::native
