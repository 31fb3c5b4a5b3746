// What joining the messaging ends with, beside its error.
#pragma once
#include <string>

#include "wsmq/reason_code.hpp"

namespace wsmq::native {

struct JoinAnswer {
    /// The broker's, where it refused the connection or what is needed on it.
    ReasonCode reason = ReasonCode::success;
    /// What the transport says of its failure, or what is wrong with the options, for people.
    std::string detail{};
};

}  // namespace wsmq::native
