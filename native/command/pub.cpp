// wsmq pub: publishes what the arguments name, and ends when the broker has it all.
#include <unistd.h>

#include <iostream>

#include "commands.hpp"
#include "line_reader.hpp"
#include "messages/payload_source.hpp"
#include "session.hpp"
#include "wsmq/topic.hpp"

namespace wsmq::command {

namespace {

constexpr std::size_t window_size = 1000;  // messages on their way at once

class Pub {
public:
    explicit Pub(const PubArguments& arguments)
        : arguments_{arguments},
          report_{arguments.connection},
          resolved_{arguments.connection.resolve()},
          topic_{topic_of()},
          options_{.qos = static_cast<Qos>(arguments.qos),
                   .retain = arguments.retain,
                   .encoded_properties = resolved_.properties.publish.bytes()} {
        arguments.payload.check();
    }

    ExitCode run() {
        return run_loop(io_, work(), [this] { interrupt(); });
    }

private:
    std::string topic_of() const {
        const std::string topic = !arguments_.topic.empty()   ? arguments_.topic
                                  : !resolved_.topics.empty() ? resolved_.topics.front()
                                                              : "";
        if (topic.empty()) throw UsageError{"-t says which topic is published to."};
        const std::string shown = arguments_.topic.empty() ? "The topic of the address" : '"' + topic + '"';
        if (!is_valid_topic_name(topic)) throw UsageError{shown + " is not a topic name."};
        return topic;
    }

    net::awaitable<ExitCode> work() {
        session_.on_lost = [this](const CommandError& error) {
            lost_ = error;
            give_up();
        };
        if (!co_await session_.connect()) co_return ExitCode::failed;
        if (arguments_.payload.lines)
            co_await publish_lines();
        else
            co_await publish_repeats();
        co_await window_.empty();
        progress_.clear();
        if (lost_) throw CommandError{*lost_};
        co_await session_.disconnect();
        co_return failed_ ? ExitCode::failed : ExitCode::success;
    }

    net::awaitable<void> publish_lines() {
        LineReader reader{io_.get_executor(), STDIN_FILENO};
        reader_ = &reader;
        while (!stopped_) {
            co_await window_.acquire();
            const auto line = co_await reader.next();
            if (line && !stopped_)
                publish(native::as_bytes(*line));
            else
                window_.release();
            if (!line) break;
        }
        reader_ = nullptr;
    }

    net::awaitable<void> publish_repeats() {
        PayloadSource source{arguments_.payload, std::cin};
        total_ = source.count();
        for (auto payload = source.next(); payload && !stopped_; payload = source.next()) {
            if (attempted_ > 0 && arguments_.repeat_delay > 0) co_await pause();
            co_await window_.acquire();
            if (stopped_)
                window_.release();
            else
                publish(*payload);
        }
    }

    net::awaitable<void> pause() {
        pause_.expires_after(std::chrono::microseconds{static_cast<std::int64_t>(arguments_.repeat_delay * 1e6)});
        native::ErrorCode cancelled;
        co_await pause_.async_wait(net::redirect_error(net::use_awaitable, cancelled));
    }

    void publish(Bytes payload) {
        ++attempted_;
        session_.client().async_publish(
            topic_, payload, options_,
            [this](const native::ErrorCode& error, const native::Answer& answer) { ended(error, answer); });
    }

    void ended(const native::ErrorCode& error, const native::Answer& answer) {
        progress_.update(++done_, total_);
        window_.release();
        if (!error) {
            if (answer.reason == ReasonCode::no_matching_subscribers)
                report_.debug("Nobody has subscribed to the topic.");
            return;
        }
        failed_ = true;
        if (lost_ || stopped_) return;  // told once, by its reason
        progress_.clear();
        report_.warn("Not published: " + explain(error, answer.reason_string()));
    }

    void interrupt() {
        failed_ = true;
        give_up();
    }

    void give_up() {
        stopped_ = true;
        pause_.cancel();
        if (reader_) reader_->stop();
        session_.give_up();
    }

    const PubArguments& arguments_;
    Report report_;
    ConnectionArguments::Resolved resolved_;
    std::string topic_;
    PublishOptions options_;
    net::io_context io_{1};
    Session session_{io_, resolved_, report_};
    Window window_{io_.get_executor(), window_size};
    net::steady_timer pause_{io_};
    LineReader* reader_ = nullptr;
    ProgressLine progress_;
    std::optional<CommandError> lost_;
    std::optional<std::uint64_t> total_;
    std::uint64_t attempted_ = 0;
    std::uint64_t done_ = 0;
    bool failed_ = false;
    bool stopped_ = false;
};

}  // namespace

ExitCode run_pub(const PubArguments& arguments) { return Pub{arguments}.run(); }

}  // namespace wsmq::command
