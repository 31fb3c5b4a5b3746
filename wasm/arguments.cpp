#include "arguments.hpp"

#include <emscripten/emscripten.h>

#include <vector>

namespace wsmq::wasm {

namespace {

constexpr std::size_t largest_kept = 64 * 1024;

std::vector<std::uint8_t>& block() {
    static auto& bytes = *new std::vector<std::uint8_t>;
    return bytes;
}

}  // namespace

std::array<std::uint8_t, scratch_size> scratch;

Bytes arguments(std::size_t offset, std::size_t size) { return Bytes{block()}.subspan(offset, size); }

}  // namespace wsmq::wasm

extern "C" {

EMSCRIPTEN_KEEPALIVE std::uint8_t* wsmq_scratch() { return wsmq::wasm::scratch.data(); }

EMSCRIPTEN_KEEPALIVE std::uint8_t* wsmq_arguments(std::size_t size) {
    auto& bytes = wsmq::wasm::block();
    if (bytes.capacity() > wsmq::wasm::largest_kept) bytes = {};
    bytes.resize(size);
    return bytes.data();
}
}
