#include "web_socket.hpp"

#include <emscripten/websocket.h>

#include <array>

#include "boundary.hpp"
#include "clock.hpp"

extern "C" {
// Emscripten's own calls, made where exceptions of the browser are caught (glue/socket.ts).
int wsmq_socket_new(EmscriptenWebSocketCreateAttributes* attributes);
bool wsmq_socket_has_failed(int handle);
bool wsmq_socket_send(int handle, const void* data, std::size_t size);
void wsmq_socket_release(int handle);
// Emscripten's own allocates memory for each message, and takes it for granted that it gets it.
void wsmq_socket_listen(int handle, wsmq::wasm::WebSocket* socket, const void* connection);
}

namespace wsmq::wasm {

namespace {

// The type behind the pointer is unsigned long long in older versions and size_t in newer ones.
template <class Amount>
std::size_t buffered_amount(EMSCRIPTEN_RESULT (*ask)(EMSCRIPTEN_WEBSOCKET_T, Amount*), int handle) {
    Amount amount = 0;
    ask(handle, &amount);
    return static_cast<std::size_t>(amount);
}

// EM_BOOL, which is int, in older versions, and bool in newer ones.
using Handled = decltype(em_websocket_open_callback_func{}(0, nullptr, nullptr));

}  // namespace

// After a call of the listener the socket may be gone.
struct WebSocket::Callbacks {
    static bool is_for(const WebSocket& socket, int handle) { return handle != 0 && socket.handle_ == handle; }

    static Handled opened(int, const EmscriptenWebSocketOpenEvent* event, void* self) {
        auto& socket = *static_cast<WebSocket*>(self);
        if (is_for(socket, event->socket)) {
            socket.open_ = true;
            socket.listener_.socket_opened();
        }
        return true;
    }

    static Handled closed(int, const EmscriptenWebSocketCloseEvent* event, void* self) {
        auto& socket = *static_cast<WebSocket*>(self);
        if (is_for(socket, event->socket)) {
            const bool has_failed = wsmq_socket_has_failed(event->socket);
            const bool in_order = socket.open_ && !has_failed;
            socket.close();
            socket.listener_.socket_closed(in_order);
        }
        return true;
    }
};

bool WebSocket::open(const char* uri, const char* subprotocol) {
    close();
    EmscriptenWebSocketCreateAttributes attributes;
    emscripten_websocket_init_create_attributes(&attributes);
    attributes.url = uri;
    attributes.protocols = subprotocol;
    const int handle = wsmq_socket_new(&attributes);
    if (handle <= 0) return false;
    handle_ = handle;
    emscripten_websocket_set_onopen_callback(handle_, this, Callbacks::opened);
    wsmq_socket_listen(handle_, this, owner_);
    emscripten_websocket_set_onclose_callback(handle_, this, Callbacks::closed);
    return true;
}

void WebSocket::received(Bytes data, TimePoint when) { listener_.socket_received(data, when); }

void WebSocket::received_invalid() {
    close();
    listener_.socket_closed(true);
}

void WebSocket::send(Bytes data) {
    if (!wsmq_socket_send(handle_, data.data(), data.size())) open_ = false;
}

std::size_t WebSocket::backlog() const {
    return handle_ == 0 ? 0 : buffered_amount(emscripten_websocket_get_buffered_amount, handle_);
}

void WebSocket::close() {
    if (handle_ != 0) wsmq_socket_release(handle_);
    handle_ = 0;
    open_ = false;
}

}  // namespace wsmq::wasm

namespace {

std::array<std::uint8_t, wsmq::wasm::receive_buffer_size> receive_buffer;

}  // namespace

extern "C" {

/// For messages of up to receive_buffer_size, one at a time.
EMSCRIPTEN_KEEPALIVE std::uint8_t* wsmq_receive_buffer() { return receive_buffer.data(); }

EMSCRIPTEN_KEEPALIVE void wsmq_socket_received(wsmq::wasm::WebSocket* socket, const std::uint8_t* data,
                                               std::size_t size, double time_stamp) {
    socket->received({data, size}, wsmq::wasm::moment(time_stamp));
}

/// A text message [MQTT-6.0.0-1], or one for which there is no memory.
EMSCRIPTEN_KEEPALIVE void wsmq_socket_received_invalid(wsmq::wasm::WebSocket* socket) { socket->received_invalid(); }
}
