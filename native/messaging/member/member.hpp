// What a service, a webapp and a device have in common: a driver of a client with a layer on top, joining, leaving,
// credentials, and why it ended.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "client/durable.hpp"
#include "client/engine_options.hpp"
#include "client/hosts.hpp"
#include "client/transport_failure.hpp"
#include "wsmq/native/client_options.hpp"
#include "wsmq/native/completion.hpp"
#include "wsmq/native/driver.hpp"
#include "wsmq/native/joining.hpp"
#include "wsmq/native/messaging_error.hpp"
#include "wsmq/native/results.hpp"
#include "wsmq/patterns/node.hpp"

namespace wsmq::native {

/// `Self` derives from it, has `ranges`, what its options are bounded by, for people, and a handle() for each event of
/// the layer that it wants, and a handle_end(), after which nothing happens until it joins again.
template <class Self, class Layer> class Member : public std::enable_shared_from_this<Self> {
public:
    using Node = patterns::Node<Layer>;

    Member(boost::asio::any_io_executor on, const std::vector<std::string>& urls, ClientOptions given)
        : executor{std::move(on)}, options_{std::move(given)}, hosts_{urls} {}

    // --- Its life ----------------------------------------------------------------------------------
    /// Makes the layer, once. What is wrong with the options is kept for whoever joins.
    void prepare(const typename Layer::Options& layer_options) {
        if (driver_ || problem_) return;
        if (auto wrong = wrong_option(options_, hosts_); !wrong.empty())
            return set_problem(Errc::invalid_argument, std::move(wrong));
        auto connect = Layer::connect_options(engine_options(options_, hosts_), layer_options);
        if (!connect) {
            const bool is_out_of_range = connect.error() == patterns::Error::invalid_argument;
            return set_problem(connect.error(),
                               std::string{is_out_of_range ? Self::ranges : describe(connect.error())});
        }
        // The driver calls none of these once it is shut down, which this object outlives.
        DriverHandlers<Node> handlers;
        handlers.make_transport = [this](std::size_t host) { return hosts_.make_transport(executor, host, options_); };
        handlers.handle_event = [this](typename Node::Event& event) {
            std::visit([this](const auto& each) { self().handle(each); }, event);
        };
        handlers.transport_failed = [this](ErrorCode error, const std::string& detail) { failure_ = {error, detail}; };
        handlers.closed = [this] { handle_closed(); };
        if (options_.store) handlers.make_durable = [this] { flush_store(); };
        driver_ = std::make_shared<Driver<Node>>(executor, std::move(handlers), std::move(*connect), layer_options);
    }

    void begin_join(AnyCompletion<JoinAnswer> done) {
        if (problem_) return done->complete_later(problem_, {.detail = problem_detail_});
        if (layer().is_joined()) return done->complete_later({}, {});
        if (!leaving_.empty()) return done->complete_later(patterns::Error::left, {});
        if (!is_started()) {
            const auto error = driver_->protocol().start(driver_->now());
            if (error != Errc::none) return done->complete_later(error, {.detail = "the options cannot be sent"});
            end_error_ = {};
        }
        done->on_cancel([&] {
            return [weak = this->weak_from_this()] {
                const auto self = weak.lock();
                if (!self || self->is_gone_ || self->is_joined()) return;
                self->driver_->protocol().stop(self->driver_->now());
                self->driver_->flush_soon();
            };
        });
        joining_.push_back(std::move(done));
        driver_->flush_soon();
    }

    void wake_up() {
        if (!driver_) return;
        driver_->protocol().handle_wake_up(driver_->now());
        driver_->flush_soon();
    }

    /// `leave` tells the layer.
    template <class Leave> void begin_leave(AnyCompletion<> done, Leave leave) {
        if (!driver_) return done->complete_later({});
        if (!is_started()) {
            if (!driver_->is_closing()) return done->complete_later({});
            closing_.push_back(std::move(done));
            return;
        }
        leaving_.push_back(std::move(done));
        end_joining(patterns::Error::left, {});
        leave(layer(), driver_->now());
        driver_->flush_soon();
    }

    /// Everything that waits ends with operation_aborted.
    void shut_down() {
        is_gone_ = true;
        if (driver_) driver_->shut_down();
        end_joining(boost::asio::error::operation_aborted, {});
        for (auto* list : {&leaving_, &closing_}) {
            for (auto& done : std::exchange(*list, {})) done->complete_later(boost::asio::error::operation_aborted);
        }
        // Called by a handler, which returns into this object.
        const bool is_in_use = driver_ && driver_->is_settling();
        if (is_in_use) boost::asio::post(executor, [keep = this->shared_from_this()] {});
    }

    // --- Calls on the layer ------------------------------------------------------------------------
    /// `call` gets the layer and the time; what it sends leaves when the loop turns.
    template <class Call> auto with_layer(Call call) {
        auto result = call(driver_->protocol().layer(), driver_->now());
        driver_->flush_soon();
        return result;
    }
    /// The same of a call that gives a patterns::Error. Without a layer the error is why there is none.
    template <class Call> ErrorCode try_layer(Call call) {
        if (!driver_) return problem_ ? problem_ : ErrorCode{patterns::Error::not_connected};
        return with_layer(call);
    }
    [[nodiscard]] bool has_layer() const noexcept { return driver_ != nullptr; }
    [[nodiscard]] ErrorCode problem() const noexcept { return problem_; }
    [[nodiscard]] Layer& layer() noexcept { return driver_->protocol().layer(); }
    [[nodiscard]] bool is_joined() noexcept { return driver_ && layer().is_joined(); }
    [[nodiscard]] bool is_started() noexcept { return driver_->protocol().client().is_started(); }
    [[nodiscard]] bool is_gone() const noexcept { return is_gone_; }
    /// Why the connection ended for good; none where that was meant to be.
    [[nodiscard]] ErrorCode end_error() const noexcept { return end_error_; }

    // --- Events ------------------------------------------------------------------------------------
    template <class Event> void handle(const Event&) {}  // nobody's business

    void handle(const patterns::Joined& joined) {
        for (auto& done : std::exchange(joining_, {})) done->complete({}, {});
        if (on_joined && !is_gone_) on_joined(joined.again);
    }
    void handle(const patterns::JoinFailed& failed) {
        end_error_ = is_failure(failed.reason) ? ErrorCode{failed.reason} : ErrorCode{failed.why};
        end_joining(end_error_, {failed.reason, "what is needed to join was refused"});
        driver_->protocol().stop(driver_->now());
    }
    void handle(const Connected&) { failure_ = {}; }
    void handle(const Disconnected& disconnected) {
        auto told = failure_.explain(disconnected);
        ++credentials_number_;
        if (!told.reconnecting) end(told);
        if (on_disconnected && !is_gone_) on_disconnected(told);
    }
    void handle(const CredentialsRequested&) {
        ask_credentials(
            options_, executor,
            [weak = this->weak_from_this(), number = ++credentials_number_](std::optional<Credentials> given) {
                const auto self = weak.lock();
                if (!self || self->is_gone_ || self->credentials_number_ != number) return;
                auto& node = self->driver_->protocol();
                const auto now = self->driver_->now();
                given ? node.provide_credentials(std::move(*given), now) : node.fail_credentials(now);
                self->driver_->flush_soon();
            });
    }

    void handle(const QueueDrained&) {
        if (on_queue_drained && !is_gone_) on_queue_drained();
    }
    /// Nobody here has an answer: the attempt ends at once, and not by its time limit.
    void handle(const Authentication& authentication) {
        const bool is_awaited = authentication.reason == ReasonCode::continue_authentication;
        if (is_awaited) driver_->protocol().fail_authentication(driver_->now());
    }

    const boost::asio::any_io_executor executor;
    std::function<void(bool again)> on_joined;
    std::function<void(const Disconnection&)> on_disconnected;
    std::function<void(ErrorCode)> on_store_state;
    std::function<void()> on_queue_drained;

private:
    [[nodiscard]] Self& self() noexcept { return static_cast<Self&>(*this); }

    void set_problem(ErrorCode error, std::string detail) {
        problem_ = error;
        problem_detail_ = std::move(detail);
    }
    void end_joining(ErrorCode error, const JoinAnswer& answer) {
        for (auto& done : std::exchange(joining_, {})) done->complete_later(error, answer);
    }
    void end(Disconnection& told) {
        if (!told.error) told.error = end_error_;
        end_error_ = told.error;
        end_joining(told.error ? told.error : ErrorCode{Errc::stopped}, {told.reason, told.detail});
        for (auto& done : std::exchange(leaving_, {})) closing_.push_back(std::move(done));
        if (!driver_->is_closing()) handle_closed();
        self().handle_end();
    }
    void flush_store() {
        durable_.flush(*options_.store, executor, [weak = this->weak_from_this()](ErrorCode error) {
            const auto self = weak.lock();
            if (self && !self->is_gone_ && self->on_store_state) self->on_store_state(error);
        });
    }
    void handle_closed() {
        for (auto& done : std::exchange(closing_, {})) done->complete_later({});
    }

    ClientOptions options_;
    Hosts hosts_;
    std::shared_ptr<Driver<Node>> driver_;
    ErrorCode problem_;
    std::string problem_detail_;
    TransportFailure failure_;
    Durable durable_;
    ErrorCode end_error_;
    std::uint64_t credentials_number_ = 0;  ///< of the last request: older answers are too late
    std::vector<AnyCompletion<JoinAnswer>> joining_;
    std::vector<AnyCompletion<>> leaving_;  ///< until the engine tells of the end
    std::vector<AnyCompletion<>> closing_;  ///< and then until everything is sent
    bool is_gone_ = false;
};

}  // namespace wsmq::native
