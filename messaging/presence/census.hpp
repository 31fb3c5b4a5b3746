// An estimate of how many webapps are online, in 16 KiB for any number.
#pragma once
#include <bitset>
#include <cstddef>
#include <memory>
#include <string_view>

namespace wsmq::messaging {

/// Webapps with equal hashes count as one: of 5,000, one in 50 is missed, of 50,000, one in six.
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

}  // namespace wsmq::messaging
