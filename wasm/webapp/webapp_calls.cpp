// What webapp/glue/ calls: one function for each verb of messaging::Webapp. Texts are in the arguments, each behind
// its size as four bytes, little-endian.
#include <emscripten/emscripten.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "arguments.hpp"
#include "connection.hpp"
#include "webapp_layer.hpp"

using namespace wsmq::wasm;
using wsmq::Duration;
using wsmq::messaging::CallId;
using wsmq::messaging::Error;
using wsmq::messaging::RequestId;
using wsmq::messaging::Target;
using wsmq::messaging::Webapp;

namespace {

/// Reads the texts, in their order.
class Texts {
public:
    explicit Texts(std::size_t size) : left_{arguments(0, size)} {}

    [[nodiscard]] bool is_empty() const noexcept { return left_.empty(); }
    [[nodiscard]] std::string_view next() {
        if (left_.size() < 4) return {};
        const std::size_t size =
            left_[0] | std::size_t{left_[1]} << 8 | std::size_t{left_[2]} << 16 | std::size_t{left_[3]} << 24;
        const auto text = left_.subspan(4, std::min(size, left_.size() - 4));
        left_ = left_.subspan(4 + text.size());
        return {reinterpret_cast<const char*>(text.data()), text.size()};
    }

private:
    wsmq::Bytes left_;
};

double answer(Error error) { return -static_cast<double>(error); }

Target target(std::uint32_t kind, std::string_view name) { return {static_cast<Target::Kind>(kind), name}; }

/// Null where the connection did not join. No other kind of layer is ever installed.
WebappLayer* layer_of(Connection& connection) { return static_cast<WebappLayer*>(connection.layer()); }

Webapp* webapp_of(Connection& connection) {
    auto* layer = layer_of(connection);
    return layer ? layer->webapp() : nullptr;
}

/// Calls it with the layer and the time; resulting events are reported at the end of the task.
template <class Call> double on_webapp(Connection* connection, Call call) {
    auto* webapp = webapp_of(*connection);
    if (!webapp) return answer(Error::not_connected);
    return answer(call(*webapp, connection->begin_call()));
}

}  // namespace

