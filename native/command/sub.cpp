// wsmq sub: subscribes, and prints what arrives.
#include <algorithm>
#include <cstdlib>

#include "arguments/consistency.hpp"
#include "commands.hpp"
#include "messages/message_format.hpp"
#include "output.hpp"
#include "session.hpp"
#include "wsmq/topic.hpp"

namespace wsmq::command {

namespace {

class Sub {
public:
    explicit Sub(const SubArguments& arguments)
        : arguments_{arguments},
          report_{arguments.connection},
          resolved_{resolve(arguments)},
          format_{format_of(arguments).for_terminal(printer_.output().is_terminal())},
          subscriptions_{subscriptions_of()} {
        check_consistency(arguments, resolved_.client.connect.version);
        for (const auto* filters : {&arguments.filtered_out, &arguments.unsubscribed}) {
            for (const auto& filter : *filters) check_filter(filter);
        }
    }

    ExitCode run() {
        return run_loop(io_, work(), [this] { stop(ExitCode::success); });
    }

private:
    static ConnectionArguments::Resolved resolve(const SubArguments& arguments) {
        if (arguments.store.empty()) return arguments.connection.resolve();
        auto connection = arguments.connection;
        const bool is_named = !connection.client_id.empty();  // a prefix makes another one for each process
        if (!is_named) throw UsageError{"--store needs a client identifier: -i."};
        connection.keep_session = true;
        auto resolved = connection.resolve();
        const auto& connect = resolved.client.connect;
        if (connect.version == Version::v5 && connect.session_expiry_interval == 0)
            throw UsageError{"--store needs a session that outlives the connection: do not use -x 0."};
        native::ErrorCode error;
        resolved.client.store = native::FileStore::open(arguments.store, error);
        if (error == boost::system::errc::resource_unavailable_try_again)
            throw CommandError{ExitCode::failed, "Another process uses " + arguments.store + '.'};
        if (error) throw CommandError{ExitCode::failed, arguments.store + " cannot be used: " + error.message() + '.'};
        return resolved;
    }

    static MessageFormat format_of(const SubArguments& arguments) {
        if (arguments.format) return MessageFormat::custom(*arguments.format);
        if (arguments.connection.json) return MessageFormat::json(arguments.pretty);
        return arguments.verbose ? MessageFormat::verbose() : MessageFormat::payload();
    }

    static void check_filter(const std::string& filter) {
        if (!is_valid_topic_filter(filter)) throw UsageError{'"' + filter + "\" is not a topic filter."};
    }

    std::vector<Subscription> subscriptions_of() {
        filters_ = resolved_.topics;
        filters_.insert(filters_.end(), arguments_.topic_filters.begin(), arguments_.topic_filters.end());
        if (filters_.empty() && arguments_.unsubscribed.empty())
            throw UsageError{"Name the topic filters to subscribe to: -t."};
        std::vector<Subscription> subscriptions;
        for (const auto& filter : filters_) {
            check_filter(filter);
            subscriptions.push_back(
                {.topic_filter = filter,
                 .qos = static_cast<Qos>(arguments_.qos),
                 .no_local = arguments_.no_local,
                 .retain_as_published = arguments_.retain_as_published,
                 .retain_handling = static_cast<RetainHandling>(arguments_.retain_handling.value_or(0))});
        }
        return subscriptions;
    }

    net::awaitable<ExitCode> work() {
        // Before the connection: a session that lasted sends its messages at once.
        session_.client().on_message([this](const Message& message) { take(message); });
        session_.on_lost = [this](const CommandError& error) { fail(error); };
        printer_.on_failed = [this](const CommandError& error) {
            // As if killed: an orderly end would acknowledge messages that were not printed.
            if (is_durable()) std::_Exit(static_cast<int>(report_.fail(error)));
            fail(error);
        };
        limit_.start([this] { stop(ExitCode::timed_out); });
        if (limit_.end()) printer_.output().limit(*limit_.end());
        if (co_await session_.connect()) {
            co_await unsubscribe();
            co_await subscribe();
        }
        is_set_up_ = true;
        session_.settled();
        if (arguments_.exit_after_subscribe) end(ExitCode::success);
        while (!code_) {
            native::ErrorCode cancelled;
            co_await ended_.async_wait(net::redirect_error(net::use_awaitable, cancelled));
        }
        limit_.cancel();
        printer_.finish();
        co_await session_.disconnect();
        if (failure_) throw CommandError{*failure_};
        if (code_ == ExitCode::timed_out) throw timed_out();
        co_return *code_;
    }

