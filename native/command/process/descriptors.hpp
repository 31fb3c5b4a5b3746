// The three standard descriptors.
#pragma once

namespace wsmq::command {

/// Opens those that are closed, whose numbers a socket or a pipe would take: standard input is at its end then,
/// standard output cannot be written, and standard error goes nowhere.
void open_standard_descriptors();

}  // namespace wsmq::command
