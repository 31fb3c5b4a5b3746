// Publishing from any thread.
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

/// Hands messages over to the loop of a client by a bounded queue. Thread-safe. Arguments are copied; messages of one
/// thread keep their order. Copies are handles of the same client and may outlive it.
class WSMQ_EXPORT Publisher {
public:
    explicit Publisher(std::shared_ptr<Handover> handover) : handover_{std::move(handover)} {}

    /// Blocks until the queue has room; on the client's own thread it does not block, as try_publish().
    /// Errc::none: handed over. Errc::not_started: before async_connect(), or after the connection ended for good.
    [[nodiscard]] Errc publish(std::string_view topic, Payload payload, const PublishOptions& options = {});
    /// Never blocks. Errc::none; Errc::queue_full: there is no room; Errc::not_started: as publish().
    [[nodiscard]] Errc try_publish(std::string_view topic, Payload payload, const PublishOptions& options = {});
    /// Never blocks. The handler runs on its associated executor, or else on the client's.
    /// Completion: void(ErrorCode, Answer). Errors: as Client::async_publish(); Errc::queue_full and not_started as
    /// try_publish(). Cancellation: on the client's executor only, as Client::async_publish().
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