    net::awaitable<void> unsubscribe() {
        for (const auto& filter : arguments_.unsubscribed) {
            if (is_stopped_) co_return;
            native::ErrorCode error;
            const auto answer =
                co_await session_.client().async_unsubscribe(filter, net::redirect_error(net::use_awaitable, error));
            if (error && !is_stopped_) {
                throw CommandError{ExitCode::failed,
                                   "Not unsubscribed from " + filter + ": " + explain(error, answer.reason_string())};
            }
        }
    }

    net::awaitable<void> subscribe() {
        if (subscriptions_.empty() || is_stopped_) co_return;
        native::ErrorCode error;
        const auto answer = co_await session_.client().async_subscribe(
            subscriptions_, resolved_.properties.subscribe.bytes(), {}, net::redirect_error(net::use_awaitable, error));
        bool any_granted = !error;
        for (std::size_t i = 0; i < answer.reason_codes.size(); ++i) {
            const auto reason = answer.reason_codes[i];
            if (static_cast<std::uint8_t>(reason) < 0x80)
                any_granted = true;
            else
                report_.warn("The broker refused the subscription to " + filters_[i] + ": " +
                             std::string{describe(reason)} + '.');
            report_.debug("Subscribed to " + filters_[i] + ": " + std::string{describe(reason)} + '.');
        }
        if (!any_granted && !is_stopped_) {
            throw CommandError{ExitCode::failed, "Not subscribed: " + explain(error, answer.reason_string())};
        }
    }

    void take(const Message& message) {
        if (code_) return;
        if (arguments_.retained_only && !message.retain) return end(ExitCode::success);
        if (message.retain && arguments_.no_retained) return;
        const auto matches = [&](const std::string& filter) { return topic_matches(filter, message.topic); };
        if (std::any_of(arguments_.filtered_out.begin(), arguments_.filtered_out.end(), matches)) return;
        print(message);
        if (arguments_.remove_retained && message.retain && !message.payload.empty()) remove(message.topic);
        if (arguments_.count && ++taken_ == *arguments_.count) end(ExitCode::success);
    }

    void print(const Message& message) {
        auto& text = printer_.text();
        format_.append(text, message, std::chrono::system_clock::now());
        if (!arguments_.no_newline) text += '\n';
        // With --store before it is acknowledged, which is when the handlers of one read have returned.
        if (text.size() >= 65'536 || is_durable()) return printer_.flush();
        printer_.flush_soon();
    }

    void remove(std::string_view topic) {
        if (session_.client().publish(topic, "", {.qos = Qos::at_least_once, .retain = true})) return;
        report_.warn("The retained message of " + std::string{topic} + " could not be removed.");
    }

    void fail(const CommandError& error) {
        failure_ = error;
        stop(error.code());
    }

    void end(ExitCode code) {
        if (code_) return;
        code_ = code;
        ended_.cancel();
        // With --store at once: what else has arrived is not printed, and so not to be acknowledged.
        if (is_durable()) session_.give_up();
    }

    /// Whatever the broker still owes is not waited for.
    void stop(ExitCode code) {
        end(code);
        is_stopped_ = true;
        printer_.output().hurry();
        if (!is_set_up_) session_.give_up();
    }

    [[nodiscard]] bool is_durable() const noexcept { return resolved_.client.store != nullptr; }

    const SubArguments& arguments_;
    Report report_;
    ConnectionArguments::Resolved resolved_;
    net::io_context io_{1};
    Printer printer_{io_};
    MessageFormat format_;
    std::vector<std::string> filters_;
    std::vector<Subscription> subscriptions_;
    Session session_{io_, resolved_, report_, arguments_.connection.maximum_losses};
    TimeLimit limit_{io_, arguments_.timeout};
    net::steady_timer ended_{io_, net::steady_timer::time_point::max()};
    std::uint64_t taken_ = 0;
    bool is_set_up_ = false;
    bool is_stopped_ = false;
    std::optional<ExitCode> code_;
    std::optional<CommandError> failure_;
};

}  // namespace

ExitCode run_sub(const SubArguments& arguments) { return Sub{arguments}.run(); }

}  // namespace wsmq::command
