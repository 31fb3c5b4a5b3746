// wsmq bench: messages through a broker, as many and as fast as asked; how many a second, and how long they took.
#include <sys/resource.h>

#include <cstring>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <sstream>

#include "commands.hpp"
#include "latencies.hpp"
#include "load/load.hpp"
#include "metrics/metrics_output.hpp"
#include "output.hpp"
#include "session.hpp"
#include "wsmq/native/prometheus.hpp"
#include "wsmq/topic.hpp"

namespace wsmq::command {

namespace {

using Clock = std::chrono::steady_clock;

/// Each payload begins with its sending time. Both ends are in this process, so that one clock measures.
void stamp(std::vector<std::uint8_t>& payload) {
    const std::int64_t now = Clock::now().time_since_epoch().count();
    std::memcpy(payload.data(), &now, sizeof now);
}

std::uint64_t age(Bytes payload) {
    std::int64_t sent = 0;
    std::memcpy(&sent, payload.data(), sizeof sent);
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, Clock::now().time_since_epoch().count() - sent));
}

std::chrono::duration<double> processor_time() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return std::chrono::duration<double>{seconds(usage.ru_utime) + seconds(usage.ru_stime)};
}

std::string with_number(std::string text, unsigned number) {
    for (auto at = text.find("%i"); at != std::string::npos; at = text.find("%i", at))
        text.replace(at, 2, std::to_string(number));
    return text;
}

class Bench {
public:
    explicit Bench(const BenchArguments& arguments)
        : arguments_{arguments},
          report_{arguments.connection},
          resolved_{arguments.connection.resolve_without_topic()} {
        if (arguments.publishers == 0) throw UsageError{"--publishers must be at least 1."};
        if (!is_valid_topic_name(with_number(arguments.topic, 0))) throw UsageError{"The topic is not a topic name."};
        if (!arguments.connection.client_id.empty() || arguments.connection.keep_session) {
            throw UsageError{"A benchmark has many clients: use -I instead of -i and -c."};
        }
        expected_ = arguments.messages * arguments.publishers * arguments.subscribers;
    }

    ExitCode run() {
        return run_loop(io_, work(), [this] { end(); });
    }

private:
    net::awaitable<ExitCode> work() {
        last_progress_ = Clock::now();
        metrics_.start();
        watch_progress();
        co_await set_up();
        if (ended_) {
            if (lost_) throw CommandError{*lost_};
            if (timed_out_) throw timed_out();
            co_return ExitCode::failed;
        }
        is_set_up_ = true;
        start_ = last_progress_ = Clock::now();
        processor_start_ = processor_time();
        for (unsigned i = 0; i < arguments_.publishers; ++i) net::co_spawn(io_, publish(i), net::detached);
        while (!ended_ && !(finished_publishers_ == arguments_.publishers && received_ >= expected_)) {
            native::ErrorCode cancelled;
            co_await changed_.async_wait(net::redirect_error(net::use_awaitable, cancelled));
        }
        finish_ = Clock::now();
        processor_ = processor_time() - processor_start_;
        tick_.cancel();
        progress_.clear();
        ended_ = true;
        metrics_.finish();
        if (lost_) throw CommandError{*lost_};
        report();
        for (const auto* sessions : {&publishers_, &subscribers_}) {
            for (const auto& session : *sessions) co_await session->disconnect();
        }
        const bool complete = received_ >= expected_ && published_ == arguments_.messages * arguments_.publishers;
        if (!unwritten_.empty()) throw CommandError{ExitCode::failed, unwritten_};
        if (!complete)
            throw CommandError{timed_out_ ? ExitCode::timed_out : ExitCode::failed, "Not every message was received."};
        co_return ExitCode::success;
    }

    net::awaitable<void> set_up() {
        for (unsigned i = 0; i < arguments_.subscribers && !ended_; ++i) co_await add_subscriber();
        for (unsigned i = 0; i < arguments_.publishers && !ended_; ++i) {
            publishers_.push_back(make_session("p" + std::to_string(i)));
            if (co_await publishers_.back()->connect()) last_progress_ = Clock::now();
        }
    }

