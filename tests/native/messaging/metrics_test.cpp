// What a service says of itself, as numbers, as text and in a file.
#include "wsmq/native/metrics.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <filesystem>
#include <fstream>

#include "messaging/native_service.hpp"
#include "support/scratch_directory.hpp"
#include "wsmq/native/metrics_file.hpp"
#include "wsmq/native/prometheus.hpp"

namespace wsmq::native::messaging_test {
namespace {

using testing::HasSubstr;
using testing::Not;

std::uint64_t count_of(const Durations& durations) {
    std::uint64_t count = 0;
    for (std::size_t i = 0; i <= Durations::bounds.size(); ++i) count += durations.in_bucket(i);
    return count;
}

const MethodMetrics& method(const ServiceMetrics& metrics, std::string_view name) {
    const auto found = std::ranges::find(metrics.methods, name, &ServiceMetrics::Method::name);
    EXPECT_NE(found, metrics.methods.end()) << name;
    return found->metrics;
}

// --- Numbers ---------------------------------------------------------------------------------------

TEST_F(NativeService, CountsByMethod) {
    service->on("good", [](const Request&) { return 1; });
    service->on("bad", [](const Request&) -> int { throw RequestError{42, "no"}; });
    service->on_any([](const Request&) { return 2; });
    set_up();
    for (const auto* each : {"good", "good", "bad", "other", "another"}) (void)ask(*app, each);
    EXPECT_FALSE(app->notify(Target::service("orders"), "good", nullptr));
    (void)ask(*app, "bad");
    const auto metrics = service->metrics();
    EXPECT_EQ(metrics.service, "orders");
    EXPECT_EQ(metrics.instance, service->instance());
    EXPECT_EQ(metrics.methods.size(), 3u) << "whatever callers invent";
    const auto& good = method(metrics, "good");
    EXPECT_EQ(good.requests, 2u);
    EXPECT_EQ(good.notifications, 1u);
    EXPECT_EQ(good.errors, 0u);
    EXPECT_EQ(count_of(good.durations), 2u);
    EXPECT_GT(good.durations.sum(), 0);
    EXPECT_EQ(method(metrics, "bad").errors, 2u);
    EXPECT_EQ(method(metrics, "").requests, 2u);
    EXPECT_TRUE(metrics.is_joined);
    EXPECT_EQ(metrics.reconnections, 0u);
    EXPECT_GT(metrics.traffic.received, 100u);
    EXPECT_GT(metrics.traffic.sent, 100u);
}

TEST_F(NativeService, CountsWhatItRefuses) {
    auto options = service_options();
    options.calls = {.concurrency = 1, .queue = 2};
    service = std::make_unique<Service>(loop.context, url(), options);
    std::vector<Request> held;
    service->on("hold", [&](const Request& request) { held.push_back(request); });
    set_up();
    EXPECT_EQ(ask(*app, "unknown").reply.code, code::method_not_found);
    std::vector<std::shared_ptr<Outcome>> outcomes;
    for (int i = 0; i < 4; ++i) outcomes.push_back(begin(*app, Target::service("orders"), "hold"));
    loop.until([&] { return outcomes.back()->ended; });
    auto metrics = service->metrics();
    EXPECT_EQ(metrics.open, 1u);
    EXPECT_EQ(metrics.waiting, 1u) << "of one account no more";
    EXPECT_EQ(metrics.calls.overloaded, 2u);
    EXPECT_EQ(metrics.calls.unknown_methods, 1u);
    EXPECT_EQ(metrics.calls.errors, 3u);
    for (std::size_t answered = 0; answered < 2; ++answered) {
        loop.until([&] { return held.size() > answered; });
        held[answered].respond(1);
    }
    loop.until([&] { return outcomes[0]->ended && outcomes[1]->ended; });
    metrics = service->metrics();
    EXPECT_EQ(metrics.open + metrics.waiting, 0u);
    EXPECT_EQ(count_of(method(metrics, "hold").durations), 2u);
}

TEST_F(NativeService, CountsStreamsThatAreOpen) {
    std::optional<Request> open;
    service->on("stream", [&](const Request& request) {
        open = request;
        request.async_progress(1, boost::asio::detached);
    });
    set_up();
    const auto outcome = begin(*app, Target::service("orders"), "stream");
    loop.until([&] { return !outcome->items.empty(); });
    EXPECT_EQ(service->metrics().streams, 1u);
    open->respond(1);
    loop.until([&] { return outcome->ended; });
    EXPECT_EQ(service->metrics().streams, 0u);
}

TEST_F(NativeService, HasMetricsBeforeItHasJoined) {
    service->on("a", [](const Request&) { return 1; });
    const auto metrics = service->metrics();
    EXPECT_EQ(method(metrics, "a").requests, 0u);
    EXPECT_FALSE(metrics.is_joined);
    EXPECT_EQ(metrics.traffic.sent, 0u);
}

// --- Text ------------------------------------------------------------------------------------------

TEST(PrometheusTexts, EscapeValuesOfLabelsAndHelp) {
    const MetricLabels labels{{"site", "a\"b\\c\nd"}};
    PrometheusText text{labels};
    text.gauge("x", "one \"line\"\\\nand another").sample(1).sample(2.5, {{"y", "\xC3\xA4"}});
    EXPECT_EQ(text.text(),
              "# HELP x one \"line\"\\\\\\nand another\n"
              "# TYPE x gauge\n"
              "x{site=\"a\\\"b\\\\c\\nd\"} 1\n"
              "x{site=\"a\\\"b\\\\c\\nd\",y=\"\xC3\xA4\"} 2.5\n");
}

TEST(PrometheusTexts, HaveCumulativeBuckets) {
    Durations durations;
    durations.add(1ms);
    durations.add(20ms);
    durations.add(20ms);
    durations.add(2h);
    PrometheusText text;
    text.histogram("x", "h").sample(durations);
    for (const auto* line : {"x_bucket{le=\"0.001\"} 1\n", "x_bucket{le=\"0.01\"} 1\n", "x_bucket{le=\"0.025\"} 3\n",
                             "x_bucket{le=\"60\"} 3\n", "x_bucket{le=\"+Inf\"} 4\n", "x_count 4\n"})
        EXPECT_THAT(text.text(), HasSubstr(line));
}

TEST(PrometheusTexts, TakeNoLabelsThatAreNone) {
    for (const auto* name : {"", "1a", "a-b", "a b", "\xC3\xA4"})
        EXPECT_THROW(PrometheusText{MetricLabels({{name, "x"}})}, std::invalid_argument) << name;
    for (const auto* own : {"service", "instance", "method", "reason", "le"})
        EXPECT_THROW((void)prometheus_text({}, MetricLabels({{own, "x"}})), std::invalid_argument) << own;
    ServiceMetrics metrics;
    metrics.service = "orders";
    metrics.instance = "i";
    EXPECT_THAT(prometheus_text(metrics, {{"site", "here"}}),
                HasSubstr("wsmq_connected{service=\"orders\",instance=\"i\",site=\"here\"} 0\n"));
}

// --- File ------------------------------------------------------------------------------------------

class MetricsFiles : public testing::Test {
protected:
    std::string content() const {
        std::ifstream stream{path, std::ios::binary};
        return {std::istreambuf_iterator<char>{stream}, {}};
    }

