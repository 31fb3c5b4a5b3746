#include "payload_source.hpp"

#include <algorithm>
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
    if (sources != 1) throw UsageError{"Exactly one of -m, -f, -l, -n and -s says what is published."};
    if (lines && repeat != 1) throw UsageError{"--repeat does not go with -l."};
    if (repeat == 0) throw UsageError{"--repeat is at least 1."};
}

PayloadSource::PayloadSource(const PayloadArguments& arguments, std::istream& standard_input)
    : standard_input_{standard_input}, lines_{arguments.lines}, left_{arguments.repeat} {
    if (arguments.message)
        whole_.assign(arguments.message->begin(), arguments.message->end());
    else if (arguments.file && *arguments.file != "-")
        whole_ = read_file(*arguments.file);
    else if (arguments.file || arguments.standard_input)
        whole_ = read_all(standard_input_, "Standard input");
}

std::optional<Payload> PayloadSource::next() {
    if (!lines_) {
        if (left_ == 0) return std::nullopt;
        return --left_ == 0 ? std::move(whole_) : whole_;
    }
    std::string line;
    if (!std::getline(standard_input_, line)) return std::nullopt;
    return Payload(line.begin(), line.end());
}

std::optional<std::uint64_t> PayloadSource::count() const noexcept {
    if (lines_) return std::nullopt;
    return left_;
}

}  // namespace wsmq::command
