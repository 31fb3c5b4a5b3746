// Defaults of the options, and params as text.
#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace wsmq::native {

/// The host's name and a random suffix: unique among the instances of a service.
[[nodiscard]] std::string make_instance();

[[nodiscard]] std::int64_t milliseconds_since_1970();

/// Params as JSON text; empty for null.
[[nodiscard]] std::string text_of(const nlohmann::json& params);

}  // namespace wsmq::native
