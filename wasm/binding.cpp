// What Embind binds: the functions of the module, and those that the Client of glue/client.ts makes of it.
#include <emscripten/bind.h>

#include "connection.hpp"
#include "wsmq/error.hpp"
#include "wsmq/reason_code.hpp"

namespace wsmq::wasm {

namespace {

/// A connection is an address to JavaScript.
using Handle = std::uint32_t;

Connection& connection_of(Handle handle) { return *reinterpret_cast<Connection*>(static_cast<std::uintptr_t>(handle)); }

Handle create_connection(std::string uri, std::string client_id) {
    const auto* connection = new Connection{std::move(uri), std::move(client_id)};
    return static_cast<Handle>(reinterpret_cast<std::uintptr_t>(connection));
}

std::string uri_of(Handle connection) { return connection_of(connection).uri(); }
std::string client_id_of(Handle connection) { return std::string{connection_of(connection).client_id()}; }

std::string describe_reason(int reason) { return std::string{describe(static_cast<ReasonCode>(reason))}; }
bool is_final(int reason) { return is_final_refusal(static_cast<ReasonCode>(reason)); }
std::string describe_error(int error) { return std::string{describe(static_cast<Errc>(error))}; }

}  // namespace

EMSCRIPTEN_BINDINGS(wsmq) {
    emscripten::function("createConnection", &create_connection);
    emscripten::function("uriOf", &uri_of);
    emscripten::function("clientIdOf", &client_id_of);

    emscripten::function("describeReason", &describe_reason);
    emscripten::function("describeError", &describe_error);
    emscripten::function("isFinalRefusal", &is_final);
}

}  // namespace wsmq::wasm