    test::ScratchDirectory directory;
    std::string path = directory.file("inner/metrics.prom");
    Loop loop;
    int written = 0;
    MetricsFile file{loop.context.get_executor(), path, 1ms, [this] { return std::to_string(++written); }};
};

TEST_F(MetricsFiles, AreWrittenAtTheStartAgainAndAgainAndAtTheEnd) {
    std::filesystem::create_directory(directory.file("inner"));
    EXPECT_FALSE(file.stop()) << "it was not started";
    EXPECT_EQ(written, 0);
    EXPECT_FALSE(file.start());
    EXPECT_EQ(content(), "1");
    loop.until([&] { return written >= 3; });
    const auto before = written;
    EXPECT_FALSE(file.stop());
    EXPECT_EQ(content(), std::to_string(before + 1));
    loop.context.restart();
    loop.context.run();
    EXPECT_EQ(written, before + 1);
    EXPECT_FALSE(std::filesystem::exists(path + ".new"));
}

TEST_F(MetricsFiles, ThatCannotBeWrittenAreReportedOnceUntilTheyCanAgain) {
    std::vector<ErrorCode> errors;
    file.on_error([&](ErrorCode error) { errors.push_back(error); });
    EXPECT_EQ(file.start(), boost::system::errc::no_such_file_or_directory);
    loop.until([&] { return written >= 3; });
    EXPECT_TRUE(errors.empty()) << "start() has reported it";
    std::filesystem::create_directory(directory.file("inner"));
    loop.until([&] { return !content().empty(); });
    std::filesystem::remove_all(directory.file("inner"));
    loop.until([&, now = written] { return written > now + 3; });
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_EQ(errors[0], boost::system::errc::no_such_file_or_directory);
}

TEST_F(NativeService, KeepsItsMetricsInAFile) {
    const test::ScratchDirectory directory;
    const auto path = directory.file("orders.prom");
    service->on("a", [](const Request&) { return 1; });
    set_up();
    {
        MetricsFile file{*service, path};
        EXPECT_FALSE(file.start());
        (void)ask(*app, "a");
    }
    std::ifstream file{path};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    EXPECT_THAT(text, HasSubstr("method=\"a\"} 1\n")) << "written at its end";
    EXPECT_THAT(text, Not(HasSubstr("method=\"*\"")));
}

}  // namespace
}  // namespace wsmq::native::messaging_test
