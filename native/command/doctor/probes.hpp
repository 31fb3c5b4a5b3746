// What a broker does, as far as messages of the doctor's own can tell.
#pragma once
#include "doctor/diagnosis.hpp"
#include "doctor/lab.hpp"

namespace wsmq::command {

/// Adds a finding for each. A refusal of what a probe needs is no verdict about the broker. Throws Stopped.
net::awaitable<void> probe_all(Lab&, Diagnosis&);

}  // namespace wsmq::command
