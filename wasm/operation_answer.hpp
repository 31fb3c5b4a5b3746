// How a call from JavaScript returns an operation or an error.
#pragma once
#include <cstdint>

#include "boundary.hpp"
#include "wsmq/result.hpp"
#include "wsmq/types.hpp"

namespace wsmq::wasm {

[[nodiscard]] inline std::uint32_t answer(const Result<OperationId>& operation) {
    return operation ? static_cast<std::uint32_t>(*operation)
                     : first_failure | static_cast<std::uint32_t>(operation.error());
}

}  // namespace wsmq::wasm
