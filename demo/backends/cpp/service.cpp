// The demo service in C++. README.md says how to start it and how it works.
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <optional>

#include "wsmq/native/metrics_file.hpp"
#include "wsmq/native/service.hpp"

namespace {

using boost::asio::awaitable;
using boost::asio::use_awaitable;
using nlohmann::json;
using wsmq::native::Request;
using wsmq::native::RequestError;
using wsmq::native::Response;

constexpr double most_steps = INT32_MAX;
constexpr double longest_delay = 1e9;  // ms

const std::map<std::string, std::vector<std::string>, std::less<>> devices{
    {"acme:ann", {"SN-1001", "SN-1002"}},
    {"acme:bob", {"SN-2001"}},
};

void check(bool sound, const char* message) {
    if (!sound) throw RequestError::invalid_params(message);
}

// As text, however deep it is nested.
Response echo(const Request& request) {
    return Response::json_text(request.params_text().empty() ? "null" : std::string{request.params_text()});
}

json sum(const Request& request) {
    const json& terms = request.params();
    check(terms.is_array(), "sum takes an array of numbers");
    std::int64_t whole = 0;
    double total = 0;
    bool is_whole = true;
    for (const auto& term : terms) {
        check(term.is_number(), "sum takes an array of numbers");
        is_whole =
            is_whole && term.is_number_integer() && !__builtin_add_overflow(whole, term.get<std::int64_t>(), &whole);
        total += term.get<double>();
    }
    check(std::isfinite(total), "the sum is too large");  // JSON has no infinite number
    return is_whole ? json(whole) : json(total);
}

/// Of an object, or of nothing.
json member(const json& params, const char* name, json otherwise) {
    check(params.is_null() || params.is_object(), "The parameters are an object");
    return params.is_null() ? otherwise : params.value(name, otherwise);
}

bool is_within(const json& number, double most) {
    return number.is_number() && number.get<double>() >= 0 && number.get<double>() <= most;
}

awaitable<json> slow(const Request& request) {
    const json given_steps = member(request.params(), "steps", 5);
    const json given_delay = member(request.params(), "delay", 500);
    check(
        given_steps.is_number_integer() && is_within(given_steps, most_steps) && is_within(given_delay, longest_delay),
        "slow takes {steps, delay}, delay in milliseconds");
    const auto steps = given_steps.get<std::int64_t>();
    const std::chrono::duration<double, std::milli> delay{given_delay.get<double>()};
    boost::asio::steady_timer timer{request.get_executor()};
    request.on_end([&timer](auto) { timer.cancel(); });
    for (std::int64_t step = 1; step <= steps; ++step) {
        timer.expires_after(std::chrono::duration_cast<std::chrono::microseconds>(delay));
        co_await timer.async_wait(use_awaitable);
        co_await request.async_progress(step, use_awaitable);
    }
    co_return steps;
}

Response fail(const Request& request) {
    const json code = member(request.params(), "code", 1);
    const json message = member(request.params(), "message", "failed on request");
    check(code.is_number_integer() && message.is_string(), "fail takes {code, message, data}");
    return Response::error(code.get<std::int64_t>(), message.get<std::string>(),
                           member(request.params(), "data", nullptr));
}

json devices_list(const Request& request) {
    const auto found = devices.find(request.user());
    return found == devices.end() ? json::array() : json(found->second);
}

std::string environment(const char* name, const char* otherwise) {
    const char* value = std::getenv(name);
    return value ? value : otherwise;
}

}  // namespace

int main() {
    const auto url = environment("WSMQ_URL", "mqtt://localhost");
    wsmq::native::Service::Options options;
    options.root = environment("WSMQ_ROOT", "app/");
    options.service = environment("WSMQ_SERVICE", "demo");
    options.version = "1.0.0";
    options.record_expiry = std::chrono::seconds{std::stoul(environment("WSMQ_RECORD_EXPIRY", "600"))};
    options.calls.concurrency = std::stoul(environment("WSMQ_LIMIT", "1000"));
    options.calls.queue = 0;  // past the limit: overloaded
    options.calls.stall_timeout = std::chrono::milliseconds{std::stoul(environment("WSMQ_STALL", "30000"))};
    boost::asio::io_context io;
    wsmq::native::ClientOptions client;
    client.connect.client_id = environment("WSMQ_CLIENT_ID", "");  // empty: {service}-{instance}
    wsmq::native::Service service{io, url, options, client};
    service.on("echo", echo);
    service.on("sum", sum);
    service.on("slow", slow);
    service.on("fail", fail);
    service.on("devices.list", devices_list);
    service.on_joined([&](bool) { std::cout << service.instance() << " answers" << std::endl; });
    service.on_disconnected([](const auto& end) {
        if (end.error) std::cerr << end.error.message() << std::endl;
    });
    std::optional<wsmq::native::MetricsFile> metrics;
    if (const auto file = environment("WSMQ_METRICS_FILE", ""); !file.empty()) {
        metrics.emplace(service, file);
        const auto report = [file](auto error) { std::cerr << file << ": " << error.message() << std::endl; };
        metrics->on_error(report);
        if (const auto error = metrics->start()) report(error);
    }
    const std::chrono::milliseconds patience{std::stoul(environment("WSMQ_PATIENCE", "2000"))};
    return service.run(patience) ? 1 : 0;
}
