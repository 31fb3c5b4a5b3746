// Cells of the rows that JavaScript reads.
#pragma once
#include <cstddef>
#include <cstdint>

namespace wsmq::wasm {

/// Fills the two cells of a text or a block of bytes.
template <class Row, class View> void put(Row& row, std::size_t cell, const View& view) {
    row[cell] = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(view.data()));
    row[cell + 1] = static_cast<std::uint32_t>(view.size());
}

/// Fills the two cells of an integer of 64 bits.
template <class Row> void put_integer(Row& row, std::size_t cell, std::uint64_t number) {
    row[cell] = static_cast<std::uint32_t>(number);
    row[cell + 1] = static_cast<std::uint32_t>(number >> 32);
}

}  // namespace wsmq::wasm
