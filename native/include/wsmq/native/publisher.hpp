// Publishing from other threads than the client's own.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <memory>
#include <string_view>

#include "wsmq/export.hpp"
#include "wsmq/native/completion.hpp"
#include "wsmq/native/message.hpp"
#include "wsmq/native/results.hpp"
#include "wsmq/options.hpp"

namespace wsmq::native {

class Handover;

/// Hands messages over to a client; a bounded number of them waits until its loop takes them. Every
/// call may come from any thread, and copies what it is given; messages of one thread keep their
/// order. Copies are handles of the same client, and may outlive it.
class WSMQ_EXPORT Publisher {
public:
    explicit Publisher(std::shared_ptr<Handover> handover) : handover_{std::move(handover)} {}

    /// Waits for room. On the client's own thread, where that would wait for ever, it is
    /// try_publish(). Errc::none: handed over, and the client publishes it. Errc::not_started
    /// before async_connect() and after the end.
    [[nodiscard]] Errc publish(std::string_view topic, Payload payload, const PublishOptions& options = {});
    /// Errc::queue_full where there is no room.
    [[nodiscard]] Errc try_publish(std::string_view topic, Payload payload, const PublishOptions& options = {});
    /// void(ErrorCode, Answer), as Client::async_publish(), called on the handler's own executor, or
    /// on the client's. Ends with Errc::queue_full where there is no room.
    template <class Token>
    auto async_publish(std::string_view topic, Payload payload, const PublishOptions& options, Token&& token) {
        return boost::asio::async_initiate<Token, void(ErrorCode, Answer)>(
            [self = *this](auto&& handler, std::string_view name, Payload bytes, const PublishOptions& how) {
                self.begin_publish(name, bytes, how,
                                   make_completion<Answer>(std::forward<decltype(handler)>(handler), self.executor()));
            },
            token, topic, payload, options);
    }

private:
    [[nodiscard]] boost::asio::any_io_executor executor() const;
    void begin_publish(std::string_view topic, Payload, const PublishOptions&, AnyCompletion<Answer>) const;

    std::shared_ptr<Handover> handover_;
};

}  // namespace wsmq::native
