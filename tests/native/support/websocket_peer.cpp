#include "support/websocket_peer.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace wsmq::native::test {
namespace {

std::string accept_key(const std::string& key) {
    const auto text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455, 1.3
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
    SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    std::array<unsigned char, 32> encoded{};
    const int size = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(digest.size()));
    return {reinterpret_cast<const char*>(encoded.data()), static_cast<std::size_t>(size)};
}

std::string big_endian(std::uint64_t value, int bytes) {
    std::string result;
    for (int i = bytes - 1; i >= 0; --i) result += static_cast<char>(value >> (8 * i) & 0xff);
    return result;
}

std::uint64_t number(const std::string& bytes) {
    std::uint64_t value = 0;
    for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
    return value;
}

}  // namespace

std::string header(const std::string& head, const std::string& name) {
    const auto at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return {};
    const auto begin = at + 2 + name.size() + 2;
    return head.substr(begin, head.find("\r\n", begin) - begin);
}

std::string acceptance(const std::string& request, const std::string& lines) {
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
           accept_key(header(request, "Sec-WebSocket-Key")) + "\r\n" + lines + "\r\n";
}

std::string accept(Peer& peer) {
    auto request = read_head(peer);
    write_all(peer, acceptance(request));
    return request;
}

std::string bytes_of(const Frame& frame) {
    std::string bytes;
    bytes += static_cast<char>((frame.is_last ? 0x80 : 0) | static_cast<int>(frame.opcode));
    const auto size = frame.payload.size();
    if (size < 126) {
        bytes += static_cast<char>(size);
    } else if (size < 65'536) {
        bytes += '\x7e' + big_endian(size, 2);
    } else {
        bytes += '\x7f' + big_endian(size, 8);
    }
    return bytes + frame.payload;
}

Frame read_frame(Peer& peer) {
    const auto head = read_exactly(peer, 2);
    Frame frame{(head[0] & 0x80) != 0, static_cast<Opcode>(head[0] & 0x0f)};
    if ((head[1] & 0x80) == 0) throw boost::system::system_error{boost::asio::error::invalid_argument};
    std::uint64_t size = head[1] & 0x7f;
    if (size == 126) size = number(read_exactly(peer, 2));
    if (size == 127) size = number(read_exactly(peer, 8));
    const auto mask = read_exactly(peer, 4);
    frame.payload = read_exactly(peer, static_cast<std::size_t>(size));
    for (std::size_t i = 0; i < frame.payload.size(); ++i) {
        frame.payload[i] = static_cast<char>(frame.payload[i] ^ mask[i % 4]);
    }
    return frame;
}

}  // namespace wsmq::native::test
