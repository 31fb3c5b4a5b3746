// The browser's monotonic clock as the engine's.
#pragma once
#include <emscripten/emscripten.h>

#include "wsmq/types.hpp"

namespace wsmq::wasm {

/// Of milliseconds since the page's origin, plus an hour, so that none looks like the beginning of time.
[[nodiscard]] inline TimePoint moment(double milliseconds) {
    return TimePoint{std::chrono::hours{1}} +
           std::chrono::duration_cast<TimePoint::duration>(std::chrono::duration<double, std::milli>{milliseconds});
}

[[nodiscard]] inline TimePoint now() { return moment(emscripten_get_now()); }

}  // namespace wsmq::wasm
