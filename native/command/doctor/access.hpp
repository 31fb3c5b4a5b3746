// The access rules of the convention, tried from inside: what an account can do and should not.
#pragma once
#include "doctor/access_rules.hpp"
#include "doctor/diagnosis.hpp"
#include "doctor/explanation.hpp"

namespace wsmq::command {

/// Nothing that is published is retained, and all of it is empty. Throws Stopped.
net::awaitable<void> try_rules(Checkup&, const native::Url&, Version, const Holder&, Diagnosis&);

}  // namespace wsmq::command
