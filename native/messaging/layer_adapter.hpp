// A layer of messaging/ as the Layer that a client drives: what Service, Webapp and Device have in common, which is
// joining and leaving. Everything else about the connection is the client's.
#pragma once
#include <boost/asio/error.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "client/attachment.hpp"
#include "wsmq/native/completion.hpp"
#include "wsmq/native/joining.hpp"
#include "wsmq/native/messaging_error.hpp"

namespace wsmq::native {

/// `Self` derives from it and has
/// - `ranges`, the bounds of its options, for people;
/// - layer_options(), of type MessagingLayer::Options;
/// - handle() for each event of the layer that it wants, and connection_ended() and abort() if it wants them.
template <class Self, class MessagingLayer>
class LayerAdapter : public Layer, public std::enable_shared_from_this<Self> {
public:
    explicit LayerAdapter(Client& client) : attachment{client} {}

    /// Right after it was made.
    void attach() {
        const auto refusal = attachment.attach(this->shared_from_this());
        if (refusal == AttachError::none) return;
        set_problem(refusal,
                    "one client for one service, webapp or device, which is made before the client is started");
        is_detached_ = true;
    }
    /// The end of the handle.
    void detach() {
        if (is_detached_) return end_joining(boost::asio::error::operation_aborted, {});
        attachment.detach();
        handle_client_destroyed();
    }

    // --- Joining and leaving -----------------------------------------------------------------------
    void begin_join(AnyCompletion<JoinAnswer> done) {
        if (problem_) return done->complete_later(problem_, {.detail = problem_detail_});
        if (is_joined()) return done->complete_later({}, {});
        if (is_leaving_) return done->complete_later(messaging::Error::left, {});
        if (auto failure = attachment.start(); failure.error) {
            return done->complete_later(failure.error, {.detail = std::move(failure.detail)});
        }
        done->on_cancel([&] {
            return [weak = this->weak_from_this()] {
                const auto self = weak.lock();
                if (self && !self->is_detached_ && !self->is_joined()) self->attachment.stop({});
            };
        });
        joining_.push_back(std::move(done));
    }
    /// `say_goodbye` gets the layer and the time.
    template <class Goodbye> void begin_leave(AnyCompletion<> done, Goodbye say_goodbye) {
        if (is_detached_) return done->complete_later({});
        if (attachment.await_end(std::move(done))) leave_by(say_goodbye);
    }

    // --- Calls on the layer ------------------------------------------------------------------------
    /// `call` gets the layer and the time. What it sends leaves when the loop turns.
    template <class Call> auto with_layer(Call call) {
        auto result = call(*layer_, attachment.now());
        attachment.flush_soon();
        return result;
    }
    /// The same for a call that returns a messaging::Error. Fails with problem() where there is no layer.
    template <class Call> ErrorCode try_layer(Call call) {
        if (!has_layer()) return problem();
        return with_layer(call);
    }
    [[nodiscard]] bool has_layer() const noexcept { return layer_ && !problem_; }
    [[nodiscard]] MessagingLayer& layer() noexcept { return *layer_; }
    [[nodiscard]] bool is_joined() const noexcept { return has_layer() && layer_->is_joined(); }
    /// Why there is no layer.
    [[nodiscard]] ErrorCode problem() const noexcept {
        return problem_ ? problem_ : ErrorCode{messaging::Error::not_connected};
    }

    // --- Events of the layer -----------------------------------------------------------------------
    template <class Event> void handle(const Event&) {}  // of no interest

    void handle(const messaging::Joined& joined) {
        for (auto& done : std::exchange(joining_, {})) done->complete({}, {});
        const auto handler = on_joined;  // which may replace itself
        if (handler && !is_detached_) handler(joined.again);
    }
    void handle(const messaging::JoinFailed& failed) {
        const auto why = is_failure(failed.reason) ? ErrorCode{failed.reason} : ErrorCode{failed.why};
        end_joining(why, {failed.reason, "the broker refused a subscription or a record that joining needs"});
        attachment.stop(why);
    }

    /// For good; no error where that was intended.
    void connection_ended(ErrorCode) {}
    /// The layer does nothing any more.
    void abort() {}

    // --- Layer -------------------------------------------------------------------------------------
    StartFailure set_up() final {
        if (!layer_ && !problem_) build();
        return {problem_, problem_detail_};
    }
    bool take_event(const wsmq::Event& event) final { return layer_ && layer_->handle(event, attachment.now()); }
    void handle_timeout(TimePoint now) final {
        if (layer_) layer_->handle_timeout(now);
    }
    [[nodiscard]] std::optional<TimePoint> next_deadline() const final {
        return layer_ ? layer_->next_deadline() : std::nullopt;
    }
    void dispatch_events() final {
        while (layer_ && !is_detached_) {
            const auto event = layer_->next_event(attachment.now());
            if (std::holds_alternative<NeedInput>(event)) return;
            std::visit([this](const auto& each) { self().handle(each); }, event);
        }
    }
    void leave() final {
        leave_by([](MessagingLayer& layer, TimePoint now) { layer.leave(now); });
    }
    [[nodiscard]] bool is_leaving() const noexcept final { return is_leaving_; }
    void handle_stop() final { end_joining(Errc::stopped, {}); }
    void handle_end(const Disconnection& end) final {
        is_leaving_ = false;
        end_joining(end.error ? end.error : ErrorCode{Errc::stopped}, {end.reason, end.detail});
        self().connection_ended(end.error);
    }
    void handle_client_destroyed() final {
        is_detached_ = true;
        set_problem(AttachError::client_destroyed, "keep the client alive as long as what is attached to it");
        end_joining(boost::asio::error::operation_aborted, {});
        self().abort();
    }

    Attachment attachment;
    std::function<void(bool again)> on_joined;

private:
    [[nodiscard]] Self& self() noexcept { return static_cast<Self&>(*this); }

    void build() {
        if (auto wrong = attachment.option_error(); !wrong.empty())
            return set_problem(Errc::invalid_argument, std::move(wrong));
        const auto& options = self().layer_options();
        auto base = attachment.engine_options();
        auto will = std::exchange(base.will, std::nullopt);
        auto connect = MessagingLayer::connect_options(std::move(base), options);
        if (!connect) {
            const bool is_out_of_range = connect.error() == messaging::Error::invalid_argument;
            return set_problem(connect.error(),
                               std::string{is_out_of_range ? Self::ranges : describe(connect.error())});
        }
        auto completed = std::move(*connect);
        if (will && completed.will)
            return set_problem(AttachError::client_has_will, "leave ClientOptions::connect.will empty");
        if (will) completed.will = std::move(will);
        attachment.replace_engine(std::move(completed));
        layer_.emplace(attachment.engine(), options);
    }
    template <class Goodbye> void leave_by(Goodbye say_goodbye) {
        is_leaving_ = true;
        end_joining(messaging::Error::left, {});
        say_goodbye(*layer_, attachment.now());
        attachment.flush_soon();
    }
    void set_problem(ErrorCode error, std::string detail) {
        problem_ = error;
        problem_detail_ = std::move(detail);
    }
    void end_joining(ErrorCode error, const JoinAnswer& answer) {
        for (auto& done : std::exchange(joining_, {})) done->complete_later(error, answer);
    }

    std::optional<MessagingLayer> layer_;
    ErrorCode problem_;
    std::string problem_detail_;
    std::vector<AnyCompletion<JoinAnswer>> joining_;
    bool is_leaving_ = false;   ///< until the connection has ended
    bool is_detached_ = false;  ///< by the end of the handle or of the client, or never attached
};

}  // namespace wsmq::native
