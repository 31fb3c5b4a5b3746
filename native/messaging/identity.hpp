// Names, times and texts that a member fills in.
#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace wsmq::native {

/// Of the host's name and chance: unique among the instances of a service.
[[nodiscard]] std::string make_instance();

[[nodiscard]] std::int64_t milliseconds_since_1970();

/// Params as JSON text; empty for null, which stands for none.
[[nodiscard]] std::string text_of(const nlohmann::json& params);

}  // namespace wsmq::native
