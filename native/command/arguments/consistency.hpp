// Refuses combinations of valid arguments that contradict each other or have no effect.
#pragma once
#include <string>
#include <vector>

#include "arguments/command_arguments.hpp"
#include "arguments/connection_arguments.hpp"
#include "wsmq/native/url.hpp"

namespace wsmq::command {

/// `addresses`: all that will be tried. Throws UsageError.
void check_consistency(const ConnectionArguments&, const ConnectionArguments::Resolved&,
                       const std::vector<native::Url>& addresses);
/// Throws UsageError.
void check_consistency(const SubArguments&, Version);

}  // namespace wsmq::command
