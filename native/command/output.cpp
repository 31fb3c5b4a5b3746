#include "output.hpp"

#include <unistd.h>

#include <cstdio>

#include "text/printable.hpp"

namespace wsmq::command {

Output::Output() : is_terminal_{isatty(STDOUT_FILENO) != 0} {}

std::string Output::shown(std::string_view text, std::string_view kept) const {
    return is_terminal_ ? printable(text, kept) : std::string{text};
}

bool Output::write(std::string_view text) const {
    return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
}

}  // namespace wsmq::command
