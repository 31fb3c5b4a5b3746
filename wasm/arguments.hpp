// Where JavaScript puts what it hands over with a call.
#pragma once
#include <array>

#include "boundary.hpp"
#include "wsmq/types.hpp"

namespace wsmq::wasm {

/// For payloads of publishes that are short or whose length is not known beforehand, and texts of
/// topics. JavaScript knows the address.
extern std::array<std::uint8_t, scratch_size> scratch;

/// For everything else; wsmq_arguments() makes room. Valid until the next call that takes arguments.
[[nodiscard]] Bytes arguments(std::size_t offset, std::size_t size);

}  // namespace wsmq::wasm
