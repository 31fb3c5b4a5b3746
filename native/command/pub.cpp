// wsmq pub: publishes what the arguments name, and ends when the broker has it all.
#include <unistd.h>

#include <algorithm>

#include "commands.hpp"
#include "line_reader.hpp"
#include "messages/payload.hpp"
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
        const bool is_read_later = arguments.payload.lines || arguments.payload.is_standard_input();
        if (!is_read_later) payload_ = read_payload(arguments.payload);
    }

    ExitCode run() {
        return run_loop(io_, work(), [this] { interrupt(); });
    }

private:
    std::string topic_of() const {
        const std::string topic = !arguments_.topic.empty()   ? arguments_.topic
                                  : !resolved_.topics.empty() ? resolved_.topics.front()
                                                              : "";
        if (topic.empty()) throw UsageError{"Name the topic to publish to: -t."};
        if (!arguments_.topic.empty() && !resolved_.topics.empty())
            throw UsageError{"-t and the topic of an address cannot be combined."};
        if (std::ranges::any_of(resolved_.topics, [&](const auto& each) { return each != topic; }))
            throw UsageError{"The addresses have different topics."};
        const std::string shown = arguments_.topic.empty() ? "The topic of the address" : '"' + topic + '"';
        if (!is_valid_topic_name(topic)) throw UsageError{shown + " is not a topic name."};
        return topic;
    }

    net::awaitable<ExitCode> work() {
        session_.on_loss = [this] {
            progress_.clear();
            const bool is_idle = attempted_ == done_;
            if (is_idle) session_.progressed();  // there was none to be made
        };
        session_.on_lost = [this](const CommandError& error) {
            failure_ = error;
            give_up();
        };
        limit_.start([this] {
            failure_ = timed_out();
            give_up();
        });
        if (arguments_.payload.is_standard_input()) co_await read_all();
        if (!stopped_ && co_await session_.connect()) {
            if (arguments_.payload.lines)
                co_await publish_lines();
            else
                co_await publish_repeats();
        }
        co_await window_.empty();
        progress_.clear();
        co_await session_.disconnect();
        if (failure_) throw CommandError{*failure_};
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

    net::awaitable<void> read_all() {
        LineReader reader{io_.get_executor(), STDIN_FILENO, LineReader::Unit::everything};
        reader_ = &reader;
        const auto text = co_await reader.next();
        reader_ = nullptr;
        if (text) payload_.assign(text->begin(), text->end());
    }

    net::awaitable<void> publish_repeats() {
        total_ = arguments_.payload.repeat;
        while (attempted_ < *total_ && !stopped_) {
            if (attempted_ > 0 && arguments_.repeat_delay > 0) co_await pause();
            co_await window_.acquire();
            if (stopped_)
                window_.release();
            else
                publish(payload_);
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
        session_.progressed();  // also where it failed: what is behind it goes on
        if (!error) {
            if (answer.reason == ReasonCode::no_matching_subscribers)
                report_.debug("Nobody has subscribed to the topic.");
            return;
        }
        failed_ = true;
        if (failure_ || stopped_) return;  // reported once, with its reason
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
    Payload payload_;
    PublishOptions options_;
    net::io_context io_{1};
    Session session_{io_, resolved_, report_, arguments_.connection.maximum_losses};
    TimeLimit limit_{io_, arguments_.timeout};
    Window window_{io_.get_executor(), window_size};
    net::steady_timer pause_{io_};
    LineReader* reader_ = nullptr;
    ProgressLine progress_;
    std::optional<CommandError> failure_;
    std::optional<std::uint64_t> total_;
    std::uint64_t attempted_ = 0;
    std::uint64_t done_ = 0;
    bool failed_ = false;
    bool stopped_ = false;
};

}  // namespace

ExitCode run_pub(const PubArguments& arguments) { return Pub{arguments}.run(); }

}  // namespace wsmq::command
