// The browser's monotonic clock as the engine's.
#pragma once
#include <emscripten/emscripten.h>

#include "wsmq/types.hpp"

namespace wsmq::wasm {

[[nodiscard]] inline TimePoint now() {
    // From the origin plus an hour, so that no moment looks like the beginning of time.
    return TimePoint{std::chrono::hours{1}} + std::chrono::duration_cast<TimePoint::duration>(
                                                  std::chrono::duration<double, std::milli>{emscripten_get_now()});
}

}  // namespace wsmq::wasm
