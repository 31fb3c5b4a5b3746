// The result of joining, beside its error.
#pragma once
#include <string>

#include "wsmq/reason_code.hpp"

namespace wsmq::native {

struct JoinAnswer {
    /// Why the broker refused the connection, or a subscription or record that joining needs.
    ReasonCode reason = ReasonCode::success;
    /// For people: what failed, as Transport::failure_detail(), or which option is invalid.
    std::string detail{};
};

}  // namespace wsmq::native
