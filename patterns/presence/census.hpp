// About how many webapps are online, of those that it is told of: in 16 KiB, however many they are.
#pragma once
#include <bitset>
#include <cstddef>
#include <memory>
#include <string_view>

namespace wsmq::patterns {

/// Those whose hashes are equal count as one: of 5,000 it misses one in fifty, of 50,000 one in six.
class Census {
public:
    void note(std::string_view uid, bool online);
    void clear() noexcept { *this = {}; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

private:
    using Places = std::bitset<131'072>;
    std::unique_ptr<Places> online_;  ///< by hash; nothing until somebody is noted
    std::size_t size_ = 0;
};

}  // namespace wsmq::patterns
