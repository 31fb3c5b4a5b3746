// The state of a Client: the driver, the operations in progress, and the handlers. client.cpp has the user's calls,
// impl.cpp the life cycle, events.cpp the dispatch of events.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "client/client_log.hpp"
#include "client/handover.hpp"
#include "client/hosts.hpp"
#include "client/inbox.hpp"
#include "client/layered_engine.hpp"
#include "client/router.hpp"
#include "client/transport_failure.hpp"
#include "wsmq/native/client.hpp"
#include "wsmq/native/driver.hpp"
#include "wsmq/property.hpp"

namespace wsmq::native {

class WSMQ_HIDDEN Client::Impl final : public std::enable_shared_from_this<Client::Impl> {
public:
    using Engine = LayeredEngine;

    Impl(executor_type executor, const std::vector<std::string>& urls, ClientOptions options);
    /// Everything that waits ends with operation_aborted.
    void shut_down();

    // --- The life cycle, of the client and of the layer on it ---
    [[nodiscard]] StartFailure start();
    /// Ends the connection at once, without the layer's goodbye.
    void stop(ReasonCode);
    /// False: nothing is started.
    bool await_end(AnyCompletion<> done);
    void detach_layer();

    /// An operation in progress: Completed or Failed ends it.
    struct Operation {
        AnyCompletion<Answer> done;
        std::vector<std::shared_ptr<Router::Route>> routes{};  ///< of a subscribe; removed when it fails
        std::string filter{};                                  ///< of an unsubscribe
    };
    /// The Subscription Identifier of a SUBSCRIBE, and its properties where we added the identifier.
    struct Identified {
        std::uint32_t identifier = 0;  ///< 0: none
        std::optional<PropertyWriter> properties{};
    };
    [[nodiscard]] Identified identify(std::span<const Subscription>, Bytes properties);

    /// Keeps it until its event, or completes it where the engine refused the call or has no event for it.
    void track(const Result<OperationId>& begun, Operation operation);
    template <class... Results> static void fail(AnyCompletion<Results...>& done, ErrorCode error) {
        if (done) done->complete_later(error, Results{}...);
        done = nullptr;
    }

    // --- events.cpp ---
    void handle(Event&);
    void handle(const wsmq::Message&);
    void handle(const Completed&);
    void handle(const Failed&);
    void handle(const Connected&);
    void handle(const Disconnected&);
    void handle(const SubscriptionLost&);
    void handle(const Authentication&);
    void handle_credentials_requested();
    void handle_queue_drained();
    void handle_closed();
    void end_for_good(const Disconnection&);
    void finish(OperationId, ErrorCode, Answer);

    void forget(Router::Route&);
    void forget(std::string_view filter);
    void collect_later();

    // --- impl.cpp ---
    void open_handover();
    void take_handover();
    void flush_store();
    void update_hold();
    void cancel_receive(std::uint64_t number);
    [[nodiscard]] std::shared_ptr<Layer> take_layer();

    executor_type executor;
    ClientOptions options;
    Hosts hosts;
    std::shared_ptr<Handover> handover;
    std::shared_ptr<Driver<Engine>> driver;
    std::optional<ClientLog> log;  ///< where somebody logs
    std::shared_ptr<Layer> layer;  ///< null: none
    bool was_started = false;
    bool has_lost_layer = false;

    std::unordered_map<OperationId, Operation> operations;
    std::vector<AnyCompletion<ConnectAnswer>> connecting;
    std::vector<AnyCompletion<>> disconnecting;  ///< until Disconnected
    std::vector<AnyCompletion<>> closing;        ///< then until everything is sent
    Router router;
    Inbox inbox;
    MessageHandler other_messages;
    std::uint64_t last_receive = 0;
    std::uint64_t unclaimed = 0;
    bool receives = false;  ///< messages without a handler are for async_receive()

    TransportFailure transport_failure;
    ErrorCode stop_cause;                  ///< why the layer stopped the engine
    ErrorCode end_error;                   ///< why async_receive() has no more messages
    ErrorCode store_error;                 ///< of the last flush
    std::uint64_t credentials_number = 0;  ///< of the last CredentialsRequested; answers to older ones are ignored

    std::function<void(const Connected&)> on_connected;
    std::function<void(const Disconnection&)> on_disconnected;
    std::function<void(const wsmq::SubscriptionLost&)> on_subscription_lost;
    std::function<void()> on_queue_drained;
    std::function<void(ErrorCode)> on_store_state;
    std::function<void(const Authentication&)> on_authentication;
    bool is_gone = false;  ///< the Client was destroyed

    Engine& engine() noexcept { return driver->protocol(); }
    TimePoint now() { return driver->now(); }
};

}  // namespace wsmq::native