    std::unique_ptr<Session> make_session(const std::string& suffix) {
        auto resolved = resolved_;
        auto& connect = resolved.client.connect;
        if (!connect.client_id.empty()) connect.client_id += '-' + suffix;
        auto session = std::make_unique<Session>(io_, resolved, report_, arguments_.connection.maximum_losses);
        session->on_loss = [this] { progress_.clear(); };
        session->on_lost = [this](const CommandError& error) {
            lost_ = error;
            end();
        };
        return session;
    }

    net::awaitable<void> add_subscriber() {
        auto& session = *subscribers_.emplace_back(make_session("s" + std::to_string(subscribers_.size())));
        session.client().on_message([this](const Message& message) { take(message); });
        if (!co_await session.connect()) co_return;
        for (unsigned i = 0; i < arguments_.publishers && !ended_; ++i) {
            const std::string topic = with_number(arguments_.topic, i);
            const Subscription subscription{.topic_filter = topic, .qos = static_cast<Qos>(arguments_.qos)};
            native::ErrorCode error;
            const auto answer =
                co_await session.client().async_subscribe(subscription, net::redirect_error(net::use_awaitable, error));
            if (error && !ended_)
                throw CommandError{ExitCode::failed, "Not subscribed: " + explain(error, answer.reason_string())};
            last_progress_ = Clock::now();
            if (topic == arguments_.topic) break;  // all publish to one
        }
        session.settled();  // its messages are its progress, and --timeout sees to that
    }

    void take(const Message& message) {
        if (message.payload.size() != arguments_.size) return;  // not ours
        latencies_.add(age(message.payload));
        if (++received_ == expected_) changed_.cancel();
    }

    net::awaitable<void> publish(unsigned number) {
        auto& client = publishers_[number]->client();
        const std::string topic = with_number(arguments_.topic, number);
        const PublishOptions options{.qos = static_cast<Qos>(arguments_.qos),
                                     .encoded_properties = resolved_.properties.publish.bytes()};
        std::vector<std::uint8_t> payload(arguments_.size, 'x');
        Window window{io_.get_executor(), arguments_.window};
        net::steady_timer pace{io_};
        const auto begin = Clock::now();
        for (std::uint64_t i = 0; i < arguments_.messages && !ended_; ++i) {
            if (arguments_.rate) {
                pace.expires_at(begin + std::chrono::duration_cast<Clock::duration>(
                                            std::chrono::duration<double>(static_cast<double>(i) / *arguments_.rate)));
                native::ErrorCode cancelled;
                if (pace.expiry() > Clock::now())
                    co_await pace.async_wait(net::redirect_error(net::use_awaitable, cancelled));
            }
            co_await window.acquire();
            stamp(payload);
            client.async_publish(topic, payload, options,
                                 [this, &window, number](const native::ErrorCode& error, const native::Answer&) {
                                     publishers_[number]->progressed();
                                     if (error)
                                         ++refused_;
                                     else
                                         ++published_;
                                     window.release();
                                 });
        }
        co_await window.empty();
        ++finished_publishers_;
        changed_.cancel();
    }

    /// Gives up where nothing more comes.
    void watch_progress() {
        tick_.expires_after(std::chrono::milliseconds{100});
        tick_.async_wait([this](const native::ErrorCode& error) {
            if (error) return;
            const auto now = Clock::now();
            const std::uint64_t done = published_ + received_ + refused_;
            if (std::exchange(last_done_, done) != done) last_progress_ = now;
            if (is_set_up_)
                progress_.update(expected_ > 0 ? received_ : published_,
                                 expected_ > 0 ? expected_ : arguments_.messages * arguments_.publishers);
            if (now - last_progress_ > std::chrono::duration<double>(arguments_.timeout)) {
                timed_out_ = true;
                return end();
            }
            watch_progress();
        });
    }

    void end() {
        ended_ = true;
        changed_.cancel();
        for (const auto* sessions : {&publishers_, &subscribers_}) {
            for (const auto& session : *sessions) {
                if (!is_set_up_ || !session->client().is_connected()) session->give_up();
            }
        }
    }

