#include "payload.hpp"

#include <fstream>
#include <iostream>
#include <iterator>

#include "exit_code.hpp"

namespace wsmq::command {

namespace {

Payload read_all(std::istream& stream, const std::string& name) {
    Payload payload{std::istreambuf_iterator<char>{stream}, std::istreambuf_iterator<char>{}};
    if (stream.bad()) throw CommandError{ExitCode::failed, name + " could not be read."};
    return payload;
}

Payload read_file(const std::string& name) {
    std::ifstream file{name, std::ios::binary};
    // A directory opens, and fails at the first read.
    if (!file || file.peek() == std::ifstream::traits_type::eof()) {
        if (!file.eof()) throw CommandError{ExitCode::failed, "The file " + name + " cannot be read."};
        file.clear();
    }
    return read_all(file, "The file " + name);
}

}  // namespace

void PayloadArguments::check() const {
    const int sources =
        (message ? 1 : 0) + (file ? 1 : 0) + (lines ? 1 : 0) + (standard_input ? 1 : 0) + (empty ? 1 : 0);
    if (sources != 1) throw UsageError{"Use exactly one of -m, -f, -l, -n and -s for the payload."};
    if (lines && repeat != 1) throw UsageError{"--repeat cannot be combined with -l."};
    if (repeat == 0) throw UsageError{"--repeat is at least 1."};
}

Payload read_payload(const PayloadArguments& arguments) {
    if (arguments.is_standard_input()) return read_all(std::cin, "Standard input");
    if (arguments.file) return read_file(*arguments.file);
    const std::string message = arguments.message.value_or("");
    return {message.begin(), message.end()};
}

}  // namespace wsmq::command