extern "C" {

/// Before wsmq_start(). Texts: root, state, tabs, the 16 bytes of the key for ids.
EMSCRIPTEN_KEEPALIVE double wsmq_webapp_configure(Connection* connection, double since, std::uint32_t will_delay,
                                                  bool renames, std::uint32_t roll_call, std::uint32_t seed_low,
                                                  std::uint32_t seed_high, std::size_t size) {
    Texts texts{size};
    Webapp::Options options;
    options.uid = connection->client_id();
    options.renames = renames;
    options.roll_call = static_cast<Webapp::RollCall>(roll_call);
    options.root = texts.next();
    options.state = texts.next();
    options.tabs = texts.next();
    const auto key = texts.next();
    std::memcpy(options.id_key.data(), key.data(), std::min(key.size(), sizeof options.id_key));
    options.since = static_cast<std::int64_t>(since);
    options.will_delay = std::chrono::seconds{will_delay};
    options.random_seed = std::uint64_t{seed_high} << 32 | seed_low;
    options.trusts_json = true;  // what JSON.stringify() has written
    const auto checked = Webapp::connect_options({}, options);
    if (!checked) return answer(checked.error());
    if (auto* layer = layer_of(*connection)) {
        layer->configure(std::move(options));
    } else {
        connection->set_layer(std::make_unique<WebappLayer>(*connection, std::move(options)));
    }
    return 0;
}

/// Texts: the target's name, the method, the trace context, the content type of a raw body, the parameters. The answer
/// is the request's number, or an error below 0.
EMSCRIPTEN_KEEPALIVE double wsmq_webapp_request(Connection* connection, std::uint32_t kind, double timeout,
                                                std::size_t size) {
    auto* webapp = webapp_of(*connection);
    if (!webapp) return answer(Error::not_connected);
    Texts texts{size};
    const auto name = texts.next();
    const auto method = texts.next();
    wsmq::messaging::RequestOptions options;
    options.timeout = Duration{static_cast<std::int64_t>(timeout)};
    options.grants_credit = false;  // by whoever reads
    options.traceparent = texts.next();
    options.content_type = texts.next();
    const auto id = webapp->request(target(kind, name), method, texts.next(), options, connection->begin_call());
    return id ? static_cast<double>(static_cast<std::uint64_t>(*id)) : answer(id.error());
}

EMSCRIPTEN_KEEPALIVE double wsmq_webapp_cancel(Connection* connection, double request) {
    return on_webapp(connection, [&](Webapp& webapp, auto now) {
        return webapp.cancel(RequestId{static_cast<std::uint64_t>(request)}, now) ? Error::none : Error::unknown_call;
    });
}

EMSCRIPTEN_KEEPALIVE double wsmq_webapp_grant(Connection* connection, double request, std::uint32_t items) {
    return on_webapp(connection, [&](Webapp& webapp, auto now) {
        return webapp.grant(RequestId{static_cast<std::uint64_t>(request)}, items, now) ? Error::none
                                                                                        : Error::unknown_call;
    });
}

/// Texts: the target's name, the method, the parameters.
EMSCRIPTEN_KEEPALIVE double wsmq_webapp_notify(Connection* connection, std::uint32_t kind, std::size_t size) {
    return on_webapp(connection, [&](Webapp& webapp, auto now) {
        Texts texts{size};
        const auto name = texts.next();
        const auto method = texts.next();
        return webapp.notify(target(kind, name), method, texts.next(), now);
    });
}

EMSCRIPTEN_KEEPALIVE double wsmq_webapp_expose(Connection* connection, bool on) {
    return on_webapp(connection, [&](Webapp& webapp, auto) {
        webapp.expose(on);
        return Error::none;
    });
}

/// Texts: the result.
EMSCRIPTEN_KEEPALIVE double wsmq_webapp_respond(Connection* connection, double call, std::size_t size) {
    return on_webapp(connection, [&](Webapp& webapp, auto now) {
        return webapp.respond(CallId{static_cast<std::uint64_t>(call)}, Texts{size}.next(), now);
    });
}

/// Texts: the message, the data.
EMSCRIPTEN_KEEPALIVE double wsmq_webapp_fail(Connection* connection, double call, double code, std::size_t size) {
    return on_webapp(connection, [&](Webapp& webapp, auto now) {
        Texts texts{size};
        const auto message = texts.next();
        return webapp.fail(CallId{static_cast<std::uint64_t>(call)}, static_cast<std::int64_t>(code), message,
                           texts.next(), now);
    });
}

/// Texts: the item.
EMSCRIPTEN_KEEPALIVE double wsmq_webapp_progress(Connection* connection, double call, std::size_t size) {
    return on_webapp(connection, [&](Webapp& webapp, auto now) {
        return webapp.progress(CallId{static_cast<std::uint64_t>(call)}, Texts{size}.next(), now);
    });
}

/// Texts: the uid or the room, the content type, the body.
EMSCRIPTEN_KEEPALIVE double wsmq_webapp_send(Connection* connection, bool to_room, std::size_t size) {
    return on_webapp(connection, [&](Webapp& webapp, auto now) {
        Texts texts{size};
        const auto name = texts.next();
        wsmq::messaging::SendOptions options;
        options.content_type = texts.next();
        return to_room ? webapp.send_room(name, texts.next(), options, now)
                       : webapp.send(name, texts.next(), options, now);
    });
}

/// Texts: the room.
EMSCRIPTEN_KEEPALIVE double wsmq_webapp_room(Connection* connection, bool join, std::size_t size) {
    return on_webapp(connection, [&](Webapp& webapp, auto now) {
        const auto room = Texts{size}.next();
        return join ? webapp.join_room(room, now) : webapp.leave_room(room, now);
    });
}

/// Texts: the state, the tabs.
EMSCRIPTEN_KEEPALIVE double wsmq_webapp_set_state(Connection* connection, std::size_t size) {
    return on_webapp(connection, [&](Webapp& webapp, auto now) {
        Texts texts{size};
        const auto state = texts.next();
        return webapp.set_state(state, texts.next(), now);
    });
}

/// Texts: the org, the user, either or both empty.
EMSCRIPTEN_KEEPALIVE double wsmq_webapp_watch_presence(Connection* connection, bool on, std::size_t size) {
    return on_webapp(connection, [&](Webapp& webapp, auto now) {
        if (!on) return webapp.unwatch_presence(now);
        Texts texts{size};
        const auto org = texts.next();
        return webapp.watch_presence(org, texts.next(), now);
    });
}

/// Texts: serial numbers; none: all devices.
EMSCRIPTEN_KEEPALIVE double wsmq_webapp_watch_devices(Connection* connection, bool on, std::size_t size) {
    return on_webapp(connection, [&](Webapp& webapp, auto now) {
        if (!on) return webapp.unwatch_devices(now);
        std::vector<std::string_view> serial_numbers;
        for (Texts texts{size}; !texts.is_empty();) serial_numbers.push_back(texts.next());
        return webapp.watch_devices(serial_numbers, now);
    });
}

/// Texts: the service; empty: all.
EMSCRIPTEN_KEEPALIVE double wsmq_webapp_discover(Connection* connection, std::size_t size) {
    return on_webapp(connection, [&](Webapp& webapp, auto now) { return webapp.discover(Texts{size}.next(), now); });
}

EMSCRIPTEN_KEEPALIVE double wsmq_webapp_leave(Connection* connection) {
    return on_webapp(connection, [&](Webapp& webapp, auto now) {
        webapp.leave(now);
        return Error::none;
    });
}

/// The sentence of an error, NUL-terminated.
EMSCRIPTEN_KEEPALIVE const char* wsmq_webapp_describe(std::uint32_t error) {
    return wsmq::messaging::describe(static_cast<Error>(error)).data();
}
}
