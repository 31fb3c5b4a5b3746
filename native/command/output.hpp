// Standard output.
#pragma once
#include <string>
#include <string_view>

namespace wsmq::command {

class Output {
public:
    Output();

    [[nodiscard]] bool is_terminal() const noexcept { return is_terminal_; }
    /// What others wrote: escaped for a terminal, but for the control characters that are `kept`, and as it is for
    /// files and pipes.
    [[nodiscard]] std::string shown(std::string_view text, std::string_view kept) const;
    /// Writes at once. False where it cannot be written.
    [[nodiscard]] bool write(std::string_view text) const;

private:
    bool is_terminal_;
};

}  // namespace wsmq::command