    [[nodiscard]] std::string metrics() const {
        native::PrometheusText text;
        text.counter("wsmq_bench_published_total", "Messages that were sent; at QoS 1 and 2, acknowledged.")
            .sample(published_);
        text.counter("wsmq_bench_refused_total", "Messages that were not published.").sample(refused_);
        text.counter("wsmq_bench_received_total", "Messages that arrived.").sample(received_);
        text.histogram("wsmq_bench_latency_seconds", "From publishing a message until it arrived.")
            .sample(latencies_.durations());
        text.counter("wsmq_bench_cpu_seconds_total", "Processor time of the benchmark.")
            .sample(processor_time().count());
        return text.text();
    }

    void report() {
        const double seconds = std::chrono::duration<double>(finish_ - start_).count();
        const auto milliseconds = [&](double share) { return static_cast<double>(latencies_.percentile(share)) / 1e6; };
        const double total = static_cast<double>(published_ + received_);
        nlohmann::ordered_json result{
            {"seconds", seconds},
            {"published", published_},
            {"published_per_second", static_cast<double>(published_) / seconds},
            {"refused", refused_},
            {"received", received_},
            {"received_per_second", static_cast<double>(received_) / seconds},
            {"missing", expected_ - std::min(expected_, received_)},
            {"cpu_microseconds_per_message", total > 0 ? processor_.count() * 1e6 / total : 0},
        };
        if (latencies_.count() > 0) {
            result["latency_milliseconds"] = {{"p50", milliseconds(0.5)},
                                              {"p95", milliseconds(0.95)},
                                              {"p99", milliseconds(0.99)},
                                              {"maximum", static_cast<double>(latencies_.maximum()) / 1e6}};
        }
        Output output;
        if (!output.write(arguments_.connection.json ? result.dump() + '\n' : for_people(result)) &&
            !output.was_stopped())
            unwritten_ = output.problem();
    }

    static std::string for_people(const nlohmann::ordered_json& result) {
        std::ostringstream text;
        text << std::fixed << std::setprecision(0);
        text << "published  " << result["published"].get<std::uint64_t>() << ", "
             << result["published_per_second"].get<double>() << " a second\n"
             << "received   " << result["received"].get<std::uint64_t>() << ", "
             << result["received_per_second"].get<double>() << " a second\n"
             << "missing    " << result["missing"].get<std::uint64_t>() << "\n"
             << std::setprecision(2) << "processor  " << result["cpu_microseconds_per_message"].get<double>()
             << " µs a message, of this side\n";
        if (result.contains("latency_milliseconds")) {
            const auto& latency = result["latency_milliseconds"];
            text << "latency    p50 " << latency["p50"].get<double>() << ", p95 " << latency["p95"].get<double>()
                 << ", p99 " << latency["p99"].get<double>() << ", maximum " << latency["maximum"].get<double>()
                 << " ms\n";
        }
        text << "in         " << result["seconds"].get<double>() << " s\n";
        return text.str();
    }

    const BenchArguments& arguments_;
    Report report_;
    ConnectionArguments::Resolved resolved_;
    net::io_context io_{1};
    std::vector<std::unique_ptr<Session>> subscribers_;
    std::vector<std::unique_ptr<Session>> publishers_;
    net::steady_timer changed_{io_, net::steady_timer::time_point::max()};
    net::steady_timer tick_{io_};
    ProgressLine progress_;
    Latencies latencies_;
    MetricsOutput metrics_{io_.get_executor(), arguments_.metrics, report_, [this] { return metrics(); }};
    std::uint64_t expected_ = 0;
    std::uint64_t published_ = 0;
    std::uint64_t refused_ = 0;
    std::uint64_t received_ = 0;
    std::uint64_t last_done_ = 0;
    unsigned finished_publishers_ = 0;
    bool is_set_up_ = false;
    bool ended_ = false;
    bool timed_out_ = false;
    std::string unwritten_;
    std::optional<CommandError> lost_;
    Clock::time_point start_;
    Clock::time_point finish_;
    Clock::time_point last_progress_;
    std::chrono::duration<double> processor_start_{};
    std::chrono::duration<double> processor_{};
};

}  // namespace

ExitCode run_bench(const BenchArguments& arguments) {
    return arguments.load.webapps > 0 ? run_load(arguments) : Bench{arguments}.run();
}

}  // namespace wsmq::command
