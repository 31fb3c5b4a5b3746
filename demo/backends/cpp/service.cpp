// The demo service in C++. README.md says how to start it and how it works.
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdlib>
#include <iostream>
#include <map>

#include "wsmq/native/service.hpp"

namespace {

using boost::asio::awaitable;
using boost::asio::use_awaitable;
using nlohmann::json;
using wsmq::native::Request;
using wsmq::native::RequestError;
using wsmq::native::Response;

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
    return is_whole ? json(whole) : json(total);
}

awaitable<json> slow(const Request& request) {
    const json params = request.params().is_null() ? json::object() : request.params();
    check(params.is_object(), "slow takes {steps, delay}");
    const auto steps = params.value("steps", 5);
    const auto delay = params.value("delay", 500);
    check(steps >= 0 && delay >= 0, "slow takes {steps, delay}, delay in milliseconds");
    boost::asio::steady_timer timer{request.get_executor()};
    request.on_end([&timer](auto) { timer.cancel(); });
    for (int step = 1; step <= steps; ++step) {
        timer.expires_after(std::chrono::milliseconds{delay});
        co_await timer.async_wait(use_awaitable);
        co_await request.async_progress(step, use_awaitable);
    }
    co_return steps;
}

Response fail(const Request& request) {
    const json& params = request.params();
    check(params.is_null() || params.is_object(), "fail takes {code, message, data}");
    const json with = params.is_null() ? json::object() : params;
    return Response::error(with.value("code", 1), with.value("message", "failed on request"),
                           with.value("data", json{}));
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
    options.root = environment("WSMQ_ROOT", "evsuites/");
    options.service = environment("WSMQ_SERVICE", "demo");
    options.version = "1.0.0";
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
    return service.run() ? 1 : 0;
}
