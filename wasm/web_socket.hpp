// One WebSocket of the browser, over emscripten/websocket.h; everything that differs between
// versions of that header is bridged here and in web_socket.cpp.
#pragma once
#include <cstddef>

#include "wsmq/types.hpp"

namespace wsmq::wasm {

class WebSocket {
public:
    /// Told from tasks of the event loop, never from within a call on the socket. The listener may
    /// close or destroy the socket.
    class Listener {
    public:
        virtual void socket_opened() = 0;
        /// Lent for the call. The browser says when it was, which costs less than to ask for the time.
        virtual void socket_received(Bytes data, TimePoint when) = 0;
        /// `in_order`: false where the socket could not be opened, or failed.
        virtual void socket_closed(bool in_order) = 0;

    protected:
        ~Listener() = default;
    };

    /// `owner`: what JavaScript knows the listener by.
    WebSocket(Listener& listener, const void* owner) : listener_{listener}, owner_{owner} {}
    ~WebSocket() { close(); }
    WebSocket(const WebSocket&) = delete;
    WebSocket& operator=(const WebSocket&) = delete;

    /// False when the browser refuses at once (the address, mixed content, no WebSocket at all).
    [[nodiscard]] bool open(const char* uri, const char* subprotocol);
    [[nodiscard]] bool is_open() const noexcept { return open_; }
    /// Copies before it returns. Precondition: is_open().
    void send(Bytes data);
    /// What the browser took and has not sent yet, in bytes.
    [[nodiscard]] std::size_t backlog() const;
    /// Sends what was taken, then closes; nothing that still happens on it reaches the listener.
    void close();

    // Called by library.js; the socket may be gone afterwards.
    void received(Bytes data, TimePoint when);
    void received_invalid();

private:
    struct Callbacks;

    Listener& listener_;
    const void* owner_;
    int handle_ = 0;  ///< 0: there is no socket
    bool open_ = false;
};

}  // namespace wsmq::wasm
